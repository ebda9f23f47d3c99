/* Charsets and folding for search. */
#include <roost/charset.h>
#include "message.h"

static void to_utf8(void **state)
{
	static const struct { const char *charset, *bytes, *expected; bool known; } cases[] = {
		{ NULL, "a\xc3\xa9", "a\xc3\xa9", true },
		{ "us-ascii", "a\xc3\xa9", "a\xc3\xa9", true },
		{ "UTF-8", "a\xff" "b", "a\xef\xbf\xbd" "b", true },
		{ "utf-8", "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", true },
		{ "ISO-8859-1", "caf\xe9", "caf\xc3\xa9", true },
		{ "\"iso-8859-1\"", "caf\xe9", "caf\xc3\xa9", true },
		{ "Windows-1252", "\x80", "\xe2\x82\xac", true },
		{ "koi8-r", "\xc1", "\xd0\xb0", true },
		{ "gb2312", "\xc4\xe3", "\xe4\xbd\xa0", true },
		{ "shift_jis", "\x93\xfa", "\xe6\x97\xa5", true },
		{ "ks_c_5601-1987", "\xc7\xd1", "\xed\x95\x9c", true },
		{ "iso-2022-jp", "\x1b$BF|\x1b(B", "\xe6\x97\xa5", true },
		{ "utf-7", "+AOk-", "\xc3\xa9", true },
		{ "shift_jis", "a\x93", "a\xef\xbf\xbd", true },
		{ "no-such-charset", "a\xe9", "a\xef\xbf\xbd", false },
		{ "no-such-charset", "a\xc3\xa9", "a\xc3\xa9", false },
		{ "utf-8//IGNORE", "x", "x", false },
		{ "", "x", "x", false },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_str out = ROOST_STR_INIT;
		bool known = roost_charset_to_utf8(&out, text_of(cases[i].charset), cases[i].bytes,
						   strlen(cases[i].bytes));

		assert_case(i, roost_str_text(&out), cases[i].expected);
		assert_int_equal(known, cases[i].known);
		roost_str_free(&out);
	}
}

/* These come from encoded words, which may hold any byte. */
static void names_that_are_none(void **state)
{
	assert_false(roost_charset_known((struct roost_text){ "\0\0\0", 3 }));
	assert_false(roost_charset_known((struct roost_text){ "utf-8\0", 6 }));
	assert_false(roost_charset_known((struct roost_text){ "\"\"", 2 }));
	assert_false(roost_charset_known((struct roost_text){ NULL, 0 }));
	assert_true(roost_charset_known(TEXT(" UTF-8 ")));
}

static void from_utf8(void **state)
{
	struct roost_str out = ROOST_STR_INIT;
	struct roost_error err;

	assert_int_equal(roost_charset_from_utf8(&out, TEXT("iso-8859-1"), "\xc3\xa9", 2, &err), 0);
	assert_string_equal(out.data, "\xe9");
	assert_int_equal(roost_charset_from_utf8(&out, TEXT("iso-8859-1"), "a\xe6\x97\xa5", 4,
						 &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_INVALID);
	assert_string_equal(out.data, "\xe9");
	assert_int_equal(roost_charset_from_utf8(&out, TEXT("no-such"), "a", 1, &err), -1);
	roost_str_free(&out);
}

/* Characters cut by the pieces of a stream. */
static void streams(void **state)
{
	static const char bytes[] = "\x93\xfa\x96\x7b" "abc\x93\xfa\x96\x7b";
	struct roost_input *halves[3], *parent, *input;
	struct roost_error err;
	char buffer[64];
	ssize_t len;

	halves[0] = roost_input_from_memory(bytes, 3);
	halves[1] = roost_input_from_memory(bytes + 3, 5);
	halves[2] = roost_input_from_memory(bytes + 8, 3);
	parent = roost_input_concat(halves, 3);
	for (size_t i = 0; i < 3; i++)
		roost_input_unref(halves[i]);
	assert_null(roost_charset_input(parent, TEXT("no-such")));
	input = roost_charset_input(parent, TEXT("Shift_JIS"));
	roost_input_unref(parent);
	len = roost_input_read(input, buffer, sizeof(buffer) - 1, &err);
	assert_true(len > 0);
	buffer[len] = '\0';
	assert_string_equal(buffer, "\xe6\x97\xa5\xe6\x9c\xac" "abc\xe6\x97\xa5\xe6\x9c\xac");
	roost_input_unref(input);
}

static void folding(void **state)
{
	static const struct { const char *a, *b; } equal[] = {
		{ "HELLO world, 16 bytes and more", "hello WORLD, 16 bytes and more" },
		{ "CAF\xc3\x89", "cafe\xcc\x81" }, { "Stra\xc3\x9f" "e", "STRASSE" },
		{ "\xef\xbc\xa1", "a" }, { "\xce\xa3", "\xcf\x82" }, { "\xef\xac\x81", "FI" },
		{ "a\xff", "A\xef\xbf\xbd" },
	};

	for (size_t i = 0; i < ROOST_COUNT(equal); i++) {
		struct roost_str a = ROOST_STR_INIT, b = ROOST_STR_INIT;

		roost_text_fold(&a, equal[i].a, strlen(equal[i].a));
		roost_text_fold(&b, equal[i].b, strlen(equal[i].b));
		assert_case(i, a.data, b.data);
		roost_str_free(&a);
		roost_str_free(&b);
	}
}

static void cleaning(void **state)
{
	struct roost_str out = ROOST_STR_INIT;
	char text[] = "AbZ[\xc3\x89";

	roost_text_clean(&out, "a\0b\xffz", 5);
	assert_string_equal(out.data, "ab\xef\xbf\xbdz");
	roost_text_lower(text, sizeof(text) - 1);
	assert_string_equal(text, "abz[\xc3\x89");
	roost_str_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(to_utf8), cmocka_unit_test(names_that_are_none),
		cmocka_unit_test(from_utf8), cmocka_unit_test(streams),
		cmocka_unit_test(folding), cmocka_unit_test(cleaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
