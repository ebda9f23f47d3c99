/* Argon2, in the encoded form of its reference ("$argon2id$v=19$..."). RFC 9106. */
#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include "modules/auth/hash.h"

/* Memory that one verification may take, whatever the stored password asks for. */
#define MEMORY_LIMIT_KB (1024 * 1024)

static unsigned long memory_of(const char *stored)
{
	const char *at = strstr(stored, "$m=");

	return at == NULL ? 0 : strtoul(at + 3, NULL, 10);
}

bool hash_argon2_verify(const struct hash_scheme *scheme, const struct hash *hash,
			const char *password)
{
	const char *stored = (const char *)hash->data;

	if (sodium_init() < 0 || memory_of(stored) > MEMORY_LIMIT_KB)
		return false;
	return crypto_pwhash_str_verify(stored, password, strlen(password)) == 0;
}

int hash_argon2_create(const struct hash_scheme *scheme, struct roost_str *out,
		       const char *password, unsigned rounds, struct roost_error *err)
{
	bool id = strcmp(scheme->detail, "argon2id") == 0;
	unsigned long long operations = rounds != 0 ? rounds : id ?
		crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE :
		crypto_pwhash_argon2i_OPSLIMIT_INTERACTIVE;
	char made[crypto_pwhash_STRBYTES];

	if (operations < (id ? crypto_pwhash_argon2id_OPSLIMIT_MIN :
			       crypto_pwhash_argon2i_OPSLIMIT_MIN))
		return roost_fail(err, ROOST_ERR_INVALID, "rounds are too few for %s",
				  scheme->name);
	if (sodium_init() < 0 ||
	    crypto_pwhash_str_alg(made, password, strlen(password), operations,
				  crypto_pwhash_MEMLIMIT_INTERACTIVE,
				  id ? crypto_pwhash_ALG_ARGON2ID13 :
				       crypto_pwhash_ALG_ARGON2I13) != 0)
		return roost_fail(err, ROOST_ERR_TEMP, "argon2 failed");
	roost_str_puts(out, made);
	return 0;
}
