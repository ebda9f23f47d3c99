/* Schemes of crypt(3): DES, MD5, bcrypt, SHA-2, yescrypt and whatever the library knows. */
#include <crypt.h>
#include <stdlib.h>
#include <string.h>
#include "modules/auth/hash.h"

bool hash_crypt_verify(const struct hash_scheme *scheme, const struct hash *hash,
		       const char *password)
{
	const char *stored = (const char *)hash->data, *made;
	struct crypt_data *space;
	bool equal;

	/* "*" and "!" lock an account; an empty one would let anybody in. */
	if (stored[0] == '\0' || stored[0] == '*' || stored[0] == '!')
		return false;
	space = calloc(1, sizeof(*space));
	if (space == NULL)
		return false;
	made = crypt_r(password, stored, space);
	equal = made != NULL && made[0] != '*' &&
		hash_equal(made, strlen(made), stored, hash->len);
	explicit_bzero(space, sizeof(*space));
	free(space);
	return equal;
}

int hash_crypt_create(const struct hash_scheme *scheme, struct roost_str *out,
		      const char *password, unsigned rounds, struct roost_error *err)
{
	bool blowfish = strcmp(scheme->detail, "$2y$") == 0;
	char salt[CRYPT_GENSALT_OUTPUT_SIZE];
	struct crypt_data *space;
	const char *made;

	if (blowfish && rounds != 0 && (rounds < 4 || rounds > 31))
		return roost_fail(err, ROOST_ERR_INVALID, "rounds must be between 4 and 31");
	if (blowfish && rounds == 0)
		rounds = 5;
	if (scheme->detail[0] == '$' && !blowfish && rounds != 0 &&
	    (rounds < 1000 || rounds > 999999999))
		return roost_fail(err, ROOST_ERR_INVALID,
				  "rounds must be between 1000 and 999999999");
	if (crypt_gensalt_rn(scheme->detail, rounds, NULL, 0, salt, sizeof(salt)) == NULL)
		return roost_fail(err, ROOST_ERR_UNSUPPORTED,
				  "this system's crypt cannot make %s", scheme->name);
	space = calloc(1, sizeof(*space));
	if (space == NULL)
		return roost_fail(err, ROOST_ERR_TEMP, "out of memory");
	made = crypt_r(password, salt, space);
	if (made != NULL && made[0] != '*')
		roost_str_puts(out, made);
	free(space);
	if (out->len == 0)
		return roost_fail(err, ROOST_ERR_UNSUPPORTED,
				  "this system's crypt cannot make %s", scheme->name);
	return 0;
}
