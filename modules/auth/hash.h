/* Password schemes: "{SCHEME[.encoding]}data". R-PWD-1..5. */
#ifndef MODULES_AUTH_HASH_H
#define MODULES_AUTH_HASH_H

#include <roost/arena.h>
#include <roost/error.h>
#include <roost/str.h>

struct hash_scheme;

/* A stored password taken apart. */
struct hash {
	const struct hash_scheme *scheme;
	const unsigned char *data;	/* decoded; NUL-terminated beyond len; in the arena */
	size_t len;
};

/*
 * Parse; fallback is the scheme of passwords without one. CONFIG for an unknown scheme, CORRUPT for
 * data that cannot be of it; the messages never show the password.
 */
ROOST_API int hash_parse(struct roost_arena *arena, const char *stored, const char *fallback,
			 struct hash *hash, struct roost_error *err);
/* Whether password is the one; in constant time once both are hashed. Any thread. */
ROOST_API bool hash_verify(const struct hash *hash, const char *password);
/* Too slow for a process that serves many: to be verified in the thread pool. */
ROOST_API bool hash_slow(const struct hash *hash);

/*
 * Hash password, with a prefix: "{SSHA512}...". rounds 0: the scheme's usual cost.
 * INVALID for an unknown scheme or a cost that it cannot take, UNSUPPORTED for one that is only read.
 */
ROOST_API int hash_create(struct roost_str *out, const char *scheme, const char *password,
			  unsigned rounds, struct roost_error *err);
/* Names in the order they are listed; NULL beyond the last. */
ROOST_API const char *hash_scheme_name(size_t index);

/* --- between the families --- */

enum hash_encoding { HASH_TEXT, HASH_HEX, HASH_BASE64 };

struct hash_scheme {
	const char *name;
	enum hash_encoding encoding;	/* of data without ".b64" or ".hex" */
	bool slow;
	bool (*verify)(const struct hash_scheme *scheme, const struct hash *hash,
		       const char *password);
	/* Appends data, without the prefix. NULL: only read. */
	int (*create)(const struct hash_scheme *scheme, struct roost_str *out,
		      const char *password, unsigned rounds, struct roost_error *err);
	const char *detail;		/* digest's or crypt prefix's name */
	size_t digest_len;
	bool salted;
};

bool hash_equal(const void *left, size_t left_len, const void *right, size_t right_len);

bool hash_crypt_verify(const struct hash_scheme *scheme, const struct hash *hash,
		       const char *password);
int hash_crypt_create(const struct hash_scheme *scheme, struct roost_str *out,
		      const char *password, unsigned rounds, struct roost_error *err);
bool hash_digest_verify(const struct hash_scheme *scheme, const struct hash *hash,
			const char *password);
int hash_digest_create(const struct hash_scheme *scheme, struct roost_str *out,
		       const char *password, unsigned rounds, struct roost_error *err);
bool hash_pbkdf2_verify(const struct hash_scheme *scheme, const struct hash *hash,
			const char *password);
int hash_pbkdf2_create(const struct hash_scheme *scheme, struct roost_str *out,
		       const char *password, unsigned rounds, struct roost_error *err);
bool hash_argon2_verify(const struct hash_scheme *scheme, const struct hash *hash,
			const char *password);
int hash_argon2_create(const struct hash_scheme *scheme, struct roost_str *out,
		       const char *password, unsigned rounds, struct roost_error *err);

#endif
