/* The index as its users see it: messages, flags, history, keys, and other processes that look on. */
#include "unit.h"
#include "tests/unit/index_store.h"
#include "modules/mail/index/private.h"

static uint32_t the_uidvalidity(void *context)
{
	(void)context;
	return 1234;
}

static struct index *open_index(struct memory_store *store)
{
	const struct index_options options = { .label = "test", .new_uidvalidity = the_uidvalidity };
	struct roost_error err;
	struct index *index;

	if (index_open(&store->base, &options, &index, &err) < 0)
		fail_msg("%s", roost_error_log(&err));
	return index;
}

static struct index_change *begin(struct index *index)
{
	struct roost_error err;

	if (index_lock(index, &err) < 0)
		fail_msg("%s", roost_error_log(&err));
	return index_begin(index);
}

static void commit(struct index *index, struct index_change *change)
{
	struct roost_error err;

	if (index_commit(change, true, &err) < 0)
		fail_msg("%s", roost_error_log(&err));
	index_unlock(index);
}

static void add(struct index *index, unsigned count)
{
	struct index_change *change = begin(index);

	while (count-- > 0) {
		uint32_t uid = index_next_uid(change);
		char key[32];
		struct index_mail mail = { .key = key, .size = 100 + uid, .vsize = 110 + uid,
					   .internaldate = 5, .guid = { 1, 2, (uint8_t)uid } };

		snprintf(key, sizeof(key), "key-%u", uid);
		index_add(change, uid, &mail, 0, 0);
	}
	commit(index, change);
}

static const char *key_of(struct index *index, uint32_t uid)
{
	struct index_mail mail;
	struct roost_error err;
	bool found;
	uint32_t position = index_position(index, uid, &found);

	assert_true(found);
	if (index_mail(index, position, &mail, &err) < 0)
		fail_msg("%s", roost_error_log(&err));
	return mail.key;
}

static void a_new_index_is_empty_and_stays(void **state)
{
	struct memory_store *store = memory_store_create();
	struct index *index = open_index(store);
	uint8_t guid[16];

	(void)state;
	assert_true(index_header(index)->fresh);
	assert_false(index_header(index)->unclean);
	assert_int_equal(index_header(index)->uidvalidity, 1234);
	assert_int_equal(index_header(index)->uidnext, 1);
	assert_int_equal(index_header(index)->messages, 0);
	memcpy(guid, index_header(index)->guid, 16);
	index_close(index);
	index = open_index(store);
	assert_false(index_header(index)->fresh);
	assert_memory_equal(index_header(index)->guid, guid, 16);
	index_close(index);
	memory_store_free(store);
}

static void messages_survive_reopening(void **state)
{
	struct memory_store *store = memory_store_create();
	struct index *index = open_index(store);
	struct index_change *change;
	struct index_mail mail;
	struct roost_error err;

	(void)state;
	add(index, 5);
	change = begin(index);
	index_set_flags(change, 2, ROOST_FLAG_SEEN | ROOST_FLAG_DELETED, 5, true);
	index_set_flags(change, 3, ROOST_FLAG_SEEN | ROOST_FLAG_DELETED, 5, true);
	assert_int_equal(index_make_keyword(change, "$Forwarded"), 0);
	assert_int_equal(index_make_keyword(change, "Junk"), 1);
	assert_int_equal(index_make_keyword(change, "$FORWARDED"), 0);
	index_set_attribute(change, "stamp", "a\0b", 3);
	index_take_recent(change, 4);
	commit(index, change);
	for (int round = 0; round < 3; round++) {
		struct index_columns columns = index_columns(index);
		size_t len;

		assert_int_equal(columns.count, 5);
		assert_int_equal(columns.flags[1], ROOST_FLAG_SEEN | ROOST_FLAG_DELETED |
				 INDEX_MIRROR_PENDING);
		assert_int_equal(columns.flags[3], 0);
		assert_true(columns.keywords[2] == 5);
		assert_true(columns.modseq[1] > columns.modseq[0]);
		assert_true(columns.modseq[1] == index_header(index)->highestmodseq);
		assert_int_equal(index_header(index)->unseen, 3);
		assert_int_equal(index_header(index)->deleted, 2);
		assert_int_equal(index_header(index)->recent, 2);
		assert_true(index_header(index)->vsize == 5 * 110 + 15);
		assert_string_equal(index_keyword(index, 1), "Junk");
		assert_null(index_keyword(index, 2));
		assert_int_equal(index_keyword_number(index, "junk"), 1);
		assert_memory_equal(index_attribute(index, "stamp", &len), "a\0b", 3);
		assert_int_equal(len, 3);
		assert_string_equal(key_of(index, 4), "key-4");
		assert_int_equal(index_mail(index, 4, &mail, &err), 0);
		assert_true(mail.size == 105 && mail.vsize == 115 && mail.guid[2] == 5);
		if (round == 1) {
			assert_int_equal(index_lock(index, &err), 0);
			assert_int_equal(index_compact(index, &err), 0);
			index_unlock(index);
		}
		if (round == 0) {
			index_close(index);
			index = open_index(store);
		}
	}
	index_close(index);
	memory_store_free(store);
}

static void expunged_keys_stay_until_removed(void **state)
{
	struct memory_store *store = memory_store_create();
	struct index *index = open_index(store);
	struct roost_arena *arena = roost_arena_create("test");
	struct index_change *change;
	const char *const *keys, *gone[] = { "key-2", "key-4" };
	struct roost_set uids;
	struct roost_error err;
	uint64_t before;
	bool complete;

	(void)state;
	add(index, 6);
	before = index_header(index)->highestmodseq;
	change = begin(index);
	index_expunge(change, 4);
	index_expunge(change, 2);
	index_expunge(change, 3);
	index_expunge(change, 77);
	commit(index, change);
	assert_int_equal(index_lock(index, &err), 0);
	assert_int_equal(index_compact(index, &err), 0);
	index_unlock(index);
	index_close(index);
	index = open_index(store);
	assert_int_equal(index_header(index)->messages, 3);
	assert_int_equal(index_header(index)->uidnext, 7);
	assert_int_equal(index_unremoved(index, &keys), 3);
	assert_true(index_is_unremoved(index, "key-2"));
	change = begin(index);
	index_removed(change, gone, 2);
	commit(index, change);
	assert_int_equal(index_unremoved(index, &keys), 1);
	assert_string_equal(keys[0], "key-3");
	assert_false(index_is_unremoved(index, "key-2"));
	assert_int_equal(index_vanished(index, before, arena, &uids, &complete, &err), 0);
	assert_true(complete);
	assert_int_equal(uids.count, 1);
	assert_int_equal(uids.ranges[0].first, 2);
	assert_int_equal(uids.ranges[0].last, 4);
	assert_int_equal(index_vanished(index, 5, arena, &uids, &complete, &err), 0);
	assert_false(complete);
	assert_true(index_header(index)->vsize == 3 * 110 + 1 + 5 + 6);
	index_close(index);
	roost_arena_free(arena);
	memory_store_free(store);
}

static void another_process_sees_each_change(void **state)
{
	struct memory_store *store = memory_store_create();
	struct index *writer = open_index(store), *reader = open_index(store);
	struct index_change *change;
	struct roost_error err;
	uint64_t version = index_version(reader);

	(void)state;
	assert_int_equal(index_refresh(reader, &err), 0);
	assert_true(index_version(reader) == version);
	add(writer, 3);
	assert_string_equal(key_of(writer, 1), "key-1");
	assert_int_equal(index_refresh(reader, &err), 1);
	assert_true(index_version(reader) != version);
	assert_string_equal(key_of(reader, 3), "key-3");
	change = begin(reader);
	index_expunge(change, 1);
	index_mirrored(change, 2, "key-2:S");
	commit(reader, change);
	add(writer, 1);
	assert_int_equal(index_header(writer)->messages, 3);
	assert_string_equal(key_of(writer, 2), "key-2:S");
	assert_int_equal(index_lock(writer, &err), 0);
	assert_int_equal(index_compact(writer, &err), 0);
	index_unlock(writer);
	add(writer, 1);
	assert_int_equal(index_refresh(reader, &err), 1);
	assert_int_equal(index_header(reader)->messages, 4);
	add(reader, 1);
	assert_int_equal(index_header(reader)->uidnext, 7);
	assert_string_equal(key_of(reader, 6), "key-6");
	assert_int_equal(index_refresh(writer, &err), 1);
	assert_int_equal(index_header(writer)->messages, 5);
	index_close(writer);
	index_close(reader);
	memory_store_free(store);
}

static void compaction_comes_by_itself(void **state)
{
	struct memory_store *store = memory_store_create();
	struct index *index = open_index(store);
	char name[32];

	(void)state;
	for (int i = 0; i < 300; i++)
		add(index, 5);
	assert_int_equal(index_header(index)->messages, 1500);
	memory_store_log(store, name);
	assert_true(strtoul(name + 4, NULL, 10) > 2);
	assert_true(memory_store_log(store, name)->len < COMPACT_LEAST + 4096);
	assert_string_equal(key_of(index, 1500), "key-1500");
	index_close(index);
	memory_store_free(store);
}

static void the_cache_answers_by_kind(void **state)
{
	static const struct index_cached first[] = {
		{ INDEX_CACHE_ENVELOPE, "env", 3 }, { INDEX_CACHE_BODY, "body", 4 } };
	static const struct index_cached second[] = { { INDEX_CACHE_HEADER, "head", 4 } };
	struct memory_store *store = memory_store_create();
	struct index *index = open_index(store);
	struct roost_arena *arena = roost_arena_create("test");
	struct index_mail mail = { 0 };
	struct index_change *change;
	struct roost_error err;
	const void *data;
	size_t len;

	(void)state;
	add(index, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(index_cache_put(index, 2, i == 0 ? first : second, 2 - i,
						 &mail.cache_generation, &mail.cache_offset,
						 &err), 0);
		change = begin(index);
		index_learn(change, 2, &mail);
		commit(index, change);
	}
	assert_int_equal(index_cache_get(index, 2, INDEX_CACHE_ENVELOPE, arena, &data, &len,
					 &err), 0);
	assert_int_equal(len, 3);
	assert_memory_equal(data, "env", 3);
	assert_int_equal(index_cache_get(index, 2, INDEX_CACHE_HEADER, arena, &data, &len, &err),
			 0);
	assert_memory_equal(data, "head", 4);
	assert_int_equal(index_cache_get(index, 2, INDEX_CACHE_PARTS, arena, &data, &len, &err),
			 0);
	assert_null(data);
	assert_int_equal(index_cache_get(index, 1, INDEX_CACHE_BODY, arena, &data, &len, &err), 0);
	assert_null(data);
	memory_store_file(store, "cache.1")->data[20] ^= 1;
	index_close(index);
	index = open_index(store);
	assert_int_equal(index_cache_get(index, 2, INDEX_CACHE_ENVELOPE, arena, &data, &len,
					 &err), 0);
	assert_null(data);
	index_close(index);
	roost_arena_free(arena);
	memory_store_free(store);
}

static void a_boot_without_clean_close_asks_for_a_scan(void **state)
{
	struct memory_store *store = memory_store_create(), *crashed;
	struct index *index = open_index(store);
	struct index_change *change;
	uint8_t boot[16], first[16];

	(void)state;
	memcpy(first, index_boot_id(), 16);
	add(index, 2);
	crashed = memory_store_copy(store);
	index_close(index);
	memset(boot, 7, sizeof(boot));
	index_set_boot_id(boot);
	index = open_index(store);
	assert_false(index_header(index)->unclean);
	index_close(index);
	index = open_index(crashed);
	assert_true(index_header(index)->unclean);
	index_close(index);
	index = open_index(crashed);
	assert_true(index_header(index)->unclean);
	change = begin(index);
	index_scanned(change);
	commit(index, change);
	assert_false(index_header(index)->unclean);
	index_close(index);
	index_set_boot_id(first);
	memory_store_free(store);
	memory_store_free(crashed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_index_is_empty_and_stays),
		cmocka_unit_test(messages_survive_reopening),
		cmocka_unit_test(expunged_keys_stay_until_removed),
		cmocka_unit_test(another_process_sees_each_change),
		cmocka_unit_test(compaction_comes_by_itself),
		cmocka_unit_test(the_cache_answers_by_kind),
		cmocka_unit_test(a_boot_without_clean_close_asks_for_a_scan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
