/* core - require, control structures and the tests without values. RFC 5228 sections 3 and 5. */
#include "sieve/extensions.h"
#include "sieve/mime_fields.h"

static int check_require(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *names = sieve_use_find(use, SIEVE_SLOT_ARG0);
	int result = 0;

	if (check->commands_began || use->parent != NULL) {
		sieve_check_error(check, use->at, "require commands can only be placed at the top "
				  "of the script");
		return -1;
	}
	for (uint32_t i = 0; i < names->count; i++) {
		if (sieve_check_require(check, names->strings[i].text.data, names->at, false) < 0)
			result = -1;
	}
	return result;
}

static int run_stop(struct sieve_run *run, const struct sieve_args *args)
{
	run->stopped = true;
	return 0;
}

static int run_keep(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_action action = { .kind = SIEVE_KEEP, .name = "keep", .target = "INBOX",
				       .flags = sieve_action_flags(run, args) };

	return sieve_run_act(run, &action, true);
}

static int run_discard(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_action action = { .kind = SIEVE_DISCARD, .name = "discard" };

	return sieve_run_act(run, &action, true);
}

static int bad_address(struct sieve_check *check, struct sieve_use *use, struct sieve_text text)
{
	sieve_check_error(check, use->at, "specified redirect address '%.*s' is invalid",
			  (int)text.len, text.data);
	return -1;
}

static int check_redirect(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *target = sieve_use_find(use, SIEVE_SLOT_ARG0);
	struct sieve_text text;

	if (sieve_setting_size(check->instance, "sieve_max_redirects", 4) == 0) {
		sieve_check_error(check, use->at,
				  "local policy prohibits the use of a redirect action");
		return -1;
	}
	if (sieve_use_find(use, SIEVE_SLOT_EXPAND) != NULL)
		return sieve_check_list_keys(check, use, target) < 0 ? -1 : sieve_check_dsn(check, use);
	if (sieve_bound_constant(target, &text) && sieve_address_normal(check->arena, text) == NULL)
		return bad_address(check, use, text);
	return sieve_check_dsn(check, use);
}

static int run_redirect(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_text text = sieve_arg_string(run, args, SIEVE_SLOT_ARG0);
	bool copy = sieve_arg_has(args, SIEVE_SLOT_COPY);
	struct sieve_action action = { .kind = SIEVE_REDIRECT, .name = "redirect", .copy = copy };

	if (sieve_run_dsn(run, args, &action.dsn) < 0)
		return -1;
	action.expand = sieve_arg_has(args, SIEVE_SLOT_EXPAND);
	action.target = action.expand ? sieve_redirect_list(run, text) :
		sieve_address_normal(run->arena, text);
	if (action.target == NULL && action.expand)
		return -1;
	if (action.target == NULL)
		return sieve_run_error(run, "specified redirect address '%s' is invalid", text.data);
	action.message = run->message->enclosed;
	return sieve_run_act(run, &action, !copy);
}

static int run_exists(struct sieve_run *run, const struct sieve_args *args)
{
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG0);

	for (uint32_t i = 0; i < count; i++) {
		struct sieve_text name = sieve_arg_list(run, args, SIEVE_SLOT_ARG0, i);
		size_t position = 0, found;

		if (sieve_arg_has(args, SIEVE_SLOT_MIME))
			sieve_mime_fields(run, args, name, &found);
		else
			found = sieve_message_field(run->message, name, &position) != NULL;
		if (found == 0)
			return 0;
	}
	return 1;
}

static int check_size(struct sieve_check *check, struct sieve_use *use)
{
	if (sieve_use_find(use, SIEVE_SLOT_SIZE) != NULL)
		return 0;
	sieve_check_error(check, use->at, "the size test requires either the :over or the :under "
			  "tag to be specified");
	return -1;
}

static int run_size(struct sieve_run *run, const struct sieve_args *args)
{
	uint64_t size = run->message->claimed_size != 0 ? run->message->claimed_size :
		sieve_message_text(run->message).len;
	uint64_t limit = sieve_arg_number(args, SIEVE_SLOT_ARG0, 0);

	return sieve_arg_number(args, SIEVE_SLOT_SIZE, 1) == 1 ? size > limit : size < limit;
}

static const struct sieve_def defs[] = {
	{ .name = "require", .is_command = true, .required = 1, .control = SIEVE_REQUIRE,
	  .params = { { SIEVE_LIST, "capabilities" } }, .check = check_require },
	{ .name = "if", .is_command = true, .block = SIEVE_BLOCK, .subtests = SIEVE_ONE_TEST,
	  .control = SIEVE_IF },
	{ .name = "elsif", .is_command = true, .block = SIEVE_BLOCK, .subtests = SIEVE_ONE_TEST,
	  .control = SIEVE_ELSIF },
	{ .name = "else", .is_command = true, .block = SIEVE_BLOCK, .control = SIEVE_ELSE },
	{ .name = "stop", .is_command = true, .run = run_stop },
	{ .name = "keep", .is_command = true, .action = true, .run = run_keep },
	{ .name = "discard", .is_command = true, .action = true, .run = run_discard },
	{ .name = "redirect", .is_command = true, .action = true, .required = 1,
	  .params = { { SIEVE_STRING, "address" } }, .check = check_redirect, .run = run_redirect },
	{ .name = "true", .is_test = true, .control = SIEVE_TRUE },
	{ .name = "false", .is_test = true, .control = SIEVE_FALSE },
	{ .name = "not", .is_test = true, .subtests = SIEVE_ONE_TEST, .control = SIEVE_NOT },
	{ .name = "allof", .is_test = true, .subtests = SIEVE_TEST_LIST, .control = SIEVE_ALLOF },
	{ .name = "anyof", .is_test = true, .subtests = SIEVE_TEST_LIST, .control = SIEVE_ANYOF },
	{ .name = "exists", .is_test = true, .required = 1,
	  .params = { { SIEVE_LIST, "header names" } }, .check = sieve_check_header_names,
	  .run = run_exists },
	{ .name = "size", .is_test = true, .required = 1, .params = { { SIEVE_NUMBER, "limit" } },
	  .check = check_size, .run = run_size },
	{ 0 }
};

static const struct sieve_tag tags[] = {
	{ .name = "over", .commands = "size", .slot = SIEVE_SLOT_SIZE, .value = 1 },
	{ .name = "under", .commands = "size", .slot = SIEVE_SLOT_SIZE, .value = 2 },
	{ 0 }
};

const struct sieve_extension sieve_core = { .defs = defs, .tags = tags };

static const struct sieve_tag copy_tags[] = {
	{ .name = "copy", .commands = "fileinto redirect", .slot = SIEVE_SLOT_COPY },
	{ 0 }
};

const struct sieve_extension sieve_ext_copy = { .name = "copy", .tags = copy_tags };
