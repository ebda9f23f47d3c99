/* Extensions that modules bring: declared, checked and run like those of the library. */
#include <roost/sieve.h>
#include "core/module/module.h"
#include "sieve/plugin.h"
#include "sieve/sieve.h"
#include "tests/unit/unit.h"

static const char message[] = "From: ann@example.com\r\nSubject: BUY NOW\r\n\r\nx\r\n";
static struct sieve_instance *instance;

static int setup(void **state)
{
	struct roost_str problems = ROOST_STR_INIT;
	struct module_name name = { "shout", NULL };

	assert_int_equal(modules_load("tests/modules", &name, 1, &problems), 0);
	roost_str_free(&problems);
	instance = sieve_instance_create();
	return 0;
}

static int teardown(void **state)
{
	sieve_instance_free(instance);
	return 0;
}

/* Text of the first diagnostic, "" when there is none; the result of the run. */
static char first[256];

static int run(const char *body)
{
	static const struct sieve_envelope envelope = { .from = "ann@example.com", .to = "me@example.org" };
	static const struct sieve_host host = { 0 };
	struct roost_str script = ROOST_STR_INIT, bytes = ROOST_STR_INIT;
	struct sieve_program *program = NULL;
	struct sieve_delivery *delivery;
	struct sieve_diag diag;
	struct roost_error err;
	int result = -2;

	sieve_diag_init(&diag);
	roost_str_printf(&script, "require [\"vnd.example.shout\", \"relational\", "
			 "\"comparator-i;ascii-numeric\"]; %s", body);
	if (sieve_compile(instance, NULL, "x", SIEVE_MAIN, sieve_text_of_str(&script), &diag, &bytes) &&
	    sieve_program_load(instance, sieve_text_of_str(&bytes), &program, &err) == 0) {
		delivery = sieve_delivery_create(instance, &host, SIEVE_TEXT(message), &envelope);
		result = sieve_delivery_run(delivery, program, &diag);
		sieve_delivery_free(delivery);
	}
	snprintf(first, sizeof(first), "%s", diag.entries.count > 0 ? diag.entries.items[0].text : "");
	sieve_program_free(program);
	sieve_diag_free(&diag);
	roost_str_free(&script);
	roost_str_free(&bytes);
	return result;
}

static void they_run(void **state)
{
	/* 0: the discard cancelled the keep */
	static const struct { const char *script; int result; const char *first; } cases[] = {
		{ "if shouted \"subject\" { discard; }", 0, "" },
		{ "if shouted \"from\" { discard; }", 1, "" },
		{ "if shouted :least 6 \"subject\" { discard; }", 0, "" },
		{ "if shouted :least 7 \"subject\" { discard; }", 1, "" },
		{ "if sender_length \"15\" { discard; }", 0, "" },
		{ "if sender_length :value \"gt\" :comparator \"i;ascii-numeric\" \"15\" { discard; }", 1, "" },
		{ "if sender_length :matches [\"2?\", \"1?\"] { discard; }", 0, "" },
		{ "refuse \"a\";", 1, "not refused" },
		{ "discard; refuse :really [\"a\", \"b\"];", -1, "refuse command: b" },
		{ "refuse :really :prefix \"no: \" \"b\";", -1, "refuse command: no: b" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		assert_int_equal(run(cases[i].script), cases[i].result);
		assert_string_equal(first, cases[i].first);
	}
}

static void they_are_checked(void **state)
{
	static const char *const cases[][2] = {
		{ "refuse;", "the refuse command requires 1 positional argument(s), but 0 are specified" },
		{ "if shouted 3 { }", "the shouted test expects a string as argument 1 (header), but a number was found" },
		{ "if shouted :least \"x\" \"y\" { }",
		  "the :least tag for the shouted test requires a number as parameter, but a string was found" },
		{ "if shouted :is \"y\" { }", "unknown tagged argument ':is' for the shouted test (only reported "
		  "once at first occurrence)" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		assert_int_equal(run(cases[i][0]), -2);
		assert_string_equal(first, cases[i][1]);
	}
}

static int run_nothing(struct roost_sieve_call *call, const struct roost_sieve_engine *engine,
		       struct roost_error *err)
{
	return 0;
}

static void wrong_tables_are_refused(void **state)
{
	static const struct roost_sieve_operation no_run[] = { { .name = "a" }, { 0 } };
	static const struct roost_sieve_operation no_key[] = {
		{ .name = "a", .is_test = true, .matches = true, .run = run_nothing }, { 0 } };
	static const struct roost_sieve_operation flag[] = {
		{ .name = "a", .run = run_nothing, .params = { { "x", ROOST_SIEVE_FLAG } } }, { 0 } };
	const struct roost_sieve_operation *const wrong[] = { no_run, no_key, flag };
	struct roost_sieve_ops taken = { .name = "fileinto" };
	struct roost_error err;

	for (size_t i = 0; i < ROOST_COUNT(wrong); i++) {
		struct roost_sieve_ops ops = { .name = "vnd.example.wrong", .operations = wrong[i] };

		assert_int_equal(sieve_instance_add_plugin(instance, &ops, &err), -1);
		assert_int_equal(err.kind, ROOST_ERR_INVALID);
	}
	assert_int_equal(sieve_instance_add_plugin(instance, &taken, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_EXISTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_run),
		cmocka_unit_test(they_are_checked),
		cmocka_unit_test(wrong_tables_are_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
