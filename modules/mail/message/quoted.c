/* Quoted-printable, both ways. RFC 2045 section 6.7. */
#include <string.h>
#include "lex.h"
#include "transfer.h"

static bool is_blank(unsigned char c)
{
	return c == ' ' || c == '\t';
}

/* Bytes that stand for themselves whatever follows. */
static size_t plain_run(const unsigned char *data, size_t len)
{
	size_t at = 0;

	for (; at < len; at++) {
		unsigned char c = data[at];

		if (c == '=' || c == '\r')
			break;
		/* White space counts unless the line ends behind it. */
		if (is_blank(c) && (at + 1 == len || data[at + 1] <= ' '))
			break;
	}
	return at;
}

static void release(struct roost_transfer_decoder *decoder, struct roost_str *out)
{
	roost_str_append(out, decoder->held, decoder->held_len);
	decoder->held_len = 0;
}

/* "=", with more behind it: a coded byte, a soft line end, or neither. False: byte is not used. */
static bool after_equals(struct roost_transfer_decoder *decoder, struct roost_str *out,
			 unsigned char byte)
{
	unsigned char second = decoder->held_len > 1 ? decoder->held[1] : 0;
	bool coded = decoder->held_len == 2 && lex_hex((char)second) >= 0;

	if (coded && lex_hex((char)byte) >= 0) {
		roost_str_byte(out, (char)(lex_hex((char)second) << 4 | lex_hex((char)byte)));
		decoder->held_len = 0;
		return true;
	}
	if (!coded && byte == '\n') {
		decoder->held_len = 0;
		return true;
	}
	if ((!coded && (is_blank(byte) || byte == '\r')) ||
	    (decoder->held_len == 1 && lex_hex((char)byte) >= 0)) {
		decoder->held[decoder->held_len++] = byte;
		return true;
	}
	release(decoder, out);
	return false;
}

/* White space and CR: dropped, but for the CR, when the line ends here. False: byte is not used. */
static bool after_blank(struct roost_transfer_decoder *decoder, struct roost_str *out,
			unsigned char byte)
{
	if (is_blank(byte) || byte == '\r') {
		decoder->held[decoder->held_len++] = byte;
		return true;
	}
	if (byte != '\n') {
		release(decoder, out);
		return false;
	}
	if (decoder->held[decoder->held_len - 1] == '\r')
		roost_str_byte(out, '\r');
	roost_str_byte(out, '\n');
	decoder->held_len = 0;
	return true;
}

void quoted_decode(struct roost_transfer_decoder *decoder, struct roost_str *out,
		   const unsigned char *data, size_t len)
{
	size_t at = 0;

	while (at < len) {
		if (decoder->held_len == 0) {
			size_t run = plain_run(data + at, len - at);

			roost_str_append(out, data + at, run);
			at += run;
			if (at < len)
				decoder->held[decoder->held_len++] = data[at++];
			continue;
		}
		if (decoder->held_len == sizeof(decoder->held))
			release(decoder, out);
		else if (decoder->held[0] == '=')
			at += after_equals(decoder, out, data[at]);
		else
			at += after_blank(decoder, out, data[at]);
	}
}

void quoted_finish(struct roost_transfer_decoder *decoder, struct roost_str *out)
{
	bool blank = true;

	for (size_t i = 0; i < decoder->held_len; i++) {
		unsigned char c = decoder->held[i];

		blank = blank && (is_blank(c) || c == '\r' || (i == 0 && c == '='));
	}
	if (!blank)
		release(decoder, out);
}

enum { LINE_LENGTH = 76 };

/* Does the byte at text have to be coded? last: a line end follows it. */
static bool must_code(unsigned char byte, bool last)
{
	if (is_blank(byte))
		return last;
	return byte < ' ' || byte > '~' || byte == '=';
}

void roost_transfer_encode_quoted(struct roost_str *out, const char *text, size_t len)
{
	size_t column = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];
		bool crlf = byte == '\r' && i + 1 < len && text[i + 1] == '\n';
		bool last, code;
		size_t width;

		if (byte == '\n' || crlf) {
			roost_str_append(out, "\r\n", 2);
			column = 0;
			i += crlf;
			continue;
		}
		last = i + 1 == len || text[i + 1] == '\n' ||
			(text[i + 1] == '\r' && i + 2 < len && text[i + 2] == '\n');
		/* A dot alone ends SMTP's data, "From " is mangled by mbox writers. */
		code = must_code(byte, last) || (column == 0 && (byte == '.' || (byte == 'F' &&
			len - i >= 5 && memcmp(text + i, "From ", 5) == 0)));
		width = code ? 3 : 1;
		if (column + width > LINE_LENGTH - (last ? 0 : 1)) {
			roost_str_append(out, "=\r\n", 3);
			column = 0;
		}
		if (code)
			roost_str_printf(out, "=%02X", byte);
		else
			roost_str_byte(out, (char)byte);
		column += width;
	}
}
