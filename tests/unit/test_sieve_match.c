/* The match engines of the Sieve language: comparators, globs, sets, regular expressions. */
#include <time.h>
#include <roost/str.h>
#include "sieve/comparator.h"
#include "sieve/glob.h"
#include "sieve/regex.h"
#include "sieve/strset.h"
#include "tests/unit/unit.h"

static struct roost_arena *arena;

static int setup(void **state)
{
	arena = roost_arena_create("test");
	return 0;
}

static int teardown(void **state)
{
	roost_arena_free(arena);
	return 0;
}

/* "captures of the wildcards" joined with '|'. */
static const char *captured(const char *text, const struct sieve_span *spans, unsigned count)
{
	char *out = roost_arena_strdup(arena, "");

	for (unsigned i = 1; i < count; i++)
		out = roost_arena_printf(arena, "%s%s%.*s", out, i > 1 ? "|" : "",
					 (int)spans[i].len, text + spans[i].start);
	return out;
}

static void globs_capture_the_shortest_leftmost(void **state)
{
	static const struct { const char *pattern, *text, *captures; } cases[] = {
		{ "", "", "" }, { "", "a", NULL }, { "abc", "abc", "" }, { "abc", "abcd", NULL },
		{ "*", "", "" }, { "*", "anything", "anything" }, { "?", "", NULL },
		{ "?", "a", "a" }, { "?", "ab", NULL }, { "a*", "abc", "bc" }, { "*c", "abc", "ab" },
		{ "*??@h", "foo1234@h", "foo12|3|4" }, { "*?", "abc", "ab|c" },
		{ "**", "abc", "abc|" }, { "*?*", "abc", "ab|c|" }, { "***b", "aab", "aa||" },
		{ "a*b*c", "axbxbxc", "x|xbx" }, { "*-*-*", "1-2-3-4", "1|2|3-4" },
		{ "*a?b*", "xaab", "x|a|" }, { "*a?b*", "xab", NULL }, { "*a?b*", "xaabaxb!", "x|a|axb!" },
		{ "\\*", "*", "" }, { "\\*", "a", NULL }, { "a\\?*", "a?b", "b" },
		{ "a\\\\*", "a\\b", "b" }, { "?", "\xc3\xa9", "\xc3\xa9" },
		{ "*?", "x\xc3\xa9", "x|\xc3\xa9" }, { "?*", "\xe2\x82\xac!", "\xe2\x82\xac|!" },
		{ "*[*]*", "list [x] y", "list |x| y" }, { "a*a", "a", NULL }, { "a*a", "aa", "" },
		{ "ab*ab", "abab", "" }, { "ab*ab", "aba", NULL },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct sieve_glob *glob = sieve_glob_create(arena, cases[i].pattern,
							    strlen(cases[i].pattern));
		struct sieve_span spans[SIEVE_CAPTURES];
		unsigned count = 0;
		bool found = sieve_glob_match(glob, cases[i].text, strlen(cases[i].text), spans,
					      &count);

		if (found != (cases[i].captures != NULL))
			fail_msg("\"%s\" on \"%s\"", cases[i].pattern, cases[i].text);
		if (found)
			assert_string_equal(captured(cases[i].text, spans, count),
					    cases[i].captures);
	}
}

/* What would take a backtracking matcher longer than the test machine lasts. */
static void many_stars_stay_cheap(void **state)
{
	char pattern[402], *text = roost_arena_alloc(arena, 100000);
	struct sieve_glob *glob;
	unsigned count;
	struct sieve_span spans[SIEVE_CAPTURES];

	for (int i = 0; i < 200; i++)
		memcpy(pattern + 2 * i, "*a", 2);
	pattern[400] = 'b';
	memset(text, 'a', 100000);
	glob = sieve_glob_create(arena, pattern, 401);
	assert_false(sieve_glob_match(glob, text, 100000, spans, &count));
	text[99999] = 'b';
	assert_true(sieve_glob_match(glob, text, 100000, spans, &count));
	assert_int_equal(count, SIEVE_CAPTURES);
}

static int compare(const char *name, const char *a, const char *b)
{
	const struct sieve_comparator *comparator = sieve_comparator_find(name);
	struct roost_str left = ROOST_STR_INIT, right = ROOST_STR_INIT;
	int order;

	comparator->prepare(&left, a, strlen(a));
	comparator->prepare(&right, b, strlen(b));
	order = sieve_compare(roost_str_text(&left), left.len, roost_str_text(&right), right.len);
	roost_str_free(&left);
	roost_str_free(&right);
	return (order > 0) - (order < 0);
}

static void comparators_order_as_their_rfcs_say(void **state)
{
	static const struct { const char *name, *a, *b; int order; } cases[] = {
		{ "i;ascii-numeric", "9", "10", -1 }, { "i;ascii-numeric", "007", "7x", 0 },
		{ "i;ascii-numeric", "abc", "999999999999999999999", 1 },
		{ "i;ascii-numeric", "abc", "", 0 }, { "i;ascii-numeric", "0", "00", 0 },
		{ "i;ascii-numeric", "-5", "x", 0 }, { "i;ascii-casemap", "aBc", "AbC", 0 },
		{ "i;ascii-casemap", "a", "b", -1 }, { "i;ascii-casemap", "a", "_", -1 },
		{ "i;ascii-casemap", "\xc3\xa9", "\xc3\x89", 1 },
		{ "i;unicode-casemap", "\xc3\xa9", "\xc3\x89", 0 },
		{ "i;unicode-casemap", "e\xcc\x81", "\xc3\x89", 0 },
		{ "i;unicode-casemap", "\xff", "\xff", 0 },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++)
		assert_int_equal(compare(cases[i].name, cases[i].a, cases[i].b), cases[i].order);
	assert_null(sieve_comparator_find("i;basic"));
	assert_null(sieve_comparator_find("i;octet")->prepare);
	assert_false(sieve_comparator_find("i;ascii-numeric")->substring);
}

static void sets_find_what_is_in_them(void **state)
{
	struct sieve_text texts[500];
	struct sieve_strset *set;
	struct sieve_multi *multi;

	for (int i = 0; i < 500; i++) {
		texts[i].data = roost_arena_printf(arena, "user%d@example.org", i * 7);
		texts[i].len = strlen(texts[i].data);
	}
	set = sieve_strset_create(arena, texts, 500);
	multi = sieve_multi_create(arena, texts, 500);
	for (int i = 0; i < 3500; i++) {
		const char *text = roost_arena_printf(arena, "user%d@example.org", i);
		const char *in = roost_arena_printf(arena, "<user%d@example.org>", i);

		assert_int_equal(sieve_strset_has(set, text, strlen(text)), i % 7 == 0);
		assert_int_equal(sieve_multi_in(multi, in, strlen(in)), i % 7 == 0);
	}
	assert_false(sieve_strset_has(set, "", 0));
	assert_false(sieve_multi_in(multi, "", 0));
	multi = sieve_multi_create(arena, (struct sieve_text[]){ { "z", 1 }, { "ab", 2 } }, 2);
	assert_true(sieve_multi_in(multi, "xxz", 3));
	assert_true(sieve_multi_in(multi, "xab", 3));
	assert_false(sieve_multi_in(multi, "xa", 2));
	multi = sieve_multi_create(arena, (struct sieve_text[]){ { "", 0 } }, 1);
	assert_true(sieve_multi_in(multi, "", 0));
	set = sieve_strset_create(arena, (struct sieve_text[]){ { "", 0 } }, 1);
	assert_true(sieve_strset_has(set, "", 0));
	set = sieve_strset_create(arena, NULL, 0);
	assert_false(sieve_strset_has(set, "x", 1));
}

static void regular_expressions_are_posix(void **state)
{
	static const struct { const char *pattern, *text, *captures; bool fold; } cases[] = {
		{ "abc", "xabcx", "", false }, { "ABC", "xabcx", NULL, false },
		{ "ABC", "xabcx", "", true }, { "^(a|ab)(c|bcd)*$", "abcd", "a|bcd", false },
		{ "x(a|ab|abc)", "xabcd", "abc", false },
		{ "([0-9]+)-([0-9]*)", "tel 12-", "12|", false }, { "(a)|(b)", "b", "|b", false },
		{ "a{2,3}", "aaaa", "", false }, { "[[:digit:]]+", "a1", "", false },
		{ "[]a]+", "]", "", false }, { "[^]a]", "]", NULL, false },
		{ "[\\d]", "d", "", false }, { "[\\d]", "\\", "", false }, { "[\\d]", "1", NULL, false },
		{ "\\d", "d", "", false }, { "\\d", "1", NULL, false }, { "a*?", "b", "", false },
		{ "(ab)\\1", "xabab", "ab", false }, { "a.c", "a\nc", "", false },
		{ "^.$", "\xc3\xa9", "", false }, { "\\.", "x", NULL, false }, { "a|", "", "", false },
		{ "[[.-.]]", "-", "", false }, { "b(cd)", "\xff" "abcd", "cd", false }, { "\xc3\xa9+x", "\xc3\xa9\xc3\xa9x", "", false },
	};
	static const char *const bad[] = {
		"(", ")", "[a", "*a", "+", "a{2", "a{3,2}", "a\\", "a|*", "[[:none:]]", "a{99999}",
		"(?:a)", "(*ACCEPT)",
	};
	struct sieve_regex *regex;
	struct roost_error err;

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct sieve_span spans[SIEVE_CAPTURES];
		unsigned count = 0;
		int found;

		if (sieve_regex_create(arena, cases[i].pattern, strlen(cases[i].pattern),
				       cases[i].fold, &regex, &err) < 0)
			fail_msg("\"%s\": %s", cases[i].pattern, err.text);
		found = sieve_regex_match(regex, cases[i].text, strlen(cases[i].text), spans, &count,
					  &err);
		if (found != (cases[i].captures != NULL))
			fail_msg("\"%s\" on \"%s\": %d", cases[i].pattern, cases[i].text, found);
		if (found == 1)
			assert_string_equal(captured(cases[i].text, spans, count),
					    cases[i].captures);
		assert_int_equal(sieve_regex_match(regex, cases[i].text, strlen(cases[i].text), NULL,
						   NULL, &err), found);
	}
	for (size_t i = 0; i < ROOST_COUNT(bad); i++) {
		if (sieve_regex_create(arena, bad[i], strlen(bad[i]), false, &regex, &err) == 0)
			fail_msg("\"%s\" was taken", bad[i]);
		assert_int_equal(err.kind, ROOST_ERR_INVALID);
	}
}

static void nested_quantifiers_end(void **state)
{
	static const char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
	struct sieve_regex *regex;
	struct roost_error err;

	assert_int_equal(sieve_regex_create(arena, "^(a+)+\\1$", 9, false, &regex, &err), 0);
	assert_int_equal(sieve_regex_match(regex, text, strlen(text), NULL, NULL, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_LIMIT);
}

enum { HOSTILE_TEXT = 400000, HOSTILE_SECONDS = 15 };

static char *hostile_text(void)
{
	char *text = roost_arena_alloc(arena, HOSTILE_TEXT + 1);

	memset(text, 'a', HOSTILE_TEXT);
	text[HOSTILE_TEXT] = '\0';
	return text;
}

static void hostile_expressions_end(void **state)
{
	static const char *const patterns[] = {
		"(a|aa)*c", "(a*)*c", "a*a*a*a*a*c", "(a|b|ab)*(c|d)", "(.*)(.*)(.*)c", "(a{1,50}){1,50}c",
		"(x+x+)+y", "(a|a)*(b|c)$", "([a-z]+)*=", "(.|a)*(.|a)*\\1c",
	};
	char *text = hostile_text();

	for (size_t i = 0; i < ROOST_COUNT(patterns); i++) {
		struct sieve_span spans[SIEVE_CAPTURES];
		clock_t begin = clock();
		struct sieve_regex *regex;
		struct roost_error err;
		unsigned count;

		assert_int_equal(sieve_regex_create(arena, patterns[i], strlen(patterns[i]), false, &regex, &err), 0);
		assert_true(sieve_regex_match(regex, text, HOSTILE_TEXT, spans, &count, &err) <= 0);
		if ((clock() - begin) / CLOCKS_PER_SEC > HOSTILE_SECONDS)
			fail_msg("\"%s\" takes too long", patterns[i]);
	}
}

static void hostile_globs_end(void **state)
{
	char *text = hostile_text(), *pattern = roost_arena_alloc(arena, 4003);
	clock_t begin = clock();
	unsigned count;

	pattern[0] = '*';
	for (int i = 0; i < 2000; i++)
		memcpy(pattern + 1 + 2 * i, "a?", 2);
	memcpy(pattern + 4000, "b*", 2);
	assert_int_equal(sieve_glob_match(sieve_glob_create(arena, pattern, 4002), text, HOSTILE_TEXT, NULL,
					  &count), -1);
	assert_true((clock() - begin) / CLOCKS_PER_SEC <= HOSTILE_SECONDS);
}

/* Long texts are gone through in windows: what is found must not depend on it. */
static void matches_in_long_texts(void **state)
{
	char *text = hostile_text();
	struct sieve_span spans[SIEVE_CAPTURES];
	struct sieve_regex *regex;
	struct roost_error err;
	unsigned count;

	memcpy(text + 300000, "xyxyz", 5);
	assert_int_equal(sieve_regex_create(arena, "(x|xy)+(y|z|yz)?", 16, false, &regex, &err), 0);
	assert_int_equal(sieve_regex_match(regex, text, HOSTILE_TEXT, spans, &count, &err), 1);
	assert_int_equal(spans[0].start, 300000);
	assert_int_equal(spans[0].len, 5);
	assert_int_equal(sieve_regex_create(arena, "^x|a$", 5, false, &regex, &err), 0);
	assert_int_equal(sieve_regex_match(regex, text, HOSTILE_TEXT, spans, &count, &err), 1);
	assert_int_equal(spans[0].start, HOSTILE_TEXT - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs_capture_the_shortest_leftmost),
		cmocka_unit_test(many_stars_stay_cheap),
		cmocka_unit_test(comparators_order_as_their_rfcs_say),
		cmocka_unit_test(sets_find_what_is_in_them),
		cmocka_unit_test(regular_expressions_are_posix),
		cmocka_unit_test(nested_quantifiers_end),
		cmocka_unit_test(hostile_expressions_end),
		cmocka_unit_test(hostile_globs_end),
		cmocka_unit_test(matches_in_long_texts),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
