/* ext_metadata - annotations of mailboxes and of the server: mboxmetadata, servermetadata. RFC 5490. */
#include "sieve/extensions.h"

/* RFC 5464 section 3.2: "/private/..." or "/shared/...", no empty parts, no wildcards. */
static bool name_ok(struct sieve_text name)
{
	size_t prefix = name.len > 9 && strncasecmp(name.data, "/private/", 9) == 0 ? 9 :
		name.len > 8 && strncasecmp(name.data, "/shared/", 8) == 0 ? 8 : 0;

	if (prefix == 0 || name.data[name.len - 1] == '/' || memmem(name.data, name.len, "//", 2) != NULL)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.data[i];

		if (c < ' ' || c > '~' || c == '*' || c == '%')
			return false;
	}
	return true;
}

static int check_name(struct sieve_check *check, struct sieve_use *use, enum sieve_slot slot)
{
	struct sieve_bound *names = sieve_use_find(use, slot);

	for (uint32_t i = 0; i < names->count; i++) {
		struct sieve_text name = names->strings[i].text;

		if (names->strings[i].constant && !name_ok(name))
			sieve_check_warning(check, names->at, "the %s: invalid annotation name '%s'",
					    sieve_use_name(check, use), name.data);
	}
	return 0;
}

static int check_of_mailbox(struct sieve_check *check, struct sieve_use *use)
{
	return check_name(check, use, SIEVE_SLOT_ARG1);
}

static int check_of_server(struct sieve_check *check, struct sieve_use *use)
{
	return check_name(check, use, SIEVE_SLOT_ARG0);
}

static bool lookup(struct sieve_run *run, const char *mailbox, struct sieve_text name,
		   struct roost_str *value)
{
	return name_ok(name) && run->host->metadata != NULL &&
		run->host->metadata(run->host->context, mailbox, name.data, value);
}

static int match_value(struct sieve_run *run, const struct sieve_args *args, const char *mailbox,
		       enum sieve_slot name)
{
	struct sieve_matcher *matcher = sieve_match_begin(run, args);
	struct roost_str value = ROOST_STR_INIT;

	if (lookup(run, mailbox, sieve_arg_string(run, args, name), &value))
		sieve_match_value(matcher, sieve_text_of_str(&value));
	roost_str_free(&value);
	return sieve_match_end(matcher);
}

static int all_exist(struct sieve_run *run, const struct sieve_args *args, const char *mailbox,
		     enum sieve_slot names)
{
	uint32_t count = sieve_arg_count(args, names);
	struct roost_str value = ROOST_STR_INIT;
	bool all = true;

	for (uint32_t i = 0; i < count && all; i++)
		all = lookup(run, mailbox, sieve_arg_list(run, args, names, i), &value);
	roost_str_free(&value);
	return all;
}

static int run_metadata(struct sieve_run *run, const struct sieve_args *args)
{
	return match_value(run, args, sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data,
			   SIEVE_SLOT_ARG1);
}

static int run_metadataexists(struct sieve_run *run, const struct sieve_args *args)
{
	return all_exist(run, args, sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data, SIEVE_SLOT_ARG1);
}

static int run_servermetadata(struct sieve_run *run, const struct sieve_args *args)
{
	return match_value(run, args, NULL, SIEVE_SLOT_ARG0);
}

static int run_servermetadataexists(struct sieve_run *run, const struct sieve_args *args)
{
	return all_exist(run, args, NULL, SIEVE_SLOT_ARG0);
}

static const struct sieve_def mailbox_defs[] = {
	{ .name = "metadata", .is_test = true, .required = 3, .groups = SIEVE_GROUP_ALL_MATCH,
	  .keys = SIEVE_SLOT_ARG2,
	  .params = { { SIEVE_STRING, "mailbox" }, { SIEVE_STRING, "annotation-name" },
		      { SIEVE_LIST, "key list" } }, .check = check_of_mailbox, .run = run_metadata },
	{ .name = "metadataexists", .is_test = true, .required = 2,
	  .params = { { SIEVE_STRING, "mailbox" }, { SIEVE_LIST, "annotation-names" } },
	  .check = check_of_mailbox, .run = run_metadataexists },
	{ 0 }
};

static const struct sieve_def server_defs[] = {
	{ .name = "servermetadata", .is_test = true, .required = 2, .groups = SIEVE_GROUP_ALL_MATCH,
	  .keys = SIEVE_SLOT_ARG1,
	  .params = { { SIEVE_STRING, "annotation-name" }, { SIEVE_LIST, "key list" } },
	  .check = check_of_server, .run = run_servermetadata },
	{ .name = "servermetadataexists", .is_test = true, .required = 1,
	  .params = { { SIEVE_LIST, "annotation-names" } },
	  .check = check_of_server, .run = run_servermetadataexists },
	{ 0 }
};

const struct sieve_extension sieve_ext_mboxmetadata = { .name = "mboxmetadata",
							.defs = mailbox_defs, .off = true };
const struct sieve_extension sieve_ext_servermetadata = { .name = "servermetadata",
							  .defs = server_defs, .off = true };
