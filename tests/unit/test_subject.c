/* Base subjects: RFC 5256 section 2.1. */
#include <roost/subject.h>
#include "message.h"

static void base_subjects(void **state)
{
	static const struct { const char *value, *base; bool reply; } cases[] = {
		{ "", "", false }, { "a", "a", false }, { "  a \t b\r\n c ", "a b c", false },
		{ "re: a", "a", true }, { "RE : a", "a", true }, { "Fw: a", "a", true },
		{ "FWD:a", "a", true }, { "re: re: fwd: a", "a", true },
		{ "re[4]: a", "a", true }, { "re [x] : a", "a", true }, { "[x] re: a", "a", true },
		{ "[x] [y] a", "a", false }, { "[x]", "[x]", false }, { "[x] [y]", "[y]", false },
		{ "a (fwd)", "a", true }, { "a (FWD) (fwd) ", "a", true }, { "(fwd)", "", true },
		{ "[fwd: a]", "a", true }, { "[Fwd: re: [x] a (fwd)]", "a", true },
		{ "[fwd: a] b", "b", false }, { "regarding a", "regarding a", false },
		{ "re a", "re a", false }, { "a re: b", "a re: b", false }, { "re:", "", true },
		{ "[open re: a", "[open re: a", false },
		{ "=?iso-8859-1?q?Re:_caf=E9?=", "caf\xc3\xa9", true },
		{ "=?utf-8?q?[x]?= =?utf-8?q?_Re:?= a", "a", true },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_str out = ROOST_STR_INIT;
		bool reply = !cases[i].reply;

		roost_subject_base(&out, text_of(cases[i].value), &reply);
		assert_case(i, roost_str_text(&out), cases[i].base);
		if (reply != cases[i].reply)
			fail_msg("case %zu: reply is %d", i, reply);
		roost_str_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(base_subjects) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
