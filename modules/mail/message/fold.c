/* Text folded for comparing, and cleaned of what is no text. */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <roost/charset.h>
#include <roost/utf8.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { RUN_MAX = 256 };		/* bytes folded at once beyond ASCII */

void roost_text_lower(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		text[i] = (char)(text[i] + ((unsigned char)(text[i] - 'A') < 26 ? 32 : 0));
}

/* Lower-case a copy as far as text is ASCII; returns how far that was. */
static size_t lower_ascii(char *to, const char *text, size_t len)
{
	size_t at = 0;

#ifdef __SSE2__
	for (; at + 16 <= len; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(text + at));
		__m128i upper = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('A' - 1)),
					      _mm_cmplt_epi8(bytes, _mm_set1_epi8('Z' + 1)));

		if (_mm_movemask_epi8(bytes) != 0)
			break;
		bytes = _mm_add_epi8(bytes, _mm_and_si128(upper, _mm_set1_epi8(32)));
		_mm_storeu_si128((__m128i *)(to + at), bytes);
	}
#endif
	for (; at < len && (unsigned char)text[at] < 0x80; at++)
		to[at] = (char)(text[at] + ((unsigned char)(text[at] - 'A') < 26 ? 32 : 0));
	return at;
}

/* Bytes at text that are valid and not ASCII, whole characters, at most RUN_MAX. */
static size_t wide_run(const char *text, size_t len)
{
	size_t at = 0, step;
	uint32_t code;

	while (at < len && at < RUN_MAX - 4 && (unsigned char)text[at] >= 0x80 &&
	       (step = roost_utf8_decode(text + at, len - at, &code)) > 0)
		at += step;
	return at;
}

static void fold_wide(struct roost_str *out, const char *text, size_t len)
{
	/* One character gives at most 18 code points (U+FDFA). */
	utf8proc_int32_t codes[RUN_MAX * 10];
	utf8proc_ssize_t count = utf8proc_decompose((const utf8proc_uint8_t *)text,
		(utf8proc_ssize_t)len, codes, (utf8proc_ssize_t)ROOST_COUNT(codes),
		UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD);
	char *to;

	if (count < 0 || count > (utf8proc_ssize_t)ROOST_COUNT(codes)) {
		roost_str_append(out, text, len);
		return;
	}
	to = roost_str_reserve(out, (size_t)count * 4);
	for (utf8proc_ssize_t i = 0; i < count; i++)
		to += roost_utf8_encode((uint32_t)codes[i], to);
	out->len = (size_t)(to - out->data);
	out->data[out->len] = '\0';
}

void roost_text_fold(struct roost_str *out, const char *utf8, size_t len)
{
	size_t at = 0;

	while (at < len) {
		char *to = roost_str_reserve(out, len - at);
		size_t run = lower_ascii(to, utf8 + at, len - at);

		out->len += run;
		out->data[out->len] = '\0';
		at += run;
		while (at < len && (unsigned char)utf8[at] >= 0x80) {
			run = wide_run(utf8 + at, len - at);
			if (run > 0)
				fold_wide(out, utf8 + at, run);
			else
				roost_str_puts(out, "\xef\xbf\xbd");
			at += run > 0 ? run : 1;
		}
	}
}

static bool is_clean(const char *text, size_t len)
{
	return len == 0 || (memchr(text, '\0', len) == NULL && roost_utf8_valid(text, len));
}

void roost_text_clean(struct roost_str *out, const char *text, size_t len)
{
	if (is_clean(text, len)) {
		roost_str_append(out, text, len);
		return;
	}
	for (size_t at = 0; at < len; ) {
		uint32_t code;
		size_t step = roost_utf8_decode(text + at, len - at, &code);

		if (step == 0)
			roost_str_puts(out, "\xef\xbf\xbd");
		else if (text[at] != '\0')
			roost_str_append(out, text + at, step);
		at += step == 0 ? 1 : step;
	}
}
