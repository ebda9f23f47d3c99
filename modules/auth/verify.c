/* Comparing what the client brought with what the database has. R-PWD-4, R-PDB-7. */
#include <stdlib.h>
#include <string.h>
#include <roost/loop.h>
#include "modules/auth/auth.h"
#include "modules/auth/hash.h"

struct job {
	struct roost_auth *auth;
	struct hash hash;
	bool matched;
};

static void work(void *context)
{
	struct job *job = context;

	job->matched = hash_verify(&job->hash, job->auth->password);
}

static void worked(void *context)
{
	struct job *job = context;

	roost_auth_verified(job->auth, job->matched);
}

static void compare(struct roost_auth *auth, const char *stored)
{
	struct job *job = roost_arena_zalloc(auth->arena, sizeof(*job));
	struct roost_error err;

	job->auth = auth;
	if (hash_parse(auth->arena, stored, auth->default_scheme, &job->hash, &err) < 0) {
		roost_auth_fail(auth, "%s", roost_error_log(&err));
		return;
	}
	if (!hash_slow(&job->hash)) {
		roost_auth_verified(auth, hash_verify(&job->hash, auth->password));
		return;
	}
	if (roost_loop_work(work, worked, job, &err) < 0)
		roost_auth_fail(auth, "password verification: %s", roost_error_log(&err));
}

void roost_auth_password(struct roost_auth *auth, const char *stored)
{
	bool none = stored == NULL || *stored == '\0';

	if (auth->password == NULL || auth->verified) {
		roost_auth_done(auth, ROOST_AUTH_OK);
	} else if (auth_fields_get(&auth->passdb, "nopassword") != NULL) {
		if (none)
			roost_auth_done(auth, ROOST_AUTH_OK);
		else
			roost_auth_fail(auth, "nopassword is set but there is a password");
	} else if (none) {
		roost_log(&auth->log, ROOST_LOG_INFO, "%s: empty password is not accepted "
			  "without nopassword", auth->db->name);
		roost_auth_done(auth, ROOST_AUTH_FAILED);
	} else {
		compare(auth, stored);
	}
}

void roost_auth_default_scheme(struct roost_auth *auth, const char *scheme)
{
	auth->default_scheme = roost_arena_strdup(auth->arena, scheme);
}

void roost_auth_verified(struct roost_auth *auth, bool matched)
{
	if (!matched && auth_settings->verbose)
		roost_log(&auth->log, ROOST_LOG_INFO, "%s: password mismatch", auth->db->name);
	roost_auth_done(auth, matched ? ROOST_AUTH_OK : ROOST_AUTH_FAILED);
}
