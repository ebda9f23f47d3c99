/* The index is made: none is there, or no snapshot that can be used. */
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include "modules/mail/index/private.h"

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void index_choose_identity(struct index *index, struct state *state)
{
	uint64_t now = now_us();

	if (state->highestmodseq < now)
		state->highestmodseq = now;
	state->history_floor = state->highestmodseq;
	if (state->uidvalidity == 0)
		state->uidvalidity = index->options.new_uidvalidity != NULL ?
			index->options.new_uidvalidity(index->options.context) :
			(uint32_t)(now / 1000000);
	if (getrandom(state->guid, sizeof(state->guid), 0) != sizeof(state->guid))
		memcpy(state->guid, &now, sizeof(now));
	memcpy(state->boot, index_boot_id(), sizeof(state->boot));
	state->cache_generation = 1;
}

/* Nobody else made one before we had the lock. */
static bool still_missing(struct index *index)
{
	struct snap *snap;

	if (snap_open(index->store, &snap, NULL) < 0)
		return true;
	snap_close(snap);
	return false;
}

/* --- the logs that are there --- */

struct logs {
	ROOST_VEC(uint64_t) generations;	/* ascending */
	ROOST_VEC(struct bytes_object *) locked;	/* as many of them as we hold */
};

static int by_number(const void *a, const void *b)
{
	const uint64_t *one = a, *two = b;

	return (*one > *two) - (*one < *two);
}

static int list_logs(struct index *index, struct logs *logs, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("index names");
	const char *const *names;
	int result = bytes_list(index->store, arena, &names, err);

	for (; result == 0 && *names != NULL; names++) {
		char *end;
		unsigned long long number;

		if (strncmp(*names, "log.", 4) != 0)
			continue;
		number = strtoull(*names + 4, &end, 10);
		if (*end == '\0' && end != *names + 4)
			roost_vec_push(&logs->generations, number);
	}
	roost_arena_free(arena);
	if (logs->generations.count > 1)
		qsort(logs->generations.items, logs->generations.count, sizeof(uint64_t), by_number);
	return result;
}

/*
 * All of them, the oldest first. Who makes log.N+1, here or in a compaction, has held log.N since
 * before it was there: so nobody else can come by the lock on the new one first. 0: one is gone.
 */
static int lock_logs(struct index *index, struct logs *logs, bool create, struct roost_error *err)
{
	for (size_t i = 0; i < logs->generations.count; i++) {
		struct bytes_object *log;
		struct roost_error why;
		char name[32];

		index_log_name(name, logs->generations.items[i]);
		if (bytes_open(index->store, name, create, &log, &why) < 0) {
			if (why.kind == ROOST_ERR_NOTFOUND)
				return 0;
			if (err != NULL)
				*err = why;
			return -1;
		}
		if (bytes_lock(log, LOCK_TIMEOUT, err) < 0) {
			bytes_close(log);
			return -1;
		}
		roost_vec_push(&logs->locked, log);
		if (bytes_replaced(log))
			return 0;
	}
	return 1;
}

static void free_logs(struct logs *logs)
{
	for (size_t i = 0; i < logs->locked.count; i++) {
		bytes_unlock(logs->locked.items[i]);
		bytes_close(logs->locked.items[i]);
	}
	roost_vec_free(&logs->locked);
	roost_vec_free(&logs->generations);
}

/* Of others that died while they made or compacted an index; those before the one in use. */
static void remove_old_logs(struct index *index, const struct logs *logs)
{
	char name[32];

	for (size_t i = 0; i < logs->locked.count; i++) {
		index_log_name(name, logs->generations.items[i]);
		bytes_remove(index->store, name, NULL);
	}
}

/* --- making --- */

/* Of all of them, as the newest may be one that has only been begun. */
static int salvage_logs(struct index *index, const struct logs *logs, struct state *state,
			struct roost_error *err)
{
	struct state *found = state_create();
	int result = 0;

	for (size_t i = logs->locked.count; result == 0 && i-- > 0; ) {
		uint64_t size;

		result = bytes_size(logs->locked.items[i], &size, err);
		if (result == 0 && size > 0)
			result = index_salvage_log(index, found, logs->locked.items[i], err);
	}
	state->uidvalidity = found->uidvalidity;
	state->uidnext = found->uidnext;
	state->highestmodseq = found->highestmodseq;
	state_free(found);
	return result;
}

/* Under the locks. Rows of the old logs have no flags' base: only the numbers stay. */
static int make_under_locks(struct index *index, struct logs *logs, bool existed,
			    struct roost_error *err)
{
	struct state *state = state_create();
	uint64_t size = 0;
	int result;

	state->generation = logs->generations.items[logs->generations.count - 1];
	if (salvage_logs(index, logs, state, err) < 0 ||
	    bytes_size(logs->locked.items[logs->locked.count - 1], &size, err) < 0) {
		state_free(state);
		return -1;
	}
	existed = existed || state->generation > 1;
	index_choose_identity(index, state);
	state->scan = existed;
	state->cold_loaded = state->history_loaded = true;
	state_free(index->state);
	index->state = state;
	bytes_close(index->log);
	index->log = logs->locked.items[--logs->locked.count];
	index->position = size;
	index->keep_bad = existed && size > LOG_HEADER_SIZE;
	index->locks++;
	result = index_compact(index, err);
	index_unlock(index);
	index->header.fresh = result == 0;
	if (result == 0 && existed)
		index_warn(index, "the snapshot cannot be used: starting anew with UIDVALIDITY %u, "
			   "next UID %u", state->uidvalidity, state->uidnext);
	return result;
}

/* log.1, when it was ours and turned out not to be needed. */
static void take_back(struct index *index, const struct logs *logs)
{
	struct bytes_object *log = logs->locked.count == 1 ? logs->locked.items[0] : NULL;
	uint64_t size;

	if (log != NULL && !bytes_replaced(log) && bytes_size(log, &size, NULL) == 0 && size == 0)
		bytes_remove(index->store, "log.1", NULL);
}

int index_make(struct index *index, bool existed, struct roost_error *err)
{
	struct logs logs = { 0 };
	bool first;
	int result = list_logs(index, &logs, err);

	if (result < 0)
		goto out;
	first = logs.generations.count == 0;
	if (first)
		roost_vec_push(&logs.generations, 1);
	result = lock_logs(index, &logs, first, err);
	if (result == 1 && still_missing(index)) {
		result = make_under_locks(index, &logs, existed, err);
		if (result == 0)
			remove_old_logs(index, &logs);
	} else if (result >= 0) {
		if (first)
			take_back(index, &logs);
		result = 0;
	}
out:
	free_logs(&logs);
	return result;
}
