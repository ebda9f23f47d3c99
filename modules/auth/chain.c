/* The databases in their order, and what each answer means for the whole. R-PDB-1..5, R-MST-1. */
#include <assert.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include "modules/auth/auth.h"

static void next(struct roost_auth *auth);

static struct auth_fields *current_fields(struct roost_auth *auth)
{
	return auth->dbs == &auth_passdbs ? &auth->passdb : &auth->userdb;
}

static bool mechanism_applies(const struct auth_db *db, const char *mechanism)
{
	if (db->mechanisms[0] == NULL)
		return true;
	for (size_t i = 0; db->mechanisms[i] != NULL; i++) {
		if (strcasecmp(db->mechanisms[i], *mechanism == '\0' ? "none" : mechanism) == 0)
			return true;
	}
	return false;
}

static bool applies(const struct roost_auth *auth, const struct auth_db *db)
{
	bool found = auth->ok || (auth->dbs == &auth_passdbs && auth->verified);

	if (auth->dbs == &auth_passdbs && db->master != auth->master_phase)
		return false;
	if (db->skip == (found ? AUTH_SKIP_FOUND : AUTH_SKIP_NOTFOUND))
		return false;
	return mechanism_applies(db, auth->mechanism) &&
		auth_filter_matches(db->filter, auth->user);
}

/* What is true of the user whatever database said so last. */
static enum roost_auth_result final_checks(struct roost_auth *auth)
{
	const char *user = auth->user;

	if (*user == '\0' || strchr(user, '/') != NULL || strcmp(user, "..") == 0) {
		roost_log(&auth->log, ROOST_LOG_ERROR, "the database gave a bad user name");
		return ROOST_AUTH_TEMP;
	}
	if (auth->dbs == &auth_passdbs && auth_fields_get(&auth->passdb, "nologin") != NULL &&
	    auth_fields_get(&auth->passdb, "proxy") == NULL)
		return ROOST_AUTH_DISABLED;
	return ROOST_AUTH_OK;
}

static void finish(struct roost_auth *auth)
{
	bool passdb = auth->dbs == &auth_passdbs;
	enum roost_auth_result result = auth->failure;
	auth_done *done = auth->done;

	if (auth->ok)
		result = final_checks(auth);
	else if (auth->internal)
		result = ROOST_AUTH_TEMP;
	if (passdb)
		auth->passdb_ok = result == ROOST_AUTH_OK;
	auth->db = NULL;
	auth->done = NULL;
	if (done == NULL)
		auth_free(auth);
	else
		done(auth, result, auth->context);
}

/* A master user was let in: from here on it is about whom he wants to be. */
static void become_target(struct roost_auth *auth, bool go_on)
{
	auth->master_user = auth->user;
	auth->user = auth->target;
	auth->master_phase = false;
	auth->verified = true;
	if (!go_on) {
		auth->ok = true;
		finish(auth);
		return;
	}
	auth->ok = false;
	auth->index = 0;
	next(auth);
}

static bool net_allowed(struct roost_auth *auth)
{
	const char *nets = auth_fields_get(&auth->passdb, "allow_nets");

	if (nets == NULL || auth->password == NULL || auth_nets_contain(nets, auth->facts.rip))
		return true;
	roost_log(&auth->log, ROOST_LOG_INFO, "%s: allow_nets check failed: %s is not in %s",
		  auth->db->name, auth->facts.rip, nets);
	return false;
}

static enum roost_auth_result own_checks(struct roost_auth *auth)
{
	if (auth->dbs != &auth_passdbs)
		return ROOST_AUTH_OK;
	if (!net_allowed(auth) || auth_fields_get(&auth->passdb, "fail") != NULL)
		return ROOST_AUTH_FAILED;
	return ROOST_AUTH_OK;
}

static void denied(struct roost_auth *auth, enum roost_auth_result result)
{
	if (result == ROOST_AUTH_OK) {
		auth->ok = false;
		auth->failure = ROOST_AUTH_FAILED;
		finish(auth);
	} else if (result == ROOST_AUTH_TEMP) {
		/* Not knowing whether he is denied is no reason to let him in. */
		auth->ok = false;
		auth->internal = true;
		finish(auth);
	} else {
		next(auth);
	}
}

static enum auth_action choose(struct roost_auth *auth, enum roost_auth_result result)
{
	const struct auth_db *db = auth->db;

	if (result == ROOST_AUTH_TEMP) {
		auth->internal = true;
		return db->internal;
	}
	if (result != ROOST_AUTH_OK) {
		if (result == ROOST_AUTH_DISABLED || result == ROOST_AUTH_EXPIRED)
			auth->failure = result;
		return db->failure;
	}
	/* It says something about the user, and leaves the password to those that follow. */
	if (auth->dbs == &auth_passdbs && auth->password != NULL &&
	    auth_fields_get(&auth->passdb, "noauthenticate") != NULL) {
		auth_fields_remove(&auth->passdb, "noauthenticate");
		auth_fields_remove(&auth->passdb, "nopassword");
		return AUTH_CONTINUE;
	}
	if (auth->dbs == &auth_passdbs &&
	    (db->success == AUTH_CONTINUE || db->success == AUTH_CONTINUE_OK))
		auth->verified = true;
	return db->success;
}

static void act(struct roost_auth *auth, enum auth_action action)
{
	if (action == AUTH_RETURN_OK || action == AUTH_CONTINUE_OK)
		auth->ok = true;
	else if (action == AUTH_RETURN_FAIL || action == AUTH_CONTINUE_FAIL)
		auth->ok = false;
	if (action == AUTH_RETURN_OK || action == AUTH_RETURN_FAIL || action == AUTH_RETURN)
		finish(auth);
	else
		next(auth);
}

/* What a database said that did not match is forgotten, but for the user's name (R-PDB-9a). */
static void forget_fields(struct roost_auth *auth, enum roost_auth_result result)
{
	if (result == ROOST_AUTH_FAILED || result == ROOST_AUTH_NO_USER ||
	    result == ROOST_AUTH_TEMP)
		*current_fields(auth) = auth->before;
}

void roost_auth_done(struct roost_auth *auth, enum roost_auth_result result)
{
	assert(auth->db != NULL);
	if (result == ROOST_AUTH_OK) {
		roost_auth_add_fields(auth, auth->db->override_fields);
		result = own_checks(auth);
	}
	if (result == ROOST_AUTH_NO_USER && auth_settings->verbose)
		roost_log(&auth->log, ROOST_LOG_INFO, "%s: unknown user", auth->db->name);
	roost_log(&auth->log, ROOST_LOG_DEBUG, "%s: result %d", auth->db->name, (int)result);
	forget_fields(auth, result);
	if (auth->db->deny)
		denied(auth, result);
	else if (auth->master_phase && result == ROOST_AUTH_OK)
		become_target(auth, auth->db->success == AUTH_CONTINUE);
	else
		act(auth, choose(auth, result));
}

void roost_auth_fail(struct roost_auth *auth, const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	text = roost_arena_vprintf(auth->arena, format, args);
	va_end(args);
	roost_log(&auth->log, ROOST_LOG_ERROR, "%s: %s", auth->db->name, text);
	roost_auth_done(auth, ROOST_AUTH_TEMP);
}

static void ask(struct roost_auth *auth, const struct auth_db *db)
{
	auth->db = db;
	auth->default_scheme = "CRYPT";
	auth->before = auth_fields_copy(auth->arena, current_fields(auth));
	roost_auth_add_fields(auth, db->default_fields);
	if (auth->dbs == &auth_passdbs)
		db->passdb->lookup(auth, db->object);
	else
		db->userdb->lookup(auth, db->object);
}

static void next(struct roost_auth *auth)
{
	while (auth->index < auth->dbs->count) {
		const struct auth_db *db = &auth->dbs->items[auth->index++];

		if (applies(auth, db)) {
			ask(auth, db);
			return;
		}
	}
	finish(auth);
}

static void start(struct roost_auth *auth, const struct auth_dbs *dbs,
		  enum roost_auth_result failure, auth_done *done, void *context)
{
	auth->dbs = dbs;
	auth->index = 0;
	auth->ok = auth->internal = false;
	auth->failure = failure;
	auth->done = done;
	auth->context = context;
	next(auth);
}

void auth_ask_passdbs(struct roost_auth *auth, auth_done *done, void *context)
{
	bool lookup = auth->password == NULL;

	auth->verified = false;
	auth->master_phase = auth->target != NULL && !lookup;
	start(auth, &auth_passdbs, lookup ? ROOST_AUTH_NO_USER : ROOST_AUTH_FAILED, done, context);
}

void auth_ask_userdbs(struct roost_auth *auth, auth_done *done, void *context)
{
	start(auth, &auth_userdbs, ROOST_AUTH_NO_USER, done, context);
}
