/* Names of files in a Maildir, and the table of where each is. R-MD-2. */
#include "tests/unit/maildir_world.h"

static void names_are_taken_apart(void **state)
{
	static const struct { const char *name; size_t base; uint64_t size, vsize; uint32_t validity, uid; }
	cases[] = {
		{ "1.M2P3.h,S=10,W=12:2,S", 16 + 1, 10, 12, 0, 0 }, { "x", 1, 0, 0, 0, 0 },
		{ "1.h,U=77-5,S=1:2,", 14, 1, 0, 77, 5 }, { "1.h,S=1x,W=,U=7:2,", 15, 0, 0, 0, 0 },
		{ "1.h,U=0-5,U=4294967296-1", 24, 0, 0, 0, 0 }, { "1.h,S=99999999999999999999", 26, 0, 0, 0, 0 },
		{ "1.h,,S=3,", 9, 3, 0, 0, 0 },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		size_t len = maildir_base_len(cases[i].name);
		struct maildir_fields fields = maildir_fields(cases[i].name, len);

		if (i != 0)
			assert_int_equal(len, cases[i].base);
		assert_int_equal(fields.size, cases[i].size);
		assert_int_equal(fields.vsize, cases[i].vsize);
		assert_int_equal(fields.uidvalidity, cases[i].validity);
		assert_int_equal(fields.uid, cases[i].uid);
	}
}

static void infos_keep_what_is_not_ours(void **state)
{
	static const struct { const char *info; uint32_t bits; bool plain; const char *path; } cases[] = {
		{ ":2,", 0, true, "cur/b:2,F" }, { ":2,DS", MAILDIR_D | MAILDIR_S, true, "cur/b:2,F" },
		{ ":2,SD", MAILDIR_D | MAILDIR_S, false, "cur/b:2,F" },
		{ ":2,SXab", MAILDIR_S | MAILDIR_LETTER(0) | MAILDIR_LETTER(1), false, "cur/b:2,FX" },
		{ ":2,S,tail", MAILDIR_S, false, "cur/b:2,F,tail" },
		{ ":1,S", 0, false, "cur/b:2,F" }, { "", 0, false, "cur/b:2,F" },
		{ ":2,SS", MAILDIR_S, false, "cur/b:2,F" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		char path[MAILDIR_PATH_MAX];
		uint32_t bits;

		assert_int_equal(maildir_info_parse(cases[i].info, &bits), cases[i].plain);
		assert_int_equal(bits, cases[i].bits);
		maildir_path(path, "b", MAILDIR_F, cases[i].info);
		assert_string_equal(path, cases[i].path);
	}
}

static void the_table_finds_what_was_put(void **state)
{
	struct maildir_table table = { 0 };
	char base[32], path[64];

	for (int i = 0; i < 5000; i++) {
		snprintf(base, sizeof(base), "%d.host", i);
		snprintf(path, sizeof(path), i % 7 == 0 ? "cur/%s:2,TS" : i % 2 ? "new/%s" : "cur/%s:2,S", base);
		maildir_table_put(&table, base, path, 0);
	}
	for (int i = 0; i < 5000; i += 3) {
		snprintf(base, sizeof(base), "%d.host", i);
		maildir_table_remove(&table, base);
	}
	for (int i = 0; i < 5000; i++) {
		const struct maildir_entry *entry;
		char found[MAILDIR_PATH_MAX];

		snprintf(base, sizeof(base), "%d.host", i);
		snprintf(path, sizeof(path), i % 7 == 0 ? "cur/%s:2,TS" : i % 2 ? "new/%s" : "cur/%s:2,S", base);
		entry = maildir_table_find(&table, base);
		assert_int_equal(entry != NULL, i % 3 != 0);
		if (entry == NULL)
			continue;
		maildir_entry_path(&table, entry, base, found);
		assert_string_equal(found, path);
	}
	maildir_table_free(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_taken_apart),
		cmocka_unit_test(infos_keep_what_is_not_ours),
		cmocka_unit_test(the_table_finds_what_was_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
