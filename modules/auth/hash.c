/* The table of password schemes, and taking stored passwords apart. R-PWD-1, R-PWD-2. */
#include <string.h>
#include <strings.h>
#include <openssl/crypto.h>
#include <roost/encode.h>
#include "modules/auth/hash.h"

bool hash_equal(const void *left, size_t left_len, const void *right, size_t right_len)
{
	return left_len == right_len && CRYPTO_memcmp(left, right, left_len) == 0;
}

static bool plain_verify(const struct hash_scheme *scheme, const struct hash *hash,
			 const char *password)
{
	return hash_equal(hash->data, hash->len, password, strlen(password));
}

static int plain_create(const struct hash_scheme *scheme, struct roost_str *out,
			const char *password, unsigned rounds, struct roost_error *err)
{
	roost_str_puts(out, password);
	return 0;
}

/* "MD5" is either of two things, told apart by their looks. */
static bool md5_verify(const struct hash_scheme *scheme, const struct hash *hash,
		       const char *password)
{
	static const struct hash_scheme hex = { .detail = "MD5", .digest_len = 16 };
	unsigned char digest[16];
	struct roost_str raw = ROOST_STR_INIT;
	struct hash decoded = { &hex, digest, 0 };

	if (strncmp((const char *)hash->data, "$1$", 3) == 0)
		return hash_crypt_verify(scheme, hash, password);
	if (roost_hex_decode(&raw, (const char *)hash->data, hash->len, NULL) == 0 &&
	    raw.len == sizeof(digest)) {
		memcpy(digest, raw.data, raw.len);
		decoded.len = raw.len;
	}
	roost_str_free(&raw);
	return hash_digest_verify(&hex, &decoded, password);
}

#define CRYPT_SCHEME(name_, prefix_) \
	{ name_, HASH_TEXT, true, hash_crypt_verify, hash_crypt_create, prefix_, 0, false }
#define DIGEST_SCHEME(name_, encoding_, digest_, len_, salted_) \
	{ name_, encoding_, false, hash_digest_verify, hash_digest_create, digest_, len_, salted_ }

static const struct hash_scheme schemes[] = {
	CRYPT_SCHEME("CRYPT", "$2y$"), CRYPT_SCHEME("DES-CRYPT", ""),
	CRYPT_SCHEME("MD5-CRYPT", "$1$"), CRYPT_SCHEME("BLF-CRYPT", "$2y$"),
	CRYPT_SCHEME("SHA256-CRYPT", "$5$"), CRYPT_SCHEME("SHA512-CRYPT", "$6$"),
	{ "MD5", HASH_TEXT, true, md5_verify, hash_crypt_create, "$1$", 0, false },
	{ "PLAIN", HASH_TEXT, false, plain_verify, plain_create, "", 0, false },
	{ "CLEAR", HASH_TEXT, false, plain_verify, plain_create, "", 0, false },
	{ "CLEARTEXT", HASH_TEXT, false, plain_verify, plain_create, "", 0, false },
	DIGEST_SCHEME("PLAIN-MD5", HASH_HEX, "MD5", 16, false),
	DIGEST_SCHEME("LDAP-MD5", HASH_BASE64, "MD5", 16, false),
	DIGEST_SCHEME("SMD5", HASH_BASE64, "MD5", 16, true),
	DIGEST_SCHEME("SHA", HASH_BASE64, "SHA1", 20, false),
	DIGEST_SCHEME("SHA1", HASH_BASE64, "SHA1", 20, false),
	DIGEST_SCHEME("SSHA", HASH_BASE64, "SHA1", 20, true),
	DIGEST_SCHEME("SHA256", HASH_BASE64, "SHA256", 32, false),
	DIGEST_SCHEME("SSHA256", HASH_BASE64, "SHA256", 32, true),
	DIGEST_SCHEME("SHA512", HASH_BASE64, "SHA512", 64, false),
	DIGEST_SCHEME("SSHA512", HASH_BASE64, "SHA512", 64, true),
	{ "PBKDF2", HASH_TEXT, true, hash_pbkdf2_verify, hash_pbkdf2_create, "", 0, true },
	{ "ARGON2I", HASH_TEXT, true, hash_argon2_verify, hash_argon2_create, "argon2i", 0, true },
	{ "ARGON2ID", HASH_TEXT, true, hash_argon2_verify, hash_argon2_create, "argon2id", 0, true },
};

const char *hash_scheme_name(size_t index)
{
	return index < ROOST_COUNT(schemes) ? schemes[index].name : NULL;
}

static const struct hash_scheme *find_scheme(const char *name, size_t len)
{
	for (size_t i = 0; i < ROOST_COUNT(schemes); i++) {
		if (strncasecmp(schemes[i].name, name, len) == 0 && schemes[i].name[len] == '\0')
			return &schemes[i];
	}
	return NULL;
}

/* "SHA256.hex" into the scheme and the encoding of its data. */
static const struct hash_scheme *find_encoded(const char *name, size_t len,
					      enum hash_encoding *encoding)
{
	static const struct { const char *suffix; enum hash_encoding encoding; } suffixes[] = {
		{ ".b64", HASH_BASE64 }, { ".base64", HASH_BASE64 }, { ".hex", HASH_HEX },
	};
	const struct hash_scheme *scheme;

	for (size_t i = 0; i < ROOST_COUNT(suffixes); i++) {
		size_t tail = strlen(suffixes[i].suffix);

		if (len > tail && strncasecmp(name + len - tail, suffixes[i].suffix, tail) == 0) {
			*encoding = suffixes[i].encoding;
			return find_scheme(name, len - tail);
		}
	}
	scheme = find_scheme(name, len);
	if (scheme != NULL)
		*encoding = scheme->encoding;
	return scheme;
}

/* Digests are told by their length when somebody wrote hex where base64 is usual. */
static enum hash_encoding guess(const struct hash_scheme *scheme, enum hash_encoding encoding,
				const char *data)
{
	size_t len = strlen(data);

	if (encoding == HASH_BASE64 && !scheme->salted && scheme->digest_len > 0 &&
	    len == 2 * scheme->digest_len && strspn(data, "0123456789abcdefABCDEF") == len)
		return HASH_HEX;
	return encoding;
}

int hash_parse(struct roost_arena *arena, const char *stored, const char *fallback,
	       struct hash *hash, struct roost_error *err)
{
	const char *name = fallback, *data = stored;
	struct roost_str raw = ROOST_STR_INIT;
	size_t len = strlen(fallback);
	enum hash_encoding encoding;
	int failed = 0;

	if (stored[0] == '{' && strchr(stored, '}') != NULL) {
		name = stored + 1;
		len = strcspn(name, "}");
		data = name + len + 1;
	}
	hash->scheme = find_encoded(name, len, &encoding);
	if (hash->scheme == NULL)
		return roost_fail_detail(err, ROOST_ERR_CONFIG, "Unknown password scheme %.*s",
					 (int)len, name);
	switch (guess(hash->scheme, encoding, data)) {
	case HASH_HEX:
		failed = roost_hex_decode(&raw, data, strlen(data), NULL);
		break;
	case HASH_BASE64:
		failed = roost_base64_decode(&raw, data, strlen(data), NULL);
		break;
	default:
		roost_str_puts(&raw, data);
	}
	if (failed < 0 || raw.len < hash->scheme->digest_len) {
		roost_str_free(&raw);
		return roost_fail_detail(err, ROOST_ERR_CORRUPT,
					 "Password is not valid for scheme %s", hash->scheme->name);
	}
	hash->len = raw.len;
	hash->data = (const unsigned char *)roost_arena_strndup(arena, "", 0);
	if (raw.len > 0) {
		hash->data = roost_arena_dup(arena, raw.data, raw.len + 1);
		explicit_bzero(raw.data, raw.len);
	}
	roost_str_free(&raw);
	return 0;
}

bool hash_verify(const struct hash *hash, const char *password)
{
	return hash->scheme->verify(hash->scheme, hash, password);
}

bool hash_slow(const struct hash *hash)
{
	return hash->scheme->slow;
}

static void encode(struct roost_str *out, enum hash_encoding encoding, const struct roost_str *raw)
{
	if (encoding == HASH_HEX)
		roost_hex_encode(out, roost_str_text(raw), raw->len);
	else if (encoding == HASH_BASE64)
		roost_base64_encode(out, roost_str_text(raw), raw->len);
	else
		roost_str_append(out, roost_str_text(raw), raw->len);
}

int hash_create(struct roost_str *out, const char *name, const char *password, unsigned rounds,
		struct roost_error *err)
{
	struct roost_str raw = ROOST_STR_INIT;
	enum hash_encoding encoding;
	const struct hash_scheme *scheme = find_encoded(name, strlen(name), &encoding);

	if (scheme == NULL)
		return roost_fail(err, ROOST_ERR_INVALID, "Unknown scheme: %s", name);
	if (scheme->create(scheme, &raw, password, rounds, err) < 0) {
		roost_str_free(&raw);
		return -1;
	}
	roost_str_byte(out, '{');
	for (; *name != '\0'; name++)
		roost_str_byte(out, *name >= 'a' && *name <= 'z' ? (char)(*name - 32) : *name);
	roost_str_byte(out, '}');
	encode(out, encoding, &raw);
	roost_str_free(&raw);
	return 0;
}
