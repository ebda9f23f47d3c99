/* The log: transactions behind each other, each one record in one write. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "modules/mail/index/crc.h"
#include "modules/mail/index/private.h"

#define LOG_MAGIC "RoostLg1"
#define RECORD_MAGIC 0x72655278u
#define RECORD_MAX (256u << 20)
enum { LOG_HEADER_SIZE = 24, RESERVE_SIZE = 16 * 1024, LOG_MIN = 64 * 1024 };

struct record_head { uint32_t magic, length, crc, type; uint64_t modseq; };
/* What an appender wants to know without reading more than the end. */
struct record_tail { uint64_t highestmodseq; uint32_t uidnext, messages, reserved, length; };
enum { RECORD_TRANSACTION = 1, RECORD_CRC_FROM = 12 };
#define RECORD_MIN (sizeof(struct record_head) + sizeof(struct record_tail))

void index_log_name(uint64_t generation, char name[32])
{
	snprintf(name, 32, "log.%" PRIu64, generation);
}

int log_create(struct index *index, uint64_t generation, struct bytes_object **log,
	       struct roost_error *err)
{
	unsigned char header[LOG_HEADER_SIZE] = LOG_MAGIC;
	char name[32];
	uint32_t crc;

	memcpy(header + 8, &generation, sizeof(generation));
	crc = index_crc(header, 16);
	memcpy(header + 16, &crc, sizeof(crc));
	index_log_name(generation, name);
	/* One that a crash left behind belongs to nobody. */
	if (bytes_remove(index->store, name, err) < 0 ||
	    bytes_open(index->store, name, true, log, err) < 0)
		return -1;
	if (bytes_lock(*log, 0, err) < 0 || bytes_append(*log, 0, header, sizeof(header), err) < 0 ||
	    (index->options.fsync != INDEX_FSYNC_NEVER && bytes_sync(*log, err) < 0)) {
		bytes_close(*log);
		*log = NULL;
		return -1;
	}
	return 0;
}

/* The length of the record at data, 0 when there is no whole and right one. */
static size_t record_length(const unsigned char *data, size_t len)
{
	struct record_head head;
	struct record_tail tail;

	if (len < RECORD_MIN)
		return 0;
	memcpy(&head, data, sizeof(head));
	if (head.magic != RECORD_MAGIC || head.length < RECORD_MIN || head.length > len ||
	    head.length % 8 != 0)
		return 0;
	memcpy(&tail, data + head.length - sizeof(tail), sizeof(tail));
	if (tail.length != head.length ||
	    head.crc != index_crc(data + RECORD_CRC_FROM, head.length - RECORD_CRC_FROM))
		return 0;
	return head.length;
}

/* The next whole record behind a bad one; len when there is none. */
static size_t next_record(const unsigned char *data, size_t len)
{
	for (size_t at = 8; at + RECORD_MIN <= len; at += 8) {
		if (record_length(data + at, len - at) != 0)
			return at;
	}
	return len;
}

static int apply_record(struct index *index, const unsigned char *data, size_t length,
			struct roost_error *err)
{
	struct record_head head;

	memcpy(&head, data, sizeof(head));
	return index_apply(index, head.modseq, data + sizeof(head), length - RECORD_MIN, err);
}

/* Keep what was damaged for who wants to look, once; the next snapshot makes the rest good. */
static void report_damage(struct index *index, uint64_t at, uint64_t lost)
{
	struct roost_error err;
	struct roost_str copy = ROOST_STR_INIT;
	uint64_t size;

	if (index->damaged)
		return;
	index->damaged = true;
	index_report(index, "the index log is damaged at byte %" PRIu64 ": %" PRIu64
		     " bytes of changes are lost; the file is kept as log.bad", at, lost);
	if (index->options.readonly || bytes_size(index->log, &size, &err) < 0)
		return;
	copy.len = (size_t)bytes_read(index->log, 0, roost_str_reserve(&copy, size), size, &err);
	if (copy.len == size)
		(void)bytes_replace(index->store, "log.bad", copy.data, copy.len, false, &err);
	copy.len = 0;
	roost_str_free(&copy);
}

/* Returns how many bytes were understood (or skipped because good ones came behind), or -1. */
static int64_t read_records(struct index *index, const unsigned char *data, size_t len,
			    struct roost_error *err)
{
	size_t at = 0;

	while (at < len) {
		size_t length = record_length(data + at, len - at);

		if (length != 0) {
			struct roost_error bad = { 0 };

			if (apply_record(index, data + at, length, &bad) < 0) {
				if (bad.kind != ROOST_ERR_CORRUPT) {
					*err = bad;
					return -1;
				}
				report_damage(index, index->log_end + at, length);
			}
		} else {
			length = next_record(data + at, len - at);
			if (at + length == len)
				break;
			report_damage(index, index->log_end + at, length);
		}
		at += length;
	}
	return (int64_t)at;
}

/* Nothing valid is behind: a write that was cut off. Nobody was told that it is done. */
static int cut_tail(struct index *index, uint64_t size, struct roost_error *err)
{
	if (bytes_truncate(index->log, index->log_end, err) < 0)
		return -1;
	index_report(index, "%" PRIu64 " bytes of an unfinished change were cut from the index log",
		     size - index->log_end);
	return 0;
}

int log_read(struct index *index, bool locked, struct roost_error *err)
{
	struct roost_str data = ROOST_STR_INIT;
	uint64_t size, before = index->log_end;
	ssize_t got;
	int64_t used;

	if (bytes_size(index->log, &size, err) < 0)
		return -1;
	if (index->log_end == 0)
		index->log_end = LOG_HEADER_SIZE;
	if (size <= index->log_end)
		return 0;
	got = bytes_read(index->log, index->log_end, roost_str_reserve(&data, size - index->log_end),
			 size - index->log_end, err);
	used = got < 0 ? -1 : read_records(index, (unsigned char *)data.data, (size_t)got, err);
	roost_str_free(&data);
	if (used < 0)
		return -1;
	index->log_end += (uint64_t)used;
	if (locked && size > index->log_end && !index->options.readonly &&
	    cut_tail(index, size, err) < 0)
		return -1;
	return index->log_end > before && used > 0;
}

/* A full disk: let go of the reserve, so that deleting still works. */
static bool release_reserve(struct index *index)
{
	struct bytes_object *reserve;
	struct roost_error err;

	if (bytes_open(index->store, "reserve", false, &reserve, &err) < 0)
		return false;
	bytes_close(reserve);
	return bytes_remove(index->store, "reserve", &err) == 0;
}

int log_append(struct index *index, uint64_t modseq, const struct roost_str *items, bool reserve,
	       struct roost_error *err)
{
	struct record_head head = { .magic = RECORD_MAGIC, .type = RECORD_TRANSACTION,
				    .modseq = modseq };
	struct record_tail tail = { .highestmodseq = modseq > index->state.highestmodseq ?
				    modseq : index->state.highestmodseq,
				    .uidnext = index->state.uidnext,
				    .messages = (uint32_t)index->state.uid.count };
	struct roost_str record = ROOST_STR_INIT;
	size_t padded = (items->len + 7) & ~(size_t)7;
	int ret;

	if (padded + RECORD_MIN > RECORD_MAX)
		return roost_fail_detail(err, ROOST_ERR_LIMIT, "a change of %zu bytes is too large",
					 items->len);
	head.length = tail.length = (uint32_t)(padded + RECORD_MIN);
	roost_str_append(&record, &head, sizeof(head));
	roost_str_append(&record, items->data, items->len);
	memset(roost_str_reserve(&record, 8), 0, 8);
	record.len += padded - items->len;
	roost_str_append(&record, &tail, sizeof(tail));
	head.crc = index_crc(record.data + RECORD_CRC_FROM, record.len - RECORD_CRC_FROM);
	memcpy(record.data, &head, sizeof(head));
	ret = bytes_append(index->log, index->log_end, record.data, record.len, err);
	if (ret < 0 && err->kind == ROOST_ERR_NOSPACE && reserve && release_reserve(index))
		ret = bytes_append(index->log, index->log_end, record.data, record.len, err);
	if (ret == 0) {
		index->log_end += record.len;
		index->unsynced = index->wrote = true;
	}
	roost_str_free(&record);
	return ret;
}

uint64_t log_size_limit(const struct index *index)
{
	return index->snap_size / 4 > LOG_MIN ? index->snap_size / 4 : LOG_MIN;
}
