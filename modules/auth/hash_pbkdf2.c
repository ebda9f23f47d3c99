/* PBKDF2 with SHA-1 as "$1$salt$rounds$hex". RFC 8018 section 5.2. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include <roost/encode.h>
#include <sodium.h>
#include "modules/auth/hash.h"

#define KEY_LEN 20
#define DEFAULT_ROUNDS 5000
#define MAX_ROUNDS 10000000		/* a minute of work: more is a mistake */

static bool derive(const char *password, const char *salt, size_t salt_len, unsigned rounds,
		   unsigned char *key)
{
	return PKCS5_PBKDF2_HMAC(password, (int)strlen(password), (const unsigned char *)salt,
				 (int)salt_len, (int)rounds, EVP_sha1(), KEY_LEN, key) == 1;
}

bool hash_pbkdf2_verify(const struct hash_scheme *scheme, const struct hash *hash,
			const char *password)
{
	const char *salt = (const char *)hash->data + 3, *rounds_at, *hex;
	struct roost_str stored = ROOST_STR_INIT;
	unsigned char key[KEY_LEN];
	unsigned long rounds;
	bool equal;

	if (strncmp((const char *)hash->data, "$1$", 3) != 0 ||
	    (rounds_at = strchr(salt, '$')) == NULL || (hex = strchr(rounds_at + 1, '$')) == NULL)
		return false;
	rounds = strtoul(rounds_at + 1, NULL, 10);
	if (rounds == 0 || rounds > MAX_ROUNDS ||
	    roost_hex_decode(&stored, hex + 1, strlen(hex + 1), NULL) < 0)
		return false;
	equal = derive(password, salt, (size_t)(rounds_at - salt), (unsigned)rounds, key) &&
		hash_equal(key, sizeof(key), roost_str_text(&stored), stored.len);
	roost_str_free(&stored);
	return equal;
}

int hash_pbkdf2_create(const struct hash_scheme *scheme, struct roost_str *out,
		       const char *password, unsigned rounds, struct roost_error *err)
{
	unsigned char key[KEY_LEN];
	char salt[17];

	if (rounds > MAX_ROUNDS)
		return roost_fail(err, ROOST_ERR_INVALID, "rounds must be at most %d", MAX_ROUNDS);
	if (rounds == 0)
		rounds = DEFAULT_ROUNDS;
	for (size_t i = 0; i < 16; i++)
		salt[i] = "0123456789abcdef"[randombytes_uniform(16)];
	salt[16] = '\0';
	if (!derive(password, salt, 16, rounds, key))
		return roost_fail(err, ROOST_ERR_TEMP, "PBKDF2 failed");
	roost_str_printf(out, "$1$%s$%u$", salt, rounds);
	roost_hex_encode(out, key, sizeof(key));
	return 0;
}
