/* Uuencode: "begin MODE NAME", lines with their length in front, "end". */
#include <string.h>
#include "transfer.h"

enum { BEFORE = 0, INSIDE = 1, AFTER = 2 };

static unsigned uu_value(unsigned char byte)
{
	return (unsigned)(byte - ' ') & 0x3f;
}

static void uu_data(struct roost_str *out, const unsigned char *line, size_t len)
{
	size_t count = uu_value(line[0]), at = 1;

	while (count > 0 && at < len) {
		unsigned values[4] = { 0 };
		unsigned char bytes[3];

		for (size_t i = 0; i < 4 && at < len; i++)
			values[i] = uu_value(line[at++]);
		bytes[0] = (unsigned char)(values[0] << 2 | values[1] >> 4);
		bytes[1] = (unsigned char)(values[1] << 4 | values[2] >> 2);
		bytes[2] = (unsigned char)(values[2] << 6 | values[3]);
		roost_str_append(out, bytes, count < 3 ? count : 3);
		count -= count < 3 ? count : 3;
	}
}

static bool starts_with(const unsigned char *line, size_t len, const char *word)
{
	size_t word_len = strlen(word);

	return len >= word_len && memcmp(line, word, word_len) == 0;
}

static void uu_line(struct roost_transfer_decoder *decoder, struct roost_str *out)
{
	const unsigned char *line = decoder->held;
	size_t len = decoder->held_len;

	while (len > 0 && line[len - 1] == '\r')
		len--;
	if (decoder->state == BEFORE && starts_with(line, len, "begin "))
		decoder->state = INSIDE;
	else if (decoder->state == INSIDE && len == 3 && starts_with(line, len, "end"))
		decoder->state = AFTER;
	else if (decoder->state == INSIDE && len > 0)
		uu_data(out, line, len);
	decoder->held_len = 0;
}

void uu_decode(struct roost_transfer_decoder *decoder, struct roost_str *out,
	       const unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n')
			uu_line(decoder, out);
		else if (decoder->held_len < sizeof(decoder->held))
			decoder->held[decoder->held_len++] = data[i];
	}
}
