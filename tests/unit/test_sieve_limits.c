/* Limits of a run hold inside single tests: large messages, scripts that make the most of them. */
#include <time.h>
#include "sieve/compile.h"
#include "sieve/run.h"
#include "tests/unit/unit.h"

enum { MANY_KEYS = 700, KEY = 1200, TEXT = 8 << 20, SECONDS = 20 };

/* The text of the error that ended the run; NULL: it ended well. In arena. */
static const char *run_script(struct roost_arena *arena, const struct roost_str *script, const char *setting,
			      const char *value, const struct roost_str *mail)
{
	static const struct sieve_envelope envelope = { .from = "a@example.com", .to = "b@example.com",
							.orig_to = "b@example.com" };
	static const struct sieve_host host = { 0 };
	struct sieve_instance *instance = sieve_instance_create();
	struct roost_str bytes = ROOST_STR_INIT;
	struct sieve_program *program;
	struct sieve_message *message;
	struct sieve_result result;
	const char *text = NULL;
	struct roost_error err;
	struct sieve_diag diag;
	struct sieve_run run;

	sieve_diag_init(&diag);
	sieve_instance_set(instance, setting, value);
	assert_true(sieve_compile(instance, NULL, "x", SIEVE_MAIN, sieve_text_of_str(script), &diag, &bytes));
	assert_int_equal(sieve_program_load(instance, sieve_text_of_str(&bytes), &program, &err), 0);
	message = sieve_message_create(sieve_text_of_str(mail));
	sieve_result_init(&result, instance);
	sieve_run_init(&run, instance, program, &host, message, &envelope, &result, &diag);
	if (!sieve_run(&run))
		text = roost_arena_strdup(arena, diag.entries.items[diag.entries.count - 1].text);
	sieve_run_free(&run);
	sieve_result_free(&result);
	sieve_message_free(message);
	sieve_program_free(program);
	sieve_diag_free(&diag);
	roost_str_free(&bytes);
	sieve_instance_free(instance);
	return text;
}

static void append_many(struct roost_str *out, char byte, size_t count)
{
	memset(roost_str_reserve(out, count), byte, count);
	out->len += count;
	out->data[out->len] = '\0';
}

/* Keys that differ in their last bytes only, over a text that is all beginning. */
static void time_ends_a_search_for_many_keys(void **state)
{
	struct roost_arena *arena = roost_arena_create("test");
	struct roost_str script = ROOST_STR_INIT, mail = ROOST_STR_INIT;
	clock_t begin = clock();
	const char *error;

	roost_str_puts(&script, "require \"body\"; if body :raw :contains [\"x\"");
	for (int i = 0; i < MANY_KEYS; i++) {
		roost_str_puts(&script, ", \"");
		append_many(&script, 'a', KEY);
		roost_str_printf(&script, "%d\"", i);
	}
	roost_str_puts(&script, "] { discard; }");
	roost_str_puts(&mail, "Subject: x\r\n\r\n");
	append_many(&mail, 'a', TEXT);
	error = run_script(arena, &script, "sieve_max_cpu_time", "1", &mail);
	assert_non_null(error);
	assert_string_equal(error, "execution exceeded the limit of CPU time");
	assert_true((clock() - begin) / CLOCKS_PER_SEC < SECONDS);
	roost_str_free(&script);
	roost_str_free(&mail);
	roost_arena_free(arena);
}

static void memory_ends_captures_of_large_values(void **state)
{
	struct roost_arena *arena = roost_arena_create("test");
	struct roost_str script = ROOST_STR_INIT, mail = ROOST_STR_INIT;
	const char *error;

	roost_str_puts(&script, "require [\"variables\"];");
	for (int i = 0; i < 20; i++)
		roost_str_puts(&script, "if header :matches \"subject\" \"*\" { set \"x\" \"${1}\"; }");
	roost_str_puts(&mail, "Subject: ");
	append_many(&mail, 'a', TEXT);
	roost_str_puts(&mail, "\r\n\r\n");
	error = run_script(arena, &script, "sieve_max_memory", "64M", &mail);
	assert_non_null(error);
	assert_string_equal(error, "execution exceeded the limit of memory");
	assert_null(run_script(arena, &script, "sieve_max_memory", "900M", &mail));
	roost_str_free(&script);
	roost_str_free(&mail);
	roost_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_ends_a_search_for_many_keys),
		cmocka_unit_test(memory_ends_captures_of_large_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
