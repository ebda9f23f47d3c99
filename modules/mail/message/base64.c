/* Base64 as mail has it: lines, junk, missing padding. RFC 2045 section 6.8. */
#include <string.h>
#include <roost/encode.h>
#include "transfer.h"

#define XX -1
static const signed char values[256] = {
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, 62, XX, XX, XX, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, XX, XX, XX, XX, XX, XX,
	XX,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, XX, XX, XX, XX, XX,
	XX, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
};
#undef XX

/* Give out the one or two bytes that an incomplete group of four holds. */
static char *end_group(struct roost_transfer_decoder *decoder, char *to)
{
	if (decoder->state == 2) {
		*to++ = (char)(decoder->bits >> 4);
	} else if (decoder->state == 3) {
		*to++ = (char)(decoder->bits >> 10);
		*to++ = (char)(decoder->bits >> 2);
	}
	decoder->state = 0;
	decoder->bits = 0;
	return to;
}

static char *add_byte(struct roost_transfer_decoder *decoder, unsigned char byte, char *to)
{
	int value = values[byte];

	if (byte == '=')
		return end_group(decoder, to);
	if (value < 0)
		return to;
	decoder->bits = decoder->bits << 6 | (uint32_t)value;
	if (++decoder->state < 4)
		return to;
	*to++ = (char)(decoder->bits >> 16);
	*to++ = (char)(decoder->bits >> 8);
	*to++ = (char)decoder->bits;
	decoder->state = 0;
	decoder->bits = 0;
	return to;
}

void base64_decode(struct roost_transfer_decoder *decoder, struct roost_str *out,
		   const unsigned char *data, size_t len)
{
	char *to = roost_str_reserve(out, len / 4 * 3 + 6);
	size_t at = 0;

	while (at < len) {
		while (decoder->state == 0 && at + 4 <= len) {
			int a = values[data[at]], b = values[data[at + 1]];
			int c = values[data[at + 2]], d = values[data[at + 3]];
			uint32_t bits;

			if ((a | b | c | d) < 0)
				break;
			bits = (uint32_t)(a << 18 | b << 12 | c << 6 | d);
			*to++ = (char)(bits >> 16);
			*to++ = (char)(bits >> 8);
			*to++ = (char)bits;
			at += 4;
		}
		if (at < len)
			to = add_byte(decoder, data[at++], to);
	}
	out->len = (size_t)(to - out->data);
	out->data[out->len] = '\0';
}

void base64_finish(struct roost_transfer_decoder *decoder, struct roost_str *out)
{
	char *to = end_group(decoder, roost_str_reserve(out, 2));

	out->len = (size_t)(to - out->data);
	out->data[out->len] = '\0';
}

void roost_transfer_encode_base64(struct roost_str *out, const void *data, size_t len)
{
	const char *bytes = data;

	for (size_t at = 0; at < len; at += 57) {
		roost_base64_encode(out, bytes + at, len - at < 57 ? len - at : 57);
		roost_str_append(out, "\r\n", 2);
	}
}
