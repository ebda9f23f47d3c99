/* tester_commands - commands and tests of vnd.dovecot.testsuite. */
#include <stdlib.h>
#include <roost/utf8.h>
#include "sieve/cache.h"
#include "sieve/extensions.h"
#include "sieve/tester.h"

static struct tester *tester_of(const struct sieve_run *run)
{
	return run->tester;
}

/* Whether run is that of the file, not of a script under test. */
static bool is_file(const struct sieve_run *run)
{
	return run == &tester_of(run)->run;
}

/* --- test, test_fail --- */

static int check_test(struct sieve_check *check, struct sieve_use *use)
{
	if (use->parent == NULL)
		return 0;
	sieve_check_error(check, use->at, "tests cannot be nested: the test command is only for the "
			  "top level");
	return -1;
}

static int run_test(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);

	if (sieve_arg_has(args, SIEVE_SLOT_LAST)) {
		printf("%2u: Test '%s' SUCCEEDED\n", tester->index, tester->test);
		tester->test = NULL;
		return 1;
	}
	tester->index++;
	tester->test = roost_arena_strdup(tester->arena,
					  sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data);
	/* A jump past the block follows. */
	tester->test_end = run->program->code[run->next + 1];
	return 1;
}

static int run_test_fail(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);
	const char *reason = sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data;

	if (!is_file(run)) {
		printf("%2u: Test '%s' FAILED: %s\n", tester->index,
		       tester->test != NULL ? tester->test : "", reason);
		run->tester_ended = run->stopped = true;
		return 0;
	}
	if (tester->test == NULL)
		return tester_abort(tester, "test_fail outside of a test: %s", reason);
	tester_fail(tester, reason);
	tester->test = NULL;
	while (run->frames.count > 0)
		sieve_run_leave(run);
	run->loops.count = 0;
	run->next = tester->test_end;
	return 0;
}

/* --- test_set, test_config --- */

static const char *const objects[] = { "message", "envelope.from", "envelope.to",
				       "envelope.orig_to", "envelope.auth" };

static int check_test_set(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_text text;

	if (sieve_bound_constant(sieve_use_find(use, SIEVE_SLOT_ARG0), &text)) {
		for (size_t i = 0; i < ROOST_COUNT(objects); i++) {
			if (sieve_text_is(text, objects[i]))
				return 0;
		}
	}
	sieve_check_error(check, use->at, "the test_set command knows no such object");
	return -1;
}

static const char *envelope_address(struct tester *tester, struct sieve_text text)
{
	struct roost_str out = ROOST_STR_INIT;
	struct roost_address_list list;
	const char *result = "";

	if (text.len == 0 || sieve_text_equal(text, SIEVE_TEXT("<>")))
		return "";
	roost_address_parse(tester->arena, (struct roost_text){ text.data, text.len }, &list);
	if (list.count == 1 && list.items[0].kind == ROOST_ADDRESS_MAILBOX) {
		roost_address_write(&out, &list.items[0]);
		result = roost_arena_strdup(tester->arena, roost_str_text(&out));
	} else if (list.count == 1 && memchr(text.data, '@', text.len) == NULL &&
		   memchr(text.data, ' ', text.len) == NULL) {
		result = roost_arena_strndup(tester->arena, text.data, text.len);
	} else {
		sieve_diag_add(&tester->log, SIEVE_ERROR, (struct sieve_message_at){ 0 },
			       "invalid envelope address '%s'", text.data);
	}
	roost_str_free(&out);
	return result;
}

static int run_test_set(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);
	struct sieve_text object = sieve_arg_string(run, args, SIEVE_SLOT_ARG0);
	struct sieve_text value = sieve_arg_string(run, args, SIEVE_SLOT_ARG1);

	if (sieve_text_is(object, "message")) {
		tester_set_message(tester, value);
	} else if (sieve_text_is(object, "envelope.from")) {
		tester->envelope.from = envelope_address(tester, value);
	} else if (sieve_text_is(object, "envelope.to")) {
		tester->envelope.to = envelope_address(tester, value);
		tester->envelope.orig_to = tester->envelope.to;
	} else if (sieve_text_is(object, "envelope.orig_to")) {
		tester->envelope.orig_to = envelope_address(tester, value);
	} else {
		tester->envelope.auth = roost_arena_strdup(tester->arena, value.data);
	}
	run->message = tester->message;
	return 0;
}

static int run_config_set(struct sieve_run *run, const struct sieve_args *args)
{
	char *value = strdup(sieve_arg_string(run, args, SIEVE_SLOT_ARG1).data);

	free(roost_map_set(tester_of(run)->settings,
			   sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data, value));
	return 0;
}

static int run_config_unset(struct sieve_run *run, const struct sieve_args *args)
{
	free(roost_map_set(tester_of(run)->settings,
			   sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data, strdup("")));
	return 0;
}

static int run_config_reload(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);
	struct sieve_text name = sieve_arg_string(run, args, SIEVE_SLOT_EXTENSION);
	size_t position = 0;
	const char *key;
	void *value;

	if (name.data != NULL && sieve_instance_find(tester->instance, name.data) < 0)
		return tester_abort(tester, "unknown extension '%s'", name.data);
	while (roost_map_next(tester->settings, &position, &key, &value)) {
		const char *wanted = sieve_setting_wanted(key, value);

		if (!sieve_setting_is_of(key, name.data))
			continue;
		if (wanted != NULL)
			return tester_abort(tester, "setting %s has the value '%s', but takes %s", key,
					    (const char *)value, wanted);
		sieve_instance_set(tester->instance, key, value);
	}
	return 0;
}

/* --- scripts --- */

static int run_script_compile(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);
	struct sieve_program *program;

	tester_clear_log(tester);
	program = tester_compile(tester, roost_arena_printf(run->arena, "%s/%s", tester->folder,
				 sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data));
	if (program == NULL)
		return 0;
	tester->script = program;
	return 1;
}

static int run_script_run(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);

	if (!sieve_arg_has(args, SIEVE_SLOT_APPEND)) {
		sieve_result_reset(&tester->result);
		if (sieve_message_changed(tester->message))
			tester_use_message(tester, tester->message->original);
	}
	tester_clear_log(tester);
	if (tester->script == NULL)
		return 0;
	return tester_run_script(tester, tester->script);
}

static int run_result_execute(struct sieve_run *run, const struct sieve_args *args)
{
	tester_clear_log(tester_of(run));
	return tester_execute(tester_of(run));
}

static int run_result_reset(struct sieve_run *run, const struct sieve_args *args)
{
	tester_reset_result(tester_of(run));
	return 0;
}

static int run_result_print(struct sieve_run *run, const struct sieve_args *args)
{
	const struct sieve_result *result = &tester_of(run)->result;

	for (size_t i = 0; i < result->actions.count; i++)
		printf(" * %s %s\n", result->actions.items[i]->name,
		       result->actions.items[i]->target != NULL ? result->actions.items[i]->target : "");
	printf(" implicit keep: %s\n", result->keep_cancelled ? "no" : "yes");
	return 0;
}

/* What a script asked for that failed is not done. */
static bool run_one_of(struct tester *tester, struct sieve_program *program)
{
	size_t actions = tester->result.actions.count, marks = tester->result.marks.count;

	if (tester_run_script(tester, program))
		return true;
	tester->result.actions.count = actions;
	tester->result.marks.count = marks;
	tester->result.keep_cancelled = false;
	sieve_message_restore(tester->message);
	return false;
}

static int run_multiscript(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG0);
	bool ok = true, go_on = true;

	tester_clear_log(tester);
	sieve_result_reset(&tester->result);
	for (uint32_t i = 0; i < count && ok && go_on; i++) {
		struct sieve_program *program = tester_compile(tester,
			roost_arena_printf(run->arena, "%s/%s", tester->folder,
					   sieve_arg_list(run, args, SIEVE_SLOT_ARG0, i).data));

		tester->result.keep_cancelled = false;
		ok = program != NULL && run_one_of(tester, program);
		go_on = sieve_result_keeps(&tester->result);
	}
	return tester_execute(tester) && ok;
}

static int run_binary_save(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);
	struct roost_error err;
	char *path;

	if (tester->script == NULL)
		return tester_abort(tester, "no compiled script to save");
	path = roost_arena_printf(tester->arena, "%s/%zu.svbin", tester->work,
				  roost_map_count(tester->binaries));
	if (sieve_cache_save(path, tester->script->data, &err) < 0)
		return tester_abort(tester, "%s", roost_error_log(&err));
	roost_map_set(tester->binaries, sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data, path);
	return 0;
}

static int run_binary_load(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);
	const char *name = sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data;
	const char *path = roost_map_get(tester->binaries, name);
	struct roost_str bytes = ROOST_STR_INIT;
	struct sieve_program *loaded;
	struct roost_error err;
	int result;

	if (path == NULL)
		return tester_abort(tester, "no binary '%s'", name);
	result = sieve_cache_read(path, &bytes, &err);
	if (result == 0)
		result = sieve_program_load(tester->instance, sieve_text_of_str(&bytes), &loaded, &err);
	roost_str_free(&bytes);
	if (result < 0)
		return tester_abort(tester, "binary '%s': %s", name, err.text);
	roost_vec_push(&tester->programs, loaded);
	tester->script = loaded;
	return 0;
}

/* --- what happened --- */

static int run_test_error(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);
	struct sieve_matcher *matcher = sieve_match_begin(run, args);
	uint64_t index = sieve_arg_number(args, SIEVE_SLOT_INDEX, 0), at = 0;

	for (size_t i = 0; i < tester->log.entries.count; i++) {
		const struct sieve_diag_entry *entry = &tester->log.entries.items[i];

		if (entry->severity != SIEVE_ERROR || (++at != index && index != 0))
			continue;
		if (sieve_match_value(matcher, sieve_text_of(entry->text)) != 0)
			break;
	}
	return sieve_match_end(matcher);
}

static int run_result_action(struct sieve_run *run, const struct sieve_args *args)
{
	const struct sieve_result *result = &tester_of(run)->result;
	struct sieve_matcher *matcher = sieve_match_begin(run, args);
	uint64_t index = sieve_arg_number(args, SIEVE_SLOT_INDEX, 0);

	for (size_t i = 0; i < result->actions.count; i++) {
		if ((i + 1 == index || index == 0) &&
		    sieve_match_value(matcher, sieve_text_of(result->actions.items[i]->name)) != 0)
			break;
	}
	return sieve_match_end(matcher);
}

static int check_test_message(struct sieve_check *check, struct sieve_use *use)
{
	if ((sieve_use_find(use, SIEVE_SLOT_SMTP) != NULL) !=
	    (sieve_use_find(use, SIEVE_SLOT_FOLDER) != NULL))
		return 0;
	sieve_check_error(check, use->at, "the %s requires exactly one of the :smtp and :folder tags",
			  sieve_use_name(check, use));
	return -1;
}

static bool use_sent(struct tester *tester, uint64_t index)
{
	const struct tester_mail *mail = &tester->sent.items[index];

	if (index >= tester->sent.count)
		return false;
	tester_use_message(tester, mail->text);
	tester->envelope.from = mail->from;
	tester->envelope.to = tester->envelope.orig_to = mail->to;
	return true;
}

static bool use_stored(struct tester *tester, const char *mailbox, uint64_t index)
{
	if (!tester_has_mailbox(tester, mailbox)) {
		sieve_diag_add(&tester->log, SIEVE_ERROR, (struct sieve_message_at){ 0 },
			       "mailbox '%s' cannot be opened", mailbox);
		tester_set_message(tester, tester->default_message);
		return false;
	}
	for (size_t i = 0; i < tester->stored.count; i++) {
		const struct tester_mail *mail = &tester->stored.items[i];

		if (strcasecmp(mail->mailbox, mailbox) != 0 || index-- != 0)
			continue;
		tester_set_message(tester, mail->text);
		if (tester->result.actions.count == 0) {
			roost_str_truncate(&tester->result.internal_flags, 0);
			roost_str_puts(&tester->result.internal_flags, mail->flags);
		}
		return true;
	}
	return false;
}

static int run_test_message(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);
	uint64_t index = sieve_arg_number(args, SIEVE_SLOT_ARG0, 0);
	struct sieve_text folder = sieve_arg_string(run, args, SIEVE_SLOT_FOLDER);
	bool command = sieve_arg_is_command(args);
	bool found = folder.data != NULL ? use_stored(tester, folder.data, index) :
		use_sent(tester, index);

	run->message = tester->message;
	if (found || !command)
		return found;
	if (tester->test == NULL)
		return tester_abort(tester, "no such message");
	tester_fail(tester, folder.data != NULL ?
		    roost_arena_printf(run->arena, "no message in folder '%s' with index %llu",
				       folder.data, (unsigned long long)index) :
		    roost_arena_printf(run->arena, "no outgoing SMTP message with index %llu",
				       (unsigned long long)index));
	tester->test = NULL;
	run->loops.count = 0;
	run->next = tester->test_end;
	return 0;
}

static int run_message_print(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_text text = sieve_message_text(run->message);

	printf("%.*s\n", (int)text.len, text.data);
	return 0;
}

static int run_mailbox_create(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);
	struct sieve_text text = sieve_arg_string(run, args, SIEVE_SLOT_ARG0);
	const char *name = text.data;

	if (!roost_utf8_valid(text.data, text.len))
		return sieve_run_error(run, "invalid folder name '%s'", name);
	if (!tester_has_mailbox(tester, name))
		roost_vec_push(&tester->mailboxes, roost_arena_strdup(tester->arena, name));
	return 0;
}

static int run_mailbox_delete(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);
	const char *name = sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data;
	size_t kept = 0;

	for (size_t i = 0; i < tester->mailboxes.count; i++) {
		if (strcmp(tester->mailboxes.items[i], name) != 0)
			tester->mailboxes.items[kept++] = tester->mailboxes.items[i];
	}
	tester->mailboxes.count = kept;
	return 0;
}

static int run_metadata_set(struct sieve_run *run, const struct sieve_args *args)
{
	struct tester *tester = tester_of(run);
	struct sieve_text mailbox = sieve_arg_string(run, args, SIEVE_SLOT_MAILBOX);
	const char *name = sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data;
	const char *value = sieve_arg_string(run, args, SIEVE_SLOT_ARG1).data;

	if (strncasecmp(name, "/private/", 9) != 0 && strncasecmp(name, "/shared/", 8) != 0)
		return tester_abort(tester, "invalid annotation '%s'", name);
	roost_map_set(tester->metadata, tester_metadata_key(run->arena, mailbox.data, name),
		      roost_arena_strdup(tester->arena, value));
	return 0;
}

#define COMMAND(command, count, function, ...) \
	{ .name = command, .is_command = true, .required = count, .run = function, __VA_ARGS__ }
#define TEST(test, count, function, ...) \
	{ .name = test, .is_test = true, .required = count, .run = function, __VA_ARGS__ }
#define STRING1 .params = { { SIEVE_STRING, "value" } }
#define STRING2 .params = { { SIEVE_STRING, "name" }, { SIEVE_STRING, "value" } }
#define KEYS .params = { { SIEVE_LIST, "key list" } }, .groups = SIEVE_GROUP_ALL_MATCH, \
	.keys = SIEVE_SLOT_ARG0, .comparator = 1

static const struct sieve_def defs[] = {
	COMMAND("test", 1, run_test, STRING1, .block = SIEVE_BLOCK, .control = SIEVE_WRAPPED,
		.check = check_test),
	COMMAND("test_fail", 1, run_test_fail, STRING1),
	COMMAND("test_set", 2, run_test_set, STRING2, .check = check_test_set),
	COMMAND("test_config_set", 2, run_config_set, STRING2),
	COMMAND("test_config_unset", 1, run_config_unset, STRING1),
	COMMAND("test_config_reload", 0, run_config_reload),
	COMMAND("test_result_reset", 0, run_result_reset),
	COMMAND("test_result_print", 0, run_result_print),
	COMMAND("test_message_print", 0, run_message_print),
	COMMAND("test_mailbox_create", 1, run_mailbox_create, STRING1, .check = sieve_check_mailbox),
	COMMAND("test_mailbox_delete", 1, run_mailbox_delete, STRING1),
	COMMAND("test_imap_metadata_set", 2, run_metadata_set, STRING2),
	COMMAND("test_binary_save", 1, run_binary_save, STRING1),
	COMMAND("test_binary_load", 1, run_binary_load, STRING1),
	TEST("test_script_compile", 1, run_script_compile, STRING1),
	TEST("test_script_run", 0, run_script_run),
	TEST("test_result_execute", 0, run_result_execute),
	TEST("test_multiscript", 1, run_multiscript, .params = { { SIEVE_LIST, "scripts" } }),
	TEST("test_error", 1, run_test_error, KEYS),
	TEST("test_result_action", 1, run_result_action, KEYS),
	{ .name = "test_message", .is_test = true, .is_command = true, .required = 1,
	  .params = { { SIEVE_NUMBER, "index" } }, .check = check_test_message,
	  .run = run_test_message },
	{ 0 }
};

static const struct sieve_tag tags[] = {
	{ .name = "extension", .commands = "test_config_reload", .slot = SIEVE_SLOT_EXTENSION,
	  .type = SIEVE_STRING },
	{ .name = "append_result", .commands = "test_script_run", .slot = SIEVE_SLOT_APPEND },
	{ .name = "index", .commands = "test_error test_result_action", .slot = SIEVE_SLOT_INDEX,
	  .type = SIEVE_NUMBER },
	{ .name = "smtp", .commands = "test_message", .slot = SIEVE_SLOT_SMTP },
	{ .name = "folder", .commands = "test_message", .slot = SIEVE_SLOT_FOLDER,
	  .type = SIEVE_STRING },
	{ .name = "mailbox", .commands = "test_imap_metadata_set", .slot = SIEVE_SLOT_MAILBOX,
	  .type = SIEVE_STRING },
	{ 0 }
};

static int check_tst(struct sieve_check *check, const char *name, struct sieve_position at, bool set)
{
	if (!set && sieve_is_identifier(sieve_text_of(name)))
		return 0;
	sieve_check_error(check, at, "invalid use of the variable 'tst.%s'", name);
	return -1;
}

static void get_tst(struct sieve_run *run, const char *name, struct roost_str *out)
{
	if (strcmp(name, "path") == 0 && run->tester != NULL)
		roost_str_puts(out, tester_of(run)->folder);
}

static const struct sieve_namespace namespaces[] = {
	{ "tst", check_tst, get_tst },
	{ 0 }
};

const struct sieve_extension tester_extension = {
	.name = "vnd.dovecot.testsuite", .defs = defs, .tags = tags, .namespaces = namespaces,
};
