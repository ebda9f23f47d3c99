/*
 * Compaction: a snapshot of what memory has, and an empty log. Each step may be the last one:
 * log.N+1 (durable), a seal on log.N, snap (durable), then log.N goes. Whoever reads log.N's seal
 * looks whether the snapshot was replaced.
 */
#include "modules/mail/index/private.h"

void index_make_reserve(struct index *index)
{
	struct bytes_object *object;
	char data[RESERVE_SIZE];
	uint32_t random = 1;

	if (bytes_open(index->store, RESERVE_NAME, false, &object, NULL) == 0) {
		bytes_close(object);
		return;
	}
	/* No pattern: file systems store zeroes in no space. */
	for (size_t i = 0; i < sizeof(data); i++) {
		random = random * 1664525 + 1013904223;
		data[i] = (char)(random >> 24);
	}
	if (bytes_replace(index->store, RESERVE_NAME, data, sizeof(data), false, NULL) == 0)
		index->reserve_used = false;
}

/* Messages whose cold data is lost cannot be reached: the scan will find them again. */
static void drop_unreachable(struct index *index)
{
	struct state *state = index->state;
	ROOST_VEC(uint32_t) uids = { 0 };

	for (size_t i = 0; i < state->cold.count; i++) {
		if (state->cold.items[i].key == NULL)
			roost_vec_push(&uids, state->cold.items[i].uid);
	}
	if (uids.count > 0) {
		state_remove_hot(state, uids.items, uids.count);
		state_remove_cold(state, uids.items, uids.count);
		state->scan = true;
		index->version++;
	}
	roost_vec_free(&uids);
}

static void keep_bad_log(struct index *index)
{
	uint64_t size;

	if (bytes_size(index->log, &size, NULL) < 0)
		return;
	roost_str_truncate(&index->buffer, 0);
	roost_str_reserve(&index->buffer, size);
	if (bytes_read(index->log, 0, index->buffer.data, size, NULL) == (ssize_t)size)
		bytes_replace(index->store, "log.bad", index->buffer.data, size, false, NULL);
}

/* An empty log of the next generation, locked by us. */
static int make_log(struct index *index, const char *name, struct bytes_object **log,
		    struct roost_error *err)
{
	struct state *state = index->state;
	struct log_header header = {
		.generation = state->generation + 1, .highestmodseq = state->highestmodseq,
		.uidvalidity = state->uidvalidity, .uidnext = state->uidnext,
	};
	struct roost_str bytes = ROOST_STR_INIT;
	int result = -1;

	memcpy(header.guid, state->guid, sizeof(header.guid));
	log_header_put(&bytes, &header);
	bytes_remove(index->store, name, NULL);		/* of one that died half-way */
	if (bytes_open(index->store, name, true, log, err) == 0) {
		if (bytes_lock(*log, 0, err) == 0 &&
		    bytes_append(*log, 0, bytes.data, bytes.len, err) == 0 &&
		    (index->options.fsync == INDEX_FSYNC_NEVER || bytes_sync(*log, err) == 0))
			result = 0;
		if (result < 0) {
			bytes_remove(index->store, name, NULL);
			bytes_close(*log);
		}
	}
	roost_str_free(&bytes);
	return result;
}

static void use_generation(struct index *index, struct bytes_object *log, struct snap *snap)
{
	struct state *state = index->state;
	char name[32];

	index_log_name(name, state->generation - 1);
	bytes_remove(index->store, name, NULL);
	bytes_close(index->log);
	snap_close(index->snap);
	index->log = log;
	index->snap = snap;
	index->position = LOG_HEADER_SIZE;
	index->last_crc = 0;
	index->compact_after = 0;
	index->damaged = index->keep_bad = false;
	index->unsynced = index->wrote = false;
	/* Read again when wanted; keys of messages long gone go with it. */
	state->cold_loaded = state->history_loaded = false;
	roost_vec_free(&state->cold);
	roost_vec_free(&state->history);
	roost_arena_reset(state->keys);
	state->sealed = false;
	index_make_reserve(index);
}

/* Whether the snapshot there is of this generation. */
static bool snapshot_of(struct bytes_store *store, uint64_t generation)
{
	struct snap *snap;
	bool same;

	if (snap_open(store, &snap, NULL) < 0)
		return false;
	same = snap_generation(snap) == generation;
	snap_close(snap);
	return same;
}

int index_compact(struct index *index, struct roost_error *err)
{
	const bool durable = index->options.fsync != INDEX_FSYNC_NEVER;
	struct state *state = index->state;
	struct bytes_object *log;
	struct snap *snap;
	char name[32];

	if (index_want(index, STATE_COLD | STATE_HISTORY, err) < 0)
		return -1;
	if (index->keep_bad)
		keep_bad_log(index);
	drop_unreachable(index);
	index_cache_trim(index);
	state_recount(state);
	index_log_name(name, state->generation + 1);
	if (make_log(index, name, &log, err) < 0)
		return -1;
	if (index->position > 0 && index_write_op(index, OP_SEAL, NULL, 0, err) < 0)
		goto undo;
	state = index->state;
	state->generation++;
	state->clean = durable;
	if (snap_write(index->store, state, durable, err) < 0) {
		/* Renamed, but perhaps not durably: it needs its log. */
		if (snapshot_of(index->store, state->generation)) {
			bytes_close(log);
			index->stale = true;
			return -1;
		}
		state->generation--;
		state->clean = false;
		goto undo;
	}
	if (snap_open(index->store, &snap, err) < 0) {
		bytes_close(log);
		index->stale = true;
		return -1;
	}
	use_generation(index, log, snap);
	index_update_header(index);
	return 0;
undo:
	bytes_remove(index->store, name, NULL);
	bytes_close(log);
	return -1;
}

void index_compact_when_due(struct index *index)
{
	uint64_t due = index->snap == NULL ? 0 : snap_size(index->snap) / 4;
	struct roost_error err;

	if (due < COMPACT_LEAST)
		due = COMPACT_LEAST;
	if ((!index->damaged && index->position < due) || index->position < index->compact_after)
		return;
	if (index_compact(index, &err) < 0) {
		index->compact_after = index->position + COMPACT_LEAST;
		index_warn(index, "compaction failed, the log grows on: %s",
			   roost_error_log(&err));
	}
}
