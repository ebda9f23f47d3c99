/* ext_environment - where the script runs. RFC 5183. */
#include "sieve/extensions.h"

static int run_environment(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_matcher *matcher = sieve_match_begin(run, args, SIEVE_SLOT_ARG1, 0);
	const char *item = sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data;
	struct roost_str value = ROOST_STR_INIT;
	char lower[64];
	bool known = true;

	snprintf(lower, sizeof(lower), "%s", item);
	for (char *c = lower; *c != '\0'; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	/* Scripts ask for this name; another one would change what they do. */
	if (strcmp(lower, "name") == 0)
		roost_str_puts(&value, "Pigeonhole Sieve");
	else if (strcmp(lower, "version") == 0)
		roost_str_puts(&value, "2.4.0");
	else
		known = run->host->environment != NULL &&
			run->host->environment(run->host->context, lower, &value);
	if (known)
		sieve_match_value(matcher, sieve_text_of_str(&value));
	roost_str_free(&value);
	return sieve_match_end(matcher);
}

static const struct sieve_def defs[] = {
	{ .name = "environment", .is_test = true, .required = 2, .groups = SIEVE_GROUP_ALL_MATCH,
	  .params = { { SIEVE_STRING, "item" }, { SIEVE_LIST, "key list" } },
	  .run = run_environment },
	{ 0 }
};

const struct sieve_extension sieve_ext_environment = { .name = "environment", .defs = defs };
