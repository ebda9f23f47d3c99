/* Cookies: the right to one session of one user, from the yes of auth to the worker's question. */
#ifndef MODULES_AUTH_COOKIE_H
#define MODULES_AUTH_COOKIE_H

#include <roost/authlink.h>
#include "modules/auth/auth.h"

#define COOKIE_LIFE (60 * (int64_t)1000000)

struct cookie {
	unsigned char bytes[ROOST_COOKIE_SIZE];
	uint32_t front;			/* peer id of the front that got it */
	bool job;			/* of a LOOKUP: for lmtp alone */
	int64_t expires;		/* steady time */
	struct roost_auth *auth;	/* owned: its arena has all that follows */
	const char *service, *session_id;
	struct auth_identity identity;
};

/* Takes auth, whose password is wiped. Borrowed until it is redeemed or dropped. */
const struct cookie *cookie_create(uint32_t front, bool job, struct roost_auth *auth,
				   const struct auth_identity *identity, int64_t now);
/*
 * Use it up. NULL, why says, when there is none such or it is not for this service, session and
 * uid; a stolen cookie is void afterwards. The caller frees it.
 */
struct cookie *cookie_redeem(const void *bytes, const char *service, const char *session_id,
			     uint32_t uid, int64_t now, const char **why);
void cookie_free(struct cookie *cookie);
/* Only the front that got it can void it. Returns whether it did. */
bool cookie_drop(const void *bytes, uint32_t front);
/* Void those whose time has come; dropped hears of each. */
void cookie_expire(int64_t now, void (*dropped)(const unsigned char *bytes));
size_t cookie_count(void);
void cookie_clear(void);

#endif
