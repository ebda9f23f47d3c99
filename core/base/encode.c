/* Base64, hex, and the escaping of TAB-separated lines. */
#include <string.h>
#include <roost/encode.h>

static const char base64_chars[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void roost_base64_encode(struct roost_str *out, const void *data, size_t len)
{
	const unsigned char *in = data;
	char *to = roost_str_reserve(out, (len + 2) / 3 * 4);
	size_t i;

	for (i = 0; i + 2 < len; i += 3) {
		*to++ = base64_chars[in[i] >> 2];
		*to++ = base64_chars[(in[i] & 3) << 4 | in[i + 1] >> 4];
		*to++ = base64_chars[(in[i + 1] & 15) << 2 | in[i + 2] >> 6];
		*to++ = base64_chars[in[i + 2] & 63];
	}
	if (i < len) {
		unsigned second = i + 1 < len ? in[i + 1] : 0;

		*to++ = base64_chars[in[i] >> 2];
		*to++ = base64_chars[(in[i] & 3) << 4 | second >> 4];
		*to++ = i + 1 < len ? base64_chars[(second & 15) << 2] : '=';
		*to++ = '=';
	}
	*to = '\0';
	out->len = (size_t)(to - out->data);
}

static int base64_value(char c)
{
	const char *at = c == '\0' ? NULL : strchr(base64_chars, c);

	return at == NULL ? -1 : (int)(at - base64_chars);
}

int roost_base64_decode(struct roost_str *out, const char *text, size_t len,
			struct roost_error *err)
{
	size_t start = out->len;

	if (len % 4 != 0)
		goto bad;
	for (size_t i = 0; i < len; i += 4) {
		bool last = i + 4 == len;
		int a = base64_value(text[i]), b = base64_value(text[i + 1]);
		int c = base64_value(text[i + 2]), d = base64_value(text[i + 3]);
		int bytes = 3;

		if (last && text[i + 3] == '=') {
			d = 0;
			bytes = 2;
			if (text[i + 2] == '=') {
				c = 0;
				bytes = 1;
			}
		}
		if (a < 0 || b < 0 || c < 0 || d < 0)
			goto bad;
		/* Bits beyond the last byte are zero in the only valid spelling. */
		if ((bytes == 1 && (b & 15) != 0) || (bytes == 2 && (c & 3) != 0))
			goto bad;
		roost_str_byte(out, (char)(a << 2 | b >> 4));
		if (bytes > 1)
			roost_str_byte(out, (char)((b & 15) << 4 | c >> 2));
		if (bytes > 2)
			roost_str_byte(out, (char)((c & 3) << 6 | d));
	}
	return 0;
bad:
	roost_str_truncate(out, start);
	return roost_fail(err, ROOST_ERR_INVALID, "Invalid base64 data");
}

void roost_hex_encode(struct roost_str *out, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *in = data;

	for (size_t i = 0; i < len; i++) {
		roost_str_byte(out, digits[in[i] >> 4]);
		roost_str_byte(out, digits[in[i] & 15]);
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int roost_hex_decode(struct roost_str *out, const char *text, size_t len,
		     struct roost_error *err)
{
	size_t start = out->len;

	for (size_t i = 0; i < len; i += 2) {
		int high = hex_value(text[i]), low = i + 1 < len ? hex_value(text[i + 1]) : -1;

		if (high < 0 || low < 0) {
			roost_str_truncate(out, start);
			return roost_fail(err, ROOST_ERR_INVALID, "Invalid hexadecimal data");
		}
		roost_str_byte(out, (char)(high << 4 | low));
	}
	return 0;
}

void roost_tab_escape(struct roost_str *out, const char *text)
{
	for (; *text != '\0'; text++) {
		char code = '\0';

		switch (*text) {
		case '\t': code = 't'; break;
		case '\r': code = 'r'; break;
		case '\n': code = 'n'; break;
		case '\001': code = '1'; break;
		default: break;
		}
		if (code != '\0') {
			roost_str_byte(out, '\001');
			roost_str_byte(out, code);
		} else {
			roost_str_byte(out, *text);
		}
	}
}

char *roost_tab_unescape(char *text)
{
	char *from, *to = text;

	for (from = text; *from != '\0'; from++) {
		if (*from != '\001' || from[1] == '\0') {
			*to++ = *from;
			continue;
		}
		switch (*++from) {
		case 't': *to++ = '\t'; break;
		case 'r': *to++ = '\r'; break;
		case 'n': *to++ = '\n'; break;
		case '1': *to++ = '\001'; break;
		default: *to++ = *from; break;	/* 0: a NUL cannot stand in a C string; shown as it came */
		}
	}
	*to = '\0';
	return text;
}
