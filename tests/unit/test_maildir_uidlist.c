/* UIDs that other servers kept of a Maildir: adopted, and exported for their return. R-MD-3. */
#include <time.h>
#include "tests/unit/maildir_world.h"

static void adoption_from_uidlist_3(void **state)
{
	struct roost_scan scan;

	put(&box, "dovecot-uidlist", "3 V1234 N105 Gfeed\n"
	    "7 W30 G00112233445566778899aabbccddeeff :100.h:2,S\n9 :300.h,S=2\n8 :999.h\n20 Pold O3 :200.h\n");
	put(&box, "dovecot-keywords", "0 first\n3 fourth\n");
	put(&box, "cur/100.h:2,Sd", "x\n");
	put(&box, "cur/200.h:2,", "x\n");
	put(&box, "new/300.h,S=2", "x\n");
	put(&box, "new/250.h,U=1234-9", "x\n");
	scan = scan_box(&box, true);
	assert_int_equal(scan.uidvalidity, 1234);
	assert_int_equal(scan.uidnext, 105);
	assert_string_equal(box.keywords[0], "first");
	assert_string_equal(box.keywords[1], "fourth");
	assert_int_equal(scan.found.count, 4);
	assert_int_equal(scan.found.items[0].uid, 7);
	assert_int_equal(scan.found.items[0].found.vsize, 30);
	assert_int_equal(scan.found.items[0].found.guid[15], 0xff);
	assert_int_equal(scan.found.items[0].found.keywords, 2);
	assert_int_equal(scan.found.items[1].uid, 20);
	assert_int_equal(scan.found.items[2].uid, 9);	/* doubled: the host decides */
	assert_int_equal(scan.found.items[3].uid, 9);
	roost_vec_free(&scan.found);
}

static void adoption_from_uidlist_1_and_courier(void **state)
{
	static const char *const files[] = { "dovecot-uidlist", "courierimapuiddb" };

	put(&box, "cur/100.h:2,S", "x\n");
	for (size_t i = 0; i < ROOST_COUNT(files); i++) {
		struct roost_scan scan;

		put(&box, files[i], "1 1111 50\n40 100.h:2,\n41 gone.h\n");
		scan = scan_box(&box, true);
		assert_int_equal(scan.uidvalidity, 1111);
		assert_int_equal(scan.uidnext, 50);
		assert_int_equal(scan.found.items[0].uid, 40);
		assert_int_equal(scan.found.items[0].found.uidvalidity, 1111);
		roost_vec_free(&scan.found);
		unlink(in(&box, files[i]));
	}
}

static void broken_lists_are_none(void **state)
{
	static const char *const texts[] = { "", "3 N5\n", "2 5 5\n", "x\n", "3 V0 N1\n", "1 5\n" };

	put(&box, "cur/100.h:2,S", "x\n");
	for (size_t i = 0; i < ROOST_COUNT(texts); i++) {
		struct roost_scan scan;

		put(&box, "dovecot-uidlist", texts[i]);
		scan = scan_box(&box, true);
		assert_int_equal(scan.uidvalidity, 0);
		assert_int_equal(scan.found.count, 1);
		roost_vec_free(&scan.found);
	}
}

static void a_lost_index_costs_no_uids(void **state)
{
	struct roost_scan scan;

	put(&box, "cur/1.h,U=77-4:2,S", "x\n");
	put(&box, "cur/2.h,U=77-6:2,S", "x\n");
	put(&box, "cur/3.h,U=5-9:2,S", "x\n");
	scan = scan_box(&box, true);
	assert_int_equal(scan.uidvalidity, 77);
	assert_int_equal(scan.uidnext, 1007);
	roost_vec_free(&scan.found);
}

static void the_list_is_exported(void **state)
{
	struct roost_scan scan;
	const char *key;
	struct roost_save_options options = { 0 };

	put(&box, "dovecot-uidlist", "3 V77 N3 Gfeed\n2 Pold :1.h\n");
	put(&box, "cur/1.h:2,S", "x\n");
	scan = scan_box(&box, true);
	learn(&box, &scan);
	key = save(&box, "x\n", &options);
	box.known = (struct message[]){ { 2, (char *)"1.h", { 0 } }, { 3, (char *)key, { 0 } } };
	box.known_count = 2;
	assert_int_equal(ops->export_state(&box, &err), 0);
	assert_string_equal(get(&box, "dovecot-uidlist"),
			    roost_arena_printf(arena, "3 V77 N3 Gfeed\n2 Pold :1.h\n3 :%s\n", key));
	/* Another server has written: its fields stay, our messages win. */
	put(&box, "dovecot-uidlist.tmp", "3 V77 N9 Gbeef\n2 Pold :1.h\n8 :7.other\n");
	rename(in(&box, "dovecot-uidlist.tmp"), in(&box, "dovecot-uidlist"));
	put(&box, "new/7.other", "x\n");
	box.uidnext = 4;
	scan = scan_box(&box, false);
	assert_string_equal(scan.found.items[scan.found.count - 1].key, "7.other");
	assert_int_equal(scan.found.items[scan.found.count - 1].uid, 8);
	roost_vec_free(&scan.found);
	box.known = (struct message[]){ { 2, (char *)"1.h", { 0 } }, { 3, (char *)key, { 0 } },
					{ 8, (char *)"7.other", { 0 } } };
	box.known_count = 3;
	box.uidnext = 9;
	/* Appending would do, had the list not another order now. */
	((struct maildir *)box.state)->uidlist_stat.st_ino++;
	assert_int_equal(ops->export_state(&box, &err), 0);
	assert_string_equal(get(&box, "dovecot-uidlist"), roost_arena_printf(arena,
		"3 V77 N9 Gbeef\n2 Pold :1.h\n3 :%s\n8 :7.other\n", key));
	assert_false(there(&box, "dovecot-uidlist.lock"));
	/* Nothing new, nothing written. */
	unlink(in(&box, "dovecot-uidlist"));
	assert_int_equal(ops->export_state(&box, &err), 0);
	assert_false(there(&box, "dovecot-uidlist"));
}

/* Other programs lock the list too. Left by one that died, the lock counts for two minutes. */
static void the_lock_of_others_counts_while_it_is_fresh(void **state)
{
	const char *path = in(&box, "dovecot-uidlist.lock");
	struct timespec old[2] = { { .tv_sec = time(NULL) - 130 }, { .tv_sec = time(NULL) - 130 } };
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct maildir_dotlock lock;
	int breaker;

	put(&box, "dovecot-uidlist.lock", "");
	assert_int_equal(maildir_dotlock(&lock, box.state, "dovecot-uidlist", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_INUSE);
	assert_true(there(&box, "dovecot-uidlist.lock"));
	/* Stale, but another one of us is about to remove it. */
	path = in(&box, "dovecot-uidlist.lock");
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	breaker = open(path, O_WRONLY);
	assert_int_equal(fcntl(breaker, F_OFD_SETLK, &whole), 0);
	assert_int_equal(maildir_dotlock(&lock, box.state, "dovecot-uidlist", &err), -1);
	assert_true(there(&box, "dovecot-uidlist.lock"));
	close(breaker);
	assert_int_equal(maildir_dotlock(&lock, box.state, "dovecot-uidlist", &err), 0);
	maildir_dotlock_abort(&lock);
	assert_false(there(&box, "dovecot-uidlist.lock"));
}

static void a_new_list_is_written_whole(void **state)
{
	struct roost_save_options options = { 0 };
	const char *key = save(&box, "x\n", &options);

	box.known = (struct message[]){ { 1, (char *)key, { 0 } } };
	box.known_count = 1;
	assert_int_equal(ops->export_state(&box, &err), 0);
	assert_string_equal(get(&box, "dovecot-uidlist"),
			    roost_arena_printf(arena, "3 V77 N2\n1 :%s\n", key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(adoption_from_uidlist_3),
		TEST(adoption_from_uidlist_1_and_courier),
		TEST(broken_lists_are_none),
		TEST(a_lost_index_costs_no_uids),
		TEST(the_list_is_exported),
		TEST(the_lock_of_others_counts_while_it_is_fresh),
		TEST(a_new_list_is_written_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
