/* Comparators: what each makes of a string before bytes are compared. */
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>
#include <roost/utf8.h>
#include "sieve/comparator.h"

/* Eight bytes at once: those from 'a' to 'z' lose their bit 5. */
static uint64_t upper_word(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x80 * ones;
	uint64_t low = word & ~high;
	uint64_t from_a = low + (0x80 - 'a') * ones, beyond_z = low + (0x7f - 'z') * ones;

	return word - ((from_a & ~beyond_z & ~word & high) >> 2);
}

static void upper_eight(char *to, const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	word = upper_word(word);
	memcpy(to, &word, sizeof(word));
}

/* Upper case, as RFC 4790 section 9.2.1 orders "_" and the like between the cases. */
static void prepare_casemap(struct roost_str *out, const char *text, size_t len)
{
	char *to = roost_str_reserve(out, len);
	size_t i = 0;

	for (; i + 8 <= len; i += 8)
		upper_eight(to + i, text + i);
	/* The last word of a longer text is done once more with what is left. */
	if (i < len && len > 8) {
		upper_eight(to + len - 8, text + len - 8);
		i = len;
	}
	for (; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		to[i] = (char)(c - ((unsigned)(c - 'a') < 26 ? 32 : 0));
	}
	to[len] = '\0';
	out->len += len;
}

/*
 * Digits without leading zeros behind their count, so that bytes order as numbers do; what begins
 * with no digit is positive infinity (RFC 4790 section 9.1.1).
 */
static void prepare_numeric(struct roost_str *out, const char *text, size_t len)
{
	size_t digits = 0;

	while (digits < len && text[digits] >= '0' && text[digits] <= '9')
		digits++;
	if (digits == 0) {
		roost_str_append(out, "\xff\xff\xff\xff", 4);
		return;
	}
	while (digits > 0 && *text == '0') {
		text++;
		digits--;
	}
	roost_str_byte(out, (char)(digits >> 24));
	roost_str_byte(out, (char)(digits >> 16));
	roost_str_byte(out, (char)(digits >> 8));
	roost_str_byte(out, (char)digits);
	roost_str_append(out, text, digits);
}

static void append_utf8(struct roost_str *out, uint32_t code)
{
	char bytes[4];

	roost_str_append(out, bytes, roost_utf8_encode(code, bytes));
}

/* Title case, then full compatibility decomposition (RFC 5051 section 2). */
static void prepare_unicode(struct roost_str *out, const char *text, size_t len)
{
	for (size_t at = 0; at < len; ) {
		uint32_t code;
		size_t step = roost_utf8_decode(text + at, len - at, &code);
		utf8proc_int32_t parts[32];
		utf8proc_ssize_t count;
		int boundary = 0;

		if (step == 0) {
			roost_str_byte(out, text[at++]);	/* not UTF-8: compares as itself */
			continue;
		}
		at += step;
		if (code < 0x80) {
			roost_str_byte(out, (char)(code - (code - 'a' < 26 ? 32 : 0)));
			continue;
		}
		count = utf8proc_decompose_char(utf8proc_totitle((utf8proc_int32_t)code), parts, 32,
						UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &boundary);
		if (count <= 0 || count > 32)
			append_utf8(out, code);
		for (utf8proc_ssize_t i = 0; i < count && count <= 32; i++)
			append_utf8(out, (uint32_t)parts[i]);
	}
}

static const struct sieve_comparator comparators[] = {
	{ "i;ascii-casemap", true, true, prepare_casemap },
	{ "i;octet", true, true, NULL },
	{ "i;ascii-numeric", false, false, prepare_numeric },
	{ "i;unicode-casemap", true, false, prepare_unicode },
};

const struct sieve_comparator *sieve_comparator_find(const char *name)
{
	for (size_t i = 0; i < ROOST_COUNT(comparators); i++) {
		if (strcmp(comparators[i].name, name) == 0)
			return &comparators[i];
	}
	return NULL;
}

const struct sieve_comparator *sieve_comparator_at(unsigned number)
{
	return number < ROOST_COUNT(comparators) ? &comparators[number] : NULL;
}

int sieve_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}
