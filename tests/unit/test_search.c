/* Searching a mailbox: what each key finds, what is read for it, how trees are simplified. */
#include <roost/date.h>
#include <roost/search.h>
#include "tests/unit/mail_world.h"
#include "tests/unit/message.h"

static struct roost_mailbox *box;
static struct roost_arena *arena;

static const char first[] =
	"From: =?utf-8?q?J=C3=BCrgen?= Habermas <juergen@example.org>\r\n"
	"To: \"Doe, Ann\" <ann@example.com>, team: bob@example.com, cat@example.com;\r\n"
	"Subject: The =?iso-8859-1?q?=D6ffentlichkeit?=\r\n of reasons\r\n"
	"Date: Fri, 1 Mar 2024 23:30:00 -0500\r\n"
	"Message-ID: <one@example.org>\r\n"
	"X-Loop: yes\r\n"
	"\r\n"
	"Plain words, and an \xc3\x84nderung.\r\n";
static const char second[] =
	"From: ann@example.com\n"
	"Cc: dan@example.net\n"
	"Subject: Re: nothing\n"
	"Date: Sat, 2 Mar 2024 01:00:00 +0000\n"
	"MIME-Version: 1.0\n"
	"Content-Type: multipart/mixed; boundary=b\n"
	"\n"
	"preamble-word\n"
	"--b\n"
	"Content-Type: text/plain; charset=koi8-r\n"
	"Content-Transfer-Encoding: quoted-printable\n"
	"\n"
	"=F0=D2=C9=D7=C5=D4, soft=\n"
	"break\n"
	"--b\n"
	"Content-Type: application/octet-stream\n"
	"Content-Disposition: attachment; filename=secret.bin\n"
	"\n"
	"unseen-bytes\n"
	"--b\n"
	"Content-Type: message/rfc822\n"
	"\n"
	"Subject: inner =?utf-8?b?w6RwZmVs?=\n"
	"\n"
	"inner text\n"
	"--b--\n";
static const char third[] =
	"Subject: \n"
	"Bcc: hidden@example.com\n"
	"\n"
	"third\n";

static int setup(void **state)
{
	struct world_mail *mail;

	(void)state;
	arena = roost_arena_create("test");
	box = world_create();
	mail = world_add(box, first, ROOST_FLAG_SEEN | ROOST_FLAG_RECENT);
	mail->mail.keywords = 2;
	world_add(box, second, ROOST_FLAG_FLAGGED | ROOST_FLAG_SEEN);
	mail = world_add(box, third, ROOST_FLAG_RECENT);
	mail->internaldate = INT64_C(1709300000) * 1000000;	/* 1 March 2024, 13:33 UTC */
	box->keywords[0] = "$Junk";
	box->keywords[1] = "$Label";
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_free(box);
	roost_arena_free(arena);
	return 0;
}

/* --- short forms of keys --- */
typedef struct roost_search_key *key;

static key text_key(enum roost_search_kind kind, const char *name, const char *text)
{
	key made = roost_search_key_new(arena, kind);

	made->name = name;
	made->text = text_of(text);
	return made;
}

static key flags_key(uint32_t flags, uint32_t unset)
{
	key made = roost_search_key_new(arena, ROOST_SEARCH_FLAGS);

	made->flags = flags;
	made->unset = unset;
	return made;
}

static key between_key(enum roost_search_kind kind, int64_t from, int64_t before)
{
	key made = roost_search_key_new(arena, kind);

	made->from = from;
	made->before = before;
	return made;
}

static key set_key(enum roost_search_kind kind, uint32_t one, uint32_t last)
{
	key made = roost_search_key_new(arena, kind);
	struct roost_range range = { one, last };

	roost_set_normalise(arena, &range, 1, 0, &made->set);
	return made;
}

static key group(enum roost_search_kind kind, key a, key b)
{
	key made = roost_search_key_new(arena, kind);

	if (a != NULL)
		roost_search_key_add(made, a);
	if (b != NULL)
		roost_search_key_add(made, b);
	return made;
}

static key not(key inside)
{
	inside->negated = !inside->negated;
	return inside;
}

#define AND(a, b) group(ROOST_SEARCH_AND, a, b)
#define OR(a, b) group(ROOST_SEARCH_OR, a, b)
#define HEADER(name, text) text_key(ROOST_SEARCH_HEADER, name, text)
#define ADDRESS(name, text) text_key(ROOST_SEARCH_ADDRESS, name, text)
#define BODY(text) text_key(ROOST_SEARCH_BODY, NULL, text)
#define EVERYWHERE(text) text_key(ROOST_SEARCH_TEXT, NULL, text)
#define KEYWORD(name) text_key(ROOST_SEARCH_KEYWORD, name, "")
#define ALL() roost_search_key_new(arena, ROOST_SEARCH_ALL)

static const char *run(key root, uint32_t options)
{
	static struct roost_str out;
	struct roost_search *search;
	struct roost_error err;
	struct roost_set found;

	roost_str_truncate(&out, 0);
	assert_int_equal(roost_search_begin(box, root, options, &search, &err), 0);
	while (!roost_search_step(search, 1))
		;
	found = roost_search_found(search);
	roost_set_write(&out, &found);
	if (roost_search_end(search, &err) < 0)
		roost_str_puts(&out, " failed");
	return roost_str_text(&out);
}

#define FINDS(root, expected) assert_string_equal(run(root, 0), expected)

static void test_flags_and_sets(void **state)
{
	(void)state;
	FINDS(ALL(), "1:3");
	FINDS(not(ALL()), "");
	FINDS(AND(NULL, NULL), "1:3");
	FINDS(OR(NULL, NULL), "");
	FINDS(flags_key(ROOST_FLAG_SEEN, 0), "1:2");
	FINDS(not(flags_key(ROOST_FLAG_SEEN, 0)), "3");
	FINDS(flags_key(ROOST_FLAG_RECENT, ROOST_FLAG_SEEN), "3");
	FINDS(not(flags_key(ROOST_FLAG_RECENT, ROOST_FLAG_SEEN)), "1:2");
	FINDS(AND(flags_key(ROOST_FLAG_SEEN, 0), not(flags_key(ROOST_FLAG_FLAGGED, 0))), "1");
	FINDS(OR(flags_key(0, ROOST_FLAG_SEEN), flags_key(ROOST_FLAG_FLAGGED, 0)), "2:3");
	FINDS(not(OR(flags_key(0, ROOST_FLAG_SEEN), flags_key(ROOST_FLAG_FLAGGED, 0))), "1");
	FINDS(not(AND(flags_key(ROOST_FLAG_SEEN, 0), flags_key(ROOST_FLAG_FLAGGED, 0))), "1,3");
	FINDS(AND(flags_key(ROOST_FLAG_SEEN, 0), flags_key(0, ROOST_FLAG_SEEN)), "");
	FINDS(KEYWORD("$label"), "1");
	FINDS(not(KEYWORD("$Label")), "2:3");
	FINDS(KEYWORD("$Unheard"), "");
	FINDS(not(KEYWORD("$Unheard")), "1:3");
	FINDS(set_key(ROOST_SEARCH_SEQ, 2, 9), "2:3");
	FINDS(not(set_key(ROOST_SEARCH_SEQ, 2, 2)), "1,3");
	FINDS(set_key(ROOST_SEARCH_UID, 11, 20), "2");
	FINDS(set_key(ROOST_SEARCH_UID, 31, UINT32_MAX - 1), "");
	FINDS(AND(set_key(ROOST_SEARCH_SEQ, 1, 2), set_key(ROOST_SEARCH_UID, 20, 30)), "2");
	FINDS(AND(AND(set_key(ROOST_SEARCH_SEQ, 1, 2), ALL()),
		  AND(set_key(ROOST_SEARCH_UID, 20, 30), NULL)), "2");
	FINDS(OR(set_key(ROOST_SEARCH_SEQ, 1, 1), set_key(ROOST_SEARCH_UID, 30, 30)), "1,3");
	FINDS(between_key(ROOST_SEARCH_MODSEQ, 200, INT64_MAX), "2:3");
	assert_int_equal(box->opened, 0);
}

static void test_dates_and_sizes(void **state)
{
	int64_t march1, march2;

	(void)state;
	assert_true(roost_date_parse_day(text_of("1-Mar-2024"), &march1));
	march2 = march1 + 1;
	FINDS(between_key(ROOST_SEARCH_INTERNALDATE, march1, march2), "3");
	FINDS(between_key(ROOST_SEARCH_INTERNALDATE, INT64_MIN, march1), "1:2");
	FINDS(between_key(ROOST_SEARCH_INTERNALDATE, march2, INT64_MAX), "");
	assert_int_equal(box->envelopes, 0);
	/* The day is the one that the sender wrote, whatever its zone. */
	FINDS(between_key(ROOST_SEARCH_SENTDATE, march1, march2), "1,3");
	FINDS(between_key(ROOST_SEARCH_SENTDATE, march2, march2 + 1), "2");
	FINDS(not(between_key(ROOST_SEARCH_SENTDATE, march2, march2 + 1)), "1,3");
	/* 41 bytes, and four more for CRLF. */
	FINDS(between_key(ROOST_SEARCH_SIZE, (int64_t)sizeof(third) + 4, 90), "");
	FINDS(between_key(ROOST_SEARCH_SIZE, INT64_MIN, (int64_t)sizeof(third) + 4), "3");
	FINDS(between_key(ROOST_SEARCH_SIZE, INT64_MIN, (int64_t)sizeof(third) + 3), "");
}

static void test_headers(void **state)
{
	(void)state;
	FINDS(ADDRESS("From", "j\xc3\x9cRGEN"), "1");
	FINDS(ADDRESS("From", "juergen@EXAMPLE"), "1");
	FINDS(ADDRESS("From", "habermas <juergen@example.org>"), "1");
	FINDS(ADDRESS("From", "example"), "1:2");
	FINDS(ADDRESS("To", "doe, ann"), "1");
	FINDS(ADDRESS("To", "team"), "1");
	FINDS(ADDRESS("To", "cat@example.com"), "1");
	FINDS(ADDRESS("Cc", "dan"), "2");
	FINDS(ADDRESS("Bcc", "hidden"), "3");
	FINDS(HEADER("Subject", "\xc3\xb6" "FFentlichkeit of reasons"), "1");
	FINDS(HEADER("Subject", "nothing"), "2");
	FINDS(HEADER("Message-ID", "<one@example.org>"), "1");
	assert_int_equal(box->headers, 0);
	assert_int_equal(box->inputs, 0);
	FINDS(HEADER("x-loop", "YES"), "1");
	FINDS(HEADER("X-Loop", ""), "1");
	FINDS(HEADER("Subject", ""), "1:3");
	FINDS(not(HEADER("Date", "")), "3");
	FINDS(HEADER("From", "Habermas"), "1");
	assert_int_equal(box->inputs, 0);
}

static void test_bodies(void **state)
{
	(void)state;
	FINDS(BODY("WORDS, AND AN \xc3\xa4nder"), "1");
	FINDS(BODY("\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\x95\xd0\xa2"), "2");	/* Cyrillic */
	FINDS(BODY("softbreak"), "2");
	FINDS(BODY("filename=secret"), "2");
	FINDS(BODY("subject: inner \xc3\x84PFEL"), "2");
	FINDS(BODY("inner text"), "2");
	FINDS(BODY("unseen-bytes"), "");
	FINDS(BODY("habermas"), "");
	FINDS(EVERYWHERE("habermas"), "1");
	FINDS(EVERYWHERE("subject: re:"), "2");
	FINDS(EVERYWHERE("inner text"), "2");
	FINDS(BODY(""), "1:3");
	FINDS(not(BODY("third")), "1:2");
	FINDS(AND(EVERYWHERE("habermas"), BODY("words")), "1");
	FINDS(AND(BODY("habermas"), EVERYWHERE("words")), "");
}

static void test_cheap_keys_save_reading(void **state)
{
	(void)state;
	FINDS(AND(BODY("words"), flags_key(ROOST_FLAG_DELETED, 0)), "");
	assert_int_equal(box->opened, 0);
	FINDS(OR(BODY("words"), flags_key(ROOST_FLAG_SEEN, 0)), "1:2");
	assert_int_equal(box->inputs, 1);	/* of the third only */
	/* The second group is settled by the index, whatever the first one's body says. */
	box->inputs = 0;
	FINDS(AND(OR(BODY("a"), flags_key(ROOST_FLAG_DRAFT, 0)),
		  OR(flags_key(ROOST_FLAG_DRAFT, 0), AND(flags_key(ROOST_FLAG_DELETED, 0),
							 HEADER("X", "y")))), "");
	assert_int_equal(box->inputs, 0);
	/* Two bodies, one reading. */
	FINDS(AND(set_key(ROOST_SEARCH_SEQ, 2, 2), OR(BODY("nowhere"), BODY("nothing"))), "");
	assert_int_equal(box->inputs, 1);
	/* An envelope that says no saves header and body. */
	box->inputs = box->headers = 0;
	FINDS(AND(EVERYWHERE("third"), HEADER("Subject", "nowhere")), "");
	assert_int_equal(box->inputs + box->headers, 0);
}

static void test_ends_only(void **state)
{
	key every = OR(flags_key(ROOST_FLAG_SEEN, 0), flags_key(ROOST_FLAG_RECENT, 0));

	(void)state;
	assert_string_equal(run(every, ROOST_SEARCH_MIN), "1");
	assert_string_equal(run(every, ROOST_SEARCH_MAX), "3");
	assert_string_equal(run(every, ROOST_SEARCH_MIN | ROOST_SEARCH_MAX), "1,3");
	assert_string_equal(run(flags_key(ROOST_FLAG_FLAGGED, 0),
				ROOST_SEARCH_MIN | ROOST_SEARCH_MAX), "2");
	assert_string_equal(run(KEYWORD("$Unheard"), ROOST_SEARCH_MIN | ROOST_SEARCH_MAX), "");
	/* What lies between the ends is not read. */
	box->inputs = 0;
	assert_string_equal(run(BODY("r"), ROOST_SEARCH_MIN | ROOST_SEARCH_MAX), "1,3");
	assert_int_equal(box->inputs, 2);
}

static void test_lost_and_broken(void **state)
{
	(void)state;
	box->mails[1].gone = true;
	FINDS(BODY("r"), "1,3");
	FINDS(not(HEADER("Subject", "nowhere")), "1,3");
	box->mails[0].broken = true;
	FINDS(BODY("r"), "3 failed");
	FINDS(flags_key(ROOST_FLAG_SEEN, 0), "1:2");
}

static void test_empty_mailbox(void **state)
{
	(void)state;
	box->count = 0;
	FINDS(ALL(), "");
	FINDS(not(set_key(ROOST_SEARCH_SEQ, 1, 4)), "");
	assert_string_equal(run(ALL(), ROOST_SEARCH_MIN | ROOST_SEARCH_MAX), "");
}

static void test_depth_is_limited(void **state)
{
	struct roost_search *search;
	struct roost_error err;
	key deep = ALL();

	(void)state;
	for (int i = 0; i < ROOST_SEARCH_MAX_DEPTH; i++)
		deep = OR(deep, NULL);
	FINDS(deep, "1:3");
	assert_int_equal(roost_search_begin(box, AND(deep, NULL), 0, &search, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_LIMIT);
}

/* Patterns that lie across the pieces in which a body is read, at every place. */
static void test_matches_across_pieces(void **state)
{
	static const char needle[] = "n\xc3\xa4" "delchen";
	enum { SIZE = 200 * 1024 };
	char *text = malloc(SIZE + 1);
	size_t header = (size_t)sprintf(text, "Subject: x\n\n");

	(void)state;
	for (size_t i = header; i < SIZE; i++)
		text[i] = i % 64 == 0 ? '\n' : i % 64 < 62 ? 'n' : ' ';
	text[SIZE] = '\0';
	world_add_bytes(box, text, SIZE, 0);
	FINDS(AND(set_key(ROOST_SEARCH_SEQ, 4, 4), BODY(needle)), "");
	for (size_t at = 64 * 1024 + header - 12; at < 64 * 1024 + header + 4; at++) {
		char saved[sizeof(needle)];

		memcpy(saved, text + at, sizeof(needle) - 1);
		memcpy(text + at, needle, sizeof(needle) - 1);
		FINDS(AND(set_key(ROOST_SEARCH_SEQ, 4, 4), BODY("N\xc3\x84" "DELCHEN")), "4");
		memcpy(text + at, saved, sizeof(needle) - 1);
	}
	free(text);
}

static void test_sets(void **state)
{
	static const struct {
		struct roost_range ranges[4];
		size_t count;
		uint32_t top;
		const char *expected;
	} cases[] = {
		{ { { 5, 3 }, { 1, 1 } }, 2, 9, "1,3:5" },
		{ { { 1, 2 }, { 3, 4 }, { 2, 9 } }, 3, 9, "1:9" },
		{ { { ROOST_SET_STAR, ROOST_SET_STAR } }, 1, 7, "7" },
		{ { { 12, ROOST_SET_STAR } }, 1, 7, "7:12" },
		{ { { ROOST_SET_STAR, ROOST_SET_STAR } }, 1, 0, "" },
		{ { { 1, ROOST_SET_STAR } }, 1, 0, "1" },
		{ { { 4, 4 }, { 2, 2 }, { 4, 4 } }, 3, 4, "2,4" },
	};
	struct roost_set a, b, both;
	struct roost_str out = ROOST_STR_INIT;

	(void)state;
	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		roost_set_normalise(arena, cases[i].ranges, cases[i].count, cases[i].top, &a);
		roost_str_truncate(&out, 0);
		roost_set_write(&out, &a);
		assert_case(i, roost_str_text(&out), cases[i].expected);
	}
	roost_set_normalise(arena, (struct roost_range[]){ { 1, 5 }, { 8, 9 }, { 20, UINT32_MAX - 1 } },
			    3, 9, &a);
	roost_set_normalise(arena, (struct roost_range[]){ { 4, 8 }, { 30, 30 } }, 2, 9, &b);
	roost_set_intersect(arena, &a, &b, &both);
	roost_str_truncate(&out, 0);
	roost_set_write(&out, &both);
	assert_string_equal(roost_str_text(&out), "4:5,8,30");
	assert_int_equal(roost_set_count(&both), 4);
	assert_true(roost_set_contains(&both, 30) && roost_set_contains(&both, 4));
	assert_false(roost_set_contains(&both, 6) || roost_set_contains(&both, 31));
	roost_set_normalise(arena, (struct roost_range[]){ { 5, 20 }, { 29, 99 } }, 2, 0, &a);
	roost_set_to_seqs(arena, box, &a, &b);
	roost_str_truncate(&out, 0);
	roost_set_write(&out, &b);
	assert_string_equal(roost_str_text(&out), "1:3");
	roost_set_to_uids(arena, box, &b, &a);
	roost_str_truncate(&out, 0);
	roost_set_write(&out, &a);
	assert_string_equal(roost_str_text(&out), "10,20,30");
	roost_str_free(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_flags_and_sets),
		TEST(test_dates_and_sizes),
		TEST(test_headers),
		TEST(test_bodies),
		TEST(test_cheap_keys_save_reading),
		TEST(test_ends_only),
		TEST(test_lost_and_broken),
		TEST(test_empty_mailbox),
		TEST(test_depth_is_limited),
		TEST(test_matches_across_pieces),
		TEST(test_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
