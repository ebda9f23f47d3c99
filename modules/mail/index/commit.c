/* Transactions: one record, applied in memory, appended by one write. */
#include <time.h>
#include "modules/mail/index/change.h"
#include "modules/mail/index/le.h"

void index_put_op(struct roost_str *record, enum op_kind kind, const void *body, size_t len)
{
	le32_put(record, kind);
	le32_put(record, (uint32_t)len);
	roost_str_append(record, body, len);
	roost_str_append(record, "\0\0\0\0\0\0\0", -record->len & 7);
}

/* Never goes back, even for a mailbox that was made anew. */
static uint64_t new_modseq(const struct state *state)
{
	struct timespec now;
	uint64_t time;

	clock_gettime(CLOCK_REALTIME, &now);
	time = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	return time > state->highestmodseq ? time : state->highestmodseq + 1;
}

/* On a full disk, room is made for what frees some: expunges, their confirmation, flags. */
static int append(struct index *index, const struct roost_str *record, unsigned options,
		  struct roost_error *err)
{
	struct roost_error why;

	if (bytes_append(index->log, index->position, record->data, record->len, &why) == 0)
		return 0;
	if (why.kind == ROOST_ERR_NOSPACE && (options & WRITE_RESERVE) != 0 &&
	    bytes_remove(index->store, RESERVE_NAME, NULL) == 0) {
		index->reserve_used = true;
		if (bytes_append(index->log, index->position, record->data, record->len,
				 &why) == 0)
			return 0;
	}
	if (err != NULL)
		*err = why;
	return -1;
}

int index_write(struct index *index, struct roost_str *record, unsigned options,
		struct roost_error *err)
{
	struct state *state = index->state;
	uint64_t modseq = (options & WRITE_MODSEQ) != 0 ? new_modseq(state) : 0;
	struct log_record applied = {
		.type = LOG_TYPE_CHANGE, .modseq = modseq,
		.payload = (const uint8_t *)record->data + LOG_RECORD_HEAD,
		.payload_len = record->len - LOG_RECORD_HEAD,
	};
	struct log_marks marks;
	uint32_t crc;

	state_apply(state, &applied, STATE_MAIN | (state->cold_loaded ? STATE_COLD : 0) |
		    (state->history_loaded ? STATE_HISTORY : 0));
	marks = state_marks(state);
	crc = log_record_finish(record, LOG_TYPE_CHANGE, index->last_crc, modseq, &marks);
	if (append(index, record, options, err) < 0) {
		/* Memory has it, the file does not: back to what the file says. */
		index->stale = true;
		index_load(index, NULL);
		return -1;
	}
	index->position += record->len;
	index->last_crc = crc;
	index->unsynced = index->wrote = true;
	index->version++;
	index_update_header(index);
	return 0;
}

int index_write_op(struct index *index, enum op_kind kind, const void *body, size_t len,
		   struct roost_error *err)
{
	struct roost_str record = ROOST_STR_INIT;
	int result;

	log_record_begin(&record);
	index_put_op(&record, kind, body, len);
	result = index_write(index, &record, 0, err);
	roost_str_free(&record);
	return result;
}

/* The first change since a boot says so: whoever opens after the next one can tell. */
static void put_boot(struct index_change *change)
{
	const uint8_t *boot = index_boot_id();
	uint8_t body[20] = { 0 };

	if (memcmp(change->index->state->boot, boot, 16) == 0)
		return;
	memcpy(body, boot, 16);
	roost_str_append(&change->record, "\0\0\0\0\0\0\0", -change->record.len & 7);
	index_put_op(&change->record, OP_BOOT, body, sizeof(body));
}

/* The record is in the log but not on the disk, and its author wants it durable: take it back. */
static int take_back(struct index *index, uint64_t position)
{
	bytes_truncate(index->log, position, NULL);
	index->stale = true;
	index_load(index, NULL);
	return -1;
}

static int sync_commit(struct index *index, bool durable, struct roost_error *err)
{
	if (index->options.fsync == INDEX_FSYNC_NEVER ||
	    (index->options.fsync == INDEX_FSYNC_OPTIMIZED && !durable))
		return 0;
	return index_sync(index, err);
}

int index_commit(struct index_change *change, bool durable, struct roost_error *err)
{
	struct index *index = change->index;
	uint64_t position = index->position;
	int result = -1;

	if (change->failed) {
		if (err != NULL)
			*err = change->err;
	} else if (index->stale && index_load(index, err) < 0) {
		/* An earlier failure left memory and files apart. */
	} else if (change->op == 0) {
		result = 0;
	} else {
		put_boot(change);
		result = index_write(index, &change->record,
				     change->adds ? change->options & ~WRITE_RESERVE :
				     change->options, err);
		if (result == 0 && sync_commit(index, durable, err) < 0)
			result = take_back(index, position);
		if (result == 0) {
			index->header.fresh = false;
			index_compact_when_due(index);
		}
	}
	change_free(change);
	return result;
}
