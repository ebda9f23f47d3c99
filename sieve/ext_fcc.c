/* ext_fcc - copies of the mail that scripts send. RFC 8580. */
#include <roost/utf8.h>
#include "sieve/extensions.h"

static int check_mailbox(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *bound)
{
	struct sieve_text text;

	if (!sieve_bound_constant(bound, &text) || roost_utf8_valid(text.data, text.len))
		return 0;
	sieve_check_error(check, bound->at, "invalid folder name '%s' specified for the :fcc tag of the %s",
			  text.data, sieve_use_name(check, use));
	return -1;
}

int sieve_run_fcc(struct sieve_run *run, const struct sieve_args *args,
		  const struct sieve_store **store)
{
	struct sieve_text mailbox = sieve_arg_string(run, args, SIEVE_SLOT_FCC);
	struct sieve_store *copy;

	*store = NULL;
	if (mailbox.data == NULL)
		return 0;
	if (!roost_utf8_valid(mailbox.data, mailbox.len) ||
	    memchr(mailbox.data, '\0', mailbox.len) != NULL)
		return sieve_run_error(run, "invalid folder name '%s' for the :fcc tag", mailbox.data);
	copy = roost_arena_new(run->arena, struct sieve_store);
	copy->mailbox = sieve_text_is(mailbox, "INBOX") ? "INBOX" : mailbox.data;
	copy->create = sieve_arg_has(args, SIEVE_SLOT_CREATE);
	copy->special_use = sieve_arg_string(run, args, SIEVE_SLOT_SPECIALUSE).data;
	copy->mailbox_id = sieve_arg_string(run, args, SIEVE_SLOT_MAILBOXID).data;
	/* The internal flags are those of the message, not of what is sent. */
	if (sieve_arg_has(args, SIEVE_SLOT_FLAGS))
		copy->flags = sieve_action_flags(run, args);
	*store = copy;
	return 0;
}

#define NEEDS_FCC .commands = "vacation notify", .needs = SIEVE_SLOT_FCC, .needs_name = "fcc"

static const struct sieve_tag tags[] = {
	{ .name = "fcc", .commands = "vacation notify", .slot = SIEVE_SLOT_FCC, .type = SIEVE_STRING,
	  .check = check_mailbox },
	{ .name = "create", .slot = SIEVE_SLOT_CREATE, .with = "mailbox", NEEDS_FCC },
	{ .name = "flags", .slot = SIEVE_SLOT_FLAGS, .type = SIEVE_LIST, .with = "imap4flags", NEEDS_FCC },
	{ .name = "specialuse", .slot = SIEVE_SLOT_SPECIALUSE, .type = SIEVE_STRING,
	  .with = "special-use", .check = sieve_check_special_use, NEEDS_FCC },
	{ .name = "mailboxid", .slot = SIEVE_SLOT_MAILBOXID, .type = SIEVE_STRING,
	  .with = "mailboxid", NEEDS_FCC },
	{ 0 }
};

const struct sieve_extension sieve_ext_fcc = { .name = "fcc", .tags = tags, .off = true };

/* --- mailboxid: RFC 9042 --- */

static int run_mailboxidexists(struct sieve_run *run, const struct sieve_args *args)
{
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG0);

	for (uint32_t i = 0; i < count; i++) {
		struct sieve_text id = sieve_arg_list(run, args, SIEVE_SLOT_ARG0, i);

		if (run->host->mailbox_by_id == NULL ||
		    run->host->mailbox_by_id(run->host->context, id.data) != 1)
			return 0;
	}
	return 1;
}

static const struct sieve_def mailboxid_defs[] = {
	{ .name = "mailboxidexists", .is_test = true, .required = 1,
	  .params = { { SIEVE_LIST, "mailbox-objectids" } }, .run = run_mailboxidexists },
	{ 0 }
};

static const struct sieve_tag mailboxid_tags[] = {
	{ .name = "mailboxid", .commands = "fileinto", .slot = SIEVE_SLOT_MAILBOXID,
	  .type = SIEVE_STRING },
	{ 0 }
};

const struct sieve_extension sieve_ext_mailboxid = { .name = "mailboxid", .defs = mailboxid_defs,
						     .tags = mailboxid_tags, .off = true };
