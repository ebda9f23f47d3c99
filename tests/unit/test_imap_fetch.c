/* FETCH: items, sections, partial ranges, line ends, failures. RFC 9051 section 6.4.5, RFC 3516, 7162. */
#include "modules/imap/fetch.h"
#include "tests/unit/fetch_world.h"
#include "tests/unit/message.h"

static struct roost_mailbox *box;
static struct fetch_world *world;

#define HEADER \
	"From: ann@example.com\n" \
	"Subject: =?utf-8?q?=C3=A4?=\n" \
	" folded\n" \
	"X-One: 1\r\n" \
	"x-one: 2\n"
static const char plain[] = HEADER "\nline one\nline two\r\nlast";
static const char crlf[] = "Subject: a\r\n\r\nb\r\n";
static const char no_blank[] = "Subject: only a header\n";
static const char nested[] =
	"Content-Type: multipart/mixed; boundary=x\n"
	"\n"
	"pre\n"
	"--x\n"
	"\n"
	"first\n"
	"--x\n"
	"Content-Type: message/rfc822\n"
	"\n"
	"Subject: inside\n"
	"Content-Type: multipart/alternative; boundary=y\n"
	"\n"
	"--y\n"
	"Content-Type: text/plain\n"
	"Content-Transfer-Encoding: base64\n"
	"\n"
	"AGFi\n"
	"--y\n"
	"Content-Type: text/html\n"
	"Content-Transfer-Encoding: quoted-printable\n"
	"\n"
	"a=3Db=\n"
	"c\n"
	"d\n"
	"--y--\n"
	"--x\n"
	"Content-Transfer-Encoding: x-own\n"
	"\n"
	"odd\n"
	"--x--\n";
static const char forwarded[] =
	"Content-Type: message/rfc822\n"
	"\n"
	"Subject: direct\n"
	"\n"
	"text\n";
static const char with_nul[] = "Subject: n\r\n\r\na\0b\r\n";

static int setup(void **state)
{
	(void)state;
	box = world_create();
	world = fetch_world_create(box);
	world_add(box, plain, 0);
	world_add(box, crlf, ROOST_FLAG_SEEN);
	world_add(box, no_blank, ROOST_FLAG_SEEN);
	world_add(box, nested, ROOST_FLAG_SEEN | ROOST_FLAG_ANSWERED);
	world_add_bytes(box, with_nul, sizeof(with_nul) - 1, ROOST_FLAG_SEEN);
	world_add(box, forwarded, ROOST_FLAG_SEEN);
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
	assert_string_equal(fetch_world_run(world, imap_fetch, uid, arguments, NULL), expected);
}

#define FETCH(arguments, expected) check(false, arguments, expected)
#define OK "t OK Fetch completed.\r\n"

static void test_small_items(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	FETCH("2 FAST", "* 2 FETCH (FLAGS (\\Seen) INTERNALDATE \" 9-Sep-2001 01:46:40 +0000\" "
	      "RFC822.SIZE 17)\r\n" OK);
	FETCH("2 (UID)", "* 2 FETCH (UID 20)\r\n" OK);
	FETCH("1,4:5 flags", "* 1 FETCH (FLAGS ())\r\n* 4 FETCH (FLAGS (\\Answered \\Seen))\r\n"
	      "* 5 FETCH (FLAGS (\\Seen))\r\n" OK);
	FETCH("2 (FLAGS FLAGS UID)", "* 2 FETCH (FLAGS (\\Seen) UID 20)\r\n" OK);
	check(true, "20:29 FLAGS", "* 2 FETCH (UID 20 FLAGS (\\Seen))\r\n" OK);
	check(true, "25 FLAGS", OK);
	check(true, "20 (FLAGS UID)", "* 2 FETCH (UID 20 FLAGS (\\Seen))\r\n" OK);
	assert_int_equal(box->envelopes, 0);
	FETCH("2 ENVELOPE", "* 2 FETCH (ENVELOPE (NIL \"a\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n" OK);
	FETCH("2 BODY", "* 2 FETCH (BODY (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL "
	      "\"7bit\" 3 1))\r\n" OK);
	FETCH("2 RFC822.SIZE", "* 2 FETCH (RFC822.SIZE 17)\r\n" OK);
}

static void test_modseq(void **state)
{
	(void)state;
	FETCH("4:5 MODSEQ", "* 4 FETCH (MODSEQ (400))\r\n* 5 FETCH (MODSEQ (500))\r\n" OK);
	assert_int_equal(world->imap.enabled, IMAP_ENABLED_CONDSTORE);
	FETCH("1:5 (UID) (CHANGEDSINCE 400)", "* 5 FETCH (UID 50 MODSEQ (500))\r\n" OK);
	check(true, "1:99 FLAGS (CHANGEDSINCE 1 VANISHED)",
	      "t BAD VANISHED needs UID FETCH and QRESYNC\r\n");
	world->imap.enabled |= IMAP_ENABLED_QRESYNC;
	check(true, "1:55 FLAGS (CHANGEDSINCE 400 VANISHED)", "* VANISHED (EARLIER) 3:4\r\n"
	      "* 5 FETCH (UID 50 FLAGS (\\Seen) MODSEQ (500))\r\n" OK);
}

#define WIRE_HEADER \
	"From: ann@example.com\r\nSubject: =?utf-8?q?=C3=A4?=\r\n folded\r\nX-One: 1\r\nx-one: 2\r\n"

static void test_sections(void **state)
{
	static const struct { const char *arguments, *answer; } cases[] = {
		{ "1 BODY.PEEK[]", "1 FETCH (BODY[] {107}\r\n" WIRE_HEADER
		  "\r\nline one\r\nline two\r\nlast)" },
		{ "1 BODY.PEEK[HEADER]", "1 FETCH (BODY[HEADER] {83}\r\n" WIRE_HEADER "\r\n)" },
		{ "1 RFC822.HEADER", "1 FETCH (RFC822.HEADER {83}\r\n" WIRE_HEADER "\r\n)" },
		{ "1 body.peek[text]", "1 FETCH (BODY[TEXT] {24}\r\nline one\r\nline two\r\nlast)" },
		{ "1 BODY.PEEK[1]", "1 FETCH (BODY[1] {24}\r\nline one\r\nline two\r\nlast)" },
		{ "1 BODY.PEEK[2]", "1 FETCH (BODY[2] NIL)" },
		{ "1 BODY.PEEK[1.TEXT]", "1 FETCH (BODY[1.TEXT] NIL)" },
		{ "1 BODY.PEEK[]<0.10>", "1 FETCH (BODY[]<0> {10}\r\nFrom: ann@)" },
		{ "1 BODY.PEEK[TEXT]<9.3>", "1 FETCH (BODY[TEXT]<9> {3}\r\n\nli)" },
		{ "1 BODY.PEEK[TEXT]<20.99>", "1 FETCH (BODY[TEXT]<20> {4}\r\nlast)" },
		{ "1 BODY.PEEK[TEXT]<24.1>", "1 FETCH (BODY[TEXT]<24> {0}\r\n)" },
		{ "1 BODY.PEEK[TEXT]<9000.1>", "1 FETCH (BODY[TEXT]<9000> {0}\r\n)" },
		{ "1 BODY.PEEK[HEADER]<6.3>", "1 FETCH (BODY[HEADER]<6> {3}\r\nann)" },
		{ "2 BODY[]", "2 FETCH (BODY[] {17}\r\nSubject: a\r\n\r\nb\r\n)" },
		{ "2 RFC822", "2 FETCH (RFC822 {17}\r\nSubject: a\r\n\r\nb\r\n)" },
		{ "2 RFC822.TEXT", "2 FETCH (RFC822.TEXT {3}\r\nb\r\n)" },
		{ "2 BODY[]<4.7>", "2 FETCH (BODY[]<4> {7}\r\nect: a\r)" },
		{ "3 BODY[HEADER]", "3 FETCH (BODY[HEADER] {24}\r\nSubject: only a header\r\n)" },
		{ "3 BODY[TEXT]", "3 FETCH (BODY[TEXT] {0}\r\n)" },
		{ "4 BODY[1]", "4 FETCH (BODY[1] {5}\r\nfirst)" },
		{ "4 BODY[1.MIME]", "4 FETCH (BODY[1.MIME] {2}\r\n\r\n)" },
		{ "4 BODY[2.HEADER.FIELDS (subject)]",
		  "4 FETCH (BODY[2.HEADER.FIELDS (subject)] {19}\r\nSubject: inside\r\n\r\n)" },
		{ "4 BODY[2.MIME]", "4 FETCH (BODY[2.MIME] {32}\r\nContent-Type: message/rfc822\r\n\r\n)" },
		{ "4 BODY[2.1]", "4 FETCH (BODY[2.1] {4}\r\nAGFi)" },
		{ "4 BODY[2.2.MIME]", "4 FETCH (BODY[2.2.MIME] {72}\r\nContent-Type: text/html\r\n"
		  "Content-Transfer-Encoding: quoted-printable\r\n\r\n)" },
		{ "4 BODY[2.3]", "4 FETCH (BODY[2.3] NIL)" },
		{ "4 BODY[1.1]", "4 FETCH (BODY[1.1] NIL)" },
		{ "4 BODY[1.HEADER]", "4 FETCH (BODY[1.HEADER] NIL)" },
		{ "6 BODY[1.HEADER]", "6 FETCH (BODY[1.HEADER] {19}\r\nSubject: direct\r\n\r\n)" },
		{ "6 BODY[1.1]", "6 FETCH (BODY[1.1] {6}\r\ntext\r\n)" },
		{ "6 BODY[1]", "6 FETCH (BODY[1] {25}\r\nSubject: direct\r\n\r\ntext\r\n)" },
		{ "5 BODY[]", "5 FETCH (BODY[] {19}\r\nSubject: n\r\n\r\na\x80" "b\r\n)" },
		{ "4 BINARY[2.2]", "4 FETCH (BINARY[2.2] {7}\r\na=bc\r\nd)" },
		{ "4 BINARY.SIZE[2.2]", "4 FETCH (BINARY.SIZE[2.2] 7)" },
		{ "4 BINARY.PEEK[2.2]<1.2>", "4 FETCH (BINARY[2.2]<1> {2}\r\n=b)" },
		{ "4 BINARY.SIZE[2.1]", "4 FETCH (BINARY.SIZE[2.1] 3)" },
		{ "4 BINARY[9]", "4 FETCH (BINARY[9] NIL)" },
	};
	char expected[512];

	(void)state;
	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		snprintf(expected, sizeof(expected), "* %s\r\n" OK, cases[i].answer);
		assert_case(i, fetch_world_run(world, imap_fetch, false, cases[i].arguments, NULL),
			    expected);
	}
	assert_int_equal(box->stores, 0);
}

static void test_header_fields(void **state)
{
	static const struct { const char *arguments, *answer; } cases[] = {
		{ "1 BODY.PEEK[HEADER.FIELDS (X-ONE)]",
		  "1 FETCH (BODY[HEADER.FIELDS (X-ONE)] {22}\r\nX-One: 1\r\nx-one: 2\r\n\r\n)" },
		{ "1 BODY.PEEK[HEADER.FIELDS (x-one From)]", "1 FETCH (BODY[HEADER.FIELDS (x-one From)] "
		  "{45}\r\nFrom: ann@example.com\r\nX-One: 1\r\nx-one: 2\r\n\r\n)" },
		{ "1 BODY.PEEK[HEADER.FIELDS (Subject)]<9.6>",
		  "1 FETCH (BODY[HEADER.FIELDS (Subject)]<9> {6}\r\n=?utf-)" },
		{ "1 BODY.PEEK[HEADER.FIELDS (To)]", "1 FETCH (BODY[HEADER.FIELDS (To)] {2}\r\n\r\n)" },
		{ "1 BODY.PEEK[HEADER.FIELDS.NOT (X-ONE FROM)]",
		  "1 FETCH (BODY[HEADER.FIELDS.NOT (X-ONE FROM)] {40}\r\n"
		  "Subject: =?utf-8?q?=C3=A4?=\r\n folded\r\n\r\n)" },
		{ "1 BODY.PEEK[HEADER.FIELDS (\"From\")]",
		  "1 FETCH (BODY[HEADER.FIELDS (From)] {25}\r\nFrom: ann@example.com\r\n\r\n)" },
		{ "3 BODY[HEADER.FIELDS (to)]", "3 FETCH (BODY[HEADER.FIELDS (to)] {0}\r\n)" },
		{ "3 BODY[HEADER.FIELDS.NOT (to)]",
		  "3 FETCH (BODY[HEADER.FIELDS.NOT (to)] {24}\r\nSubject: only a header\r\n)" },
	};
	char expected[512];

	(void)state;
	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		snprintf(expected, sizeof(expected), "* %s\r\n" OK, cases[i].answer);
		assert_case(i, fetch_world_run(world, imap_fetch, false, cases[i].arguments, NULL),
			    expected);
	}
	assert_int_equal(box->inputs, 0);	/* the header block is enough */
	/* Literals are field names too. */
	FETCH("3 BODY[HEADER.FIELDS ({7}\r\nsubject)]",
	      "* 3 FETCH (BODY[HEADER.FIELDS (subject)] {24}\r\nSubject: only a header\r\n)\r\n" OK);
}

static void test_binary_with_nul(void **state)
{
	static const char expected[] = "* 4 FETCH (BINARY[2.1] ~{3}\r\n\0ab)\r\n" OK;
	size_t len;
	const char *got = fetch_world_run(world, imap_fetch, false, "4 BINARY[2.1]", &len);

	(void)state;
	assert_int_equal(len, sizeof(expected) - 1);
	assert_memory_equal(got, expected, len);
}

static void test_unknown_encoding(void **state)
{
	(void)state;
	FETCH("1,4 (UID BINARY.PEEK[3])", "* 1 FETCH (UID 10 BINARY[3] NIL)\r\n"
	      "t NO [UNKNOWN-CTE] Content-Transfer-Encoding is not known.\r\n");
	FETCH("4 BODY.PEEK[3]", "* 4 FETCH (BODY[3] {3}\r\nodd)\r\n" OK);
}

static void test_bad_arguments(void **state)
{
	static const char *const bad[] = {
		"1", "1 ()", "1 NOTHING", "1 (FLAGS ALL)", "1 (FAST)", "1 FLAGS UID", "0 FLAGS", "9 FLAGS",
		"x FLAGS", "1 BODY[", "1 BODY[HEADER", "1 BODY[]<", "1 BODY[]<1>", "1 BODY[]<1.0>",
		"1 BODY[]<1.2", "1 BODY[]<-1.2>", "1 BODY[]<99999999999999999999.1>", "1 BODY[0]",
		"1 BODY[1.]", "1 BODY[.1]", "1 BODY[1..2]", "1 BODY[4294967296]", "1 BODY[MIME]",
		"1 BODY[HEADER.FIELDS]", "1 BODY[HEADER.FIELDS ()]", "1 BODY[HEADER.FIELDS (a)",
		"1 BODY[HEADER.FIELDS (a)]<1.2> x", "1 BODY[HEADER.FIELDS ((a))]", "1 BODY[HEADERX]",
		"1 BODY[TEXT.1]", "1 BODY[]x", "1 BINARY[TEXT]", "1 BINARY.SIZE[1]<1.2>", "1 BINARY",
		"1 BODY.PEEK", "1 RFC822.PEEK", "1 \"FLAGS\"", "1 FLAGS (CHANGEDSINCE x)",
		"1 FLAGS (VANISHED)", "1 FLAGS (NOTHING)", "1 FLAGS (CHANGEDSINCE 1 CHANGEDSINCE 1)",
	};

	(void)state;
	for (size_t i = 0; i < ROOST_COUNT(bad); i++) {
		const char *got = fetch_world_run(world, imap_fetch, false, bad[i], NULL);

		if (strncmp(got, "t BAD ", 6) != 0)
			fail_msg("\"%s\": %s", bad[i], got);
	}
}

static void test_seen_is_set_and_told(void **state)
{
	(void)state;
	FETCH("1:2 BODY[HEADER.FIELDS (x)]",
	      "* 1 FETCH (BODY[HEADER.FIELDS (x)] {2}\r\n\r\n FLAGS (\\Seen))\r\n"
	      "* 2 FETCH (BODY[HEADER.FIELDS (x)] {2}\r\n\r\n)\r\n" OK);
	assert_int_equal(box->stores, 1);
	assert_int_equal(box->mails[0].mail.flags, ROOST_FLAG_SEEN);
	assert_non_null(world->known);	/* the sync that ends the command has nothing to repeat */
	box->mails[0].mail.flags = 0;
	FETCH("1 (FLAGS RFC822.TEXT)", "* 1 FETCH (FLAGS (\\Seen) RFC822.TEXT {24}\r\n"
	      "line one\r\nline two\r\nlast)\r\n" OK);
	box->mails[0].mail.flags = 0;
	FETCH("1 (BODY[TEXT]<0.4> UID)",
	      "* 1 FETCH (BODY[TEXT]<0> {4}\r\nline UID 10 FLAGS (\\Seen))\r\n" OK);
	/* With CONDSTORE the sync tells it, for the MODSEQ. */
	box->mails[0].mail.flags = 0;
	world->imap.enabled = IMAP_ENABLED_CONDSTORE;
	FETCH("1 BODY[TEXT]<0.4>", "* 1 FETCH (BODY[TEXT]<0> {4}\r\nline)\r\n" OK);
	assert_int_equal(box->mails[0].mail.flags, ROOST_FLAG_SEEN);
	assert_null(world->known);
	/* EXAMINE changes nothing. */
	box->mails[0].mail.flags = 0;
	box->stores = 0;
	world->imap.enabled = 0;
	world->imap.readonly = true;
	FETCH("1 BODY[TEXT]<0.4>", "* 1 FETCH (BODY[TEXT]<0> {4}\r\nline)\r\n" OK);
	assert_int_equal(box->stores, 0);
}

static void test_seen_that_cannot_be_stored(void **state)
{
	(void)state;
	box->readonly = true;
	world->settings.imap_fetch_failure = IMAP_FAILURE_NO_AFTER;
	FETCH("1 BODY[TEXT]<0.4>", "* 1 FETCH (BODY[TEXT]<0> {4}\r\nline FLAGS (\\Seen))\r\n"
	      "* 1 FETCH (FLAGS ())\r\nt NO kind 5\r\n");
}

static void test_expunged_meanwhile(void **state)
{
	(void)state;
	box->mails[1].gone = true;
	FETCH("1:3 (UID BODY.PEEK[TEXT]<0.1>)", "* 1 FETCH (UID 10 BODY[TEXT]<0> {1}\r\nl)\r\n"
	      "* 3 FETCH (UID 30 BODY[TEXT]<0> {0}\r\n)\r\n"
	      "t NO [EXPUNGEISSUED] Some of the requested messages no longer exist.\r\n");
	check(true, "20,30 BODY.PEEK[TEXT]", "* 3 FETCH (UID 30 BODY[TEXT] {0}\r\n)\r\n"
	      "t OK [EXPUNGEISSUED] Some messages were already expunged.\r\n");
	/* What the index knows can still be had. */
	FETCH("2 FLAGS", "* 2 FETCH (FLAGS (\\Seen))\r\n" OK);
}

static void test_failure(void **state)
{
	(void)state;
	box->mails[1].broken = true;
	FETCH("1:3 RFC822.SIZE", "* 1 FETCH (RFC822.SIZE 107)\r\n"
	      "* BYE [1] Internal error occurred. Refer to server log for more information.\r\n");
	assert_true(world->disconnected);
	world->settings.imap_fetch_failure = IMAP_FAILURE_DISCONNECT_AFTER;
	FETCH("1:3 RFC822.SIZE", "* 1 FETCH (RFC822.SIZE 107)\r\n* 3 FETCH (RFC822.SIZE 24)\r\n"
	      "* BYE [1] Internal error occurred. Refer to server log for more information.\r\n");
	world->settings.imap_fetch_failure = IMAP_FAILURE_NO_AFTER;
	FETCH("1:3 (UID RFC822.SIZE)", "* 1 FETCH (UID 10 RFC822.SIZE 107)\r\n"
	      "* 3 FETCH (UID 30 RFC822.SIZE 24)\r\nt NO kind 1\r\n");
}

static void test_waits_for_the_client(void **state)
{
	(void)state;
	world->full = true;
	FETCH("1:3 (UID BODY[TEXT]<0.1>)", "* 1 FETCH (UID 10 BODY[TEXT]<0> {1}\r\nl FLAGS (\\Seen))\r\n"
	      "* 2 FETCH (UID 20 BODY[TEXT]<0> {1}\r\nb)\r\n"
	      "* 3 FETCH (UID 30 BODY[TEXT]<0> {0}\r\n)\r\n" OK);
	assert_int_equal(box->mails[0].mail.flags, ROOST_FLAG_SEEN);
}

/* Large bodies leave as streams, read when their message is closed already. */
static void test_large_bodies(void **state)
{
	enum { LINES = 20000 };
	struct roost_str stored = ROOST_STR_INIT, wire = ROOST_STR_INIT;
	char arguments[100], start[100];
	const char *got;
	size_t len, at;

	(void)state;
	roost_str_puts(&stored, "Subject: x\n\n");
	roost_str_puts(&wire, "Subject: x\r\n\r\n");
	for (unsigned i = 0; i < LINES; i++) {
		roost_str_printf(&stored, "%u %s", i, i % 7 == 0 ? "CRLF\r\n" : "LF\n");
		roost_str_printf(&wire, "%u %s", i, i % 7 == 0 ? "CRLF\r\n" : "LF\r\n");
	}
	world_add_bytes(box, stored.data, stored.len, ROOST_FLAG_SEEN);
	got = fetch_world_run(world, imap_fetch, false, "7 (BODY[] UID BODY[TEXT])", &len);
	at = (size_t)snprintf(start, sizeof(start), "* 7 FETCH (BODY[] {%zu}\r\n", wire.len);
	assert_memory_equal(got, start, at);
	assert_memory_equal(got + at, wire.data, wire.len);
	at += wire.len;
	snprintf(start, sizeof(start), " UID 70 BODY[TEXT] {%zu}\r\n", wire.len - 14);
	assert_memory_equal(got + at, start, strlen(start));
	assert_memory_equal(got + at + strlen(start), wire.data + 14, wire.len - 14);
	assert_string_equal(got + at + strlen(start) + wire.len - 14, ")\r\n" OK);
	for (size_t from = 0; from < wire.len; from += 65537) {
		snprintf(arguments, sizeof(arguments), "7 BODY[]<%zu.70000>", from);
		got = fetch_world_run(world, imap_fetch, false, arguments, &len);
		len = wire.len - from < 70000 ? wire.len - from : 70000;
		at = (size_t)snprintf(start, sizeof(start), "* 7 FETCH (BODY[]<%zu> {%zu}\r\n", from, len);
		assert_memory_equal(got, start, at);
		assert_memory_equal(got + at, wire.data + from, len);
	}
	/* The same bytes, stored with CRLF. */
	world_add_bytes(box, wire.data, wire.len, ROOST_FLAG_SEEN);
	got = fetch_world_run(world, imap_fetch, false, "8 BODY[]<11.100000>", &len);
	at = (size_t)snprintf(start, sizeof(start), "* 8 FETCH (BODY[]<11> {100000}\r\n");
	assert_memory_equal(got, start, at);
	assert_memory_equal(got + at, wire.data + 11, 100000);
	roost_str_free(&stored);
	roost_str_free(&wire);
}

/* A failure behind a stream: its answer ends with what it has, in valid syntax. */
static void test_failure_behind_a_stream(void **state)
{
	struct roost_str stored = ROOST_STR_INIT;
	const char *got;
	size_t len;

	(void)state;
	roost_str_puts(&stored, "Content-Transfer-Encoding: x-own\r\n\r\n");
	for (unsigned i = 0; i < 10000; i++)
		roost_str_puts(&stored, "0123456789\r\n");
	world_add_bytes(box, stored.data, stored.len, ROOST_FLAG_SEEN);
	got = fetch_world_run(world, imap_fetch, false, "7 (BODY[] BINARY[1])", &len);
	assert_string_equal(got + strlen("* 7 FETCH (BODY[] {120036}\r\n") + stored.len,
			    ")\r\nt NO [UNKNOWN-CTE] Content-Transfer-Encoding is not known.\r\n");
	roost_str_free(&stored);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_small_items), TEST(test_modseq), TEST(test_sections),
		TEST(test_header_fields), TEST(test_binary_with_nul), TEST(test_unknown_encoding),
		TEST(test_bad_arguments), TEST(test_seen_is_set_and_told),
		TEST(test_seen_that_cannot_be_stored), TEST(test_expunged_meanwhile),
		TEST(test_failure), TEST(test_waits_for_the_client), TEST(test_large_bodies),
		TEST(test_failure_behind_a_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
