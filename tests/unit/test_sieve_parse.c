/* The front end of Sieve: what is read, and how many errors a mistake makes. */
#include "unit.h"
#include "sieve/ast.h"

struct count_case { const char *source; unsigned errors; };

static unsigned errors_of(const char *source, size_t len)
{
	struct roost_arena *arena = roost_arena_create("test");
	struct sieve_node *commands = NULL;
	struct sieve_diag diag;
	uint64_t identity;
	unsigned errors;

	sieve_diag_init(&diag);
	sieve_parse(arena, NULL, "test", (struct sieve_text){ source, len }, &diag, &commands,
		    &identity);
	errors = diag.errors;
	sieve_diag_free(&diag);
	roost_arena_free(arena);
	return errors;
}

static void test_error_counts(void **state)
{
	static const struct count_case cases[] = {
		{ "", 0 },
		{ "# just a comment", 0 },
		{ "keep;", 0 },
		{ "if header :is [\"a\", \"b\"] \"c\" { keep; } else { stop; }", 0 },
		{ "keep", 1 },
		{ "keep }", 1 },
		{ "keep 18446744073709551615;", 0 },
		{ "keep 18446744073709551616; stop 99999999999G;", 2 },
		{ "friep $$$;", 2 },
		{ "keep \"a;", 1 },
		{ "keep \"a\rb\"; stop;", 1 },
		{ "/* no end", 1 },
		{ "keep []; keep [\"a\"];", 1 },
		{ "keep [\"a\" \"b\", \"c\"]; keep [ , ];", 2 },
		{ "if anyof (true, , false) { keep }\n", 2 },
		{ "if anyof (true, { ; ) } ) { keep; } stop 3 3 );", 2 },
		{ "if true { keep [\"a\" } stop; keep ); stop;", 3 },
		{ "a12345678901234567890123456789012 :x; keep;", 1 },
		{ "keep :a12345678901234567890123456789012;", 1 },
		{ "keep text:\nhello\n..dot\n.lenient\n.\n;", 0 },
		{ "keep text: x; keep;", 1 },
		{ "keep text:\n no end", 1 },
		{ "\"foo\"; keep;", 1 },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		unsigned errors = errors_of(cases[i].source, strlen(cases[i].source));

		if (errors != cases[i].errors)
			fail_msg("%s: %u errors", cases[i].source, errors);
	}
	assert_int_equal(errors_of("keep \"a\0b\";", 11), 1);
}

/* Tokens that the lexer reads in one piece are still spoken of one by one. */
static void test_first_errors(void **state)
{
	static const struct { const char *source; unsigned column; const char *text; } cases[] = {
		{ "if anyof (true; false) { }", 15, "unexpected ';'; expected ')' or ','" },
		{ "keep [\"a\", \"b\" ; stop;", 16, "unexpected ';'; expected ']' or ','" },
		{ "keep [\"a\" \"b\"];", 11, "unexpected string; expected ']' or ','" },
		{ "if (true) foo :a;", 11, "unexpected identifier; expected ';' or '{'" },
		{ "keep :a \"b\"", 9, "unexpected end of script" },
		{ "if true { stop;", 15, "unexpected end of script; expected identifier or '}'" },
		{ "\"a\" keep;", 1, "unexpected string; expected end of script or identifier" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_arena *arena = roost_arena_create("test");
		struct sieve_node *commands;
		struct sieve_diag diag;
		uint64_t identity;

		sieve_diag_init(&diag);
		assert_false(sieve_parse(arena, NULL, "test", sieve_text_of(cases[i].source), &diag, &commands,
					 &identity));
		assert_string_equal(diag.entries.items[0].text, cases[i].text);
		assert_int_equal(diag.entries.items[0].at.column, cases[i].column);
		sieve_diag_free(&diag);
		roost_arena_free(arena);
	}
}

static void test_depth_limits(void **state)
{
	struct roost_str source = ROOST_STR_INIT;

	for (int i = 0; i < 32; i++)
		roost_str_puts(&source, "if true {");
	for (int i = 0; i < 32; i++)
		roost_str_puts(&source, "}");
	assert_int_equal(errors_of(source.data, source.len), 0);
	roost_str_truncate(&source, 0);
	roost_str_puts(&source, "if ");
	for (int i = 0; i < 100000; i++)
		roost_str_puts(&source, "not ");
	roost_str_puts(&source, "true { }");
	assert_true(errors_of(source.data, source.len) > 0);
	roost_str_truncate(&source, 0);
	roost_str_puts(&source, "keep");
	for (int i = 0; i < 40; i++)
		roost_str_puts(&source, " 1");
	roost_str_puts(&source, ";");
	assert_int_equal(errors_of(source.data, source.len), 1);
	roost_str_free(&source);
}

static void test_strings(void **state)
{
	static const char source[] = "keep text: # why\n..a\n.b\n\n.\n \"x\\n\\\"\\\\\n\" 2k;";
	struct roost_arena *arena = roost_arena_create("test");
	struct sieve_node *node = NULL;
	struct sieve_diag diag;
	uint64_t identity;

	sieve_diag_init(&diag);
	assert_true(sieve_parse(arena, NULL, "test", SIEVE_TEXT(source), &diag, &node, &identity));
	assert_true(identity == sieve_hash(0, SIEVE_TEXT(source)));
	assert_true(sieve_text_is(node->name, "keep"));
	assert_string_equal(node->args->strings[0].text.data, ".a\r\n.b\r\n\r\n");
	assert_string_equal(node->args->next->strings[0].text.data, "xn\"\\\r\n");
	assert_int_equal(node->args->next->at.line, 6);
	assert_int_equal(node->args->next->at.column, 2);
	assert_int_equal(node->args->next->next->number, 2048);
	sieve_diag_free(&diag);
	roost_arena_free(arena);
}

static void test_json(void **state)
{
	struct roost_str out = ROOST_STR_INIT;
	struct sieve_diag diag;

	sieve_diag_init(&diag);
	sieve_diag_add(&diag, SIEVE_WARNING, (struct sieve_message_at){ "x", 3, 4 }, "a \"b\"");
	sieve_diag_write_json(&out, &diag);
	assert_string_equal(out.data, "[\n  {\"severity\": \"warning\", \"script\": \"x\", \"line\": 3,"
			    " \"column\": 4, \"message\": \"a \\\"b\\\"\"}\n]\n");
	roost_str_truncate(&out, 0);
	sieve_diag_write(&out, &diag.entries.items[0]);
	assert_string_equal(out.data, "x: line 3: warning: a \"b\".\n");
	roost_str_free(&out);
	sieve_diag_free(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_error_counts),
		cmocka_unit_test(test_first_errors),
		cmocka_unit_test(test_depth_limits),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
