/* From bytes to arguments: commands in pieces, literals, what is refused. RFC 9051 section 9, 7888. */
#include <roost/str.h>
#include "modules/imap/imap.h"
#include "tests/unit/unit.h"

/* The tree as text: atoms bare, strings in quotes, literals in angles, lists in brackets. */
static void print(struct roost_str *out, const struct imap_arg *args)
{
	for (const struct imap_arg *arg = args; arg->type != IMAP_ARG_END; arg++) {
		if (arg != args)
			roost_str_byte(out, ' ');
		switch (arg->type) {
		case IMAP_ARG_QUOTED:
			roost_str_printf(out, "'%s'", arg->text);
			break;
		case IMAP_ARG_LITERAL:
			roost_str_printf(out, arg->literal8 ? "~<%s>" : "<%s>", arg->text);
			break;
		case IMAP_ARG_LIST:
			roost_str_byte(out, '[');
			print(out, arg->list);
			roost_str_byte(out, ']');
			assert_int_equal(arg->len, imap_args_count(arg->list));
			break;
		case IMAP_ARG_NIL:
			roost_str_puts(out, "nil");
			break;
		default:
			roost_str_puts(out, arg->text);
			break;
		}
		if (arg->type != IMAP_ARG_LIST)
			assert_int_equal(arg->len, strlen(arg->text));
	}
}

static void arguments(void **state)
{
	static const struct { const char *text, *want; } cases[] = {
		{ "", "" }, { "a", "a" }, { "a b  c ", "a b c" }, { "\"\"", "''" },
		{ "\"a\\\"b\\\\\" x", "'a\"b\\' x" }, { "NIL nil \"NIL\" NILS", "nil nil 'NIL' NILS" },
		{ "()", "[]" }, { "(a (b c) ())", "[a [b c] []]" }, { "(a)(b)", "[a] [b]" },
		{ "1:* (FLAGS BODY.PEEK[HEADER.FIELDS (Subject \"To\")]<0.10>)",
		  "1:* [FLAGS BODY.PEEK[HEADER.FIELDS [Subject 'To'] ]<0.10>]" },
		{ "{3}\r\na\"( x", "<a\"(> x" }, { "{0+}\r\n {2+}\nxy", "<> <xy>" },
		{ "({1}\r\nx)", "[<x>]" }, { "~{2}\r\nab", "~<ab>" }, { "~ x", "~ x" },
		{ "\\Seen $Label1 \\*", "\\Seen $Label1 \\*" }, { "\"gr\xc3\xbc\xc3\x9f\"", "'gr\xc3\xbc\xc3\x9f'" },
		/* what is wrong */
		{ "(", "!Missing ')'" }, { ")", "!Unexpected ')'" }, { "\"a", "!Missing '\"'" },
		{ "\"a\\n\"", "!Escaped character in a string is neither quote nor backslash" },
		{ "a(b)", "!Missing space between arguments" }, { "\"a\"b", "!Missing space between arguments" },
		{ "(a)b", "!Missing space between arguments" }, { "\"a\"\"b\"", "!Missing space between arguments" },
		{ "a\tb", "!Missing space between arguments" }, { "\x7f", "!Invalid character in an atom" },
		{ "\xc3\xbc", "!8bit data in an atom" }, { "{3}\r\nab", "!Literal is incomplete" },
		{ "{}\r\n", "!Invalid literal size" }, { "{1}x", "!Text after the size of a literal" },
		{ "{99999999999999999999999}\r\n", "!Invalid literal size" },
		{ "{1", "!Missing '}' of a literal" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_arena *arena = roost_arena_create("test");
		char *text = roost_arena_strdup(arena, cases[i].text);
		struct roost_str out = ROOST_STR_INIT;
		const struct imap_arg *args;
		const char *error = imap_args_parse(arena, text, strlen(text), &args);

		if (error != NULL)
			roost_str_printf(&out, "!%s", error);
		else
			print(&out, args);
		assert_string_equal(roost_str_text(&out), cases[i].want);
		roost_str_free(&out);
		roost_arena_free(arena);
	}
}

static void nesting_is_limited(void **state)
{
	struct roost_arena *arena = roost_arena_create("test");
	const struct imap_arg *args;
	char text[201];

	memset(text, '(', 100);
	memset(text + 100, ')', 100);
	text[200] = '\0';
	assert_string_equal(imap_args_parse(arena, text, 200, &args), "Too many '('");
	memset(text, '(', IMAP_LIST_DEPTH_MAX);
	memset(text + IMAP_LIST_DEPTH_MAX, ')', IMAP_LIST_DEPTH_MAX);
	assert_null(imap_args_parse(arena, text, 2 * IMAP_LIST_DEPTH_MAX, &args));
	roost_arena_free(arena);
}

static void a_nul_is_no_text(void **state)
{
	struct roost_arena *arena = roost_arena_create("test");
	const struct imap_arg *args;
	char quoted[] = "\"a\0b\"", literal[] = "{3}\r\na\0b", atom[] = "a\0b";

	assert_non_null(imap_args_parse(arena, quoted, sizeof(quoted) - 1, &args));
	assert_non_null(imap_args_parse(arena, literal, sizeof(literal) - 1, &args));
	assert_non_null(imap_args_parse(arena, atom, sizeof(atom) - 1, &args));
	roost_arena_free(arena);
}

/* Feed input in pieces of size; every command's text followed by ';', "L" and "T" for what was refused. */
static void feed(struct imap_intake *intake, const char *input, size_t size, struct roost_str *out)
{
	size_t len = strlen(input), at = 0, end = 0, used;

	while (at < len || end < len) {
		if (at == end)
			end = end + size < len ? end + size : len;
		switch (imap_intake(intake, input + at, end - at, &used)) {
		case IMAP_INTAKE_COMMAND:
			roost_str_append(out, roost_str_text(&intake->text), intake->text.len);
			roost_str_byte(out, ';');
			imap_intake_reset(intake);
			break;
		case IMAP_INTAKE_LITERAL:
			if (intake->text.len + intake->literal <= intake->limit) {
				imap_intake_accept(intake);
				break;
			}
			roost_str_puts(out, "L;");
			imap_intake_skip(intake);
			break;
		case IMAP_INTAKE_TOO_LONG:
			roost_str_puts(out, "T;");
			imap_intake_skip(intake);
			break;
		default:
			break;
		}
		at += used;
	}
}

static void commands_in_any_pieces(void **state)
{
	static const struct { const char *input, *want; } cases[] = {
		{ "a NOOP\r\nb NOOP\n", "a NOOP;b NOOP;" }, { "\r\n\n", ";;" },
		{ "a X {3}\r\n\r\n} y\r\nb\r\n", "a X {3}\r\n\r\n} y;b;" },
		{ "a X {0+}\r\n\r\n", "a X {0+}\r\n;" },
		{ "a X {2+}\r\nab {1+}\r\nc\r\nb\r\n", "a X {2+}\r\nab {1+}\r\nc;b;" },
		{ "a X \"{3}\"\r\n", "a X \"{3}\";" }, { "a {x}\r\n", "a {x};" },
		/* limit is 40: a refused literal that waits is not followed by its bytes */
		{ "a X {100}\r\nb NOOP\r\n", "L;b NOOP;" },
		{ "a X {50+}\r\n01234567890123456789012345678901234567890123456789 {3+}\r\nabc\r\nb\r\n",
		  "L;b;" },
		{ "a X {50+}\r\n01234567890123456789012345678901234567890123456789 {3}\r\nb\r\n", "L;b;" },
		{ "a 0123456789012345678901234567890123456789012345678901234567890123\r\nb\r\n", "T;b;" },
		{ "a 0123456789012345678901234567890123456789012345678901234567890123 {4+}\r\n\n\n\n\n x\r\nb\r\n",
		  "T;b;" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		for (size_t size = 1; size < 120; size += size < 50 ? 1 : 23) {
			struct imap_intake intake = { .limit = 40 };
			struct roost_str out = ROOST_STR_INIT;

			feed(&intake, cases[i].input, size, &out);
			assert_string_equal(roost_str_text(&out), cases[i].want);
			roost_str_free(&out);
			imap_intake_free(&intake);
		}
	}
}

static void tags_and_names(void **state)
{
	static const struct { const char *text, *tag, *name, *rest; } cases[] = {
		{ "a noop", "a", "NOOP", "" }, { "A.1 uId fetch 1", "A.1", "UID", "fetch 1" },
		{ "a LOGIN ", "a", "LOGIN", "" }, { "a", NULL, NULL, NULL }, { "", NULL, NULL, NULL },
		{ " a NOOP", NULL, NULL, NULL }, { "a  NOOP", NULL, NULL, NULL },
		{ "+ NOOP", NULL, NULL, NULL }, { "a* NOOP", NULL, NULL, NULL },
		{ "\"a\" NOOP", NULL, NULL, NULL }, { "a (NOOP)", NULL, NULL, NULL },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		char text[64], *rest;
		const char *tag, *name;
		bool good;

		snprintf(text, sizeof(text), "%s", cases[i].text);
		good = imap_command_split(text, strlen(text), &tag, &name, &rest);
		assert_int_equal(good, cases[i].tag != NULL);
		if (!good)
			continue;
		assert_string_equal(tag, cases[i].tag);
		assert_string_equal(name, cases[i].name);
		assert_string_equal(rest, cases[i].rest);
	}
}

static void numbers(void **state)
{
	uint64_t number;

	assert_true(imap_text_number("0", &number));
	assert_true(imap_text_number("18446744073709551615", &number));
	assert_true(number == UINT64_MAX);
	assert_false(imap_text_number("18446744073709551616", &number));
	assert_false(imap_text_number("", &number));
	assert_false(imap_text_number("1x", &number));
	assert_false(imap_text_number("-1", &number));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments), cmocka_unit_test(nesting_is_limited),
		cmocka_unit_test(a_nul_is_no_text), cmocka_unit_test(commands_in_any_pieces),
		cmocka_unit_test(tags_and_names), cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
