/* Requests, databases and what is known of a user: the inside of libroost-auth. */
#ifndef MODULES_AUTH_AUTH_H
#define MODULES_AUTH_AUTH_H

#include <roost/passdb.h>
#include <roost/str.h>

struct auth_settings {
	const char *const *mechanisms;
	const char *default_realm, *username_chars, *username_translation, *username_format;
	const char *master_separator;
	int64_t failure_delay;
	bool verbose, debug, disable_plaintext;
	uint64_t first_uid, last_uid, first_gid, last_gid;
};
extern const struct auth_settings *auth_settings;
ROOST_API extern const struct roost_settings auth_settings_schema;

/* Names and values in order, in the request's arena. Values are never NULL. */
struct auth_field { const char *name, *value; };
struct auth_fields {
	struct auth_field *items;
	size_t count, capacity;
};
const char *auth_fields_get(const struct auth_fields *fields, const char *name);
void auth_fields_set(struct roost_arena *arena, struct auth_fields *fields, const char *name,
		     const char *value);
struct auth_fields auth_fields_copy(struct roost_arena *arena, const struct auth_fields *fields);
void auth_fields_remove(struct auth_fields *fields, const char *name);

enum auth_action {
	AUTH_RETURN_OK, AUTH_RETURN_FAIL, AUTH_RETURN, AUTH_CONTINUE_OK, AUTH_CONTINUE_FAIL,
	AUTH_CONTINUE,
};
enum auth_skip { AUTH_SKIP_NEVER, AUTH_SKIP_FOUND, AUTH_SKIP_NOTFOUND };

/* One configured passdb or userdb block. R-PDB-1..6. */
struct auth_db {
	const char *name;		/* "passwd-file(2)", for the log */
	const struct roost_passdb_ops *passdb;
	const struct roost_userdb_ops *userdb;
	void *driver;			/* from open */
	const void *object;		/* what lookup gets: driver, or the settings struct */
	bool deny, master;
	enum auth_skip skip;
	enum auth_action success, failure, internal;
	const char *const *mechanisms;	/* ends with NULL; empty: all */
	const char *const *filter;	/* user name globs */
	const char *default_fields, *override_fields;
};
struct auth_dbs {
	struct auth_db *items;
	size_t count;
};
extern struct auth_dbs auth_passdbs, auth_userdbs;

/* Read the blocks of scope; ops of drivers come from the modules. */
int auth_dbs_open(const struct roost_scope *scope, struct roost_error *err);
void auth_dbs_close(void);

typedef void auth_done(struct roost_auth *auth, enum roost_auth_result result, void *context);

struct roost_auth {
	struct roost_arena *arena;
	struct roost_facts facts;
	struct roost_log_scope log;
	const char *mechanism;		/* "" in lookups */
	const char *user, *orig_user;	/* now, and as it came through R-PDB-11 */
	const char *target;		/* whom a master user wants to be; NULL: no master login */
	const char *master_user;	/* after the master was let in; NULL */
	char *password;			/* NULL in lookups */
	struct auth_fields passdb, userdb;

	/* the chain */
	const struct auth_dbs *dbs;
	const struct auth_db *db;	/* the one that is asked */
	size_t index;
	struct auth_fields before;	/* as they were when db was asked */
	bool master_phase, ok, verified, internal, passdb_ok;
	enum roost_auth_result failure;
	const char *default_scheme;
	auth_done *done;		/* NULL: nobody waits for it any more */
	void *context;
};

/* facts is copied. */
struct roost_auth *auth_create(const struct roost_facts *facts, const char *mechanism);
/* Not while a chain runs. May be called by callbacks of auth. NULL is fine. */
void auth_free(struct roost_auth *auth);
/* The running chain ends unheard and frees auth. */
void auth_abandon(struct roost_auth *auth);
/*
 * The name that the client gave, through R-PDB-11. target: SASL's authorization identity, or NULL.
 * INVALID when it cannot be a name here.
 */
int auth_set_user(struct roost_auth *auth, const char *name, const char *target,
		  struct roost_error *err);
/* The password's copy is wiped when it was used. */
void auth_set_password(struct roost_auth *auth, const char *password, size_t len);
void auth_wipe_password(struct roost_auth *auth);

/* Ask the passdbs, verifying the password when there is one, or the userdbs. done comes later or now. */
void auth_ask_passdbs(struct roost_auth *auth, auth_done *done, void *context);
void auth_ask_userdbs(struct roost_auth *auth, auth_done *done, void *context);

/* What a worker becomes. In auth's arena. R-PDB-8. */
struct auth_identity {
	const char *home, *chroot;
	uint32_t uid, gid, groups[16], group_count;
	const char *const *fields;	/* "name=value", ends with NULL */
};
/* From the userdb's fields; CONFIG when ids are missing or out of the allowed range. */
int auth_identity(struct roost_auth *auth, struct auth_identity *identity,
		  struct roost_error *err);
/* passdb fields that a client of ours may see, "name=value". */
const char *const *auth_public_fields(struct roost_auth *auth);

/* user matches one of the globs, and none behind "!". An empty list matches. R-PDB-5. */
bool auth_filter_matches(const char *const *filter, const char *user);
/* rip is in one of "10.0.0.0/8,local". R-PDB-7. */
bool auth_nets_contain(const char *nets, const char *rip);

ROOST_API extern const struct roost_userdb_ops auth_prefetch;

#endif
