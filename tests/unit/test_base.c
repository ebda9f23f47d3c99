/* The containers and converters of core/base. */
#include <errno.h>
#include <roost/arena.h>
#include <roost/encode.h>
#include <roost/error.h>
#include <roost/map.h>
#include <roost/str.h>
#include <roost/utf8.h>
#include <roost/vec.h>
#include "tests/unit/unit.h"

static void count_call(void *context)
{
	++*(int *)context;
}

static void arena_keeps_what_it_gave(void **state)
{
	struct roost_arena *arena = roost_arena_create("test");
	char *first = roost_arena_strdup(arena, "first");
	int calls = 0;

	for (int i = 0; i < 1000; i++)
		memset(roost_arena_alloc(arena, 100), 0xee, 100);
	assert_string_equal(first, "first");
	assert_string_equal(roost_arena_printf(arena, "%d-%s", 7, "x"), "7-x");
	assert_true(roost_arena_size(arena) >= 100000);
	roost_arena_cleanup(arena, count_call, &calls);
	roost_arena_reset(arena);
	assert_int_equal(calls, 1);
	assert_true(roost_arena_size(arena) <= 2048);
	assert_null(roost_arena_strdup(arena, NULL));
	roost_arena_free(arena);
	assert_int_equal(calls, 1);
}

static void str_grows_shifts_and_stays_terminated(void **state)
{
	struct roost_str str = ROOST_STR_INIT;

	assert_string_equal(roost_str_text(&str), "");
	for (int i = 0; i < 100; i++)
		roost_str_number(&str, (uint64_t)i);
	roost_str_printf(&str, "<%s>", "end");
	assert_int_equal(str.len, 10 + 90 * 2 + 5);
	assert_string_equal(str.data + str.len - 5, "<end>");
	roost_str_shift(&str, 190);
	assert_string_equal(str.data, "<end>");
	roost_str_truncate(&str, 2);
	assert_string_equal(str.data, "<e");
	roost_str_number(&str, UINT64_MAX);
	assert_string_equal(str.data, "<e18446744073709551615");
	roost_str_free(&str);
}

static void vec_grows(void **state)
{
	ROOST_VEC(uint32_t) numbers = { 0 };

	for (uint32_t i = 0; i < 1000; i++)
		roost_vec_push(&numbers, i * 3);
	assert_int_equal(numbers.count, 1000);
	assert_int_equal(numbers.items[999], 2997);
	roost_vec_free(&numbers);
	assert_null(numbers.items);
}

static void map_finds_replaces_removes_in_order(void **state)
{
	struct roost_map *map = roost_map_create();
	char key[16];
	size_t position = 0;
	const char *name;
	void *value;
	int seen = 0;

	assert_null(roost_map_get(map, "nothing"));
	for (uintptr_t i = 1; i <= 500; i++) {
		snprintf(key, sizeof(key), "key%d", (int)i);
		assert_null(roost_map_set(map, key, (void *)i));
	}
	assert_int_equal((uintptr_t)roost_map_set(map, "key7", (void *)7000), 7);
	for (int i = 2; i <= 500; i += 2) {
		snprintf(key, sizeof(key), "key%d", i);
		assert_int_equal((uintptr_t)roost_map_remove(map, key), i);
		assert_null(roost_map_remove(map, key));
	}
	for (uintptr_t i = 1000; i < 1500; i++) {
		snprintf(key, sizeof(key), "key%d", (int)i);
		assert_null(roost_map_set(map, key, (void *)i));
		assert_int_equal((uintptr_t)roost_map_remove(map, key), i);
	}
	assert_int_equal(roost_map_count(map), 250);
	while (roost_map_next(map, &position, &name, &value)) {
		snprintf(key, sizeof(key), "key%d", 1 + 2 * seen++);
		assert_string_equal(name, key);
	}
	assert_int_equal(seen, 250);
	assert_int_equal((uintptr_t)roost_map_get(map, "key7"), 7000);
	roost_map_free(map);
}

static void errors_keep_the_private_part_private(void **state)
{
	struct roost_error err = { 0 };

	errno = ENOENT;
	assert_int_equal(roost_fail_errno(&err, "open %s", "/secret"), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
	assert_null(strstr(err.text, "secret"));
	assert_string_equal(err.detail, "open /secret: No such file or directory");
	roost_fail_prefix(&err, "maildir %s", "INBOX");
	assert_string_equal(roost_error_log(&err),
			    "maildir INBOX: open /secret: No such file or directory");
	roost_fail(&err, ROOST_ERR_INVALID, "%0300d\xc3\xa9", 1);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_int_equal(roost_fail(NULL, ROOST_ERR_TEMP, "x"), -1);
}

static void utf8_knows_good_from_bad(void **state)
{
	static const struct { const char *text; bool valid; } cases[] = {
		{ "", true }, { "abc", true }, { "\xc3\xa9", true }, { "\xf0\x9f\x98\x80", true },
		{ "\xc3", false }, { "\xa9", false }, { "\xc0\x80", false }, { "\xe0\x80\x80", false },
		{ "\xed\xa0\x80", false }, { "\xf4\x90\x80\x80", false }, { "\xff", false },
	};
	char out[4];

	for (size_t i = 0; i < ROOST_COUNT(cases); i++)
		assert_int_equal(roost_utf8_valid(cases[i].text, strlen(cases[i].text)),
				 cases[i].valid);
	assert_int_equal(roost_utf8_count("a\xc3\xa9z", 4), 3);
	assert_int_equal(roost_utf8_cut("a\xc3\xa9z", 4, 2), 1);
	assert_int_equal(roost_utf8_cut("a\xc3\xa9z", 4, 3), 3);
	assert_int_equal(roost_utf8_cut("abc", 3, 9), 3);
	assert_int_equal(roost_utf8_encode(0x1f600, out), 4);
	assert_memory_equal(out, "\xf0\x9f\x98\x80", 4);
	assert_int_equal(roost_utf8_encode(0xd800, out), 0);
}

static void base64_and_hex_are_strict(void **state)
{
	static const struct { const char *plain, *coded; } pairs[] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "\xff\xfe", "//4=" },
	};
	static const char *const bad[] = { "Z", "Zg=", "Zg", "Zh==", "Z===", "Zm 9", "====", "Zg==Zg==" };
	struct roost_str out = ROOST_STR_INIT;
	struct roost_error err;

	for (size_t i = 0; i < ROOST_COUNT(pairs); i++) {
		roost_str_truncate(&out, 0);
		roost_base64_encode(&out, pairs[i].plain, strlen(pairs[i].plain));
		assert_string_equal(roost_str_text(&out), pairs[i].coded);
		roost_str_truncate(&out, 0);
		assert_int_equal(roost_base64_decode(&out, pairs[i].coded,
						     strlen(pairs[i].coded), &err), 0);
		assert_string_equal(roost_str_text(&out), pairs[i].plain);
	}
	roost_str_truncate(&out, 0);
	for (size_t i = 0; i < ROOST_COUNT(bad); i++)
		assert_int_equal(roost_base64_decode(&out, bad[i], strlen(bad[i]), &err), -1);
	assert_int_equal(out.len, 0);
	roost_hex_encode(&out, "\x01\xab", 2);
	assert_string_equal(out.data, "01ab");
	roost_str_truncate(&out, 0);
	assert_int_equal(roost_hex_decode(&out, "01AB", 4, &err), 0);
	assert_memory_equal(out.data, "\x01\xab", 2);
	assert_int_equal(roost_hex_decode(&out, "0", 1, &err), -1);
	assert_int_equal(roost_hex_decode(&out, "0g", 2, &err), -1);
	roost_str_free(&out);
}

static void tab_lines_survive_a_round_trip(void **state)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_tab_escape(&out, "a\tb\nc\rd\001e");
	assert_string_equal(out.data, "a\001tb\001nc\001rd\0011e");
	assert_string_equal(roost_tab_unescape(out.data), "a\tb\nc\rd\001e");
	roost_str_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_keeps_what_it_gave),
		cmocka_unit_test(str_grows_shifts_and_stays_terminated),
		cmocka_unit_test(vec_grows),
		cmocka_unit_test(map_finds_replaces_removes_in_order),
		cmocka_unit_test(errors_keep_the_private_part_private),
		cmocka_unit_test(utf8_knows_good_from_bad),
		cmocka_unit_test(base64_and_hex_are_strict),
		cmocka_unit_test(tab_lines_survive_a_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
