/* Replies: one line each, in the words of R-LM-2. RFC 5321 section 4.2. */
#include "modules/lmtp/lmtp.h"

enum { BAD_COMMANDS_MAX = 10 };

static void reply_line(struct roost_front *front, const char *format, va_list args)
{
	struct roost_str *out = roost_front_output(front);
	size_t start = out->len;

	roost_str_vprintf(out, format, args);
	/* An address that we repeat must not end the line. */
	for (size_t i = start; i < out->len; i++) {
		if ((unsigned char)out->data[i] < 0x20 || out->data[i] == 0x7f)
			out->data[i] = '?';
	}
	roost_str_puts(out, "\r\n");
}

void lmtp_reply(struct roost_front *front, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	reply_line(front, format, args);
	va_end(args);
}

void lmtp_bad(struct roost_front *front, const char *format, ...)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	va_list args;

	if (++lmtp->bad_commands > BAD_COMMANDS_MAX) {
		lmtp_reply(front, "421 4.7.0 %s Too many invalid commands.", lmtp->host);
		lmtp_leave(front, "Too many invalid commands.");
		return;
	}
	va_start(args, format);
	reply_line(front, format, args);
	va_end(args);
}
