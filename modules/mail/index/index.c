/* Opening, refreshing and closing the index of one mailbox; asking what it knows. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include "modules/mail/index/private.h"

#define LOCK_TIMEOUT (INT64_C(30) * 1000000)
enum { OPEN_TRIES = 100 };

void index_report(const struct index *index, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	roost_log(index->options.log, ROOST_LOG_ERROR, "mailbox %s: %s",
		  index->options.label == NULL ? "" : index->options.label, text);
}

/* The kernel's id of this boot; zeroes where there is no /proc: then every boot looks the same. */
static void read_boot_id(uint8_t id[BOOT_ID_SIZE])
{
	char text[64] = "";
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	size_t digits = 0;

	memset(id, 0, BOOT_ID_SIZE);
	if (fd < 0)
		return;
	if (read(fd, text, sizeof(text) - 1) > 0) {
		for (const char *at = text; *at != '\0' && digits < 2 * BOOT_ID_SIZE; at++) {
			unsigned digit = *at >= 'a' ? (unsigned)(*at - 'a' + 10) :
					 (unsigned)(*at - '0');

			if (digit < 16) {
				id[digits / 2] |= (uint8_t)(digits % 2 == 0 ? digit << 4 : digit);
				digits++;
			}
		}
	}
	close(fd);
}

/* --- beginning --- */

static void begin_state(struct index *index, uint32_t uidvalidity, uint32_t uidnext,
			uint64_t generation)
{
	struct state *state = &index->state;

	if (uidvalidity == 0)
		uidvalidity = index->options.uidvalidity;
	state->uidvalidity = uidvalidity != 0 ? uidvalidity : (uint32_t)time(NULL);
	state->uidnext = uidnext != 0 ? uidnext : 1;
	state->first_recent = state->uidnext;
	state->generation = generation;
	state->fresh = true;
	state->highestmodseq = 1;
	if (getrandom(state->guid, sizeof(state->guid), 0) != (ssize_t)sizeof(state->guid))
		abort();
}

static void drop_files(struct index *index)
{
	bytes_close(index->snap);
	bytes_close(index->log);
	index->snap = index->log = NULL;
	index->log_end = 0;
	index->lock_depth = 0;
	cache_close(index);
}

static void keep_reserve(struct index *index)
{
	enum { RESERVE = 16 * 1024 };
	char *zeroes = calloc(1, RESERVE);
	struct roost_error err;

	if (zeroes != NULL)
		(void)bytes_replace(index->store, "reserve", zeroes, RESERVE, false, &err);
	free(zeroes);
}

/* The first snapshot. Two may come here at once: the lock on a log that only seeds decides. */
static int create(struct index *index, struct roost_error *err)
{
	struct bytes_object *seed, *snap;
	int ret = 0;

	if (bytes_open(index->store, "log.0", true, &seed, err) < 0)
		return -1;
	if (bytes_lock(seed, LOCK_TIMEOUT, err) < 0) {
		bytes_close(seed);
		return -1;
	}
	if (bytes_open(index->store, "snap", false, &snap, err) == 0) {
		bytes_close(snap);
	} else if (err->kind == ROOST_ERR_NOTFOUND) {
		begin_state(index, 0, 0, 0);
		index->log = seed;
		seed = NULL;
		ret = snap_write(index, err);
		if (ret == 0)
			keep_reserve(index);
		state_free(&index->state);
		state_init(&index->state);
		drop_files(index);
	} else {
		ret = -1;
	}
	bytes_close(seed);
	return ret;
}

/* snap cannot be used: a new one, that keeps UIDVALIDITY and UIDNEXT when they survived. */
static int begin_anew(struct index *index, struct roost_error *err)
{
	uint32_t uidvalidity = index->state.uidvalidity, uidnext = index->state.uidnext;
	uint64_t generation = index->state.generation, modseq = index->state.highestmodseq;
	uint8_t guid[16];

	if (index->options.readonly)
		return roost_fail_detail(err, ROOST_ERR_CORRUPT, "the index is damaged and read-only");
	if (index->log == NULL && bytes_open(index->store, "log.0", true, &index->log, err) < 0)
		return -1;
	if (bytes_lock(index->log, LOCK_TIMEOUT, err) < 0)
		return -1;
	memcpy(guid, index->state.guid, sizeof(guid));
	index_report(index, "the index is damaged and made anew (UIDVALIDITY %s)",
		     uidvalidity != 0 ? "kept" : "lost");
	state_free(&index->state);
	state_init(&index->state);
	bytes_close(index->snap);
	index->snap = NULL;
	begin_state(index, uidvalidity, uidvalidity != 0 ? uidnext : 0,
		    generation != 0 ? generation : (uint64_t)time(NULL));
	if (uidvalidity != 0) {
		memcpy(index->state.guid, guid, sizeof(guid));
		index->state.highestmodseq = modseq;
	}
	index->version++;
	return snap_write(index, err);
}

/* One try: 1 opened, 0 it changed under us, -1 failed. */
static int open_once(struct index *index, struct roost_error *err)
{
	char name[32];

	state_free(&index->state);
	state_init(&index->state);
	drop_files(index);
	if (bytes_open(index->store, "snap", false, &index->snap, err) < 0)
		return -1;
	if (snap_read(index, index->snap, &index->state, err) < 0)
		return -1;
	index_log_name(index->state.generation, name);
	if (bytes_open(index->store, name, false, &index->log, err) < 0) {
		if (err->kind != ROOST_ERR_NOTFOUND)
			return -1;
		if (bytes_replaced(index->snap))
			return 0;
		/* It is written before its snapshot: somebody took it away. */
		roost_fail_detail(err, ROOST_ERR_CORRUPT, "%s is missing", name);
		return -1;
	}
	if (log_read(index, false, err) < 0)
		return -1;
	index->version++;
	return 1;
}

static int open_files(struct index *index, struct roost_error *err)
{
	for (int tries = 0; tries < OPEN_TRIES; tries++) {
		int ret = open_once(index, err);

		if (ret > 0)
			return 0;
		if (ret == 0)
			continue;
		if (err->kind == ROOST_ERR_NOTFOUND && index->options.readonly) {
			begin_state(index, 0, 0, 0);
			index->absent = true;
			return 0;
		}
		if (err->kind == ROOST_ERR_NOTFOUND) {
			if (create(index, err) < 0)
				return -1;
		} else if (err->kind == ROOST_ERR_CORRUPT) {
			index_report(index, "%s", roost_error_log(err));
			if (begin_anew(index, err) < 0)
				return -1;
			bytes_unlock(index->log);
			return 0;
		} else {
			return -1;
		}
	}
	return roost_fail_detail(err, ROOST_ERR_TEMP, "the index changes faster than it can be read");
}

int index_open(struct bytes_store *store, const struct index_options *options,
	       struct index **result, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("index");
	struct index *index = roost_arena_zalloc(arena, sizeof(*index));

	index->arena = arena;
	index->store = store;
	index->options = *options;
	read_boot_id(index->boot);
	state_init(&index->state);
	if (open_files(index, err) < 0) {
		roost_fail_prefix(err, "index of %s", options->label == NULL ? "" : options->label);
		drop_files(index);
		state_free(&index->state);
		roost_arena_free(arena);
		return -1;
	}
	*result = index;
	return 0;
}

void index_close(struct index *index)
{
	struct roost_error err;

	if (index == NULL)
		return;
	if (index->wrote && index->options.fsync != INDEX_FSYNC_NEVER &&
	    index_lock(index, &err) == 0) {
		struct index_change *change;

		if (index_sync(index, &err) == 0) {
			change = index_begin(index);
			index_mark_clean(change);
			(void)index_commit(change, false, &err);
		}
		index_unlock(index);
	}
	drop_files(index);
	state_free(&index->state);
	roost_vec_free(&index->unremoved);
	roost_str_free(&index->cache_window);
	roost_arena_free(index->arena);
}

/* --- staying up to date --- */

int index_refresh(struct index *index, struct roost_error *err)
{
	if (index->absent)
		return 0;
	if (index->lock_depth > 0 || !bytes_replaced(index->log))
		return log_read(index, index->lock_depth > 0, err);
	return open_files(index, err) < 0 ? -1 : 1;
}

int index_lock(struct index *index, struct roost_error *err)
{
	if (index->lock_depth > 0) {
		index->lock_depth++;
		return 0;
	}
	if (index->absent)
		return roost_fail_detail(err, ROOST_ERR_NOPERM, "the index is read-only");
	for (int tries = 0; tries < OPEN_TRIES; tries++) {
		if (bytes_lock(index->log, LOCK_TIMEOUT, err) < 0)
			return -1;
		if (!bytes_replaced(index->log)) {
			if (index->broken ? begin_anew(index, err) < 0 :
					    log_read(index, true, err) < 0)
				goto failed;
			index->lock_depth = 1;
			return 0;
		}
		if (open_files(index, err) < 0)
			return -1;
	}
	return roost_fail_detail(err, ROOST_ERR_TEMP, "the index changes faster than it can be locked");
failed:
	bytes_unlock(index->log);
	return -1;
}

void index_unlock(struct index *index)
{
	if (index->lock_depth > 0 && --index->lock_depth == 0)
		bytes_unlock(index->log);
}

int index_sync(struct index *index, struct roost_error *err)
{
	if (!index->unsynced || index->options.fsync == INDEX_FSYNC_NEVER)
		return 0;
	if (bytes_sync(index->log, err) < 0)
		return -1;
	index->unsynced = false;
	return 0;
}

/* --- asking --- */

const struct index_header *index_header(const struct index *const_index)
{
	/* Counts are made when asked for: a cache of what the state says anyway. */
	struct index *index = (struct index *)(uintptr_t)const_index;
	const struct state *state = &index->state;
	struct index_header *header = &index->header;
	bool found;

	if (index->header_version == index->version + 1)
		return header;
	*header = (struct index_header){
		.uidvalidity = state->uidvalidity, .uidnext = state->uidnext,
		.highestmodseq = state->highestmodseq, .messages = (uint32_t)state->uid.count,
		.first_recent = state->first_recent, .fresh = state->fresh,
		.vsize = state->vsize_unknown == 0 ? state->vsize_sum : UINT64_MAX,
		.unclean = !state->fresh && !state->clean &&
			   memcmp(state->boot, index->boot, BOOT_ID_SIZE) != 0,
	};
	memcpy(header->guid, state->guid, sizeof(header->guid));
	for (size_t i = 0; i < state->flags.count; i++) {
		header->unseen += (state->flags.items[i] & ROOST_FLAG_SEEN) == 0;
		header->deleted += (state->flags.items[i] & ROOST_FLAG_DELETED) != 0;
	}
	header->recent = header->messages - state_position(state, state->first_recent, &found);
	index->header_version = index->version + 1;
	return header;
}

struct index_columns index_columns(const struct index *index)
{
	const struct state *state = &index->state;

	return (struct index_columns){
		.count = (uint32_t)state->uid.count, .uid = state->uid.items,
		.flags = state->flags.items, .keywords = state->keywords.items,
		.modseq = state->modseq.items,
	};
}

uint64_t index_version(const struct index *index)
{
	return index->version;
}

uint32_t index_position(const struct index *index, uint32_t uid, bool *found)
{
	return state_position(&index->state, uid, found);
}

int index_mail(struct index *index, uint32_t position, struct index_mail *mail,
	       struct roost_error *err)
{
	const struct state *state = &index->state;
	const struct cold_row *row;

	if (position >= state->uid.count)
		return roost_fail_detail(err, ROOST_ERR_EXPUNGED, "no message at this position");
	if (snap_load_cold(index, err) < 0)
		return -1;
	row = &state->rows.items[state->row.items[position]];
	*mail = (struct index_mail){
		.internaldate = row->internaldate, .savedate = row->savedate, .size = row->size,
		.vsize = row->vsize, .key = state->pool.data + row->key,
		.cache_generation = row->cache_generation, .cache_offset = row->cache_offset,
	};
	memcpy(mail->guid, row->guid, sizeof(mail->guid));
	return 0;
}

const char *index_keyword(const struct index *index, unsigned number)
{
	return number < index->state.keyword_count ? index->state.keyword[number] : NULL;
}

int index_keyword_number(const struct index *index, const char *name)
{
	for (unsigned i = 0; i < index->state.keyword_count; i++) {
		if (strcasecmp(index->state.keyword[i], name) == 0)
			return (int)i;
	}
	return -1;
}

const void *index_attribute(const struct index *index, const char *name, size_t *len)
{
	const struct attribute *attribute = roost_map_get(index->state.attributes, name);

	if (attribute == NULL)
		return NULL;
	*len = attribute->len;
	return attribute->value;
}

size_t index_unremoved(const struct index *const_index, const char *const **keys)
{
	struct index *index = (struct index *)(uintptr_t)const_index;
	const char *key;
	size_t at = 0;
	void *value;

	index->unremoved.count = 0;
	while (roost_map_next(index->state.unremoved, &at, &key, &value))
		roost_vec_push(&index->unremoved, key);
	*keys = index->unremoved.items;
	return index->unremoved.count;
}

bool index_is_unremoved(const struct index *index, const char *key)
{
	return roost_map_get(index->state.unremoved, key) != NULL;
}

static int by_uid(const void *left, const void *right)
{
	const struct roost_range *a = left, *b = right;

	return a->first < b->first ? -1 : a->first > b->first;
}

int index_vanished(struct index *index, uint64_t modseq, struct roost_arena *arena,
		   struct roost_set *uids, bool *complete, struct roost_error *err)
{
	const struct state *state = &index->state;
	struct roost_range *ranges = roost_arena_alloc(arena, (state->vanished.count + 1) *
						       sizeof(*ranges));
	size_t count = 0, merged = 0;

	for (size_t i = 0; i < state->vanished.count; i++) {
		const struct vanished *gone = &state->vanished.items[i];

		if (gone->modseq > modseq)
			ranges[count++] = (struct roost_range){ gone->first, gone->last };
	}
	qsort(ranges, count, sizeof(*ranges), by_uid);
	for (size_t i = 1; i < count; i++) {
		if (ranges[i].first == ranges[merged].last + 1)
			ranges[merged].last = ranges[i].last;
		else
			ranges[++merged] = ranges[i];
	}
	*uids = (struct roost_set){ ranges, count == 0 ? 0 : merged + 1 };
	*complete = modseq >= state->vanished_from;
	return 0;
}
