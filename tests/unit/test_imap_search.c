/* SEARCH: the grammar of its keys, its answers. RFC 9051 section 6.4.4, RFC 3501, 4731, 5182, 7162. */
#include "modules/imap/search_args.h"
#include "tests/unit/fetch_world.h"
#include "tests/unit/message.h"

static struct roost_mailbox *box;
static struct fetch_world *world;

static const char first[] =
	"From: Ann <ann@example.com>\n"
	"To: bob@example.com\n"
	"Subject: =?iso-8859-1?q?Gr=FC=DFe?=\n"
	"Date: Tue, 1 Feb 1994 12:00:00 +0000\n"
	"X-Mark: yes\n"
	"\n"
	"hello world\n";
static const char second[] =
	"From: bob@example.com\n"
	"Cc: cat@example.com\n"
	"Subject: other\n"
	"Date: Wed, 2 Feb 1994 12:00:00 +0000\n"
	"\n"
	"hello moon, with some more text\n";

static int setup(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	box = world_create();
	world = fetch_world_create(box);
	world_add(box, first, ROOST_FLAG_SEEN | ROOST_FLAG_ANSWERED)->mail.keywords = 1;
	world_add(box, second, ROOST_FLAG_RECENT);
	world_add(box, "", ROOST_FLAG_SEEN | ROOST_FLAG_DELETED | ROOST_FLAG_FLAGGED |
		  ROOST_FLAG_DRAFT | ROOST_FLAG_RECENT);
	box->keywords[0] = "$Work";
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fetch_world_free(world);
	world_free(box);
	return 0;
}

static void check(bool uid, const char *arguments, const char *expected)
{
	assert_string_equal(fetch_world_run(world, imap_search, uid, arguments, NULL), expected);
}

#define SEARCH(arguments, expected) check(false, arguments, expected)
#define OK "t OK Search completed.\r\n"

static void test_keys(void **state)
{
	static const struct { const char *arguments, *found; } cases[] = {
		{ "ALL", " 1 2 3" }, { "ANSWERED", " 1" }, { "UNANSWERED", " 2 3" },
		{ "deleted", " 3" }, { "UNDELETED", " 1 2" }, { "DRAFT", " 3" }, { "UNDRAFT", " 1 2" },
		{ "FLAGGED", " 3" }, { "UNFLAGGED", " 1 2" }, { "SEEN", " 1 3" }, { "UNSEEN", " 2" },
		{ "RECENT", " 2 3" }, { "OLD", " 1" }, { "NEW", " 2" },
		{ "KEYWORD $work", " 1" }, { "UNKEYWORD $Work", " 2 3" },
		{ "NOT KEYWORD none", " 1 2 3" },
		{ "NOT SEEN", " 2" }, { "NOT NOT SEEN", " 1 3" }, { "NOT (SEEN FLAGGED)", " 1 2" },
		{ "OR SEEN NEW", " 1 2 3" }, { "OR ANSWERED DRAFT", " 1 3" },
		{ "OR OR ANSWERED DRAFT NEW", " 1 2 3" }, { "OR NOT (SEEN) NOT RECENT", " 1 2" },
		{ "OR (OR ANSWERED NEW) (FLAGGED DELETED)", " 1 2 3" },
		{ "NOT OR ANSWERED DRAFT", " 2" }, { "OR ANSWERED NOT OR DRAFT NEW", " 1" },
		{ "SEEN (FLAGGED)", " 3" }, { "1:2", " 1 2" }, { "2,*", " 2 3" }, { "NOT 2", " 1 3" },
		{ "UID 20", " 2" }, { "UID 15:*", " 2 3" }, { "UID 99", "" }, { "UID 99:*", " 3" },
		{ "FROM ann", " 1" }, { "FROM \"ANN <ann@\"", " 1" }, { "TO bob", " 1" }, { "CC cat", " 2" },
		{ "BCC x", "" }, { "SUBJECT other", " 2" }, { "SUBJECT {5}\r\nother", " 2" },
		{ "CHARSET utf-8 SUBJECT \"gr\xc3\xbc\xc3\x9f\"", " 1" },
		{ "CHARSET utf-8 SUBJECT {6}\r\ngr\xc3\xbc\xc3\x9f", " 1" },
		{ "CHARSET iso-8859-1 SUBJECT {4}\r\nGR\xdc\xdf", " 1" },
		{ "HEADER X-Mark \"\"", " 1" }, { "HEADER x-mark YES", " 1" },
		{ "HEADER X-Mark no", "" }, { "BODY moon", " 2" }, { "BODY cat@", "" },
		{ "TEXT cat@", " 2" }, { "TEXT \"hello w\"", " 1" }, { "TEXT nil", "" },
		{ "LARGER 1", " 1 2" }, { "SMALLER 1", " 3" }, { "SMALLER 0", "" }, { "LARGER 0", " 1 2" },
		{ "SENTON 1-Feb-1994", " 1" }, { "SENTBEFORE 2-Feb-1994", " 1" },
		{ "SENTSINCE \"2-Feb-1994\"", " 2 3" }, { "ON 9-Sep-2001", " 1 2 3" },
		{ "BEFORE 9-Sep-2001", "" }, { "SINCE 9-sep-2001", " 1 2 3" },
		{ "SINCE 10-Sep-2001", "" },
	};
	char expected[200];

	(void)state;
	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		snprintf(expected, sizeof(expected), "* SEARCH%s\r\n" OK, cases[i].found);
		assert_case(i, fetch_world_run(world, imap_search, false, cases[i].arguments, NULL),
			    expected);
	}
	check(true, "SEEN", "* SEARCH 10 30\r\n" OK);
}

static void test_bad_keys(void **state)
{
	static const char *const bad[] = {
		"", "()", "NOT", "OR SEEN", "OR", "SEEN ()", "NOTHING", "\"SEEN\"", "FROM", "HEADER x", "BODY (x)",
		"SINCE 1-Foo-1994", "SINCE", "LARGER x", "LARGER -1", "UID x", "UID", "9", "0", "1:", "KEYWORD",
		"KEYWORD \\Seen", "CHARSET", "CHARSET utf-8", "RETURN ALL", "RETURN (NOTHING) ALL",
		"RETURN (MIN)", "RETURN", "MODSEQ", "MODSEQ x", "MODSEQ \"/flags/\\\\draft\" some 1",
	};

	(void)state;
	for (size_t i = 0; i < ROOST_COUNT(bad); i++) {
		const char *got = fetch_world_run(world, imap_search, false, bad[i], NULL);

		if (strncmp(got, "t BAD ", 6) != 0)
			fail_msg("\"%s\": %s", bad[i], got);
	}
}

static void test_charset(void **state)
{
	(void)state;
	SEARCH("CHARSET x-none SUBJECT a", "t NO [BADCHARSET (US-ASCII UTF-8)] Unknown charset\r\n");
	world->imap.enabled = IMAP_ENABLED_UTF8;
	SEARCH("CHARSET utf-8 ALL", "t BAD CHARSET is not allowed with UTF8=ACCEPT\r\n");
}

static void test_esearch(void **state)
{
	(void)state;
	SEARCH("RETURN () SEEN", "* ESEARCH (TAG \"t\") ALL 1,3\r\n" OK);
	SEARCH("RETURN (COUNT) SEEN", "* ESEARCH (TAG \"t\") COUNT 2\r\n" OK);
	SEARCH("RETURN (MIN MAX COUNT ALL) 1:3",
	       "* ESEARCH (TAG \"t\") MIN 1 MAX 3 ALL 1:3 COUNT 3\r\n" OK);
	check(true, "RETURN (MIN MAX) CHARSET us-ascii SEEN",
	      "* ESEARCH (TAG \"t\") UID MIN 10 MAX 30\r\n" OK);
	SEARCH("RETURN (MIN) BODY e", "* ESEARCH (TAG \"t\") MIN 1\r\n" OK);
	SEARCH("RETURN (MIN MAX COUNT) KEYWORD no", "* ESEARCH (TAG \"t\") COUNT 0\r\n" OK);
	SEARCH("RETURN (ALL) KEYWORD no", "* ESEARCH (TAG \"t\")\r\n" OK);
	world->imap.enabled = IMAP_ENABLED_REV2;
	SEARCH("SEEN", "* ESEARCH (TAG \"t\") ALL 1,3\r\n" OK);
}

static void test_saved(void **state)
{
	(void)state;
	SEARCH("RETURN (SAVE) SEEN", OK);
	SEARCH("$", "* SEARCH 1 3\r\n" OK);
	SEARCH("RETURN (SAVE COUNT) $ FLAGGED", "* ESEARCH (TAG \"t\") COUNT 1\r\n" OK);
	check(true, "NOT $", "* SEARCH 10 20\r\n" OK);
	SEARCH("RETURN (SAVE MIN) SEEN", "* ESEARCH (TAG \"t\") MIN 1\r\n" OK);
	SEARCH("$", "* SEARCH 1\r\n" OK);
	SEARCH("RETURN (SAVE) CHARSET x-none ALL",
	       "t NO [BADCHARSET (US-ASCII UTF-8)] Unknown charset\r\n");
	SEARCH("$", "* SEARCH\r\n" OK);
}

static void test_modseq(void **state)
{
	(void)state;
	SEARCH("MODSEQ 200", "* SEARCH 2 3 (MODSEQ 300)\r\n" OK);
	assert_int_equal(world->imap.enabled, IMAP_ENABLED_CONDSTORE);
	SEARCH("MODSEQ \"/flags/\\\\draft\" all 200 NOT DRAFT", "* SEARCH 2 (MODSEQ 200)\r\n" OK);
	SEARCH("MODSEQ 999", "* SEARCH\r\n" OK);
	SEARCH("RETURN (COUNT) MODSEQ 1", "* ESEARCH (TAG \"t\") COUNT 3 MODSEQ 300\r\n" OK);
}

static void test_unreadable_messages(void **state)
{
	(void)state;
	box->mails[0].gone = true;
	SEARCH("BODY hello", "* SEARCH 2\r\n" OK);
	box->mails[0].gone = false;
	box->mails[0].broken = true;
	SEARCH("BODY hello", "* SEARCH 2\r\nt NO kind 1\r\n");
	SEARCH("SEEN", "* SEARCH 1 3\r\n" OK);
}

/* Hundreds of alternatives are one OR; depth has an end. */
static void test_long_and_deep(void **state)
{
	struct roost_str text = ROOST_STR_INIT;

	(void)state;
	for (int i = 0; i < 2000; i++)
		roost_str_puts(&text, "OR UID 99 ");
	roost_str_puts(&text, "UID 20");
	SEARCH(text.data, "* SEARCH 2\r\n" OK);
	roost_str_truncate(&text, 0);
	for (int i = 0; i < 2000; i++)
		roost_str_puts(&text, "NOT ");
	roost_str_puts(&text, "SEEN");
	SEARCH(text.data, "* SEARCH 1 3\r\n" OK);
	roost_str_truncate(&text, 0);
	for (int i = 0; i < 2000; i++)
		roost_str_puts(&text, "NOT OR DRAFT ");
	roost_str_puts(&text, "SEEN");
	SEARCH(text.data, "t BAD Search keys are nested too deep\r\n");
	roost_str_free(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_keys), TEST(test_bad_keys), TEST(test_charset), TEST(test_esearch),
		TEST(test_saved), TEST(test_modseq), TEST(test_unreadable_messages),
		TEST(test_long_and_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
