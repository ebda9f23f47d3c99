/* The index of one mailbox in files: transactions, reopening, history. DESIGN section 5. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "modules/mail/index/private.h"
#include "tests/unit/unit.h"

static char top[] = "/tmp/roost-index-XXXXXX";
static struct bytes_store *store;
static struct roost_error err;

static int setup(void **state)
{
	int fd;

	strcpy(top + strlen(top) - 6, "XXXXXX");
	assert_non_null(mkdtemp(top));
	fd = open(top, O_RDONLY | O_DIRECTORY);
	assert_int_equal(bytes_store_open_dir(fd, &store, &err), 0);
	close(fd);
	return 0;
}

static int teardown(void **state)
{
	struct roost_arena *arena = roost_arena_create("names");
	const char *const *names;

	assert_int_equal(bytes_list(store, arena, &names, &err), 0);
	for (; *names != NULL; names++)
		(void)bytes_remove(store, *names, &err);
	roost_arena_free(arena);
	bytes_store_free(store);
	return rmdir(top);
}

static uint32_t the_uidvalidity(void *context)
{
	(void)context;
	return 7;
}

static struct index *open_index(void)
{
	struct index_options options = { .label = "test", .new_uidvalidity = the_uidvalidity };
	struct index *index;

	assert_int_equal(index_open(store, &options, &index, &err), 0);
	return index;
}

static void add(struct index *index, uint32_t count, const char *prefix)
{
	struct index_change *change;

	assert_int_equal(index_lock(index, &err), 0);
	change = index_begin(index);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t uid = index_next_uid(change);
		char key[64];

		snprintf(key, sizeof(key), "%s%u", prefix, uid);
		index_add(change, uid, &(struct index_mail){ .key = key, .vsize = 100, .size = 90,
							     .internaldate = uid * INT64_C(1000) },
			  uid % 2 == 0 ? ROOST_FLAG_SEEN : 0, 0);
	}
	assert_int_equal(index_commit(change, false, &err), 0);
	index_unlock(index);
}

static void expunge(struct index *index, uint32_t first, uint32_t last)
{
	struct index_change *change;

	assert_int_equal(index_lock(index, &err), 0);
	change = index_begin(index);
	for (uint32_t uid = first; uid <= last; uid++)
		index_expunge(change, uid);
	assert_int_equal(index_commit(change, true, &err), 0);
	index_unlock(index);
}

static void check_mail(struct index *index, uint32_t uid, const char *prefix)
{
	struct index_mail mail;
	char key[64];
	bool found;
	uint32_t position = index_position(index, uid, &found);

	assert_true(found);
	assert_int_equal(index_mail(index, position, &mail, &err), 0);
	snprintf(key, sizeof(key), "%s%u", prefix, uid);
	assert_string_equal(mail.key, key);
	assert_int_equal(mail.vsize, 100);
	assert_int_equal(mail.internaldate, uid * INT64_C(1000));
}

static void what_is_added_is_there_after_reopening(void **state)
{
	struct index *index = open_index();

	assert_true(index_header(index)->fresh);
	assert_int_equal(index_header(index)->uidvalidity, 7);
	add(index, 10, "k");
	assert_false(index_header(index)->fresh);
	index_close(index);
	index = open_index();
	assert_int_equal(index_header(index)->messages, 10);
	assert_int_equal(index_header(index)->uidnext, 11);
	assert_int_equal(index_header(index)->unseen, 5);
	assert_int_equal(index_header(index)->recent, 10);
	assert_int_equal(index_header(index)->vsize, 1000);
	assert_false(index_header(index)->unclean);
	for (uint32_t uid = 1; uid <= 10; uid++)
		check_mail(index, uid, "k");
	index_close(index);
}

static void two_openers_see_each_other(void **state)
{
	struct index *one = open_index(), *two = open_index();

	add(one, 3, "a");
	assert_int_equal(index_refresh(two, &err), 1);
	assert_int_equal(index_refresh(two, &err), 0);
	assert_int_equal(index_header(two)->messages, 3);
	add(two, 2, "a");
	assert_int_equal(index_refresh(one, &err), 1);
	check_mail(one, 5, "a");
	assert_true(index_columns(one).modseq[4] > index_columns(one).modseq[2]);
	index_close(one);
	index_close(two);
}

static void a_snapshot_by_one_is_followed_by_the_other(void **state)
{
	struct index *one = open_index(), *two = open_index();

	for (int i = 0; i < 40; i++)
		add(one, 100, "snapshot-key-that-is-long-");
	assert_true(one->state->generation > 2);
	assert_int_equal(index_refresh(two, &err), 1);
	assert_int_equal(index_header(two)->messages, 4000);
	check_mail(two, 4000, "snapshot-key-that-is-long-");
	check_mail(two, 1, "snapshot-key-that-is-long-");
	add(two, 1, "snapshot-key-that-is-long-");
	assert_int_equal(index_refresh(one, &err), 1);
	check_mail(one, 4001, "snapshot-key-that-is-long-");
	index_close(one);
	index_close(two);
}

static void flags_of_a_thousand_take_one_item(void **state)
{
	struct index *index = open_index();
	struct index_change *change;
	uint64_t before, modseq;

	add(index, 1000, "k");
	before = index->position;
	modseq = index_header(index)->highestmodseq;
	assert_int_equal(index_lock(index, &err), 0);
	change = index_begin(index);
	for (uint32_t uid = 1; uid <= 1000; uid++)
		index_set_flags(change, uid, ROOST_FLAG_FLAGGED, 3, true);
	assert_int_equal(index_commit(change, false, &err), 0);
	assert_true(index->position - before < 200);
	assert_int_equal(index_columns(index).flags[999], ROOST_FLAG_FLAGGED | INDEX_MIRROR_PENDING);
	assert_int_equal(index_columns(index).keywords[0], 3);
	assert_true(index_columns(index).modseq[500] > modseq);
	modseq = index_header(index)->highestmodseq;
	change = index_begin(index);
	for (uint32_t uid = 1; uid < 1000; uid++)
		index_mirrored(change, uid, NULL);
	index_mirrored(change, 1000, "renamed");
	assert_int_equal(index_commit(change, false, &err), 0);
	index_unlock(index);
	assert_int_equal(index_columns(index).flags[0], ROOST_FLAG_FLAGGED);
	assert_int_equal(index_header(index)->highestmodseq, modseq);
	index_close(index);
	index = open_index();
	assert_int_equal(index_columns(index).flags[999], ROOST_FLAG_FLAGGED);
	index_close(index);
}

static void expunged_keys_stay_until_they_are_removed(void **state)
{
	struct roost_arena *arena = roost_arena_create("vanished");
	struct index *index = open_index();
	struct index_change *change;
	const char *const *keys;
	struct roost_set gone;
	uint64_t modseq;
	bool complete;

	add(index, 10, "k");
	modseq = index_header(index)->highestmodseq;
	expunge(index, 3, 5);
	assert_int_equal(index_header(index)->messages, 7);
	assert_int_equal(index_header(index)->vsize, 700);
	assert_int_equal(index_unremoved(index, &keys), 3);
	assert_true(index_is_unremoved(index, "k4"));
	assert_false(index_is_unremoved(index, "k2"));
	assert_int_equal(index_lock(index, &err), 0);
	assert_int_equal(index_compact(index, &err), 0);
	change = index_begin(index);
	index_removed(change, (const char *const[]){ "k4" }, 1);
	assert_int_equal(index_commit(change, false, &err), 0);
	index_unlock(index);
	index_close(index);
	index = open_index();
	assert_int_equal(index_unremoved(index, &keys), 2);
	assert_false(index_is_unremoved(index, "k4"));
	assert_int_equal(index_vanished(index, modseq, arena, &gone, &complete, &err), 0);
	assert_true(complete);
	assert_int_equal(gone.count, 1);
	assert_int_equal(gone.ranges[0].first, 3);
	assert_int_equal(gone.ranges[0].last, 5);
	check_mail(index, 10, "k");
	index_close(index);
	roost_arena_free(arena);
}

static void keywords_attributes_and_recent_are_kept(void **state)
{
	struct index *index = open_index();
	struct index_change *change;
	size_t len;

	add(index, 2, "k");
	assert_int_equal(index_lock(index, &err), 0);
	change = index_begin(index);
	assert_int_equal(index_make_keyword(change, "$Forwarded"), 0);
	assert_int_equal(index_make_keyword(change, "$forwarded"), 0);
	assert_int_equal(index_make_keyword(change, "Junk"), 1);
	index_set_attribute(change, "stamp", "a\0b", 3);
	index_take_recent(change, 2);
	assert_int_equal(index_commit(change, false, &err), 0);
	change = index_begin(index);
	for (int i = 2; i < 64; i++) {
		char name[16];

		snprintf(name, sizeof(name), "word%d", i);
		assert_int_equal(index_make_keyword(change, name), i);
	}
	assert_int_equal(index_make_keyword(change, "one too many"), -1);
	index_abort(change);
	assert_int_equal(index_compact(index, &err), 0);
	index_unlock(index);
	index_close(index);
	index = open_index();
	assert_string_equal(index_keyword(index, 0), "$Forwarded");
	assert_int_equal(index_keyword_number(index, "junk"), 1);
	assert_null(index_keyword(index, 2));
	assert_memory_equal(index_attribute(index, "stamp", &len), "a\0b", 3);
	assert_int_equal(len, 3);
	assert_int_equal(index_header(index)->recent, 1);
	index_close(index);
}

static void the_cache_answers_from_a_chain(void **state)
{
	struct roost_arena *arena = roost_arena_create("cache");
	struct index *index = open_index();
	struct index_change *change;
	struct index_mail mail = { 0 };
	const void *data;
	size_t len;

	add(index, 2, "k");
	for (int i = 0; i < 2; i++) {
		struct index_cached pieces[] = {
			{ i == 0 ? INDEX_CACHE_ENVELOPE : INDEX_CACHE_HEADER, "(env)", 5 },
			{ INDEX_CACHE_PARTS, i == 0 ? "old" : "new", 3 },
		};

		assert_int_equal(index_lock(index, &err), 0);
		assert_int_equal(index_cache_put(index, 2, pieces, 2, &mail.cache_generation,
						 &mail.cache_offset, &err), 0);
		change = index_begin(index);
		index_learn(change, 2, &mail);
		assert_int_equal(index_commit(change, false, &err), 0);
		index_unlock(index);
	}
	index_close(index);
	index = open_index();
	assert_int_equal(index_cache_get(index, 2, INDEX_CACHE_ENVELOPE, arena, &data, &len, &err), 0);
	assert_int_equal(len, 5);
	assert_memory_equal(data, "(env)", 5);
	assert_int_equal(index_cache_get(index, 2, INDEX_CACHE_PARTS, arena, &data, &len, &err), 0);
	assert_memory_equal(data, "new", 3);
	assert_int_equal(index_cache_get(index, 2, INDEX_CACHE_BODY, arena, &data, &len, &err), 0);
	assert_null(data);
	assert_int_equal(index_cache_get(index, 1, INDEX_CACHE_PARTS, arena, &data, &len, &err), 0);
	assert_null(data);
	index_close(index);
	roost_arena_free(arena);
}

/* --- damage --- */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_added_is_there_after_reopening, setup, teardown),
		cmocka_unit_test_setup_teardown(two_openers_see_each_other, setup, teardown),
		cmocka_unit_test_setup_teardown(a_snapshot_by_one_is_followed_by_the_other, setup, teardown),
		cmocka_unit_test_setup_teardown(flags_of_a_thousand_take_one_item, setup, teardown),
		cmocka_unit_test_setup_teardown(expunged_keys_stay_until_they_are_removed, setup, teardown),
		cmocka_unit_test_setup_teardown(keywords_attributes_and_recent_are_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(the_cache_answers_from_a_chain, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
