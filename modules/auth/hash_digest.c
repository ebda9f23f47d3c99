/* Digests of the password, with or without a salt that follows the digest (R-PWD-2). */
#include <string.h>
#include <openssl/evp.h>
#include <sodium.h>
#include "modules/auth/hash.h"

#define SALT_LEN 8

static bool digest(const char *name, const char *password, const void *salt, size_t salt_len,
		   unsigned char *out)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const EVP_MD *type = EVP_get_digestbyname(name);
	bool made = context != NULL && type != NULL && EVP_DigestInit_ex(context, type, NULL) &&
		EVP_DigestUpdate(context, password, strlen(password)) &&
		EVP_DigestUpdate(context, salt, salt_len) && EVP_DigestFinal_ex(context, out, NULL);

	EVP_MD_CTX_free(context);
	return made;
}

bool hash_digest_verify(const struct hash_scheme *scheme, const struct hash *hash,
			const char *password)
{
	unsigned char made[EVP_MAX_MD_SIZE];

	if (hash->len < scheme->digest_len || (!scheme->salted && hash->len != scheme->digest_len))
		return false;
	return digest(scheme->detail, password, hash->data + scheme->digest_len,
		      hash->len - scheme->digest_len, made) &&
		hash_equal(made, scheme->digest_len, hash->data, scheme->digest_len);
}

int hash_digest_create(const struct hash_scheme *scheme, struct roost_str *out,
		       const char *password, unsigned rounds, struct roost_error *err)
{
	size_t salt_len = scheme->salted ? SALT_LEN : 0;
	unsigned char made[EVP_MAX_MD_SIZE], salt[SALT_LEN];

	randombytes_buf(salt, sizeof(salt));
	if (!digest(scheme->detail, password, salt, salt_len, made))
		return roost_fail(err, ROOST_ERR_UNSUPPORTED, "no digest %s here", scheme->detail);
	roost_str_append(out, made, scheme->digest_len);
	roost_str_append(out, salt, salt_len);
	return 0;
}
