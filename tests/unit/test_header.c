/* Header blocks: RFC 5322 section 2.2. */
#include <roost/header.h>
#include <roost/str.h>
#include "message.h"

/* Fields as "name=value;", both as written, line ends as '/'. */
static void walks(void **state)
{
	static const struct { const char *block, *expected; } cases[] = {
		{ "", "" }, { "\n", "" }, { "\r\nA: b\r\n", "" },
		{ "A: b\n", "A= b;" }, { "A: b", "A= b;" }, { "A:b\r\nC: d\r\n\r\nE: f", "A=b;C= d;" },
		{ "A: b\n c\r\n\td\nE:\n", "A= b/ c/\td;E=;" },
		{ "A : b\n", "A= b;" }, { "From x\nA: b\n", "=From x;A= b;" },
		{ "no colon\n more\nA: b\n", "=no colon/ more;A= b;" },
		{ ": empty\n", "=: empty;" }, { " lead\nA: b\n", "= lead;A= b;" },
		{ "\xc3\xa9: x\n", "=\xc3\xa9: x;" }, { "A: \xe9\n", "A= \xe9;" },
		{ "A: b\r\r\n", "A= b\r;" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_header header = roost_header_walk(cases[i].block,
							       strlen(cases[i].block));
		struct roost_header_field field;
		struct roost_str out = ROOST_STR_INIT;
		size_t end = 0;

		while (roost_header_next(&header, &field)) {
			assert_int_equal(field.offset, end);
			end = field.end;
			roost_str_append(&out, field.name.data, field.name.len);
			roost_str_byte(&out, '=');
			for (size_t k = 0; k < field.value.len; k++) {
				char c = field.value.data[k];

				if (c == '\r' && k + 1 < field.value.len &&
				    field.value.data[k + 1] == '\n')
					continue;
				roost_str_byte(&out, c == '\n' ? '/' : c);
			}
			roost_str_byte(&out, ';');
		}
		assert_case(i, roost_str_text(&out), cases[i].expected);
		roost_str_free(&out);
	}
}

static void finding_and_unfolding(void **state)
{
	static const char block[] = "a: 1\r\nSubject:  one\r\n\ttwo \r\nSUBJECT: three\n\nX: no\n";
	struct roost_arena *arena = roost_arena_create("test");
	struct roost_text found = roost_header_find(block, sizeof(block) - 1, "subject");
	struct roost_text line = roost_header_unfold(arena, found);

	assert_int_equal(line.len, 7);
	assert_memory_equal(line.data, "one\ttwo", 7);
	assert_null(roost_header_find(block, sizeof(block) - 1, "X").data);
	assert_null(roost_header_find(block, sizeof(block) - 1, "Sub").data);
	assert_int_equal(roost_header_length(block, sizeof(block) - 1), sizeof(block) - 1 - 6);
	assert_int_equal(roost_header_length("a: b", 4), 4);
	assert_int_equal(roost_header_length("", 0), 0);
	line = roost_header_unfold(arena, (struct roost_text){ " a\0b ", 5 });
	assert_int_equal(line.len, 2);
	roost_arena_free(arena);
}

static void message_ids(void **state)
{
	static const struct { const char *value, *expected; } cases[] = {
		{ "", "" }, { "<a@b>", "a@b;" }, { "<a@b> <c@d>", "a@b;c@d;" },
		{ "<a@b>\r\n\t<c@d>", "a@b;c@d;" }, { "x <a@b> y", "a@b;" },
		{ "(<no@no>) <a@b>", "a@b;" }, { "\"<no@no>\" <a@b>", "a@b;" }, { "<>", "" },
		{ "<open", "" }, { "< a@b >", "a@b;" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_text text = text_of(cases[i].value), id;
		struct roost_str out = ROOST_STR_INIT;

		while (roost_header_message_id(&text, &id)) {
			roost_str_append(&out, id.data, id.len);
			roost_str_byte(&out, ';');
		}
		assert_case(i, roost_str_text(&out), cases[i].expected);
		roost_str_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks), cmocka_unit_test(finding_and_unfolding),
		cmocka_unit_test(message_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
