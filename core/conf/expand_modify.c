/* %-variables: modifiers and substrings. R-VAR-2, R-VAR-3. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include <roost/encode.h>
#include "core/conf/expand.h"

static void modify_case(struct roost_str *text, int (*change)(int))
{
	for (size_t i = 0; i < text->len; i++)
		text->data[i] = (char)change((unsigned char)text->data[i]);
}

static void modify_escape(struct roost_str *text)
{
	struct roost_str out = ROOST_STR_INIT;

	for (size_t i = 0; i < text->len; i++) {
		if (strchr("\"'\\", text->data[i]) != NULL)
			roost_str_byte(&out, '\\');
		roost_str_byte(&out, text->data[i]);
	}
	roost_str_free(text);
	*text = out;
}

static void modify_reverse(struct roost_str *text)
{
	for (size_t i = 0; i < text->len / 2; i++) {
		char swap = text->data[i];

		text->data[i] = text->data[text->len - 1 - i];
		text->data[text->len - 1 - i] = swap;
	}
}

static void modify_hex(struct roost_str *text)
{
	unsigned long long number = strtoull(roost_str_text(text), NULL, 10);

	roost_str_truncate(text, 0);
	roost_str_printf(text, "%llx", number);
}

static void modify_md5(struct roost_str *text)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;

	EVP_Digest(roost_str_text(text), text->len, digest, &len, EVP_md5(), NULL);
	roost_str_truncate(text, 0);
	roost_hex_encode(text, digest, len);
}

/* "a.b.c" as "a,dc=b,dc=c" */
static void modify_dn(struct roost_str *text)
{
	struct roost_str out = ROOST_STR_INIT;

	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] == '.')
			roost_str_puts(&out, ",dc=");
		else
			roost_str_byte(&out, text->data[i]);
	}
	roost_str_free(text);
	*text = out;
}

static void modify_trim(struct roost_str *text)
{
	size_t len = text->len;

	while (len > 0 && isspace((unsigned char)text->data[len - 1]))
		len--;
	roost_str_truncate(text, len);
}

/* The second four bytes of MD5: what existing directory trees were laid out with. */
static uint32_t hash_new(const struct roost_str *text)
{
	unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
	unsigned int len = 0;

	EVP_Digest(roost_str_text(text), text->len, digest, &len, EVP_md5(), NULL);
	return (uint32_t)digest[4] << 24 | (uint32_t)digest[5] << 16 | (uint32_t)digest[6] << 8 |
		digest[7];
}

/* P. J. Weinberger's hash, for the same reason. */
static uint32_t hash_old(const struct roost_str *text)
{
	uint32_t hash = 0, high;

	for (size_t i = 0; i < text->len; i++) {
		hash = (hash << 4) + (unsigned char)text->data[i];
		high = hash & 0xf0000000u;
		hash ^= high >> 24 ^ high;
	}
	return hash;
}

/* The number in front of N and H is a modulus; the one before its dot the least width. */
static void modify_hash(struct roost_str *text, uint32_t hash, const struct expand_how *how)
{
	if (how->width > 0)
		hash %= (uint32_t)how->width;
	roost_str_truncate(text, 0);
	roost_str_printf(text, "%0*x", how->offset > 0 && how->offset < 64 ? (int)how->offset : 1,
			 hash);
}

static void modify_cut(struct roost_str *text, const struct expand_how *how)
{
	long len = (long)text->len, offset = how->offset, width = how->width;

	if (how->zero_pad && width > 0) {
		struct roost_str out = ROOST_STR_INIT;

		for (long i = len; i < width && i < 256; i++)
			roost_str_byte(&out, '0');
		roost_str_append(&out, roost_str_text(text), text->len);
		roost_str_free(text);
		*text = out;
		return;
	}
	if (offset < 0)
		offset = offset + len < 0 ? 0 : offset + len;
	if (offset > len)
		offset = len;
	if (offset > 0)
		roost_str_shift(text, (size_t)offset);
	len -= offset;
	if (width < 0)
		roost_str_truncate(text, len + width > 0 ? (size_t)(len + width) : 0);
	else if (width > 0)
		roost_str_truncate(text, (size_t)width);
}

void expand_modify(struct roost_str *text, const struct expand_how *how)
{
	bool hashed = false;

	for (unsigned int i = 0; i < how->modifier_count; i++) {
		switch (how->modifiers[i]) {
		case 'L': modify_case(text, tolower); break;
		case 'U': modify_case(text, toupper); break;
		case 'E': modify_escape(text); break;
		case 'X': modify_hex(text); break;
		case 'R': modify_reverse(text); break;
		case 'M': modify_md5(text); break;
		case 'D': modify_dn(text); break;
		case 'T': modify_trim(text); break;
		case 'N': modify_hash(text, hash_new(text), how); hashed = true; break;
		case 'H': modify_hash(text, hash_old(text), how); hashed = true; break;
		default: break;
		}
	}
	if (!hashed)
		modify_cut(text, how);
}
