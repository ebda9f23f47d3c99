/* ext_fileinto - storing into mailboxes. RFC 5228 section 4.1, RFC 5490 section 3. */
#include <roost/utf8.h>
#include "sieve/extensions.h"

int sieve_check_mailbox(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_text text;

	if (!sieve_bound_constant(sieve_use_find(use, SIEVE_SLOT_ARG0), &text) ||
	    roost_utf8_valid(text.data, text.len))
		return 0;
	sieve_check_error(check, use->at, "invalid folder name '%s' specified for the %s", text.data,
			  sieve_use_name(check, use));
	return -1;
}

static int run_fileinto(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_text mailbox = sieve_arg_string(run, args, SIEVE_SLOT_ARG0);
	struct sieve_action action = {
		.kind = SIEVE_STORE, .name = "store", .target = mailbox.data,
		.flags = sieve_action_flags(run, args),
		.create = sieve_arg_has(args, SIEVE_SLOT_CREATE),
		.copy = sieve_arg_has(args, SIEVE_SLOT_COPY),
		.mailbox_id = sieve_arg_string(run, args, SIEVE_SLOT_MAILBOXID).data,
		.special_use = sieve_arg_string(run, args, SIEVE_SLOT_SPECIALUSE).data,
	};

	if (!roost_utf8_valid(mailbox.data, mailbox.len) || memchr(mailbox.data, '\0', mailbox.len) != NULL)
		return sieve_run_error(run, "invalid folder name '%s'", mailbox.data);
	if (sieve_text_is(mailbox, "INBOX"))
		action.target = "INBOX";
	return sieve_run_act(run, &action, !action.copy);
}

static const struct sieve_def fileinto_defs[] = {
	{ .name = "fileinto", .is_command = true, .action = true, .required = 1,
	  .params = { { SIEVE_STRING, "mailbox" } }, .check = sieve_check_mailbox,
	  .run = run_fileinto },
	{ 0 }
};

const struct sieve_extension sieve_ext_fileinto = { .name = "fileinto", .defs = fileinto_defs };

static int run_mailboxexists(struct sieve_run *run, const struct sieve_args *args)
{
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG0);

	for (uint32_t i = 0; i < count; i++) {
		struct sieve_text name = sieve_arg_list(run, args, SIEVE_SLOT_ARG0, i);

		if (!roost_utf8_valid(name.data, name.len)) {
			sieve_run_warning(run, "invalid folder name '%s'", name.data);
			return 0;
		}
		if (run->host->mailbox_exists == NULL ||
		    run->host->mailbox_exists(run->host->context, name.data) != 1)
			return 0;
	}
	return 1;
}

static const struct sieve_def mailbox_defs[] = {
	{ .name = "mailboxexists", .is_test = true, .required = 1,
	  .params = { { SIEVE_LIST, "mailbox names" } }, .run = run_mailboxexists },
	{ 0 }
};

static const struct sieve_tag mailbox_tags[] = {
	{ .name = "create", .commands = "fileinto", .slot = SIEVE_SLOT_CREATE },
	{ 0 }
};

const struct sieve_extension sieve_ext_mailbox = { .name = "mailbox", .defs = mailbox_defs,
						   .tags = mailbox_tags };
