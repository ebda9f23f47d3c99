/* ext_lists - lists that are kept outside of scripts. RFC 6134. */
#include <roost/map.h>
#include "sieve/extensions.h"
#include "sieve/lists.h"

static const char prefix[] = ":addrbook:";

/* The short form of a name stands for a whole one. RFC 6134 section 2.6. */
static const char *list_name(struct roost_arena *arena, struct sieve_text name)
{
	if (name.len > sizeof(prefix) - 1 && strncasecmp(name.data, prefix, sizeof(prefix) - 1) == 0)
		return roost_arena_printf(arena, "urn:ietf:params:sieve:addrbook:%s",
					  name.data + sizeof(prefix) - 1);
	return name.data;
}

/* A URI with a scheme, or the short form. */
static bool name_ok(struct sieve_text name)
{
	const char *colon = memchr(name.data, ':', name.len);

	if (colon == NULL || memchr(name.data, ' ', name.len) != NULL)
		return false;
	if (colon == name.data)
		return name.len > sizeof(prefix) - 1 && strncasecmp(name.data, prefix, sizeof(prefix) - 1) == 0;
	return colon[1] != '\0';
}

/* Answers are remembered until the run ends: found + 1. */
static int look_up(struct sieve_run *run, const char *list, const char *value, struct roost_error *err)
{
	const char *key = roost_arena_printf(run->arena, "%s\n%s", list, value != NULL ? value : "");
	void *known;
	int found;

	if (run->lists == NULL)
		run->lists = roost_map_create();
	known = roost_map_get(run->lists, key);
	if (known != NULL)
		return (int)(uintptr_t)known - 1;
	found = run->host->list_has != NULL ? run->host->list_has(run->host->context, list, value, err) :
		sieve_lists_has(run->instance, list, value, err);
	if (found >= 0)
		roost_map_set(run->lists, key, (void *)(uintptr_t)(found + 1));
	return found;
}

int sieve_list_has(struct sieve_run *run, struct sieve_text list, const char *value)
{
	struct roost_error err = { 0 };
	int found;

	if (!name_ok(list))
		return 0;
	found = look_up(run, list_name(run->arena, list), value, &err);
	return found < 0 ? sieve_run_error(run, "list '%s': %s", list.data, err.text) : found;
}

int sieve_check_list_keys(struct sieve_check *check, const struct sieve_use *use,
			  const struct sieve_bound *keys)
{
	for (uint32_t i = 0; keys != NULL && i < keys->count; i++) {
		if (!keys->strings[i].constant || name_ok(keys->strings[i].text))
			continue;
		sieve_check_error(check, keys->at, "the %s: invalid list name '%s'",
				  sieve_use_name(check, use), keys->strings[i].text.data);
		return -1;
	}
	return 0;
}

static int run_valid(struct sieve_run *run, const struct sieve_args *args)
{
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG0);

	for (uint32_t i = 0; i < count; i++) {
		int valid = sieve_list_has(run, sieve_arg_list(run, args, SIEVE_SLOT_ARG0, i), NULL);

		if (valid <= 0)
			return valid;
	}
	return 1;
}

const char *sieve_redirect_list(struct sieve_run *run, struct sieve_text name)
{
	if (name_ok(name))
		return list_name(run->arena, name);
	sieve_run_error(run, "invalid list name '%s'", name.data);
	return NULL;
}

static const struct sieve_def defs[] = {
	{ .name = "valid_ext_list", .is_test = true, .required = 1,
	  .params = { { SIEVE_LIST, "ext-list-names" } }, .run = run_valid },
	{ 0 }
};

/* It compares by itself: no comparator, and no other match type. */
static int check_match(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *bound)
{
	if (sieve_use_find(use, SIEVE_SLOT_COMPARATOR) == NULL)
		return 0;
	sieve_check_error(check, bound->at, "the :list tag for the %s cannot be combined with a comparator",
			  sieve_use_name(check, use));
	return -1;
}

static const struct sieve_tag tags[] = {
	{ .name = "list", .commands = "redirect", .slot = SIEVE_SLOT_EXPAND },
	{ .name = "list", .commands = "header address envelope string", .slot = SIEVE_SLOT_MATCH,
	  .value = SIEVE_MATCH_LIST + 1, .exclusive = "MATCH-TYPE", .check = check_match },
	{ 0 }
};

const struct sieve_extension sieve_ext_lists = { .name = "extlists", .defs = defs, .tags = tags,
						 .off = true };
