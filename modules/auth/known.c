/* For userdbs that have no list of their own: is there such a user at all? R-ODB-1. */
#include "modules/auth/auth.h"

static void asked(struct roost_auth *question, enum roost_auth_result result, void *context)
{
	struct roost_auth *auth = context;

	auth_free(question);
	if (result == ROOST_AUTH_TEMP)
		roost_auth_fail(auth, "the passdbs could not be asked");
	else
		roost_auth_done(auth, result == ROOST_AUTH_OK ? ROOST_AUTH_OK :
				ROOST_AUTH_NO_USER);
}

void roost_auth_done_if_known(struct roost_auth *auth)
{
	struct roost_auth *question;

	if (auth->passdb_ok) {
		roost_auth_done(auth, ROOST_AUTH_OK);
		return;
	}
	question = auth_create(&auth->facts, "");
	question->user = question->orig_user = roost_arena_strdup(question->arena, auth->user);
	question->log = auth->log;
	auth_ask_passdbs(question, asked, auth);
}
