/* New messages in a Maildir: staged, committed, linked. R-MD-2, R-MD-5. */
#include "tests/unit/maildir_world.h"

static void a_saved_message_carries_sizes_date_and_uid(void **state)
{
	struct roost_save_options options = { .internaldate = 1000000000123456 };
	const char *key = save(&box, "a: b\n\nx\r\ny\n", &options);
	struct stat st;

	assert_non_null(strstr(key, ",S=11,W=14,U=77-1"));
	assert_string_equal(names_in(&box, "tmp"), "");
	assert_string_equal(names_in(&box, "cur"), "");
	assert_int_equal(stat(in(&box, roost_arena_printf(arena, "new/%s", key)), &st), 0);
	assert_int_equal(st.st_mtime, 1000000000);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_string_equal(read_key(&box, key), "a: b\n\nx\r\ny\n");
	/* Flags and the vsize that the caller knows. */
	options = (struct roost_save_options){ .flags = ROOST_FLAG_SEEN | ROOST_FLAG_DRAFT, .vsize = 99 };
	key = save(&box, "x", &options);
	assert_non_null(strstr(key, ",S=1,W=99,U=77-2"));
	assert_true(there(&box, roost_arena_printf(arena, "cur/%s:2,DS", key)));
}

static void many_are_visible_together_or_not_at_all(void **state)
{
	struct roost_save_options options = { 0 };
	struct roost_staged *staged[3];
	const uint32_t uids[] = { 5, 6, 7 };
	const char *keys[3];

	for (int i = 0; i < 3; i++)
		staged[i] = stage(&box, "x\n", &options);
	assert_string_equal(names_in(&box, "new"), "");
	assert_int_equal(ops->sync(&box, staged, 3, &err), 0);
	/* The last one is lost: none of them appears. */
	unlink(in(&box, roost_arena_printf(arena, "tmp/%s", (const char *)staged[2])));
	assert_int_equal(ops->commit(&box, staged, uids, 3, arena, keys, &err), -1);
	for (int i = 0; i < 3; i++)
		ops->abort(&box, staged[i]);
	assert_string_equal(names_in(&box, "new"), "");
	assert_string_equal(names_in(&box, "tmp"), "");
	for (int i = 0; i < 3; i++)
		staged[i] = stage(&box, "x\n", &options);
	assert_int_equal(ops->sync(&box, staged, 3, &err), 0);
	assert_int_equal(ops->commit(&box, staged, uids, 3, arena, keys, &err), 0);
	for (int i = 0; i < 3; i++)
		assert_string_equal(read_key(&box, keys[i]), "x\n");
	assert_non_null(strstr(keys[2], ",U=77-7"));
}

static void copies_are_links(void **state)
{
	struct roost_save_options options = { .internaldate = 1000000000000000 };
	struct roost_staged *staged;
	const char *key, *copy;
	struct stat st;
	uint32_t uid = 4;

	assert_int_equal(ops->create(&user, root, "A", &err), 0);
	open_box(&other, "A");
	key = save(&box, "x\n", &options);
	options.flags = ROOST_FLAG_SEEN;
	assert_int_equal(ops->copy_from(&other, &box, key, &options, &staged, &err), 0);
	assert_int_equal(ops->sync(&other, &staged, 1, &err), 0);
	assert_int_equal(ops->commit(&other, &staged, &uid, 1, arena, &copy, &err), 0);
	assert_non_null(strstr(copy, ",S=2,W=3,U=77-4"));
	assert_int_equal(stat(in(&other, roost_arena_printf(arena, "cur/%s:2,S", copy)), &st), 0);
	assert_int_equal(st.st_nlink, 2);
	assert_int_equal(ops->remove(&box, &key, 1, &err), 0);
	assert_string_equal(read_key(&other, copy), "x\n");
	/* What cannot be a link. */
	options.internaldate = 1;
	assert_int_equal(ops->copy_from(&box, &other, copy, &options, &staged, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_UNSUPPORTED);
	assert_int_equal(ops->copy_from(&box, &other, "1.no", &options, &staged, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_EXPUNGED);
	settings.hardlinks = false;
	assert_int_equal(ops->copy_from(&box, &other, copy, &options, &staged, &err), -1);
	assert_string_equal(names_in(&box, "tmp"), "");
}

static void permissions_come_from_above(void **state)
{
	struct stat st;

	chmod(root, 0770);
	assert_int_equal(ops->create(&user, root, "Shared", &err), 0);
	assert_int_equal(stat(in(&box, ".Shared/new"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0770);
	open_box(&other, "Shared");
	save(&other, "x\n", &(struct roost_save_options){ .flags = ROOST_FLAG_SEEN });
	assert_int_equal(stat(in(&other, roost_arena_printf(arena, "cur/%.*s",
		(int)strcspn(names_in(&other, "cur"), " "), names_in(&other, "cur"))), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_saved_message_carries_sizes_date_and_uid),
		TEST(many_are_visible_together_or_not_at_all),
		TEST(copies_are_links),
		TEST(permissions_come_from_above),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
