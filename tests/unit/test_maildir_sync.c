/* A Maildir that others change: scans, flags, moved files, stamps. R-MD-2, R-MD-4. */
#include <time.h>
#include "tests/unit/maildir_world.h"

static void a_scan_tells_what_names_tell(void **state)
{
	struct roost_scan scan;

	put(&box, "dovecot-keywords", "0 $Junk\n1 work\n");
	put(&box, "new/20.M5P1.h", "new\n");
	put(&box, "new/20.M4P1.h,S=4,W=5,U=77-9", "new\n");
	put(&box, "cur/10.h:2,FPRSTabz", "old\n");
	put(&box, "cur/.hidden", "");
	assert_int_equal(mkdir(in(&box, "cur/folder"), 0700), 0);
	keyword(&box, "elsewhere");
	scan = scan_box(&box, false);
	assert_int_equal(scan.found.count, 3);
	assert_string_equal(scan.found.items[0].key, "10.h");
	assert_int_equal(scan.found.items[0].found.flags, ROOST_FLAG_FLAGGED | ROOST_FLAG_ANSWERED |
			 ROOST_FLAG_SEEN | ROOST_FLAG_DELETED);
	assert_string_equal(box.keywords[1], "$Forwarded");
	assert_string_equal(box.keywords[2], "$Junk");
	assert_string_equal(box.keywords[3], "work");
	assert_int_equal(scan.found.items[0].found.keywords, 0xe);
	assert_true((scan.found.items[0].found.keywords_hidden & 0xf) == 1);
	assert_false(scan.found.items[0].found.recent);
	assert_int_equal(scan.found.items[0].found.size, 4);
	assert_true(scan.found.items[0].found.internaldate > 1000000);
	assert_string_equal(scan.found.items[1].key, "20.M4P1.h,S=4,W=5,U=77-9");
	assert_int_equal(scan.found.items[1].uid, 9);
	assert_int_equal(scan.found.items[1].found.vsize, 5);
	assert_true(scan.found.items[1].found.recent);
	assert_string_equal(scan.found.items[2].key, "20.M5P1.h");
	learn(&box, &scan);
	/* What is known costs no stat: the date stays out. */
	scan = scan_box(&box, false);
	assert_int_equal(scan.found.count, 3);
	assert_int_equal(scan.found.items[0].found.internaldate, 0);
	roost_vec_free(&scan.found);
}

static void flags_are_shown_to_others(void **state)
{
	struct roost_save_options options = { 0 };
	const char *key = save(&box, "x\n", &options);
	struct roost_flag_change change = { .key = key };
	const char *name;

	/* Nothing to show: it stays in new. */
	assert_int_equal(ops->flags(&box, &change, 1, arena, &err), 0);
	assert_true(there(&box, roost_arena_printf(arena, "new/%s", key)));
	keyword(&box, "late");
	keyword(&box, "$Forwarded");
	change = (struct roost_flag_change){ .key = key, .flags = ROOST_FLAG_SEEN, .keywords = 3 };
	assert_int_equal(ops->flags(&box, &change, 1, arena, &err), 0);
	assert_null(change.new_key);
	assert_true(there(&box, roost_arena_printf(arena, "cur/%s:2,PSab", key)));
	assert_string_equal(get(&box, "dovecot-keywords"), "0 late\n1 $Forwarded\n");
	assert_false(there(&box, "dovecot-keywords.lock"));
	/* Another program adds a flag of its own and a letter without a name: both stay. */
	name = in(&box, roost_arena_printf(arena, "cur/%s:2,PSab", key));
	assert_int_equal(rename(name, in(&box, roost_arena_printf(arena, "cur/%s:2,PSXabz", key))), 0);
	change.flags = ROOST_FLAG_FLAGGED;
	change.keywords = 0;
	assert_int_equal(ops->flags(&box, &change, 1, arena, &err), 0);
	assert_true(there(&box, roost_arena_printf(arena, "cur/%s:2,FXz", key)));
	assert_string_equal(read_key(&box, key), "x\n");
	/* A message that is gone is no error. */
	change.key = "1.nobody";
	assert_int_equal(ops->flags(&box, &change, 1, arena, &err), 0);
}

static void more_keywords_than_letters(void **state)
{
	struct roost_save_options options = { 0 };
	const char *key = save(&box, "x\n", &options);
	struct roost_flag_change change = { .key = key };
	struct roost_scan scan;

	for (int i = 0; i < 30; i++) {
		keyword(&box, roost_arena_printf(arena, "k%d", i));
		change.keywords |= UINT64_C(1) << i;
	}
	assert_int_equal(ops->flags(&box, &change, 1, arena, &err), 0);
	assert_true(there(&box, roost_arena_printf(arena, "cur/%s:2,abcdefghijklmnopqrstuvwxyz", key)));
	scan = scan_box(&box, false);
	assert_int_equal(scan.found.items[0].found.keywords, (1u << 26) - 1);
	assert_true(scan.found.items[0].found.keywords_hidden == ~(uint64_t)((1u << 26) - 1));
	roost_vec_free(&scan.found);
}

static void files_are_found_where_others_moved_them(void **state)
{
	const char *key;
	struct roost_save_options options = { 0 };
	struct roost_scan scan;

	key = save(&box, "x\n", &options);
	scan = scan_box(&box, false);
	learn(&box, &scan);
	rename(in(&box, roost_arena_printf(arena, "new/%s", key)),
	       in(&box, roost_arena_printf(arena, "cur/%s:2,TF", key)));
	assert_string_equal(read_key(&box, key), "x\n");
	rename(in(&box, roost_arena_printf(arena, "cur/%s:2,TF", key)),
	       in(&box, roost_arena_printf(arena, "cur/%s", key)));
	assert_string_equal(read_key(&box, key), "x\n");
	assert_int_equal(ops->remove(&box, &key, 1, &err), 0);
	assert_string_equal(names_in(&box, "cur"), "");
	assert_null(read_key(&box, key));
	assert_int_equal(err.kind, ROOST_ERR_EXPUNGED);
	assert_int_equal(ops->remove(&box, &key, 1, &err), 0);
	/* A damaged index does not lead out of the mailbox. */
	assert_null(read_key(&box, "../../etc/passwd"));
	assert_int_equal(err.kind, ROOST_ERR_EXPUNGED);
	/* Symbolic links and fifos are no messages. */
	assert_int_equal(symlink("/etc/passwd", in(&box, "cur/9.h:2,")), 0);
	assert_null(read_key(&box, "9.h"));
}

static void doubles_get_names_of_their_own(void **state)
{
	struct roost_scan scan;

	put(&box, "cur/5.h:2,", "one");
	put(&box, "cur/5.h:2,S", "two");
	scan = scan_box(&box, false);
	assert_int_equal(scan.found.count, 2);
	assert_int_not_equal(strcmp(scan.found.items[0].key, scan.found.items[1].key), 0);
	learn(&box, &scan);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(strlen(read_key(&box, box.known[i].key)), 3);
	/* Two links to one message are one message. */
	put(&box, "new/6.h", "three");
	assert_int_equal(link(in(&box, "new/6.h"), in(&box, "cur/6.h:2,S")), 0);
	scan = scan_box(&box, false);
	assert_int_equal(scan.found.count, 3);
	roost_vec_free(&scan.found);
}

static void stamps_notice_deliveries_and_renames(void **state)
{
	uint64_t before[4], after[4];
	bool settled;
	const struct timespec old[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };

	utimensat(box.dir, "new", old, 0);
	utimensat(box.dir, "cur", old, 0);
	assert_int_equal(ops->stamp(&box, before, &settled, &err), 0);
	assert_true(settled);
	put(&box, "new/1.h", "x");
	assert_int_equal(ops->stamp(&box, after, &settled, &err), 0);
	assert_false(settled);
	assert_int_not_equal(memcmp(before, after, sizeof(before)), 0);
	/* A store without its folders gets them back. */
	rename(in(&box, "new"), in(&box, "gone"));
	assert_int_equal(ops->stamp(&box, after, &settled, &err), 0);
	assert_true(there(&box, "new"));
}

static void leftovers_in_tmp_go_after_36_hours(void **state)
{
	struct timespec times[2];

	settings.temp_scan_interval = INT64_C(7 * 86400) * 1000000;
	close_box(&box);
	open_box(&box, "INBOX");
	put(&box, "tmp/1.h", "x");
	times[0].tv_sec = times[1].tv_sec = time(NULL) - 8 * 86400;
	times[0].tv_nsec = times[1].tv_nsec = 0;
	utimensat(box.dir, "tmp/1.h", times, 0);
	utimensat(box.dir, "tmp", times, 0);
	maildir_clean_tmp(box.state);
	/* Its ctime is young: somebody may be about to use it. */
	assert_true(there(&box, "tmp/1.h"));
	assert_true(there(&box, "tmp"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_scan_tells_what_names_tell),
		TEST(flags_are_shown_to_others),
		TEST(more_keywords_than_letters),
		TEST(files_are_found_where_others_moved_them),
		TEST(doubles_get_names_of_their_own),
		TEST(stamps_notice_deliveries_and_renames),
		TEST(leftovers_in_tmp_go_after_36_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
