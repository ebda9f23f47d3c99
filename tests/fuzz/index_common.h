/* An index in memory whose files a fuzz target has made, looked at from all sides. */
#ifndef FUZZ_INDEX_COMMON_H
#define FUZZ_INDEX_COMMON_H

#include <string.h>
#include "fuzz.h"
#include "tests/unit/index_store.h"
#include "modules/mail/index/crc.h"
#include "modules/mail/index/le.h"
#include "modules/mail/index/private.h"

static uint32_t fuzz_uidvalidity(void *context)
{
	(void)context;
	return 5;
}

static const struct index_options fuzz_options = { .label = "fuzz",
						   .new_uidvalidity = fuzz_uidvalidity };

/* Columns are in order, counts fit, cold data is readable or reported, and it can be written to. */
static inline void fuzz_look(struct index *index)
{
	struct index_columns columns = index_columns(index);
	struct roost_arena *arena = roost_arena_create("fuzz");
	const struct index_mail new = { .key = "new" };
	struct index_change *change;
	struct roost_set uids;
	struct roost_error err;
	bool complete;

	FUZZ_CHECK(index_header(index)->messages == columns.count);
	FUZZ_CHECK(index_header(index)->unseen <= columns.count);
	for (uint32_t i = 0; i < columns.count; i++) {
		struct index_mail mail;

		FUZZ_CHECK(i == 0 || columns.uid[i - 1] < columns.uid[i]);
		if (index_mail(index, i, &mail, &err) == 0)
			FUZZ_CHECK(strlen(mail.key) < SIZE_MAX);
	}
	FUZZ_CHECK(index_vanished(index, 0, arena, &uids, &complete, &err) == 0);
	FUZZ_CHECK(index_lock(index, &err) == 0);
	change = index_begin(index);
	index_add(change, index_next_uid(change), &new, 0, 0);
	FUZZ_CHECK(index_commit(change, true, &err) == 0);
	FUZZ_CHECK(index_compact(index, &err) == 0);
	index_unlock(index);
	roost_arena_free(arena);
}

/* Open what is in store, look at it, and free both. */
static inline void fuzz_open(struct memory_store *store)
{
	struct roost_error err;
	struct index *index;

	FUZZ_CHECK(index_open(&store->base, &fuzz_options, &index, &err) == 0);
	fuzz_look(index);
	index_close(index);
	FUZZ_CHECK(index_open(&store->base, &fuzz_options, &index, &err) == 0);
	index_close(index);
	memory_store_free(store);
}

/* A store with an index of some messages; index is closed. */
static inline struct memory_store *fuzz_store(unsigned messages)
{
	struct memory_store *store = memory_store_create();
	struct index_change *change;
	struct roost_error err;
	struct index *index;

	FUZZ_CHECK(index_open(&store->base, &fuzz_options, &index, &err) == 0);
	FUZZ_CHECK(index_lock(index, &err) == 0);
	change = index_begin(index);
	for (unsigned i = 0; i < messages; i++) {
		const struct index_mail mail = { .key = "key", .vsize = 3, .cache_generation = 1,
						 .cache_offset = 16 };

		index_add(change, index_next_uid(change), &mail, 0, 0);
	}
	FUZZ_CHECK(index_commit(change, false, &err) == 0);
	index_unlock(index);
	index_close(index);
	return store;
}

#endif
