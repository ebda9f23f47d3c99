/* Mailbox names: modified UTF-7, what may be created, LIST patterns (RFC 3501 5.1.3, RFC 9051 5.1, 6.3.9). */
#include <roost/name.h>
#include "tests/unit/unit.h"

static struct roost_arena *arena;

static void utf7_goes_both_ways(void **state)
{
	static const struct { const char *wire, *name; } cases[] = {
		{ "INBOX", "INBOX" }, { "", "" }, { "a&-b", "a&b" }, { "&-&-", "&&" },
		{ "Entw&APw-rfe", "Entwürfe" }, { "&ZeVnLIqe-", "日本語" },
		{ "&2D3eAA-", "\xf0\x9f\x98\x80" },
		{ "~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語" },
		{ "&APw-&-&APw-", "ü&ü" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_error err;
		const char *name;

		assert_int_equal(roost_name_from_utf7(arena, cases[i].wire, &name, &err), 0);
		assert_string_equal(name, cases[i].name);
		assert_string_equal(roost_name_to_utf7(arena, name), cases[i].wire);
	}
}

static void bad_utf7_is_refused(void **state)
{
	static const char *const cases[] = {
		"&", "&APw", "a&b", "&AGE-", "&AAA-", "&2D0-", "&3gA-", "&2D3YPQ-", "&APx-", "&APwA-",
		"\xc3\xbc", "a\x01", "&APw-&APw-", "&A-", "&APw=-",
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_error err;
		const char *name;

		if (roost_name_from_utf7(arena, cases[i], &name, &err) == 0)
			fail_msg("\"%s\" was taken for \"%s\"", cases[i], name);
		assert_int_equal(err.kind, ROOST_ERR_INVALID);
	}
}

static void names_are_judged(void **state)
{
	static const struct { const char *name; char separator; const char *why; } cases[] = {
		{ "INBOX", '/', NULL }, { "a/b c/ü", '/', NULL }, { "a.b", '.', NULL },
		{ "a.b", '/', NULL }, { "...", '/', NULL }, { "x", 0, NULL },
		{ "", '/', "Name is empty" },
		{ "/a", '/', "Begins with hierarchy separator" },
		{ "a/", '/', "Ends with hierarchy separator" },
		{ "a//b", '/', "Has adjacent hierarchy separators" },
		{ "a/../b", '/', "Contains '..' part" },
		{ "./b", '/', "Contains '.' part" },
		{ "a/b", '.', "Contains '/' character" },
		{ "a\nb", '/', "Contains control characters" },
		{ "a\xe2\x80\xa8" "b", '/', "Contains control characters" },
		{ "a\xff", '/', "Not valid UTF-8" },
	};
	char longest[ROOST_NAME_LEVEL_MAX + 2];

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_error err = { 0 };
		char want[128];

		if (cases[i].why == NULL) {
			assert_int_equal(roost_name_check(cases[i].name, cases[i].separator, &err), 0);
			continue;
		}
		assert_int_equal(roost_name_check(cases[i].name, cases[i].separator, &err), -1);
		snprintf(want, sizeof(want), "Invalid mailbox name: %s", cases[i].why);
		assert_string_equal(err.text, want);
	}
	memset(longest, 'x', sizeof(longest));
	longest[ROOST_NAME_LEVEL_MAX] = '\0';
	assert_int_equal(roost_name_check(longest, '/', NULL), 0);
	longest[ROOST_NAME_LEVEL_MAX] = 'x';
	longest[ROOST_NAME_LEVEL_MAX + 1] = '\0';
	assert_int_equal(roost_name_check(longest, '/', NULL), -1);
}

static void patterns_match(void **state)
{
	static const struct { const char *name, *pattern; bool match, parent; } cases[] = {
		{ "a", "*", true, false }, { "a/b", "*", true, false },
		{ "a", "%", true, false }, { "a/b", "%", false, false },
		{ "a", "a/b", false, true }, { "a", "a/%", false, true }, { "a", "%/%", false, true },
		{ "a/b", "%/%", true, false }, { "a/b", "%/b", true, false },
		{ "a/b/c", "a/*c", true, false }, { "a/b", "a%b", false, false },
		{ "axb", "a%b", true, false }, { "a/b/ab", "*%b", true, false },
		{ "a", "*b", false, true }, { "b", "a*", false, false }, { "ab", "a%/c", false, true },
		{ "INBOX", "inbox", true, false }, { "INBOX/x", "inbox/%", true, false },
		{ "inbox", "INBOX", true, false }, { "INBOXES", "inbox%", false, false },
		{ "INBOX", "iNb%", true, false }, { "INBOX/x", "i*X/x", true, false },
		{ "INBOX/x", "i%/X", false, false }, { "INBOXES", "iNb%", false, false },
		{ "", "%", true, false }, { "x", "", false, false },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		bool parent;

		if (roost_name_matches(cases[i].name, cases[i].pattern, '/', &parent) !=
		    cases[i].match || parent != cases[i].parent)
			fail_msg("%s against %s", cases[i].name, cases[i].pattern);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf7_goes_both_ways),
		cmocka_unit_test(bad_utf7_is_refused),
		cmocka_unit_test(names_are_judged),
		cmocka_unit_test(patterns_match),
	};
	int failed;

	arena = roost_arena_create("test");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	roost_arena_free(arena);
	return failed;
}
