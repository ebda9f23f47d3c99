/*
 * DATA and BDAT: the message goes to a spool as it comes, without the transparency dots. Only
 * CRLF "." CRLF ends DATA: a bare LF or CR around the dot is text, whatever other servers think
 * (RFC 5321 section 4.1.1.4; mail smuggling).
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "modules/lmtp/lmtp.h"

static void spool_write(struct roost_front *front, const char *data, size_t len)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	uint64_t limit = lmtp->set->lmtp_max_message_size;

	if (lmtp->spool_failed || lmtp->too_big)
		return;
	if (limit > 0 && lmtp->spooled + len > limit) {
		lmtp->too_big = true;
		return;
	}
	lmtp->spooled += len;
	while (len > 0) {
		ssize_t done = write(lmtp->spool, data, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			roost_log(roost_front_log(front), ROOST_LOG_ERROR,
				  "cannot write the message to mail_temp_dir: %m; "
				  "the client was told to retry");
			lmtp->spool_failed = true;
			return;
		}
		data += done;
		len -= (size_t)done;
	}
}

static bool spool_open(struct roost_front *front)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	struct roost_error err;

	if (roost_front_spool(front, lmtp->announced, &lmtp->spool, &err) == 0)
		return true;
	roost_log(roost_front_log(front), ROOST_LOG_ERROR, "cannot spool a message: %s",
		  roost_error_log(&err));
	return false;
}

void lmtp_data_begin(struct roost_front *front)
{
	struct lmtp_front *lmtp = roost_front_state(front);

	if (!spool_open(front)) {
		lmtp_reply(front, "451 4.3.0 Temporary internal error");
		lmtp_reset(front);
		return;
	}
	lmtp->state = LMTP_DATA;
	lmtp->line_start = 2;		/* the text begins as if after CRLF */
	lmtp_reply(front, "354 OK");
}

/* What of "CRLF . CRLF" has been seen: values of line_start. */
enum { SEEN_NOTHING, SEEN_CR, SEEN_CRLF, SEEN_DOT, SEEN_DOT_CR };

/*
 * Pass text on, up to the end of the message. Text between line ends is passed in whole runs; the
 * dot and the CR after it are held back until it is clear what they are. True at the end.
 */
static bool take_text(struct roost_front *front, const char *data, size_t len, size_t *used)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	unsigned seen = lmtp->line_start;
	size_t start = 0, i;

	for (i = 0; i < len; i++) {
		char c = data[i];

		if (seen == SEEN_NOTHING) {
			const char *cr = memchr(data + i, '\r', len - i);

			if (cr == NULL) {
				i = len;
				break;
			}
			i = (size_t)(cr - data);
			seen = SEEN_CR;
		} else if (seen == SEEN_CRLF && c == '.') {
			spool_write(front, data + start, i - start);
			start = i + 1;		/* the first dot of a line is transparency */
			seen = SEEN_DOT;
		} else if (seen == SEEN_DOT && c == '\r') {
			start = i + 1;
			seen = SEEN_DOT_CR;
		} else if (seen == SEEN_DOT_CR && c == '\n') {
			lmtp->line_start = SEEN_CRLF;
			*used = i + 1;
			return true;
		} else {
			/* ".<CR>" was text after all: the line began with a lone CR. */
			if (seen == SEEN_DOT_CR) {
				spool_write(front, "\r", 1);
				start = i;
			}
			seen = c == '\r' ? SEEN_CR :
				c == '\n' && seen == SEEN_CR ? SEEN_CRLF : SEEN_NOTHING;
		}
	}
	spool_write(front, data + start, len - start);
	lmtp->line_start = seen;
	*used = len;
	return false;
}

bool lmtp_data_input(struct roost_front *front)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	size_t len, used;
	const char *data = roost_front_input(front, &len);
	bool end;

	if (len == 0)
		return false;
	end = take_text(front, data, len, &used);
	roost_front_consume(front, used);
	if (!end)
		return false;
	lmtp->state = LMTP_COMMANDS;
	lmtp_deliver(front);
	return true;
}

void lmtp_bdat_begin(struct roost_front *front, uint64_t size, bool last)
{
	struct lmtp_front *lmtp = roost_front_state(front);

	lmtp->state = LMTP_BDAT;
	lmtp->chunk_left = size;
	lmtp->chunk_last = last;
	/* Without a transaction the chunk is read and thrown away (RFC 3030 section 2). */
	if (lmtp->sender == NULL || lmtp->recipients.count == 0)
		lmtp->spool_failed = true;
	else if (lmtp->spool < 0 && !lmtp->spool_failed)
		lmtp->spool_failed = !spool_open(front);
	lmtp->chunked = true;
}

static void chunk_done(struct roost_front *front)
{
	struct lmtp_front *lmtp = roost_front_state(front);

	lmtp->state = LMTP_COMMANDS;
	if (lmtp->sender == NULL || lmtp->recipients.count == 0) {
		bool have_mail = lmtp->sender != NULL;

		lmtp_reset(front);
		lmtp_reply(front, have_mail ? "503 5.5.0 No valid recipients" :
			   "503 5.5.0 MAIL needed first");
	} else if (lmtp->chunk_last) {
		lmtp_deliver(front);
	} else if (lmtp->too_big) {
		lmtp_reply(front, "552 5.3.4 Message is too large");
		lmtp_reset(front);
	} else if (lmtp->spool_failed) {
		lmtp_reply(front, "451 4.3.0 Temporary internal error");
		lmtp_reset(front);
	} else {
		lmtp_reply(front, "250 2.0.0 %llu octets received",
			   (unsigned long long)lmtp->spooled);
	}
}

bool lmtp_bdat_input(struct roost_front *front)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	size_t len;
	const char *data = roost_front_input(front, &len);

	if (len > lmtp->chunk_left)
		len = (size_t)lmtp->chunk_left;
	spool_write(front, data, len);
	roost_front_consume(front, len);
	lmtp->chunk_left -= len;
	if (lmtp->chunk_left > 0)
		return false;
	chunk_done(front);
	return true;
}
