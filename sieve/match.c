/* match - a test's values against its keys, by match type and comparator. RFC 5228 section 2.7. */
#include "sieve/extensions.h"
#include "sieve/regex.h"
#include "sieve/run.h"
#include "sieve/strset.h"
#include "sieve/trace.h"

enum { MAX_LOOKUP = 1024, MAX_LINEAR = 6 };
/* What values cost, in the unit of sieve_run_spend. */
enum { VALUE_WORK = 1, BYTES_OF_WORK = 64, REGEX_WORK = SIEVE_WORK / 2 };

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

static void *ready(struct sieve_matcher *matcher);

/* Keys with variables in them are prepared for each test; constant texts among them came so. */
static struct sieve_text *evaluate_keys(struct sieve_matcher *matcher, const struct sieve_args *args,
					enum sieve_slot slot)
{
	struct roost_arena *arena = matcher->run->arena;
	struct sieve_text *texts = roost_arena_alloc(arena, (matcher->count + 1) * sizeof(*texts));

	for (uint32_t i = 0; i < matcher->count; i++) {
		texts[i] = sieve_arg_list(matcher->run, args, slot, i);
		if (sieve_match_prepares(matcher->type) && !sieve_arg_item_constant(args, slot, i))
			texts[i] = prepare(matcher->comparator, arena, texts[i]);
	}
	return texts;
}

/* One pass over a CALL's arguments. The item of the keys. */
static uint32_t read_call(struct sieve_matcher *matcher, const struct sieve_args *args,
			  const struct sieve_def *def)
{
	const struct sieve_program *program = args->program;
	const uint32_t *pair = args->code + 4, *end = pair + 2 * args->code[3];
	uint32_t keys = 0;

	matcher->comparator_number = def->comparator;
	matcher->shared = true;
	for (; pair < end; pair += 2) {
		if (pair[0] == (uint32_t)def->keys)
			keys = pair[1];
		switch (pair[0]) {
		case SIEVE_SLOT_ARG0:
			matcher->names = pair[1];
			break;
		case SIEVE_SLOT_MATCH:
			matcher->type = (unsigned)sieve_program_number(program, pair[1]) - 1;
			break;
		case SIEVE_SLOT_RELATION:
			matcher->relation = (unsigned)sieve_program_number(program, pair[1]);
			break;
		case SIEVE_SLOT_COMPARATOR:
			matcher->comparator_number = (unsigned)sieve_program_number(program, pair[1]) - 1;
			break;
		case SIEVE_SLOT_ADDRESS_PART:
			matcher->part = (uint32_t)sieve_program_number(program, pair[1]);
			break;
		case SIEVE_SLOT_INDEX:
		case SIEVE_SLOT_MIME:
			matcher->shared = false;
			break;
		}
	}
	return keys;
}

struct sieve_matcher *sieve_match_begin(struct sieve_run *run, const struct sieve_args *args)
{
	const struct sieve_def *def = args->program->operations[args->code[1]];
	struct sieve_matcher *matcher = &run->matcher;
	uint32_t keys;

	*matcher = (struct sieve_matcher){ .run = run, .type = SIEVE_MATCH_IS };
	keys = read_call(matcher, args, def);
	matcher->comparator = sieve_comparator_at(matcher->comparator_number);
	if (matcher->comparator == NULL)
		matcher->comparator = sieve_comparator_at(0);
	matcher->count = args->program->items[keys].b;
	matcher->items = sieve_program_constants(args->program, keys);
	if (matcher->items == NULL)
		matcher->texts = evaluate_keys(matcher, args, def->keys);
	else
		matcher->ready = &run->program->prepared[run->pc];
	/* Wrong expressions are told of whether there are values or not. */
	if (matcher->type == SIEVE_MATCH_REGEX)
		ready(matcher);
	return matcher;
}

static inline struct sieve_text key_at(const struct sieve_matcher *matcher, uint32_t at)
{
	return matcher->items != NULL ? sieve_program_string(matcher->run->program, matcher->items[at]) :
		matcher->texts[at];
}

void sieve_match_quietly(struct sieve_matcher *matcher)
{
	matcher->quiet = true;
}

/* --- what is made of the keys, once per program when they are constant --- */

static bool make_regexes(struct sieve_matcher *matcher, struct roost_arena *arena,
			 struct sieve_regex **regexes)
{
	struct roost_error err;

	for (uint32_t i = 0; i < matcher->count; i++) {
		struct sieve_text key = key_at(matcher, i);

		if (sieve_regex_create(arena, key.data, key.len, matcher->comparator->prepare != NULL,
				       &regexes[i], &err) == 0)
			continue;
		sieve_run_error(matcher->run, "invalid regular expression '%s': %s", key.data, err.text);
		matcher->failed = true;
		return false;
	}
	return true;
}

static void *make(struct sieve_matcher *matcher, struct roost_arena *arena)
{
	void **each = roost_arena_alloc(arena, (matcher->count + 1) * sizeof(*each));
	struct sieve_text *texts;

	switch (matcher->type) {
	case SIEVE_MATCH_GLOB:
		for (uint32_t i = 0; i < matcher->count; i++) {
			struct sieve_text key = key_at(matcher, i);

			each[i] = sieve_glob_create(arena, key.data, key.len);
		}
		return each;
	case SIEVE_MATCH_REGEX:
		return make_regexes(matcher, arena, (struct sieve_regex **)each) ? each : NULL;
	default:
		texts = roost_arena_alloc(arena, (matcher->count + 1) * sizeof(*texts));
		for (uint32_t i = 0; i < matcher->count; i++)
			texts[i] = key_at(matcher, i);
		return matcher->type == SIEVE_MATCH_IS ?
			(void *)sieve_strset_create(arena, texts, matcher->count) :
			(void *)sieve_multi_create(arena, texts, matcher->count);
	}
}

/* NULL: the keys are wrong, and it was reported. */
static void *ready(struct sieve_matcher *matcher)
{
	if (matcher->ready == NULL) {
		/* for the other values of this test */
		matcher->own = make(matcher, matcher->run->arena);
		matcher->ready = &matcher->own;
	} else if (*matcher->ready == NULL) {
		*matcher->ready = make(matcher, matcher->run->program->arena);
	}
	return *matcher->ready;
}

static bool match_is(struct sieve_matcher *matcher, struct sieve_text prepared)
{
	if (matcher->items != NULL && matcher->count > MAX_LINEAR)
		return sieve_strset_has(ready(matcher), prepared.data, prepared.len);
	for (uint32_t i = 0; i < matcher->count; i++) {
		if (sieve_text_equal(prepared, key_at(matcher, i)))
			return true;
	}
	return false;
}

enum { SHORT_TEXT = 256, PIECE = 16 << 10 };

/* memmem begins with a table of the key, which costs more than looking through a short text does. */
static bool contains(struct sieve_text text, struct sieve_text key)
{
	const char *at = text.data, *end = text.data + text.len;

	if (text.len > SHORT_TEXT || key.len == 0)
		return memmem(text.data, text.len, key.data, key.len) != NULL;
	while ((size_t)(end - at) >= key.len &&
	       (at = memchr(at, key.data[0], (size_t)(end - at) - key.len + 1)) != NULL) {
		if (memcmp(at, key.data, key.len) == 0)
			return true;
		at++;
	}
	return false;
}

/* Many keys that begin alike make this slow: time is looked at after each piece of the text. */
static bool contains_any(struct sieve_matcher *matcher, struct sieve_text text)
{
	const struct sieve_multi *multi = ready(matcher);
	size_t overlap = sieve_multi_longest(multi);

	for (;;) {
		size_t piece = text.len > PIECE + overlap ? PIECE + overlap : text.len;

		if (sieve_multi_in(multi, text.data, piece))
			return true;
		if (piece == text.len)
			return false;
		if (sieve_run_spend(matcher->run, SIEVE_WORK) < 0) {
			matcher->failed = true;
			return false;
		}
		text.data += PIECE;
		text.len -= PIECE;
	}
}

static bool match_contains(struct sieve_matcher *matcher, struct sieve_text prepared)
{
	if (matcher->items != NULL && matcher->count > MAX_LINEAR)
		return contains_any(matcher, prepared);
	for (uint32_t i = 0; i < matcher->count; i++) {
		if (contains(prepared, key_at(matcher, i)))
			return true;
	}
	return false;
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
	uint64_t bytes = 0;

	if (matcher->quiet)
		return;
	for (unsigned i = 0; i < count; i++)
		bytes += spans[i].len;
	if (sieve_run_room(run, bytes) < 0) {
		matcher->failed = true;
		return;
	}
	run->match_count = count;
	for (unsigned i = 0; i < count; i++)
		run->matches[i] = sieve_text_dup(run->arena, (struct sieve_text){
			text.data + spans[i].start, spans[i].len });
}

static int match_globs(struct sieve_matcher *matcher, struct sieve_text value,
			struct sieve_text prepared)
{
	struct sieve_span spans[SIEVE_CAPTURES];
	struct sieve_glob **globs = ready(matcher);
	unsigned count;

	for (uint32_t i = 0; i < matcher->count; i++) {
		int result = sieve_glob_match(globs[i], prepared.data, prepared.len, spans, &count);

		if (result < 0) {
			matcher->failed = true;
			return sieve_run_error(matcher->run, "a pattern of :matches takes too much work");
		}
		if (result == 0)
			continue;
		set_matches(matcher, matcher->comparator->same_length ? value : prepared, spans, count);
		return 1;
	}
	return 0;
}

static int match_regexes(struct sieve_matcher *matcher, struct sieve_text value)
{
	struct sieve_span spans[SIEVE_CAPTURES];
	struct sieve_regex **regexes = ready(matcher);
	struct roost_error err;
	unsigned count;

	for (uint32_t i = 0; regexes != NULL && i < matcher->count; i++) {
		int result = sieve_regex_match(regexes[i], value.data, value.len, spans,
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
	char *lower;

	if (value.len > most || memchr(value.data, '\0', value.len) != NULL)
		return 0;
	lower = roost_arena_strndup(run->arena, value.data, value.len);
	for (char *c = lower; *c != '\0'; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	for (uint32_t i = 0; i < matcher->count; i++) {
		int found = sieve_list_has(run, key_at(matcher, i), lower);

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
	for (uint32_t i = 0; i < matcher->count; i++) {
		struct sieve_text key = key_at(matcher, i);

		if (relation_holds(matcher->relation, sieve_compare(prepared.data, prepared.len,
								    key.data, key.len)))
			return true;
	}
	return false;
}

/* prepared is looked at by the types that compare; regex and list take the value itself. */
static int compare(struct sieve_matcher *matcher, struct sieve_text value, struct sieve_text prepared)
{
	switch (matcher->type) {
	case SIEVE_MATCH_IS:
		return match_is(matcher, prepared);
	case SIEVE_MATCH_CONTAINS:
		return match_contains(matcher, prepared);
	case SIEVE_MATCH_GLOB:
		return match_globs(matcher, value, prepared);
	case SIEVE_MATCH_REGEX:
		return match_regexes(matcher, value);
	case SIEVE_MATCH_LIST:
		return match_lists(matcher, value);
	case SIEVE_MATCH_COUNT:
		return 0;
	default:
		return match_relation(matcher, prepared);
	}
}

static int match_prepared(struct sieve_matcher *matcher, struct sieve_text value,
			  struct sieve_text prepared)
{
	uint64_t work = VALUE_WORK + value.len / BYTES_OF_WORK +
		(matcher->type == SIEVE_MATCH_REGEX ? REGEX_WORK : 0);
	int matched = compare(matcher, value, prepared);

	if (sieve_run_spend(matcher->run, work) < 0)
		matcher->failed = true;

	if (sieve_traces(matcher->run, SIEVE_TRACE_MATCHING))
		sieve_trace_match(matcher, value, matched);
	return matched;
}

int sieve_match_value(struct sieve_matcher *matcher, struct sieve_text value)
{
	const struct sieve_comparator *comparator = matcher->comparator;
	struct sieve_text prepared = value;

	if (matcher->failed)
		return 1;
	matcher->seen++;
	if (comparator->prepare != NULL && sieve_match_prepares(matcher->type)) {
		struct roost_str *scratch = &matcher->run->scratch;

		roost_str_truncate(scratch, 0);
		comparator->prepare(scratch, value.data, value.len);
		prepared = sieve_text_of_str(scratch);
	}
	return matcher->matched = match_prepared(matcher, value, prepared);
}

int sieve_match_view(struct sieve_matcher *matcher, const struct sieve_view *view)
{
	for (uint32_t i = 0; i < view->count && !matcher->matched && !matcher->failed; i++)
		matcher->matched = match_prepared(matcher, view->values[i].text,
						  view->values[i].prepared);
	matcher->seen = view->count;
	return sieve_match_end(matcher);
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
	return matcher->failed ? -1 : matcher->matched;
}
