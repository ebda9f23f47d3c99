/* Encoded words and parameters: RFC 2047, 2045 section 5.1, 2231. */
#include <roost/word.h>
#include "message.h"

static void decoding(void **state)
{
	static const struct { const char *value, *expected; } cases[] = {
		{ "", "" }, { "plain", "plain" }, { "  two\r\n words ", "two words" },
		{ "=?iso-8859-1?q?caf=E9?=", "caf\xc3\xa9" },
		{ "=?ISO-8859-1?Q?a_b=3F?= c", "a b? c" },
		{ "=?utf-8?b?w6k=?=", "\xc3\xa9" },
		{ "=?utf-8*en?b?w6k=?=", "\xc3\xa9" },
		{ "(=?iso-8859-1?q?a?=)", "(a)" },
		/* RFC 2047 section 8: space between encoded words goes, other space stays. */
		{ "=?iso-8859-1?q?a?= b", "a b" },
		{ "=?iso-8859-1?q?a?= =?iso-8859-1?q?b?=", "ab" },
		{ "=?iso-8859-1?q?a?=\r\n  =?iso-8859-2?q?_b?=", "a b" },
		/* A character that two words share. */
		{ "=?utf-8?b?w6?= =?utf-8?b?qQ==?=", "\xc3\xa9" },
		{ "=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "\xc3\xa9" },
		{ "=?utf-8?q?=C3?=", "\xef\xbf\xbd" },
		{ "=?no-such?q?a?=", "=?no-such?q?a?=" },
		{ "=?utf-8?x?a?=", "=?utf-8?x?a?=" },
		{ "=?utf-8?q?open", "=?utf-8?q?open" },
		{ "=?=?utf-8?q?a?=", "=?a" },
		{ "=?utf-8?q?a=0Ab?=", "a b" },
		{ "=?utf-8?q?a=00b?=", "ab" },
		{ "=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "\xe6\x97\xa5\xe6\x9c\xac" },
		{ "raw \xe9", "raw \xef\xbf\xbd" }, { "raw \xc3\xa9", "raw \xc3\xa9" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_str out = ROOST_STR_INIT;

		roost_word_decode(&out, text_of(cases[i].value));
		assert_case(i, roost_str_text(&out), cases[i].expected);
		roost_str_free(&out);
	}
}

/* No line beyond 76 columns, and the whole reads back. */
static void encoding(void **state)
{
	static const char *const cases[] = {
		"plain", "caf\xc3\xa9", "not =?a?q?word?=",
		"long \xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac"
		"\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac end of it",
		"many words that will not fit into one line of a header and are therefore folded at "
		"the spaces between",
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_str coded = ROOST_STR_INIT, back = ROOST_STR_INIT;
		const char *line, *end;

		roost_str_puts(&coded, "Subject: ");
		roost_word_encode(&coded, text_of(cases[i]), 9);
		for (line = coded.data; (end = strchr(line, '\n')) != NULL; line = end + 1) {
			assert_true(end - line <= 77);
			assert_true(end[1] == ' ');
		}
		assert_true(strlen(line) <= 76);
		roost_word_decode(&back, text_of(coded.data + 9));
		assert_case(i, back.data, cases[i]);
		roost_str_free(&coded);
		roost_str_free(&back);
	}
}

static void parameters(void **state)
{
	static const struct { const char *value, *expected; } cases[] = {
		{ "a/b", NULL }, { "a/b; name=x", "x" }, { "a/b;NAME=x;name=y", "x" },
		{ "a/b; name=\"x; y\"", "x; y" }, { "a/b; name=\"a\\\"b\"", "a\"b" },
		{ "a/b (; name=no); name=yes", "yes" }, { "a/b; name=x (comment)", "x" },
		{ "a/b; name=two words; z=1", "two words" }, { "a/b; ; =; junk; name=x", "x" },
		{ "a/b; name=\r\n\t\"folded\r\n name\"", "folded name" },
		{ "a/b; name=\"=?utf-8?q?caf=C3=A9?=\"", "caf\xc3\xa9" },
		{ "a/b; name*=iso-8859-1'en'caf%E9", "caf\xc3\xa9" },
		{ "a/b; name*0=long; name*1=er", "longer" },
		{ "a/b; name*1=er; name*0=long", "longer" },
		{ "a/b; name*0*=utf-8''%C3; name*1*=%A9; name*2=\"%41\"", "\xc3\xa9%41" },
		{ "a/b; name=old; name*=utf-8''new", "new" },
		{ "a/b; name*0=a; name*2=c", "a" }, { "a/b; name*x=a", NULL },
		{ "a/b; name*=utf-8''%zz%4", "%zz%4" }, { "a/b; names=x", NULL },
		{ "a/b; name=", "" }, { "a/b; name=\"open", "open" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_arena *arena = roost_arena_create("test");
		struct roost_text params;

		roost_param_begin(text_of(cases[i].value), &params);
		assert_case(i, roost_param_get(arena, params, "name"), cases[i].expected);
		roost_arena_free(arena);
	}
}

static void media_types(void **state)
{
	struct roost_text type, subtype;

	assert_true(roost_media_type(TEXT("Text / HTML ; x"), &type, &subtype));
	assert_true(roost_text_is(type, "text") && roost_text_is(subtype, "html"));
	assert_true(roost_media_type(TEXT("(c) a/b"), &type, &subtype));
	assert_false(roost_media_type(TEXT("text"), &type, &subtype));
	assert_false(roost_media_type(TEXT("/plain"), &type, &subtype));
	assert_false(roost_media_type(TEXT("text/"), &type, &subtype));
	assert_false(roost_media_type(TEXT(""), &type, &subtype));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decoding), cmocka_unit_test(encoding),
		cmocka_unit_test(parameters), cmocka_unit_test(media_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
