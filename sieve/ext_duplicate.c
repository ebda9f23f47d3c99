/* ext_duplicate - messages that came before. RFC 7352. */
#include "sieve/extensions.h"

static int check_duplicate(struct sieve_check *check, struct sieve_use *use)
{
	sieve_check_field_names(check, sieve_use_find(use, SIEVE_SLOT_HEADER));
	if (sieve_use_find(use, SIEVE_SLOT_HEADER) == NULL || sieve_use_find(use, SIEVE_SLOT_UNIQUEID) == NULL)
		return 0;
	sieve_check_error(check, use->at, "conflicting :header and :uniqueid arguments for the "
			  "duplicate test");
	return -1;
}

static struct sieve_text unique_id(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_text id = sieve_arg_string(run, args, SIEVE_SLOT_UNIQUEID);
	struct sieve_text header = sieve_arg_string(run, args, SIEVE_SLOT_HEADER);
	struct sieve_field *field;
	size_t position = 0;

	if (id.data != NULL)
		return id;
	field = sieve_message_field(run->message, header.data != NULL ? header :
				    SIEVE_TEXT("Message-ID"), &position);
	return field != NULL ? sieve_field_value(run->message, field) : id;
}

static int run_duplicate(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_text id = unique_id(run, args);
	struct sieve_text handle = sieve_arg_string(run, args, SIEVE_SLOT_HANDLE);
	uint64_t period = sieve_arg_number(args, SIEVE_SLOT_SECONDS,
		sieve_setting_time(run->instance, "sieve_duplicate_default_period", 12 * 3600));
	uint64_t longest = sieve_setting_time(run->instance, "sieve_duplicate_max_period", 2 * 86400);
	struct sieve_text key;
	bool seen;

	if (id.data == NULL || id.len == 0)
		return 0;
	key = sieve_text_of(roost_arena_printf(run->arena, "duplicate\n%s\n%s",
					       handle.data != NULL ? handle.data : "", id.data));
	seen = run->host->seen != NULL && run->host->seen(run->host->context, key);
	if (!seen || sieve_arg_has(args, SIEVE_SLOT_LAST))
		sieve_result_mark(run->result, key.data, period > longest ? longest : period);
	return seen;
}

static const struct sieve_def defs[] = {
	{ .name = "duplicate", .is_test = true, .check = check_duplicate, .run = run_duplicate },
	{ 0 }
};

static const struct sieve_tag tags[] = {
	{ .name = "handle", .commands = "duplicate", .slot = SIEVE_SLOT_HANDLE, .type = SIEVE_STRING },
	{ .name = "header", .commands = "duplicate", .slot = SIEVE_SLOT_HEADER, .type = SIEVE_STRING },
	{ .name = "uniqueid", .commands = "duplicate", .slot = SIEVE_SLOT_UNIQUEID,
	  .type = SIEVE_STRING },
	{ .name = "seconds", .commands = "duplicate", .slot = SIEVE_SLOT_SECONDS, .type = SIEVE_NUMBER },
	{ .name = "last", .commands = "duplicate", .slot = SIEVE_SLOT_LAST },
	{ 0 }
};

const struct sieve_extension sieve_ext_duplicate = { .name = "duplicate", .defs = defs, .tags = tags };
