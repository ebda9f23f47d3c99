/* From files to memory: the snapshot, then the log's records; and what to do when they are damaged. */
#include <stdio.h>
#include "modules/mail/index/le.h"
#include "modules/mail/index/private.h"

#define TRIES 50			/* against others that compact while we read */

void index_warn(const struct index *index, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	roost_log(index->options.log, ROOST_LOG_WARN, "index of %s: %s",
		  index->options.label == NULL ? "a mailbox" : index->options.label, text);
}

void index_log_name(char name[32], uint64_t generation)
{
	snprintf(name, 32, "log.%llu", (unsigned long long)generation);
}

void index_update_header(struct index *index)
{
	const struct state *state = index->state;
	struct index_header *header = &index->header;
	uint32_t count = (uint32_t)state->hot.uid.count;
	bool found;

	header->uidvalidity = state->uidvalidity;
	header->uidnext = state->uidnext;
	header->highestmodseq = state->highestmodseq;
	header->messages = count;
	header->unseen = state->unseen;
	header->deleted = state->deleted;
	header->first_recent = state->first_recent;
	header->recent = count - hot_position(&state->hot, state->first_recent, &found);
	memcpy(header->guid, state->guid, sizeof(header->guid));
	header->vsize = state->vsize_unknown == 0 ? state->vsize_sum : UINT64_MAX;
	header->unclean = state->scan;
}

/* What reading a stretch of the log came to. */
struct replayed {
	size_t end;			/* of the last valid record, from the start of what was read */
	uint32_t last_crc;
	uint32_t records;
	uint64_t bad;			/* bytes skipped, because good records follow them */
	bool other_history;		/* the first record does not follow what we know */
};

static void take_record(struct state *state, const struct log_record *record, unsigned mask)
{
	state_apply(state, record, mask);
	if ((mask & STATE_MAIN) == 0)
		return;
	/* The same already, unless a record before this one was lost. */
	if (record->marks.uidnext > state->uidnext)
		state->uidnext = record->marks.uidnext;
	if (record->marks.highestmodseq > state->highestmodseq)
		state->highestmodseq = record->marks.highestmodseq;
	if (record->marks.uidvalidity != 0)
		state->uidvalidity = record->marks.uidvalidity;
}

/* follow: the CRC that the first record names as its predecessor's, when that is to be checked. */
static struct replayed replay(struct state *state, unsigned mask, const uint8_t *data, size_t len,
			      const uint32_t *follow)
{
	struct replayed done = { 0 };
	struct log_record record;
	size_t at = 0;

	while (at < len) {
		if (!log_record_get(data + at, len - at, &record)) {
			size_t next = log_resume(data, len, at + 1);

			if (next == len)
				break;
			done.bad += next - at;
			at = next;
			continue;
		}
		if (done.records == 0 && follow != NULL && record.previous != *follow) {
			done.other_history = true;
			break;
		}
		take_record(state, &record, mask);
		at += record.length;
		done.end = at;
		done.last_crc = record.crc;
		done.records++;
	}
	/* What the lost ones expunged is not known. */
	if (done.bad > 0 && (mask & STATE_MAIN) != 0) {
		state->history_floor = state->highestmodseq;
		state->scan = true;
	}
	return done;
}

static int read_log(struct index *index, struct bytes_object *log, uint64_t from, uint64_t to,
		    struct roost_error *err)
{
	ssize_t got;

	roost_str_truncate(&index->buffer, 0);
	roost_str_reserve(&index->buffer, to - from);
	got = bytes_read(log, from, index->buffer.data, to - from, err);
	if (got < 0)
		return -1;
	index->buffer.len = (size_t)got;
	return 0;
}

/* The whole log into state. */
static int load_log(struct index *index, struct state *state, struct bytes_object *log,
		    struct replayed *done, struct roost_error *err)
{
	struct log_header header;
	const uint8_t *data;
	uint64_t size;
	size_t start = LOG_HEADER_SIZE;

	if (bytes_size(log, &size, err) < 0 || read_log(index, log, 0, size, err) < 0)
		return -1;
	data = (const uint8_t *)index->buffer.data;
	if (index->buffer.len < start)
		start = index->buffer.len;
	*done = replay(state, STATE_MAIN, data + start, index->buffer.len - start, NULL);
	done->end += start;
	if (!log_header_get(data, index->buffer.len, &header) ||
	    header.generation != state->generation) {
		done->bad += start + (start == 0);
		state->scan = true;
	}
	return 0;
}

static void report_damage(struct index *index, const struct snap_damage *damage)
{
	if (damage->header + damage->hot + damage->lost + damage->cold + damage->other == 0)
		return;
	index->damaged = true;
	if (damage->header != 0)
		index_warn(index, "snap: header is damaged, its copy is used");
	if (damage->hot != 0)
		index_warn(index, "snap: the flags of %u messages are lost", damage->hot);
	if (damage->lost + damage->cold != 0)
		index_warn(index, "snap: %u messages are lost from the index; the store will be "
			   "scanned for them", damage->lost + damage->cold);
	if (damage->other != 0)
		index_warn(index, "snap: %u blocks of names or history are damaged", damage->other);
}

static bool needs_scan(const struct snap_damage *damage)
{
	return damage->hot + damage->lost + damage->cold + damage->other != 0;
}

int index_salvage_log(struct index *index, struct state *state, struct bytes_object *log,
		      struct roost_error *err)
{
	struct log_header header;
	struct replayed done;

	if (load_log(index, state, log, &done, err) < 0)
		return -1;
	if (log_header_get((const uint8_t *)index->buffer.data, index->buffer.len, &header)) {
		if (state->uidvalidity == 0)
			state->uidvalidity = header.uidvalidity;
		if (state->uidnext < header.uidnext)
			state->uidnext = header.uidnext;
		if (state->highestmodseq < header.highestmodseq)
			state->highestmodseq = header.highestmodseq;
	}
	return 0;
}

/* The snapshot's log is gone: an empty one takes its place, under its lock. */
static int restore_log(struct index *index, struct snap *snap, const char *name,
		       struct roost_error *err)
{
	struct log_header header = { .generation = snap_generation(snap) };
	struct roost_str bytes = ROOST_STR_INIT;
	struct bytes_object *log;
	uint64_t size;
	int result = 0;

	if (bytes_open(index->store, name, true, &log, err) < 0)
		return -1;
	if (bytes_lock(log, LOCK_TIMEOUT, err) < 0) {
		bytes_close(log);
		return -1;
	}
	if (bytes_size(log, &size, NULL) == 0 && size == 0) {
		if (snap_replaced(snap)) {
			bytes_remove(index->store, name, NULL);
		} else {
			log_header_put(&bytes, &header);
			result = bytes_append(log, 0, bytes.data, bytes.len, err);
			index_warn(index, "%s is missing: what it held is lost, the store will be "
				   "scanned", name);
			index->damaged = true;
		}
	}
	bytes_unlock(log);
	bytes_close(log);
	roost_str_free(&bytes);
	return result;
}

/* Nothing is there, and nothing may be made: an empty one in memory. */
static int load_absent(struct index *index)
{
	index->absent = true;
	index->state = state_create();
	index_choose_identity(index, index->state);
	index->state->cold_loaded = index->state->history_loaded = true;
	index_update_header(index);
	index->header.fresh = true;
	return 1;
}

/* 1: loaded, 0: try again. */
static int load_once(struct index *index, struct roost_error *err)
{
	struct snap_damage damage;
	struct roost_error why;
	struct replayed done;
	struct bytes_object *log = NULL;
	struct state *state;
	struct snap *snap;
	char name[32];

	if (snap_open(index->store, &snap, &why) < 0) {
		if (why.kind == ROOST_ERR_NOTFOUND && index->options.readonly &&
		    index->state == NULL)
			return load_absent(index);
		if ((why.kind != ROOST_ERR_NOTFOUND && why.kind != ROOST_ERR_CORRUPT) ||
		    index->options.readonly || index->state != NULL) {
			if (err != NULL)
				*err = why;
			return -1;
		}
		return index_make(index, why.kind == ROOST_ERR_CORRUPT, err);
	}
	state = state_create();
	if (snap_load(snap, state, STATE_MAIN, &damage, err) < 0)
		goto fail;
	index_log_name(name, state->generation);
	if (bytes_open(index->store, name, false, &log, &why) < 0) {
		if (!snap_replaced(snap) &&
		    (why.kind != ROOST_ERR_NOTFOUND || index->options.readonly ||
		     restore_log(index, snap, name, &why) < 0)) {
			if (err != NULL)
				*err = why;
			goto fail;
		}
		goto again;
	}
	if (load_log(index, state, log, &done, err) < 0) {
		if (snap_replaced(snap))
			goto again;
		goto fail;
	}
	if (state->sealed && snap_replaced(snap))
		goto again;
	if (needs_scan(&damage) || index->damaged)
		state->scan = true;
	report_damage(index, &damage);
	if (done.bad > 0) {
		index->damaged = index->keep_bad = true;
		index_warn(index, "%s: %llu damaged bytes among good records are passed over",
			   name, (unsigned long long)done.bad);
	}
	/* Our lock lives in the object that is open already. */
	if (index->locks > 0 && index->state->generation == state->generation) {
		bytes_close(log);
		log = index->log;
	} else {
		bytes_close(index->log);
	}
	state_free(index->state);
	snap_close(index->snap);
	index->state = state;
	index->snap = snap;
	index->log = log;
	index->position = done.end;
	index->last_crc = done.last_crc;
	index->stale = false;
	index->version++;
	index_update_header(index);
	return 1;
again:
	bytes_close(log);
	snap_close(snap);
	state_free(state);
	return 0;
fail:
	bytes_close(log);
	snap_close(snap);
	state_free(state);
	return -1;
}

int index_load(struct index *index, struct roost_error *err)
{
	for (int tries = 0; tries < TRIES; tries++) {
		int result = load_once(index, err);

		if (result != 0)
			return result < 0 ? -1 : 0;
	}
	return roost_fail_detail(err, ROOST_ERR_TEMP, "the index changes faster than it is read");
}

/* What is behind the last whole record, under the lock: nobody is writing it any more. */
static int cut_tail(struct index *index, uint64_t size, struct roost_error *err)
{
	const char *tail = index->buffer.data + (index->buffer.len - (size - index->position));
	bool zeroes = true;

	for (uint64_t i = 0; i < size - index->position && zeroes; i++)
		zeroes = tail[i] == '\0';
	index_warn(index, "log: %llu bytes of a write that was never finished%s are cut off",
		   (unsigned long long)(size - index->position), zeroes ? " (zeroes)" : "");
	if (!zeroes)
		bytes_replace(index->store, "log.bad", index->buffer.data, index->buffer.len,
			      false, NULL);
	index->damaged = true;
	index->state->scan = true;
	return bytes_truncate(index->log, index->position, err);
}

int index_replay(struct index *index, struct roost_error *err)
{
	const unsigned mask = STATE_MAIN | (index->state->cold_loaded ? STATE_COLD : 0) |
		(index->state->history_loaded ? STATE_HISTORY : 0);
	struct replayed done;
	uint64_t size;

	if (bytes_size(index->log, &size, err) < 0)
		return -1;
	if (size == index->position)
		return 0;
	if (size < index->position) {
		index->stale = true;
		return 1;
	}
	if (read_log(index, index->log, index->position, size, err) < 0)
		return -1;
	done = replay(index->state, mask, (const uint8_t *)index->buffer.data,
		      index->buffer.len, &index->last_crc);
	/* A gap may also be what another process is writing: read it all again to be sure. */
	if (done.other_history || done.bad > 0) {
		index->stale = true;
		return 1;
	}
	if (done.records > 0) {
		index->position += done.end;
		index->last_crc = done.last_crc;
		index->version++;
		index_update_header(index);
	}
	if (index->locks > 0 && index->position < size && cut_tail(index, size, err) < 0)
		return -1;
	return done.records > 0;
}

static int want_part(struct index *index, unsigned part, struct roost_error *err)
{
	struct snap_damage damage = { 0 };
	const uint8_t *data;

	if (snap_load(index->snap, index->state, part, &damage, err) < 0 ||
	    read_log(index, index->log, 0, index->position, err) < 0)
		return -1;
	report_damage(index, &damage);
	data = (const uint8_t *)index->buffer.data;
	if (index->buffer.len > LOG_HEADER_SIZE)
		replay(index->state, part, data + LOG_HEADER_SIZE,
		       index->buffer.len - LOG_HEADER_SIZE, NULL);
	return 0;
}

/*
 * One cold row for each message, and for nothing else. A message without cold data keeps its place
 * until the lock is held, but has no key.
 */
static void align_cold(struct state *state)
{
	size_t to = 0;
	bool found;

	for (size_t from = 0; from < state->cold.count; from++) {
		hot_position(&state->hot, state->cold.items[from].uid, &found);
		if (found)
			state->cold.items[to++] = state->cold.items[from];
	}
	state->cold.count = to;
	for (size_t i = 0; i < state->hot.uid.count; i++) {
		struct cold_row row = { .uid = state->hot.uid.items[i] };

		state_add_cold(state, &row, NULL, 0);
	}
}

int index_want(struct index *index, unsigned parts, struct roost_error *err)
{
	struct state *state = index->state;

	if ((parts & STATE_COLD) != 0 && !state->cold_loaded) {
		state->cold.count = 0;
		roost_vec_reserve(&state->cold, state->hot.uid.count);
		if (want_part(index, STATE_COLD, err) < 0)
			return -1;
		if (state->cold.count != state->hot.uid.count) {
			align_cold(state);
			index->damaged = true;
		}
		state->cold_loaded = true;
	}
	if ((parts & STATE_HISTORY) != 0 && !state->history_loaded) {
		state->history.count = 0;
		if (want_part(index, STATE_HISTORY, err) < 0)
			return -1;
		state->history_loaded = true;
	}
	return 0;
}
