/* SPDX-License-Identifier: MIT */
/*
 * passdb and userdb drivers, and what they answer with. Run in the auth process: nothing here may
 * block on more than a small local file; slow work goes through roost_loop_work or the loop.
 * Semantics R-PDB-1..11, R-PWF-*, R-ODB-*. Ours.
 */
#ifndef ROOST_PASSDB_H
#define ROOST_PASSDB_H

#include <roost/arena.h>
#include <roost/log.h>
#include <roost/module.h>
#include <roost/protocol.h>

/* One request as one driver sees it. Lives until it was answered. */
struct roost_auth;

struct roost_passdb_ops {
	const char *name;			/* driver = NAME */
	/* The driver's own settings, read from "args" of the block where the block has
	 * name=value words, or from the named .conf.ext file. May be NULL. */
	const struct roost_settings *settings;
	/* Open one configured block; args is its text, *driver the driver's own object. May be
	 * NULL: then *driver is the settings struct. */
	int (*open)(const char *args, const void *settings, void **driver,
		    struct roost_error *err);
	/*
	 * Look up roost_auth_user(). Ends with exactly one of roost_auth_password, _verified,
	 * _done or _fail, now or later.
	 */
	void (*lookup)(struct roost_auth *auth, const void *driver);
	void (*close)(void *driver);		/* may be NULL */
};

struct roost_userdb_ops {
	const char *name;
	const struct roost_settings *settings;
	int (*open)(const char *args, const void *settings, void **driver,
		    struct roost_error *err);
	/* Add fields (uid, gid, home, ...), then roost_auth_done(OK), or NO_USER or _fail. */
	void (*lookup)(struct roost_auth *auth, const void *driver);
	/*
	 * All users, in any order: found(name) for each, then ended(err or NULL). found returns
	 * false to stop. NULL: this driver cannot list (R-ODB-2).
	 */
	void (*iterate)(const void *driver, bool (*found)(void *context, const char *user),
			void (*ended)(void *context, const struct roost_error *err),
			void *context);
	void (*close)(void *driver);
};

#define ROOST_PASSDB_REVISION 1
#define ROOST_USERDB_REVISION 1
#define ROOST_PASSDB(ops) \
	ROOST_PROVIDE_(ROOST_KIND_PASSDB, ROOST_PASSDB_REVISION, struct roost_passdb_ops, ops)
#define ROOST_USERDB(ops) \
	ROOST_PROVIDE_(ROOST_KIND_USERDB, ROOST_USERDB_REVISION, struct roost_userdb_ops, ops)

ROOST_API const char *roost_auth_user(const struct roost_auth *auth);	/* after R-PDB-11 */
/* The password a plaintext mechanism brought; NULL for others and for lookups. */
ROOST_API const char *roost_auth_plaintext(const struct roost_auth *auth);
ROOST_API const struct roost_facts *roost_auth_facts(const struct roost_auth *auth);
ROOST_API struct roost_arena *roost_auth_arena(struct roost_auth *auth);	/* secret; freed with it */
ROOST_API const struct roost_log_scope *roost_auth_log(const struct roost_auth *auth);
/* A variable's value (R-VAR-1), e.g. "user", "domain"; NULL when unknown. */
ROOST_API const char *roost_auth_variable(const struct roost_auth *auth, const char *name);
/* Expand text with %-variables; escape(NULL: none) is applied to each value. In the arena. */
ROOST_API const char *roost_auth_expand(struct roost_auth *auth, const char *text,
	void (*escape)(struct roost_str *out, const char *value), struct roost_error *err);
/* Add a field: "user", "uid", "nopassword", "userdb_quota_rule" ... (R-PDB-7, R-PDB-8). NULL value: absent. */
ROOST_API void roost_auth_field(struct roost_auth *auth, const char *name, const char *value);

/* "name=value" words separated by blanks; values are %-expanded, a bare name is a field without value. */
ROOST_API void roost_auth_add_fields(struct roost_auth *auth, const char *text);

/* The stored password, "{SCHEME}data" or in the block's default scheme; the host verifies it. */
ROOST_API void roost_auth_password(struct roost_auth *auth, const char *password);
/* Sets the scheme of passwords without one; default "CRYPT". */
ROOST_API void roost_auth_default_scheme(struct roost_auth *auth, const char *scheme);
/* The driver has checked the password itself. */
ROOST_API void roost_auth_verified(struct roost_auth *auth, bool matched);
/* OK (userdb), NO_USER, FAILED, DISABLED, EXPIRED. */
ROOST_API void roost_auth_done(struct roost_auth *auth, enum roost_auth_result result);
/* Of a userdb that knows no list of users: OK when some passdb knows the name, else NO_USER. */
ROOST_API void roost_auth_done_if_known(struct roost_auth *auth);
/* Internal failure: the text goes to the log, the client sees a temporary failure. */
ROOST_API void roost_auth_fail(struct roost_auth *auth, const char *format, ...)
	ROOST_PRINTF(2, 3);

#endif
