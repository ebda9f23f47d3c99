/*
 * The log: a header and records, each complete and checked by itself. Knows framing, not meaning,
 * so that other state (a user's list of mailboxes) can be kept in the same way. README has the bytes.
 */
#ifndef MAIL_INDEX_LOG_H
#define MAIL_INDEX_LOG_H

#include <roost/str.h>

#define LOG_HEADER_SIZE 64u
#define LOG_RECORD_HEAD 24u
#define LOG_RECORD_TAIL 32u

/* What the log begins with: enough to go on from when the snapshot is lost. */
struct log_header {
	uint64_t generation, highestmodseq;
	uint32_t uidvalidity, uidnext;
	uint8_t guid[16];
};

/* The state after a record, for whoever reads only the last one. */
struct log_marks {
	uint64_t highestmodseq;
	uint32_t uidvalidity, uidnext, messages, unseen;
};

struct log_record {
	uint32_t length;		/* in the file */
	uint32_t crc, previous;		/* of this record; of the one that stood before it */
	uint32_t type;
	uint64_t modseq;
	struct log_marks marks;
	const uint8_t *payload;		/* borrowed from what was read */
	size_t payload_len;
};

void log_header_put(struct roost_str *out, const struct log_header *header);
bool log_header_get(const uint8_t *data, size_t len, struct log_header *header);

/* A record under way: begin, append the payload to out, finish. One record at a time in out. */
void log_record_begin(struct roost_str *out);
/* Pads the payload with zeroes to 8 bytes. Returns the record's CRC, for the next one's previous. */
uint32_t log_record_finish(struct roost_str *out, uint32_t type, uint32_t previous,
			   uint64_t modseq, const struct log_marks *marks);
/* Whether a valid record begins here. */
bool log_record_get(const uint8_t *data, size_t len, struct log_record *record);
/* Where in data a valid record begins again, from on; len when nowhere. */
size_t log_resume(const uint8_t *data, size_t len, size_t from);

#endif
