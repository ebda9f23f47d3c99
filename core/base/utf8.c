/* UTF-8: validate, count, walk. RFC 3629. */
#include <roost/utf8.h>

size_t roost_utf8_decode(const char *text, size_t len, uint32_t *code)
{
	const unsigned char *bytes = (const unsigned char *)text;
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t need;
	uint32_t value;

	if (len == 0)
		return 0;
	if (bytes[0] < 0x80) {
		*code = bytes[0];
		return 1;
	}
	if (bytes[0] >= 0xc2 && bytes[0] < 0xe0)
		need = 2;
	else if (bytes[0] >= 0xe0 && bytes[0] < 0xf0)
		need = 3;
	else if (bytes[0] >= 0xf0 && bytes[0] < 0xf5)
		need = 4;
	else
		return 0;
	if (need > len)
		return 0;
	value = bytes[0] & (0xffu >> (need + 1));
	for (size_t i = 1; i < need; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (bytes[i] & 0x3fu);
	}
	if (value < smallest[need] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	*code = value;
	return need;
}

size_t roost_utf8_encode(uint32_t code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code >= 0xd800 && code < 0xe000)
		return 0;
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	if (code > 0x10ffff)
		return 0;
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

bool roost_utf8_valid(const char *text, size_t len)
{
	size_t at = 0;
	uint32_t code;

	while (at < len) {
		size_t step = (unsigned char)text[at] < 0x80 ? 1 :
			roost_utf8_decode(text + at, len - at, &code);

		if (step == 0)
			return false;
		at += step;
	}
	return true;
}

size_t roost_utf8_count(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

size_t roost_utf8_cut(const char *text, size_t len, size_t limit)
{
	size_t start;
	uint32_t code;

	if (limit > len)
		limit = len;
	/* Find where the last character begins, and keep it only when it is whole. */
	for (start = limit; start > 0 && limit - start < 4; ) {
		start--;
		if (((unsigned char)text[start] & 0xc0) != 0x80)
			break;
	}
	if (limit > 0 && (unsigned char)text[start] >= 0xc0 &&
	    roost_utf8_decode(text + start, limit - start, &code) == 0)
		return start;
	return limit;
}
