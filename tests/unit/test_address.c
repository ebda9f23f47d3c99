/* Address lists: RFC 5322 sections 3.4 and 4.4. */
#include <roost/address.h>
#include "message.h"

static void describe(struct roost_str *out, const struct roost_address_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct roost_address *a = &list->items[i];

		switch (a->kind) {
		case ROOST_ADDRESS_GROUP:
			roost_str_printf(out, "{%s:", a->name);
			break;
		case ROOST_ADDRESS_GROUP_END:
			roost_str_puts(out, "}");
			break;
		case ROOST_ADDRESS_INVALID:
			roost_str_printf(out, "?%.*s;", (int)a->raw.len, a->raw.data);
			break;
		default:
			roost_str_printf(out, "%s|%s|%s|%s;", a->name == NULL ? "-" : a->name,
					 a->route == NULL ? "-" : a->route, a->local, a->domain);
		}
	}
}

static void lists(void **state)
{
	static const struct { const char *value, *expected; } cases[] = {
		{ "", "" },
		{ " \r\n ", "" },
		{ "a@b.c", "-|-|a|b.c;" },
		{ "Ann Lee <ann@b.c>", "Ann Lee|-|ann|b.c;" },
		{ "\"Lee, Ann\" <ann@b.c>", "Lee, Ann|-|ann|b.c;" },
		{ "\"A \\\"B\\\" \\\\C\" <a@b.c>", "A \"B\" \\C|-|a|b.c;" },
		{ "a@b.c, d@e.f", "-|-|a|b.c;-|-|d|e.f;" },
		{ "a@b.c,, ,\r\n d@e.f,", "-|-|a|b.c;-|-|d|e.f;" },
		{ "<>", "-|-||;" },
		{ "root", "-|-|root|;" },
		{ "Joe Q. Public <j@b.c>", "Joe Q. Public|-|j|b.c;" },
		{ "j@b.c (Joe (the one) P)", "Joe (the one) P|-|j|b.c;" },
		{ "\"a b\"@c.d", "-|-|a b|c.d;" },
		{ "a@[127.0.0.1]", "-|-|a|[127.0.0.1];" },
		{ "a @ b . c", "-|-|a|b.c;" },
		{ "<@x.y,@z:a@b.c>", "-|@x.y,@z|a|b.c;" },
		{ "Friends: a@b.c, Ann <d@e.f>;", "{Friends:-|-|a|b.c;Ann|-|d|e.f;}" },
		{ "Nobody:;", "{Nobody:}" },
		{ "Open: a@b.c", "{Open:-|-|a|b.c;}" },
		{ "One:a@b.c;, Two:;", "{One:-|-|a|b.c;}{Two:}" },
		{ "Pete(a \\) nice chap) <pete(his account)@silly.test(his host)>",
		  "Pete|-|pete|silly.test;" },
		{ "J\xc3\xb6rg <j\xc3\xb6rg@b.c>", "J\xc3\xb6rg|-|j\xc3\xb6rg|b.c;" },
		{ "=?utf-8?q?J=C3=B6rg?= <j@b.c>", "=?utf-8?q?J=C3=B6rg?=|-|j|b.c;" },
		{ "two words, a@b.c", "?two words;-|-|a|b.c;" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_arena *arena = roost_arena_create("test");
		struct roost_str out = ROOST_STR_INIT;
		struct roost_address_list list;

		roost_address_parse(arena, text_of(cases[i].value), &list);
		describe(&out, &list);
		assert_case(i, roost_str_text(&out), cases[i].expected);
		roost_str_free(&out);
		roost_arena_free(arena);
	}
}

static void only_strict_addresses_count_as_one(void **state)
{
	static const struct { const char *value; bool good; } cases[] = {
		{ "a@b.c", true }, { " a@b.c ", true }, { "\"a b\"@c.d", true },
		{ "Ann <a@b.c>", true }, { "<a@b.c>", true }, { "a@[1.2.3.4]", true },
		{ "", false }, { "a", false }, { "@b.c", false }, { "a@", false },
		{ "a@b.c,", false }, { "a@b.c, d@e.f", false }, { "a b@c.d", false },
		{ ".a@b.c", false }, { "a..b@c.d", false }, { "a@b..c", false },
		{ "<@x:a@b.c>", false }, { "G: a@b.c;", false }, { "<a@b.c", false },
		{ "<>", false }, { "a@b.c x", false }, { "\"a@b.c", false },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_arena *arena = roost_arena_create("test");
		struct roost_address address;
		bool good = roost_address_parse_one(arena, text_of(cases[i].value), &address);

		if (good != cases[i].good)
			fail_msg("%s: %d", cases[i].value, good);
		roost_arena_free(arena);
	}
}

static void written_with_quotes_where_needed(void **state)
{
	static const struct { const char *value, *expected; } cases[] = {
		{ "a@b.c", "a@b.c" },
		{ "Ann <a@b.c>", "Ann <a@b.c>" },
		{ "\"Lee, Ann\" <a@b.c>", "\"Lee, Ann\" <a@b.c>" },
		{ "\"a\\\"b\"@c.d", "\"a\\\"b\"@c.d" },
		{ "\"plain\"@c.d", "plain@c.d" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_arena *arena = roost_arena_create("test");
		struct roost_str out = ROOST_STR_INIT;
		struct roost_address_list list;

		roost_address_parse(arena, text_of(cases[i].value), &list);
		assert_int_equal(list.count, 1);
		roost_address_write_full(&out, &list.items[0]);
		assert_case(i, roost_str_text(&out), cases[i].expected);
		roost_str_free(&out);
		roost_arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(only_strict_addresses_count_as_one),
		cmocka_unit_test(written_with_quotes_where_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
