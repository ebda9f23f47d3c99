/* ext_special_use - mailboxes by what they are for. RFC 8579. */
#include "sieve/extensions.h"

static bool use_ok(struct sieve_text flag)
{
	if (flag.len < 2 || flag.data[0] != '\\')
		return false;
	for (size_t i = 1; i < flag.len; i++) {
		if (flag.data[i] <= ' ' || flag.data[i] > '~' ||
		    strchr("(){%*\"\\]", flag.data[i]) != NULL)
			return false;
	}
	return true;
}

int sieve_check_special_use(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *flags)
{
	for (uint32_t i = 0; i < flags->count; i++) {
		if (!flags->strings[i].constant || use_ok(flags->strings[i].text))
			continue;
		sieve_check_error(check, flags->at, "the %s: invalid special-use flag '%s'",
				  sieve_use_name(check, use), flags->strings[i].text.data);
		return -1;
	}
	return 0;
}

static int check_exists(struct sieve_check *check, struct sieve_use *use)
{
	return sieve_check_special_use(check, use, sieve_use_find(use, SIEVE_SLOT_ARG1));
}

static int run_exists(struct sieve_run *run, const struct sieve_args *args)
{
	const char *mailbox = sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data;
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG1);

	for (uint32_t i = 0; i < count; i++) {
		struct sieve_text flag = sieve_arg_list(run, args, SIEVE_SLOT_ARG1, i);

		if (!use_ok(flag) || run->host->special_use == NULL ||
		    !run->host->special_use(run->host->context, mailbox, flag.data))
			return 0;
	}
	return 1;
}

static const struct sieve_def defs[] = {
	{ .name = "specialuse_exists", .is_test = true, .required = 1, .optional_first = true,
	  .params = { { SIEVE_STRING, "mailbox" }, { SIEVE_LIST, "special-use flags" } },
	  .check = check_exists, .run = run_exists },
	{ 0 }
};

static const struct sieve_tag tags[] = {
	{ .name = "specialuse", .commands = "fileinto", .slot = SIEVE_SLOT_SPECIALUSE,
	  .type = SIEVE_STRING, .check = sieve_check_special_use },
	{ 0 }
};

const struct sieve_extension sieve_ext_special_use = { .name = "special-use", .defs = defs,
						       .tags = tags, .off = true };
