/* The log's framing: header, records, and finding the next good one behind damage. */
#include "modules/mail/index/crc.h"
#include "modules/mail/index/le.h"
#include "modules/mail/index/log.h"

static const char magic[8] = "roostlg1";

void log_header_put(struct roost_str *out, const struct log_header *header)
{
	size_t start = out->len;

	roost_str_append(out, magic, sizeof(magic));
	le64_put(out, header->generation);
	le64_put(out, header->highestmodseq);
	le32_put(out, header->uidvalidity);
	le32_put(out, header->uidnext);
	roost_str_append(out, header->guid, sizeof(header->guid));
	le64_put(out, 0);
	le32_put(out, 0);
	le32_put(out, crc32c(0, out->data + start, LOG_HEADER_SIZE - 4));
}

bool log_header_get(const uint8_t *data, size_t len, struct log_header *header)
{
	if (len < LOG_HEADER_SIZE || memcmp(data, magic, sizeof(magic)) != 0 ||
	    le32_get(data + LOG_HEADER_SIZE - 4) != crc32c(0, data, LOG_HEADER_SIZE - 4))
		return false;
	header->generation = le64_get(data + 8);
	header->highestmodseq = le64_get(data + 16);
	header->uidvalidity = le32_get(data + 24);
	header->uidnext = le32_get(data + 28);
	memcpy(header->guid, data + 32, sizeof(header->guid));
	return true;
}

void log_record_begin(struct roost_str *out)
{
	static const char head[LOG_RECORD_HEAD];

	roost_str_truncate(out, 0);
	roost_str_append(out, head, sizeof(head));
}

/* All but the CRC itself. */
static uint32_t record_crc(const uint8_t *data, uint32_t length)
{
	return crc32c(crc32c(0, data, 4), data + 8, length - 8);
}

uint32_t log_record_finish(struct roost_str *out, uint32_t type, uint32_t previous,
			   uint64_t modseq, const struct log_marks *marks)
{
	static const char zeroes[8];
	uint32_t length, crc;

	roost_str_append(out, zeroes, -out->len & 7);
	length = (uint32_t)out->len + LOG_RECORD_TAIL;
	le64_put(out, marks->highestmodseq);
	le32_put(out, marks->uidvalidity);
	le32_put(out, marks->uidnext);
	le32_put(out, marks->messages);
	le32_put(out, marks->unseen);
	le32_put(out, 0);
	le32_put(out, length);
	le32_set(out->data, length);
	le32_set(out->data + 8, type);
	le32_set(out->data + 12, previous);
	le64_set(out->data + 16, modseq);
	crc = record_crc((const uint8_t *)out->data, length);
	le32_set(out->data + 4, crc);
	return crc;
}

bool log_record_get(const uint8_t *data, size_t len, struct log_record *record)
{
	const uint8_t *tail;

	if (len < LOG_RECORD_HEAD + LOG_RECORD_TAIL)
		return false;
	record->length = le32_get(data);
	if (record->length < LOG_RECORD_HEAD + LOG_RECORD_TAIL || record->length > len ||
	    record->length % 8 != 0 ||
	    le32_get(data + record->length - 4) != record->length)
		return false;
	record->crc = le32_get(data + 4);
	if (record->crc != record_crc(data, record->length))
		return false;
	record->type = le32_get(data + 8);
	record->previous = le32_get(data + 12);
	record->modseq = le64_get(data + 16);
	tail = data + record->length - LOG_RECORD_TAIL;
	record->marks.highestmodseq = le64_get(tail);
	record->marks.uidvalidity = le32_get(tail + 8);
	record->marks.uidnext = le32_get(tail + 12);
	record->marks.messages = le32_get(tail + 16);
	record->marks.unseen = le32_get(tail + 20);
	record->payload = data + LOG_RECORD_HEAD;
	record->payload_len = record->length - LOG_RECORD_HEAD - LOG_RECORD_TAIL;
	return true;
}

size_t log_resume(const uint8_t *data, size_t len, size_t from)
{
	struct log_record record;

	/* The header and all records have lengths that are multiples of 8. */
	for (from = (from + 7) & ~(size_t)7; from < len; from += 8) {
		if (log_record_get(data + from, len - from, &record))
			return from;
	}
	return len;
}
