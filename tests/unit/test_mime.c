/* The part tree: RFC 2046, and what is left of it in broken mail. */
#include <roost/mime.h>
#include "message.h"

static const struct roost_mime *parse(struct roost_arena *arena, const char *data, size_t len,
				      size_t piece, const struct roost_mime_options *options)
{
	struct roost_mime_parser *parser = roost_mime_begin(arena, options);

	for (size_t at = 0; at < len; at += piece)
		roost_mime_push(parser, data + at, len - at < piece ? len - at : piece);
	return roost_mime_end(parser);
}

/* "type/subtype[body]" with children in parentheses; bodies of leaves only. */
static void describe(struct roost_str *out, const struct roost_mime *mime, uint32_t index,
		     const char *data)
{
	const struct roost_mime_part *part = &mime->parts[index];

	roost_str_append(out, part->subtype.data, part->subtype.len);
	if ((part->flags & ROOST_MIME_CUT) != 0)
		roost_str_byte(out, '!');
	if ((part->flags & ROOST_MIME_LIMIT) != 0)
		roost_str_byte(out, '*');
	if ((part->flags & (ROOST_MIME_MULTIPART | ROOST_MIME_MESSAGE)) == 0) {
		roost_str_byte(out, '[');
		roost_str_append(out, data + part->body.offset, (size_t)part->body.size);
		roost_str_byte(out, ']');
		return;
	}
	roost_str_byte(out, '(');
	for (uint32_t i = index + 1; i < part->next; i = mime->parts[i].next)
		describe(out, mime, i, data);
	roost_str_byte(out, ')');
}

static void check(size_t index, const char *message, const struct roost_mime_options *options,
		  const char *expected)
{
	size_t len = strlen(message);

	for (size_t piece = 1; piece <= len + 1; piece += piece < 9 ? 1 : len) {
		struct roost_arena *arena = roost_arena_create("test");
		struct roost_str out = ROOST_STR_INIT;
		const struct roost_mime *mime = parse(arena, message, len, piece, options);

		describe(&out, mime, 0, message);
		assert_case(index, out.data, expected);
		assert_int_equal(mime->size, len);
		roost_str_free(&out);
		roost_arena_free(arena);
	}
}

#define MIXED(boundary) "Content-Type: multipart/mixed; boundary=" boundary "\n\n"
#define RFC822 "Content-Type: message/rfc822\n\n"

static void trees(void **state)
{
	static const struct { const char *message, *expected; } cases[] = {
		{ "", "plain[]" }, { "\n", "plain[]" }, { "A: b", "plain[]" },
		{ "A: b\n\nhello\n", "plain[hello\n]" },
		{ "A: b\r\n\r\nhello\r\n", "plain[hello\r\n]" },
		{ "Content-Type: nonsense\n\nx", "plain[x]" },
		{ "Content-Type: multipart/mixed\n\n--x\n\na", "plain[--x\n\na]" },
		{ MIXED("x") "pre\n--x\n\na\n--x\n\nb\n--x--\nepi", "mixed(plain[a]plain[b])" },
		{ MIXED("\"x y\"") "--x y\r\n\r\na\r\n--x y--", "mixed(plain[a])" },
		{ MIXED("x") "--x\n\na\r\n--x\r\n\r\nb\n--x--", "mixed(plain[a]plain[b])" },
		{ MIXED("x") "--x  \n\na\n--x-- \n", "mixed(plain[a])" },
		{ MIXED("x") "--x\n\na\n\n--x--\n", "mixed(plain[a\n])" },
		{ MIXED("x") "--x\n\n--x\n--x--\n", "mixed(plain[]plain[])" },
		{ MIXED("x") "--x\n\na -- --x\n --x\n--x--\n", "mixed(plain[a -- --x\n --x])" },
		{ MIXED("x") "--x\n\na\n", "mixed!(plain[a\n])" },
		{ MIXED("x") "no parts", "mixed!()" },
		{ MIXED("x"), "mixed!()" },
		{ MIXED("x") "--x--\n--x\n\na\n", "mixed()" },
		{ MIXED("x") "--x\nSubject: no body\n--x--\n", "mixed(plain[])" },
		/* One boundary begins like the other. */
		{ MIXED("x") "--x\n" MIXED("xy") "--xy\n\na\n--xy--\n--x\n\nb\n--x--\n",
		  "mixed(mixed(plain[a])plain[b])" },
		/* The outer boundary ends an inner multipart that was not closed. */
		{ MIXED("x") "--x\n" MIXED("y") "--y\n\na\n--x\n\nb\n--x--\n",
		  "mixed(mixed!(plain[a])plain[b])" },
		{ RFC822 "Subject: in\n\nbody", "rfc822(plain[body])" },
		{ RFC822 RFC822 "A: b\n\nx", "rfc822(rfc822(plain[x]))" },
		{ MIXED("x") "--x\n" RFC822 MIXED("y") "--y\n\na\n--y--\n--x--\n",
		  "mixed(rfc822(mixed(plain[a])))" },
		{ MIXED("x") "--x\n" RFC822 "--x--\n", "mixed(rfc822(plain[]))" },
		{ "Content-Type: multipart/digest; boundary=x\n\n--x\n\nA: b\n\nin\n--x\n"
		  "Content-Type: text/html\n\nh\n--x--", "digest(rfc822(plain[in])html[h])" },
		{ "Content-Type: multipart/mixed; boundary*=us-ascii''x\n\n--x\n\na\n--x--",
		  "mixed(plain[a])" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++)
		check(i, cases[i].message, NULL, cases[i].expected);
}

static void limits(void **state)
{
	const struct roost_mime_options depth = { .max_depth = 2 }, parts = { .max_parts = 3 };

	check(0, RFC822 RFC822 "A: b\n\nx", &depth, "rfc822(octet-stream*[A: b\n\nx])");
	check(1, MIXED("x") "--x\n" MIXED("y") "--y\n\na\n--x\n\nb\n--x--", &depth,
	      "mixed(octet-stream*[--y\n\na]plain[b])");
	check(2, MIXED("x") "--x\n\na\n--x\n\nb\n--x\n\nc\n--x--", &parts,
	      "mixed*(plain[a]plain[b])");
}

static void spans_count_line_ends(void **state)
{
	static const char message[] = MIXED("x") "--x\r\n\r\na\r\nb\nc\r\n--x--\r\n";
	struct roost_arena *arena = roost_arena_create("test");
	const struct roost_mime *mime = parse(arena, message, sizeof(message) - 1, 100, NULL);
	const struct roost_mime_span *body = &mime->parts[1].body;

	assert_int_equal(mime->count, 2);
	assert_memory_equal(message + body->offset, "a\r\nb\nc", 6);
	assert_int_equal(body->size, 6);
	assert_int_equal(body->lines, 2);
	assert_int_equal(body->bare, 1);
	assert_int_equal(roost_mime_crlf_size(body), 7);
	assert_int_equal(mime->crlf_size, mime->size + 3);
	roost_arena_free(arena);
}

static void flags_of_bytes(void **state)
{
	static const char message[] = MIXED("x") "--x\n\n\xe9\n--x\n\na\0b\n--x\n\nc\n--x--\n";
	struct roost_arena *arena = roost_arena_create("test");
	const struct roost_mime *mime = parse(arena, message, sizeof(message) - 1, 7, NULL);
	const uint32_t bytes = ROOST_MIME_8BIT | ROOST_MIME_NUL;

	assert_int_equal(mime->parts[1].flags & bytes, ROOST_MIME_8BIT);
	assert_int_equal(mime->parts[2].flags & bytes, ROOST_MIME_NUL);
	assert_int_equal(mime->parts[3].flags & bytes, 0);
	assert_int_equal(mime->parts[0].flags & bytes, 0);
	roost_arena_free(arena);
}

/* A multipart's own bytes: what stands before its first part and behind its last. */
static void flags_of_preamble(void **state)
{
	static const char preamble[] = MIXED("x") "a\0b\n--x\n\nc\n--x--\n";
	static const char epilogue[] = MIXED("x") "--x\n\nc\n--x--\na\0b\n";
	static const struct { const char *text; size_t len; } cases[] = {
		{ preamble, sizeof(preamble) - 1 }, { epilogue, sizeof(epilogue) - 1 },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_arena *arena = roost_arena_create("test");
		const struct roost_mime *mime = parse(arena, cases[i].text, cases[i].len, 7, NULL);

		assert_int_equal(mime->parts[0].flags & ROOST_MIME_NUL, ROOST_MIME_NUL);
		assert_int_equal(mime->parts[1].flags & ROOST_MIME_NUL, 0);
		roost_arena_free(arena);
	}
}

/* The tree of RFC 9051 section 6.4.5.1, in small. */
static void part_numbers(void **state)
{
	static const char message[] = MIXED("a") "--a\n\n1\n--a\n\n2\n--a\n" RFC822 MIXED("b")
		"--b\n\n3.1\n--b\n\n3.2\n--b--\n--a\n" MIXED("c") "--c\n\n4.1\n--c\n" RFC822
		"X: y\n\n4.2.1\n--c--\n--a--\n";
	static const struct { uint32_t numbers[4]; size_t count; const char *body; } cases[] = {
		{ { 1 }, 1, "1" }, { { 2 }, 1, "2" }, { { 3, 1 }, 2, "3.1" }, { { 3, 2 }, 2, "3.2" },
		{ { 4, 1 }, 2, "4.1" }, { { 4, 2, 1 }, 3, "4.2.1" }, { { 5 }, 1, NULL },
		{ { 0 }, 1, NULL }, { { 1, 1 }, 2, NULL }, { { 3, 3 }, 2, NULL },
		{ { 4, 2, 2 }, 3, NULL }, { { 4, 2, 1, 1 }, 4, NULL },
	};
	struct roost_arena *arena = roost_arena_create("test");
	const struct roost_mime *mime = parse(arena, message, sizeof(message) - 1, 1000, NULL);

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		uint32_t at = roost_mime_find(mime, cases[i].numbers, cases[i].count);
		const char *body = at == ROOST_MIME_NONE ? NULL :
			roost_arena_strndup(arena, message + mime->parts[at].body.offset,
					    (size_t)mime->parts[at].body.size);

		assert_case(i, body, cases[i].body);
	}
	assert_int_equal(roost_mime_inner(mime, 0), 0);
	assert_int_equal(roost_mime_inner(mime, 1), ROOST_MIME_NONE);
	assert_int_equal(roost_mime_inner(mime, 3), 4);
	assert_int_equal(roost_mime_inner(mime, 1000), ROOST_MIME_NONE);
	roost_arena_free(arena);
}

/* A single part is its own number 1: also inside of a message/rfc822. */
static void number_one_of_a_single_part(void **state)
{
	static const char message[] = RFC822 "X: y\n\nbody";
	struct roost_arena *arena = roost_arena_create("test");
	const struct roost_mime *plain = parse(arena, "X: y\n\nbody", 10, 3, NULL);
	const struct roost_mime *nested = parse(arena, message, sizeof(message) - 1, 3, NULL);
	const uint32_t one[] = { 1, 1, 1 };

	assert_int_equal(roost_mime_find(plain, one, 1), 0);
	assert_int_equal(roost_mime_find(plain, one, 2), ROOST_MIME_NONE);
	assert_int_equal(roost_mime_find(nested, one, 1), 0);
	assert_int_equal(roost_mime_find(nested, one, 2), 1);
	assert_int_equal(roost_mime_find(nested, one, 3), ROOST_MIME_NONE);
	roost_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees), cmocka_unit_test(limits),
		cmocka_unit_test(spans_count_line_ends), cmocka_unit_test(flags_of_bytes),
		cmocka_unit_test(flags_of_preamble),
		cmocka_unit_test(part_numbers), cmocka_unit_test(number_one_of_a_single_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
