/* ext_environment - where the script runs. RFC 5183. */
#include "sieve/extensions.h"

static const char config_prefix[] = "vnd.dovecot.config.";

/* What the administrator tells scripts: both generations' names of the setting. */
static bool config_value(struct sieve_run *run, const char *name, struct roost_str *value)
{
	const char *found = sieve_setting(run->instance, roost_arena_printf(run->arena,
					  "sieve_environment/%s", name));

	if (found == NULL)
		found = sieve_setting(run->instance, roost_arena_printf(run->arena, "sieve_env_%s", name));
	if (found != NULL)
		roost_str_puts(value, found);
	return found != NULL;
}

/* False: there is no such item. */
static bool item_value(struct sieve_run *run, const char *item, struct roost_str *value)
{
	/* Scripts ask for this name; another one would change what they do. */
	if (strcmp(item, "name") == 0)
		roost_str_puts(value, "Pigeonhole Sieve");
	else if (strcmp(item, "version") == 0)
		roost_str_puts(value, "2.4.0");
	else if (strncmp(item, config_prefix, sizeof(config_prefix) - 1) == 0)
		return config_value(run, item + sizeof(config_prefix) - 1, value);
	else
		return run->host->environment != NULL &&
			run->host->environment(run->host->context, item, value);
	return true;
}

static int run_environment(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_matcher *matcher = sieve_match_begin(run, args);
	const char *item = sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data;
	struct roost_str value = ROOST_STR_INIT;
	char lower[160];

	snprintf(lower, sizeof(lower), "%s", item);
	for (char *c = lower; *c != '\0'; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	if (item_value(run, lower, &value))
		sieve_match_value(matcher, sieve_text_of_str(&value));
	roost_str_free(&value);
	return sieve_match_end(matcher);
}

static const struct sieve_def defs[] = {
	{ .name = "environment", .is_test = true, .required = 2, .groups = SIEVE_GROUP_ALL_MATCH,
	  .keys = SIEVE_SLOT_ARG1,
	  .params = { { SIEVE_STRING, "item" }, { SIEVE_LIST, "key list" } },
	  .run = run_environment },
	{ 0 }
};

const struct sieve_extension sieve_ext_environment = { .name = "environment", .defs = defs };

/* Variable names have no '-', items do. */
static void get_env(struct sieve_run *run, const char *name, struct roost_str *out)
{
	char *item = roost_arena_strdup(run->arena, name);

	if (strncasecmp(item, config_prefix, sizeof(config_prefix) - 1) == 0) {
		config_value(run, item + sizeof(config_prefix) - 1, out);
		return;
	}
	for (char *c = item; *c != '\0'; c++)
		*c = (char)(*c == '_' ? '-' : *c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	item_value(run, item, out);
}

static int check_env(struct sieve_check *check, const char *name, struct sieve_position at, bool set)
{
	if (!set)
		return 0;
	sieve_check_error(check, at, "variable 'env.%s' cannot be set", name);
	return -1;
}

static const struct sieve_namespace namespaces[] = {
	{ "env", check_env, get_env },
	{ 0 }
};

const struct sieve_extension sieve_ext_vnd_environment = {
	.name = "vnd.dovecot.environment", .namespaces = namespaces, .off = true,
	.implies = "environment",
};

const struct sieve_extension sieve_ext_vnd_config = {
	.name = "vnd.dovecot.config", .off = true, .implies = "vnd.dovecot.environment",
};

/* Its items come from the host; what needs an envelope is not there with it. RFC 6785. */
const struct sieve_extension sieve_ext_imapsieve = {
	.name = "imapsieve", .off = true, .implies = "environment",
};
