/* The MIME toolkit: what IMAP shows of messages, and the pieces below it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <roost/address.h>
#include <roost/date.h>
#include <roost/structure.h>
#include <roost/subject.h>
#include <roost/transfer.h>
#include <roost/word.h>

static struct roost_text text(const char *string)
{
	return (struct roost_text){ string, strlen(string) };
}

static const struct roost_mime *parse(struct roost_arena *arena, const char *message)
{
	struct roost_mime_parser *parser = roost_mime_begin(arena, NULL);

	/* Byte by byte: what a chunk's border does must not show. */
	for (const char *byte = message; *byte != '\0'; byte++)
		roost_mime_push(parser, byte, 1);
	return roost_mime_end(parser);
}

static void assert_body(const char *message, bool extended, const char *expected)
{
	struct roost_arena *arena = roost_arena_create("test");
	struct roost_str out = ROOST_STR_INIT;

	roost_structure_body(&out, parse(arena, message), extended);
	assert_string_equal(out.data, expected);
	roost_str_free(&out);
	roost_arena_free(arena);
}

static const char mixed[] =
	"Subject: two\nContent-Type: multipart/mixed; boundary=\"=-x\"\n\n"
	"preamble\n--=-x\n\nfirst\n--=-x\n"
	"Content-Type: message/rfc822\n\n"
	"From: a@b.c\nSubject: inner\n\nbody\n--=-x--\n";

static void body_structures(void **state)
{
	/* RFC 9051 7.5.2: sizes count line ends as CRLF. */
	assert_body("Subject: x\n\nhello\nworld\n", false,
		    "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 14 2)");
	assert_body("Subject: x\r\n\r\nhello\r\nworld\r\n", false,
		    "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 14 2)");
	assert_body(mixed, false,
		    "((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 5 0)"
		    "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 35 "
		    "(NIL \"inner\" ((NIL NIL \"a\" \"b.c\")) ((NIL NIL \"a\" \"b.c\")) "
		    "((NIL NIL \"a\" \"b.c\")) NIL NIL NIL NIL NIL) "
		    "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 4 0) 3)"
		    " \"mixed\")");
}

static void parts_are_found_by_number(void **state)
{
	struct roost_arena *arena = roost_arena_create("test");
	const struct roost_mime *mime = parse(arena, mixed);
	const uint32_t second[] = { 2 }, inside[] = { 2, 1 }, third[] = { 3 };
	uint32_t index = roost_mime_find(mime, second, 1);

	assert_int_not_equal(index, ROOST_MIME_NONE);
	assert_true(mime->parts[index].flags & ROOST_MIME_MESSAGE);
	index = roost_mime_find(mime, inside, 2);
	assert_int_not_equal(index, ROOST_MIME_NONE);
	assert_memory_equal(mixed + mime->parts[index].body.offset, "body", 4);
	assert_int_equal(roost_mime_find(mime, third, 1), ROOST_MIME_NONE);
	roost_arena_free(arena);
}

static void packing_keeps_everything(void **state)
{
	struct roost_arena *arena = roost_arena_create("test");
	const struct roost_mime *mime = parse(arena, mixed), *again;
	struct roost_str packed = ROOST_STR_INIT, a = ROOST_STR_INIT, b = ROOST_STR_INIT;
	struct roost_error err;

	roost_mime_pack(&packed, mime);
	assert_int_equal(roost_mime_unpack(arena, packed.data, packed.len, &again, &err), 0);
	roost_structure_body(&a, mime, true);
	roost_structure_body(&b, again, true);
	assert_string_equal(a.data, b.data);
	/* Every prefix is refused, none crashes. */
	for (size_t len = 0; len < packed.len; len++)
		assert_int_equal(roost_mime_unpack(arena, packed.data, len, &again, &err), -1);
	roost_str_free(&packed);
	roost_str_free(&a);
	roost_str_free(&b);
	roost_arena_free(arena);
}

static void envelopes(void **state)
{
	static const char header[] =
		"Date: Mon, 7 Feb 1994 21:52:25 -0800\n"
		"From: \"Fred Foobar\" <foobar@Blurdybloop.example>\n"
		"Subject: =?utf-8?q?caf=C3=A9?=\n"
		"To: A Group:Ed <ed@x.example>, joe@y.example;\n"
		"Message-ID: <1@z>\n\n";
	struct roost_str out = ROOST_STR_INIT;

	roost_structure_envelope(&out, header, sizeof(header) - 1);
	assert_string_equal(out.data,
		"(\"Mon, 7 Feb 1994 21:52:25 -0800\" \"=?utf-8?q?caf=C3=A9?=\" "
		"((\"Fred Foobar\" NIL \"foobar\" \"Blurdybloop.example\")) "
		"((\"Fred Foobar\" NIL \"foobar\" \"Blurdybloop.example\")) "
		"((\"Fred Foobar\" NIL \"foobar\" \"Blurdybloop.example\")) "
		"((NIL NIL \"A Group\" NIL)(\"Ed\" NIL \"ed\" \"x.example\")"
		"(NIL NIL \"joe\" \"y.example\")(NIL NIL NIL NIL)) NIL NIL NIL \"<1@z>\")");
	roost_str_free(&out);
}

static void base_subjects(void **state)
{
	static const struct { const char *subject, *base; bool reply; } cases[] = {
		{ "hello", "hello", false },
		{ "Re: hello", "hello", true },
		{ "RE : [list] Fwd: hello (fwd)", "hello", true },
		{ "[list] hello", "hello", false },
		{ "[alone]", "[alone]", false },
		{ "[fwd: hello]", "hello", true },
		{ "Re[2]: hello  \t world", "hello world", true },
		{ "=?utf-8?q?Re:_caf=C3=A9?=", "caf\xc3\xa9", true },
		{ "refund", "refund", false },
		{ "", "", false },
		{ "Re:", "", true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct roost_str out = ROOST_STR_INIT;
		bool reply = !cases[i].reply;

		roost_subject_base(&out, text(cases[i].subject), &reply);
		assert_string_equal(roost_str_text(&out), cases[i].base);
		assert_int_equal(reply, cases[i].reply);
		roost_str_free(&out);
	}
}

static void words(void **state)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_word_decode(&out, text("=?iso-8859-1?q?a?= =?utf-8?b?w6k=?= b =?x?="));
	assert_string_equal(out.data, "a\xc3\xa9 b =?x?=");
	roost_str_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(body_structures),
		cmocka_unit_test(parts_are_found_by_number),
		cmocka_unit_test(packing_keeps_everything),
		cmocka_unit_test(envelopes),
		cmocka_unit_test(base_subjects),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
