/* check_args - binds a command's tags and positional arguments to the slots of its table entry. */
#include <ctype.h>
#include "sieve/extensions.h"
#include "sieve/regex.h"
#include "sieve/run.h"

static const char *const type_names[] = {
	[SIEVE_FLAG] = "a tag", [SIEVE_NUMBER] = "a number", [SIEVE_STRING] = "a string",
	[SIEVE_LIST] = "a string list",
};

static const char *arg_type_name(const struct sieve_arg *arg)
{
	switch (arg->type) {
	case SIEVE_ARG_TAG: return type_names[SIEVE_FLAG];
	case SIEVE_ARG_NUMBER: return type_names[SIEVE_NUMBER];
	case SIEVE_ARG_STRING: return type_names[SIEVE_STRING];
	default: return type_names[SIEVE_LIST];
	}
}

static bool type_fits(const struct sieve_arg *arg, enum sieve_type type)
{
	static const unsigned char fits[] = {
		[SIEVE_ARG_TAG] = 0, [SIEVE_ARG_NUMBER] = 1 << SIEVE_NUMBER,
		[SIEVE_ARG_STRING] = 1 << SIEVE_STRING | 1 << SIEVE_LIST, [SIEVE_ARG_LIST] = 1 << SIEVE_LIST,
	};

	return (fits[arg->type] & 1 << type) != 0;
}

static const struct sieve_tag *find_tag(const struct sieve_check *check,
					const struct sieve_use *use, const struct sieve_word *word)
{
	const struct sieve_tag_meaning *each = word != NULL ? word->tags : NULL;

	for (; each != NULL; each = each->next) {
		const struct sieve_tag *tag = each->tag;

		if (check->required[each->extension] && ((tag->group & use->def->groups) != 0 ||
							 sieve_text_in(sieve_text_of(use->def->name),
								       tag->commands)) &&
		    (tag->with == NULL || sieve_check_required(check, tag->with)))
			return tag;
	}
	return NULL;
}

static int bind_value(struct sieve_check *check, struct sieve_bound *bound, struct sieve_arg *arg)
{
	int result = 0;

	bound->at = arg->at;
	if (arg->type == SIEVE_ARG_NUMBER) {
		bound->number = arg->number;
		return 0;
	}
	bound->count = arg->count;
	bound->strings = arg->strings;
	for (uint32_t i = 0; i < arg->count && result == 0; i++) {
		if (arg->strings[i].dollar)
			result = sieve_check_string(check, &arg->strings[i]);
	}
	return result;
}

SIEVE_RARE static int bad_parameter(struct sieve_check *check, const struct sieve_use *use,
			 const struct sieve_arg *tag_arg, const struct sieve_tag *tag,
			 const struct sieve_arg *arg)
{
	const char *name = sieve_use_name(check, use);

	if (arg == NULL)
		sieve_check_error(check, tag_arg->at, "the :%s tag for the %s requires %s as "
			"parameter, but no parameters were found", tag->name, name,
			type_names[tag->type]);
	else
		sieve_check_error(check, arg->at, "the :%s tag for the %s requires %s as "
			"parameter, but %s was found", tag->name, name, type_names[tag->type],
			arg_type_name(arg));
	return -1;
}

SIEVE_RARE static int duplicate(struct sieve_check *check, const struct sieve_use *use,
		     const struct sieve_arg *arg, const struct sieve_tag *tag)
{
	const char *name = sieve_use_name(check, use);

	if (tag->exclusive != NULL)
		sieve_check_error(check, arg->at, "encountered duplicate %s argument (:%s) for the %s",
				  tag->exclusive, tag->name, name);
	else
		sieve_check_error(check, arg->at, "encountered duplicate tagged argument ':%s' for the %s",
				  tag->name, name);
	return -1;
}

/* One tag with its parameter; *arg moves on. */
static int bind_tag(struct sieve_check *check, struct sieve_use *use, struct sieve_arg **arg)
{
	struct sieve_arg *tag_arg = *arg, *param = tag_arg->next;
	const struct sieve_tag *tag = tag_arg->meaning;
	struct sieve_bound *bound = sieve_use_find(use, tag->slot);
	uint64_t others = bound != NULL && tag->collects ? bound->number : 0;
	struct sieve_text text;

	if (bound != NULL && (!tag->collects || (others & tag->value) != 0))
		return duplicate(check, use, tag_arg, tag);
	bound = sieve_use_bind(check, use, tag->slot, tag->type == SIEVE_FLAG || tag->value != 0 ?
			       SIEVE_NUMBER : tag->type);
	bound->tag = tag;
	bound->at = tag_arg->at;
	if (tag->type != SIEVE_FLAG) {
		if (param == NULL || !type_fits(param, tag->type))
			return bad_parameter(check, use, tag_arg, tag, param);
		if (bind_value(check, bound, param) < 0)
			return -1;
		*arg = param;
		if (tag->constant && !sieve_bound_constant(bound, &text)) {
			sieve_check_error(check, tag_arg->at,
					  "the :%s tag for the %s requires a constant string",
					  tag->name, sieve_use_name(check, use));
			return -1;
		}
	}
	if (bound->type == SIEVE_NUMBER && (tag->type == SIEVE_FLAG || tag->value != 0))
		bound->number = others | (tag->value != 0 ? tag->value : 1);
	*arg = (*arg)->next;
	return tag->check != NULL ? tag->check(check, use, bound) : 0;
}

SIEVE_RARE static bool tag_mentioned(struct sieve_check *check, const struct sieve_use *use, struct sieve_text tag)
{
	char key[120];

	snprintf(key, sizeof(key), ":%.*s %s %s", (int)tag.len, tag.data, use->def->name, use->as);
	for (char *c = key; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return roost_map_set(check->unknown, key, check) != NULL;
}

SIEVE_RARE static int unknown_tag(struct sieve_check *check, const struct sieve_use *use,
				  const struct sieve_arg *arg)
{
	if (!tag_mentioned(check, use, arg->tag))
		sieve_check_error(check, arg->at, "unknown tagged argument ':%.*s' for the %s "
			"(only reported once at first occurrence)", (int)arg->tag.len, arg->tag.data,
			sieve_use_name(check, use));
	return -1;
}

static int find_tags(struct sieve_check *check, const struct sieve_use *use, struct sieve_arg *arg)
{
	for (; arg != NULL; arg = arg->next) {
		if (arg->type == SIEVE_ARG_TAG && (arg->meaning = find_tag(check, use, arg->word)) == NULL)
			return unknown_tag(check, use, arg);
	}
	return 0;
}

bool sieve_check_lacks_colon(const struct sieve_check *check, const struct sieve_use *use,
			     const struct sieve_node *node)
{
	return use->def->subtests == SIEVE_NO_TESTS && node->tests != NULL && !node->test_list &&
		find_tag(check, use, node->tests->word) != NULL;
}

/* A colon that was forgotten makes a tag look like a test. */
static bool forgotten_colon(struct sieve_check *check, const struct sieve_use *use,
			    const struct sieve_node *node)
{
	if (!sieve_check_lacks_colon(check, use, node))
		return false;
	sieve_check_error(check, node->at, "missing colon ':' before ':%.*s' tag in %s",
			  (int)node->tests->name.len, node->tests->name.data, sieve_use_name(check, use));
	return true;
}

SIEVE_RARE static int misplaced_tag(struct sieve_check *check, const struct sieve_use *use,
				    const struct sieve_arg *arg)
{
	sieve_check_error(check, arg->at, "encountered an unexpected tagged argument ':%.*s' after a "
			  "positional one of the %s", (int)arg->tag.len, arg->tag.data,
			  sieve_use_name(check, use));
	return -1;
}

SIEVE_RARE static int wrong_count(struct sieve_check *check, const struct sieve_use *use, unsigned count)
{
	sieve_check_error(check, use->at, "the %s requires %u positional argument(s), but %u %s specified",
			  sieve_use_name(check, use), use->def->required, count, count == 1 ? "is" : "are");
	return -1;
}

SIEVE_RARE static int wrong_type(struct sieve_check *check, const struct sieve_use *use,
				 const struct sieve_arg *arg, const struct sieve_param *param, unsigned number)
{
	sieve_check_error(check, arg->at, "the %s expects %s as argument %u (%s), but %s was found",
			  sieve_use_name(check, use), type_names[param->type], number, param->name,
			  arg_type_name(arg));
	return -1;
}

/* The first of what is bound: their slots are before those of tags. */
static int bind_positional(struct sieve_check *check, struct sieve_use *use, struct sieve_arg *arg,
			   unsigned count, unsigned first)
{
	struct sieve_bound *bound = sieve_pool_alloc(&check->pool, count * sizeof(*bound));
	struct sieve_bound **end = &use->bound, *tags = use->bound;

	for (unsigned i = 0; i < count; i++, arg = arg->next, bound++) {
		const struct sieve_param *param = &use->def->params[first + i];

		if (!type_fits(arg, param->type))
			return wrong_type(check, use, arg, param, i + 1);
		*bound = (struct sieve_bound){
			.next = tags, .slot = (enum sieve_slot)(SIEVE_SLOT_ARG0 + first + i),
			.type = param->type, .tag = NULL, .at = { 0 }, .number = 0, .strings = NULL, .count = 0,
		};
		*end = bound;
		end = &bound->next;
		if (bind_value(check, bound, arg) < 0)
			return -1;
	}
	return 0;
}

static int check_positional(struct sieve_check *check, struct sieve_use *use, struct sieve_arg *arg)
{
	const struct sieve_def *def = use->def;
	unsigned count = 0;
	bool room;

	for (const struct sieve_arg *each = arg; each != NULL; each = each->next, count++) {
		if (each->type == SIEVE_ARG_TAG)
			return misplaced_tag(check, use, each);
	}
	if (count < def->required || (count > 0 && (count > ROOST_COUNT(def->params) ||
						    def->params[count - 1].name == NULL)))
		return wrong_count(check, use, count);
	room = count < ROOST_COUNT(def->params) && def->params[count].name != NULL;
	return bind_positional(check, use, arg, count, def->optional_first && room ? 1 : 0);
}

static int check_needs(struct sieve_check *check, const struct sieve_use *use)
{
	for (const struct sieve_bound *bound = use->bound; bound != NULL; bound = bound->next) {
		if (bound->tag == NULL || bound->tag->needs_name == NULL ||
		    sieve_use_find(use, bound->tag->needs) != NULL)
			continue;
		sieve_check_error(check, bound->at, "the :%s tag for the %s cannot be specified without "
				  "the :%s tag", bound->tag->name, sieve_use_name(check, use),
				  bound->tag->needs_name);
		return -1;
	}
	return 0;
}

/* Constant keys of :regex must be expressions, those of :list names of lists. */
static int check_expressions(struct sieve_check *check, const struct sieve_use *use)
{
	const struct sieve_bound *match, *keys;
	struct sieve_regex *regex;
	struct roost_error err;

	if ((use->def->groups & SIEVE_GROUP_MATCH) == 0)
		return 0;
	match = sieve_use_find(use, SIEVE_SLOT_MATCH);
	if (match == NULL || (match->number != SIEVE_MATCH_REGEX + 1 &&
			      match->number != SIEVE_MATCH_LIST + 1))
		return 0;
	keys = sieve_use_find(use, use->def->keys);
	if (match->number == SIEVE_MATCH_LIST + 1)
		return sieve_check_list_keys(check, use, keys);
	for (uint32_t i = 0; keys != NULL && i < keys->count; i++) {
		struct sieve_text text = keys->strings[i].text;

		if (!keys->strings[i].constant ||
		    sieve_regex_create(check->arena, text.data, text.len, false, &regex, &err) == 0)
			continue;
		sieve_check_error(check, keys->at, "invalid regular expression '%s' for the %s: %s",
				  text.data, sieve_use_name(check, use), err.text);
		return -1;
	}
	return 0;
}

int sieve_check_some_args(struct sieve_check *check, struct sieve_use *use, const struct sieve_node *node)
{
	struct sieve_arg *arg = node->args;
	bool tagged = arg != NULL && arg->type == SIEVE_ARG_TAG;

	if (find_tags(check, use, node->args) < 0)
		return -1;
	while (arg != NULL && arg->type == SIEVE_ARG_TAG) {
		if (bind_tag(check, use, &arg) < 0)
			return -1;
	}
	if ((tagged && check_needs(check, use) < 0) || forgotten_colon(check, use, node))
		return -1;
	if (check_positional(check, use, arg) < 0)
		return -1;
	return tagged ? check_expressions(check, use) : 0;
}
