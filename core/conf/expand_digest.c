/* %-variables: %{sha256;rounds=2,salt=x,truncate=16,format=hex:user}, pkcs5; %{system:...}. R-VAR-1, R-VAR-2. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <openssl/evp.h>
#include <roost/encode.h>
#include "core/conf/expand.h"

/* What PBKDF2 is asked for when nothing truncates it. */
#define PKCS5_BYTES 128
#define ROUNDS_MAX 1000000u

struct digest_how {
	const EVP_MD *md;
	bool pbkdf2;
	unsigned int rounds, truncate;		/* truncate: bits, 0 all */
	const char *salt;
	size_t salt_len;
	enum { DIGEST_HEX, DIGEST_HEXUC, DIGEST_BASE64 } format;
};

static bool name_is(const char *name, size_t len, const char *word)
{
	return strlen(word) == len && strncmp(name, word, len) == 0;
}

static bool digest_find(const char *name, struct digest_how *how)
{
	static const char *const known[] = {
		"md4", "md5", "sha1", "sha256", "sha384", "sha512", "sha3-256", "sha3-512",
	};
	size_t len = strcspn(name, ";:");

	how->rounds = 1;
	how->pbkdf2 = name_is(name, len, "pkcs5");
	if (how->pbkdf2) {
		how->rounds = 2048;
		how->md = EVP_sha256();
		return true;
	}
	for (size_t i = 0; i < ROOST_COUNT(known); i++) {
		if (name_is(name, len, known[i]) && (name[len] == ':' || name[len] == ';')) {
			how->md = EVP_get_digestbyname(known[i]);
			return true;
		}
	}
	return false;
}

bool expand_is_special(const char *name)
{
	struct digest_how how = { 0 };

	return strncmp(name, "if;", 3) == 0 || digest_find(name, &how);
}

static int digest_option(struct digest_how *how, const char *option, size_t len)
{
	const char *value = memchr(option, '=', len);
	size_t name_len, value_len;

	if (value == NULL)
		return -1;
	name_len = (size_t)(value - option);
	value++;
	value_len = len - name_len - 1;
	if (name_is(option, name_len, "rounds")) {
		how->rounds = (unsigned int)strtoul(value, NULL, 10);
		return how->rounds == 0 || how->rounds > ROUNDS_MAX ? -1 : 0;
	}
	if (name_is(option, name_len, "truncate")) {
		how->truncate = (unsigned int)strtoul(value, NULL, 10);
		return how->truncate == 0 ? -1 : 0;
	}
	if (name_is(option, name_len, "salt")) {
		how->salt = value;
		how->salt_len = value_len;
		return 0;
	}
	if (!name_is(option, name_len, "format"))
		return -1;
	if (name_is(value, value_len, "hex"))
		how->format = DIGEST_HEX;
	else if (name_is(value, value_len, "hexuc"))
		how->format = DIGEST_HEXUC;
	else if (name_is(value, value_len, "base64"))
		how->format = DIGEST_BASE64;
	else
		return -1;
	return 0;
}

/* name is "sha1;a=b,c=d:field"; returns the field, NULL when malformed. */
static const char *digest_parse(struct digest_how *how, const char *name)
{
	const char *field = strchr(name, ':');
	const char *p = strchr(name, ';');

	if (field == NULL || (p != NULL && p > field))
		return field == NULL ? NULL : field + 1;
	while (p != NULL && p < field) {
		size_t len = strcspn(p + 1, ",:");

		if (digest_option(how, p + 1, len) < 0)
			return NULL;
		p += 1 + len;
	}
	return field + 1;
}

/* Each round digests the salt and what the one before gave. */
static int digest_run(const struct digest_how *how, const char *value, unsigned char *digest,
		      size_t *len)
{
	struct roost_str input = ROOST_STR_INIT;
	unsigned int md_len = 0;

	if (how->md == NULL)		/* the library was built without it */
		return -1;
	if (how->pbkdf2) {
		*len = PKCS5_BYTES;
		return PKCS5_PBKDF2_HMAC(value, (int)strlen(value),
					 (const unsigned char *)(how->salt_len ? how->salt : ""),
					 (int)how->salt_len, (int)how->rounds, how->md,
					 PKCS5_BYTES, digest) == 1 ? 0 : -1;
	}
	for (unsigned int i = 0; i < how->rounds; i++) {
		roost_str_truncate(&input, 0);
		if (how->salt_len > 0)
			roost_str_append(&input, how->salt, how->salt_len);
		if (i == 0)
			roost_str_puts(&input, value);
		else
			roost_str_append(&input, digest, md_len);
		if (EVP_Digest(roost_str_text(&input), input.len, digest, &md_len, how->md, NULL) != 1) {
			roost_str_free(&input);
			return -1;
		}
	}
	roost_str_free(&input);
	*len = md_len;
	return 0;
}

/* Keep the first bits, as a number that ends on a byte border. */
static size_t digest_truncate(unsigned char *digest, size_t len, unsigned int bits)
{
	size_t bytes = (bits + 7) / 8;
	unsigned int shift = (unsigned int)(bytes * 8 - bits);

	if (bits == 0 || bytes > len)
		return len;
	for (size_t i = bytes; shift > 0 && i > 0; i--) {
		unsigned int above = i > 1 ? digest[i - 2] : 0;

		digest[i - 1] = (unsigned char)(digest[i - 1] >> shift | above << (8 - shift));
	}
	return bytes;
}

int expand_digest(struct expand_run *run, struct roost_str *out, const char *name)
{
	unsigned char digest[PKCS5_BYTES > EVP_MAX_MD_SIZE ? PKCS5_BYTES : EVP_MAX_MD_SIZE];
	struct digest_how how = { 0 };
	const char *field, *value;
	size_t len;

	if (!digest_find(name, &how) || (field = digest_parse(&how, name)) == NULL)
		return -1;
	if (run->names != NULL) {
		run->names(run->names_context, field);
		return 0;
	}
	value = expand_lookup(run, field);
	if (value == NULL || digest_run(&how, value, digest, &len) < 0)
		return -1;
	len = digest_truncate(digest, len, how.truncate);
	if (how.format == DIGEST_BASE64) {
		roost_base64_encode(out, digest, len);
	} else {
		for (size_t i = 0; i < len; i++)
			roost_str_printf(out, how.format == DIGEST_HEXUC ? "%02X" : "%02x", digest[i]);
	}
	return 0;
}

const char *expand_system(const char *name, char *scratch, size_t size)
{
	struct utsname system;

	if (strcmp(name, "cpu_count") == 0) {
		snprintf(scratch, size, "%ld", sysconf(_SC_NPROCESSORS_ONLN));
		return scratch;
	}
	if (uname(&system) < 0)
		return NULL;
	if (strcmp(name, "os") == 0)
		snprintf(scratch, size, "%s", system.sysname);
	else if (strcmp(name, "os-version") == 0)
		snprintf(scratch, size, "%s", system.release);
	else
		return NULL;
	return scratch;
}
