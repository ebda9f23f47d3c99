/* tester - the state of one test file: message, scripts, results. */
#include <pwd.h>
#include <unistd.h>
#include "sieve/extensions.h"
#include "sieve/tester.h"

int tester_abort(struct tester *tester, const char *format, ...)
{
	struct roost_str text = ROOST_STR_INIT;
	va_list args;

	va_start(args, format);
	roost_str_vprintf(&text, format, args);
	va_end(args);
	printf("ERROR: %s\n", text.data);
	roost_str_free(&text);
	tester->aborted = true;
	tester->run.failed = true;
	return -1;
}

void tester_fail(struct tester *tester, const char *reason)
{
	printf("%2u: Test '%s' FAILED: %s\n", tester->index, tester->test, reason);
	tester->failed++;
}

void tester_clear_log(struct tester *tester)
{
	if (tester->log.errors > 0)
		sieve_diag_clear(&tester->log);
}

void tester_reset_result(struct tester *tester)
{
	sieve_result_reset(&tester->result);
	tester->sent.count = 0;
	if (sieve_message_changed(tester->message))
		tester_use_message(tester, tester->message->original);
}

/* Older messages stay: the result may still refer to them. */
void tester_use_message(struct tester *tester, struct sieve_text text)
{
	text = sieve_text_dup(tester->arena, text);
	tester->message = sieve_message_create(text);
	roost_vec_push(&tester->messages, tester->message);
	tester->run.message = tester->message;
	tester->run.views = NULL;
}

static const char *first_address(struct tester *tester, const char *const *headers,
				 const char *fallback)
{
	for (; *headers != NULL; headers++) {
		size_t position = 0;
		struct sieve_field *field = sieve_message_field(tester->message,
								sieve_text_of(*headers), &position);
		const struct roost_address_list *list;

		if (field == NULL)
			continue;
		list = sieve_field_addresses(tester->message, field);
		for (size_t i = 0; i < list->count; i++) {
			const struct roost_address *address = &list->items[i];
			struct roost_str out = ROOST_STR_INIT;

			if (address->kind != ROOST_ADDRESS_MAILBOX)
				continue;
			roost_address_write(&out, address);
			fallback = roost_arena_strdup(tester->arena, roost_str_text(&out));
			roost_str_free(&out);
			return fallback;
		}
	}
	return fallback;
}

const char *tester_user(void)
{
	const struct passwd *user = getpwuid(geteuid());

	return user != NULL ? user->pw_name : "user";
}

void tester_set_message(struct tester *tester, struct sieve_text text)
{
	static const char *const to[] = { "Envelope-To", "To", NULL };
	static const char *const from[] = { "Return-Path", "Sender", "From", NULL };

	tester_use_message(tester, text);
	tester->envelope.to = first_address(tester, to, "recipient@example.com");
	tester->envelope.from = first_address(tester, from, "sender@example.com");
	tester->envelope.orig_to = tester->envelope.to;
	tester->envelope.auth = roost_arena_strdup(tester->arena, tester_user());
}

/* NULL when it does not compile; the errors are in the log. */
struct sieve_program *tester_compile(struct tester *tester, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	struct roost_str source = ROOST_STR_INIT, bytes = ROOST_STR_INIT;
	struct sieve_program *program = NULL;
	struct roost_error err;
	size_t len = strlen(name);

	if (len > 6 && strcmp(name + len - 6, ".sieve") == 0)
		len -= 6;
	name = roost_arena_strndup(tester->arena, name, len);
	if (tester_read_file(path, &source) < 0)
		sieve_diag_add(&tester->log, SIEVE_ERROR, (struct sieve_message_at){ .script = name },
			       "script file cannot be read");
	else if (sieve_compile(tester->instance, tester->loader, name, SIEVE_MAIN,
			       sieve_text_of_str(&source), &tester->log, &bytes) &&
		 sieve_program_load(tester->instance, sieve_text_of_str(&bytes), &program, &err) < 0)
		sieve_diag_add(&tester->log, SIEVE_ERROR, (struct sieve_message_at){ .script = name },
			       "%s", err.text);
	if (program != NULL)
		roost_vec_push(&tester->programs, program);
	roost_str_free(&source);
	roost_str_free(&bytes);
	return program;
}

/* A script that is a test itself. */
static bool is_test_script(const struct sieve_program *program)
{
	for (uint32_t i = 0; i < program->extension_count; i++) {
		if (strcmp(sieve_program_string(program, program->extensions[i]).data,
			   tester_extension.name) == 0)
			return true;
	}
	return false;
}

bool tester_run_script(struct tester *tester, struct sieve_program *program)
{
	struct sieve_run run;
	struct sieve_run *outer = &tester->run;
	bool ok;

	sieve_run_init(&run, tester->instance, program, &tester->host, tester->message,
		       &tester->envelope, &tester->result, &tester->log);
	run.tester = tester;
	run.trace = tester->trace;
	/* Tests fail by test_fail only. */
	ok = (sieve_run(&run) || is_test_script(program)) && !run.tester_ended && !run.timed_out;
	outer->message = tester->message;
	sieve_run_free(&run);
	return ok;
}

bool tester_execute(struct tester *tester)
{
	bool kept = false;

	return sieve_result_execute(&tester->result, &tester->host, &tester->envelope,
				    tester->message, &tester->log, &kept);
}
