/* match - a test's values against its keys, by match type and comparator. RFC 5228 section 2.7. */
#include "sieve/comparator.h"
#include "sieve/extensions.h"
#include "sieve/regex.h"
#include "sieve/run.h"
#include "sieve/strset.h"

enum { MAX_LOOKUP = 1024 };

/* Keys made ready; of constant keys once per program. */
struct keys {
	struct sieve_text *texts;
	uint32_t count;
	struct sieve_strset *set;
	struct sieve_multi *multi;
	struct sieve_glob **globs;
	struct sieve_regex **regexes;
};

struct sieve_matcher {
	struct sieve_run *run;
	const struct sieve_comparator *comparator;
	unsigned type, relation;
	const struct keys *keys;
	uint64_t seen;
	struct roost_str prepared;
	bool quiet, failed;
	int matched;
};

static struct sieve_text prepare(const struct sieve_comparator *comparator,
				 struct roost_arena *arena, struct sieve_text text)
{
	struct roost_str out = ROOST_STR_INIT;

	if (comparator->prepare == NULL)
		return text;
	comparator->prepare(&out, text.data, text.len);
	text = sieve_text_dup(arena, sieve_text_of_str(&out));
	roost_str_free(&out);
	return text;
}

static struct keys *keys_create(struct sieve_matcher *matcher, const struct sieve_args *args,
				enum sieve_slot slot, struct roost_arena *arena)
{
	struct keys *keys = roost_arena_new(arena, struct keys);
	struct roost_error err;

	keys->count = sieve_arg_count(args, slot);
	keys->texts = roost_arena_alloc(arena, (keys->count + 1) * sizeof(*keys->texts));
	for (uint32_t i = 0; i < keys->count; i++) {
		struct sieve_text text = sieve_arg_list(matcher->run, args, slot, i);

		keys->texts[i] = matcher->type == SIEVE_MATCH_REGEX ||
			matcher->type == SIEVE_MATCH_LIST ? text :
			prepare(matcher->comparator, arena, text);
	}
	switch (matcher->type) {
	case SIEVE_MATCH_IS:
		keys->set = sieve_strset_create(arena, keys->texts, keys->count);
		break;
	case SIEVE_MATCH_CONTAINS:
		keys->multi = sieve_multi_create(arena, keys->texts, keys->count);
		break;
	case SIEVE_MATCH_GLOB:
		keys->globs = roost_arena_alloc(arena, (keys->count + 1) * sizeof(*keys->globs));
		for (uint32_t i = 0; i < keys->count; i++)
			keys->globs[i] = sieve_glob_create(arena, keys->texts[i].data, keys->texts[i].len);
		break;
	case SIEVE_MATCH_REGEX:
		keys->regexes = roost_arena_alloc(arena, (keys->count + 1) * sizeof(*keys->regexes));
		for (uint32_t i = 0; i < keys->count; i++) {
			if (sieve_regex_create(arena, keys->texts[i].data, keys->texts[i].len,
					       matcher->comparator->prepare != NULL, &keys->regexes[i],
					       &err) == 0)
				continue;
			sieve_run_error(matcher->run, "invalid regular expression '%s': %s",
					keys->texts[i].data, err.text);
			matcher->failed = true;
			keys->count = i;
		}
		break;
	}
	return keys;
}

struct sieve_matcher *sieve_match_begin(struct sieve_run *run, const struct sieve_args *args,
					enum sieve_slot slot, unsigned default_comparator)
{
	struct sieve_matcher *matcher = roost_arena_new(run->arena, struct sieve_matcher);
	void **prepared = &run->program->prepared[run->pc];

	matcher->run = run;
	matcher->type = (unsigned)sieve_arg_number(args, SIEVE_SLOT_MATCH, SIEVE_MATCH_IS + 1) - 1;
	matcher->relation = (unsigned)sieve_arg_number(args, SIEVE_SLOT_RELATION, 0);
	matcher->comparator = sieve_comparator_at((unsigned)
		sieve_arg_number(args, SIEVE_SLOT_COMPARATOR, default_comparator + 1) - 1);
	if (matcher->comparator == NULL)
		matcher->comparator = sieve_comparator_at(0);
	if (*prepared != NULL) {
		matcher->keys = *prepared;
	} else if (sieve_arg_constant(args, slot)) {
		struct keys *keys = keys_create(matcher, args, slot, run->program->arena);

		if (!matcher->failed)
			*prepared = keys;
		matcher->keys = keys;
	} else {
		matcher->keys = keys_create(matcher, args, slot, run->arena);
	}
	return matcher;
}

void sieve_match_quietly(struct sieve_matcher *matcher)
{
	matcher->quiet = true;
}

/* order of "value REL key" */
static bool relation_holds(unsigned relation, int order)
{
	switch (relation) {
	case 0: return order > 0;
	case 1: return order >= 0;
	case 2: return order < 0;
	case 3: return order <= 0;
	case 4: return order == 0;
	default: return order != 0;
	}
}

static void set_matches(struct sieve_matcher *matcher, struct sieve_text text,
			const struct sieve_span *spans, unsigned count)
{
	struct sieve_run *run = matcher->run;

	if (matcher->quiet)
		return;
	run->match_count = count;
	for (unsigned i = 0; i < count; i++)
		run->matches[i] = sieve_text_dup(run->arena, (struct sieve_text){
			text.data + spans[i].start, spans[i].len });
}

static bool match_globs(struct sieve_matcher *matcher, struct sieve_text value,
			struct sieve_text prepared)
{
	struct sieve_span spans[SIEVE_CAPTURES];
	unsigned count;

	for (uint32_t i = 0; i < matcher->keys->count; i++) {
		if (!sieve_glob_match(matcher->keys->globs[i], prepared.data, prepared.len, spans, &count))
			continue;
		set_matches(matcher, matcher->comparator->same_length ? value : prepared, spans, count);
		return true;
	}
	return false;
}

static int match_regexes(struct sieve_matcher *matcher, struct sieve_text value)
{
	struct sieve_span spans[SIEVE_CAPTURES];
	struct roost_error err;
	unsigned count;

	for (uint32_t i = 0; i < matcher->keys->count; i++) {
		int result = sieve_regex_match(matcher->keys->regexes[i], value.data, value.len, spans,
					       &count, &err);

		if (result < 0) {
			matcher->failed = true;
			return sieve_run_error(matcher->run, "regular expression: %s", err.text);
		}
		if (result > 0)
			set_matches(matcher, value, spans, count);
		if (result > 0)
			return 1;
	}
	return 0;
}

/* Values are looked up lower-cased; those that are too long are not. RFC 6134 section 2.2. */
static int match_lists(struct sieve_matcher *matcher, struct sieve_text value)
{
	struct sieve_run *run = matcher->run;
	uint64_t most = sieve_setting_size(run->instance, "sieve_extlists_max_lookup_size", MAX_LOOKUP);
	struct sieve_span whole = { 0, value.len };
	char *lower = roost_arena_strndup(run->arena, value.data, value.len);

	if (value.len > most || memchr(value.data, '\0', value.len) != NULL)
		return 0;
	for (char *c = lower; *c != '\0'; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	for (uint32_t i = 0; i < matcher->keys->count; i++) {
		int found = sieve_list_has(run, matcher->keys->texts[i], lower);

		matcher->failed |= found < 0;
		if (found > 0)
			set_matches(matcher, value, &whole, 1);
		if (found != 0)
			return found;
	}
	return 0;
}

static bool match_relation(struct sieve_matcher *matcher, struct sieve_text prepared)
{
	for (uint32_t i = 0; i < matcher->keys->count; i++) {
		const struct sieve_text *key = &matcher->keys->texts[i];

		if (relation_holds(matcher->relation, sieve_compare(prepared.data, prepared.len,
								    key->data, key->len)))
			return true;
	}
	return false;
}

int sieve_match_value(struct sieve_matcher *matcher, struct sieve_text value)
{
	const struct keys *keys = matcher->keys;
	struct sieve_text prepared = value;

	if (matcher->failed)
		return 1;
	matcher->seen++;
	if (matcher->type == SIEVE_MATCH_COUNT)
		return 0;
	if (matcher->type == SIEVE_MATCH_REGEX)
		return matcher->matched = match_regexes(matcher, value);
	if (matcher->type == SIEVE_MATCH_LIST)
		return matcher->matched = match_lists(matcher, value);
	if (matcher->comparator->prepare != NULL) {
		roost_str_truncate(&matcher->prepared, 0);
		matcher->comparator->prepare(&matcher->prepared, value.data, value.len);
		prepared = sieve_text_of_str(&matcher->prepared);
	}
	switch (matcher->type) {
	case SIEVE_MATCH_IS:
		matcher->matched = sieve_strset_has(keys->set, prepared.data, prepared.len);
		break;
	case SIEVE_MATCH_CONTAINS:
		matcher->matched = sieve_multi_in(keys->multi, prepared.data, prepared.len);
		break;
	case SIEVE_MATCH_GLOB:
		matcher->matched = match_globs(matcher, value, prepared);
		break;
	default:
		matcher->matched = match_relation(matcher, prepared);
	}
	return matcher->matched;
}

int sieve_match_end(struct sieve_matcher *matcher)
{
	if (matcher->type == SIEVE_MATCH_COUNT && !matcher->failed) {
		char number[24];
		struct sieve_text count;

		snprintf(number, sizeof(number), "%llu", (unsigned long long)matcher->seen);
		count = prepare(matcher->comparator, matcher->run->arena, sieve_text_of(number));
		matcher->matched = match_relation(matcher, count);
	}
	roost_str_free(&matcher->prepared);
	return matcher->failed ? -1 : matcher->matched;
}
