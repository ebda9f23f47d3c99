/* SPDX-License-Identifier: MIT */
/*
 * Provisional: may change in a minor version.
 * What fronts, workers, anvil and the auth process say to each other over their links. First a u32
 * type, then the fields in the order given (<roost/wire.h>). DESIGN of the hand-over: core/README. Ours.
 */
#ifndef ROOST_AUTHLINK_H
#define ROOST_AUTHLINK_H

#include <roost/protocol.h>
#include <roost/wire.h>

#define ROOST_COOKIE_SIZE 16

enum roost_authlink_type {
	/* front to auth */
	ROOST_AUTHLINK_BEGIN = 1,	/* u32 id, facts, text mechanism, u32 has response, bytes response */
	ROOST_AUTHLINK_CONTINUE = 2,	/* u32 id, bytes response */
	ROOST_AUTHLINK_CANCEL = 3,	/* u32 id */
	ROOST_AUTHLINK_LOOKUP = 4,	/* u32 id, facts, text user */
	ROOST_AUTHLINK_DROP = 5,	/* bytes cookie: it will not be used */
	/* auth to front */
	ROOST_AUTHLINK_MECHS = 16,	/* list "PLAIN plaintext", "SCRAM-SHA-256": name, then properties */
	ROOST_AUTHLINK_REPLY = 17,	/* struct roost_authlink_reply */
	/* auth to anvil */
	ROOST_AUTHLINK_APPROVED = 32,	/* struct roost_authlink_approved; before the REPLY it belongs to */
	ROOST_AUTHLINK_DROPPED = 33,	/* bytes cookie */
	/* worker to auth */
	ROOST_AUTHLINK_REDEEM = 48,	/* u32 id, bytes cookie, text service, text session id */
	/* auth to worker */
	ROOST_AUTHLINK_USER = 49,	/* struct roost_authlink_user */
};

/* Texts are never NULL, lists end with NULL and are never NULL. */
struct roost_authlink_reply {
	uint32_t id;
	uint32_t result;		/* enum roost_auth_result */
	const char *user, *reason;
	const void *data;		/* SASL challenge or additional data */
	size_t len;
	unsigned char cookie[ROOST_COOKIE_SIZE];	/* of OK; else zeroes */
	const char *const *fields;	/* passdb extra fields for the front: "proxy", "host=..." */
};

/* Cookies are good once, for 60 s, for one service, front and session; of a LOOKUP for jobs only. */
struct roost_authlink_approved {
	unsigned char cookie[ROOST_COOKIE_SIZE];
	uint32_t front;			/* peer id */
	bool job;
	const char *service, *session_id, *user;
	uint32_t uid, gid, groups[16], group_count;
	const char *chroot;
};

struct roost_authlink_user {
	uint32_t id;
	uint32_t result;		/* OK, or FAILED for any cookie that is not yours */
	const char *user, *home;
	uint32_t uid, gid;
	const char *const *fields;	/* userdb and passdb fields, "name=value" */
};

ROOST_API void roost_authlink_put_facts(struct roost_str *out, const struct roost_facts *facts);
ROOST_API void roost_authlink_get_facts(struct roost_wire *wire, struct roost_arena *arena,
					struct roost_facts *facts);
/* Each writes the type first; the readers are called after it was read. false: broken. */
ROOST_API void roost_authlink_put_reply(struct roost_str *out,
					const struct roost_authlink_reply *reply);
ROOST_API bool roost_authlink_get_reply(struct roost_wire *wire, struct roost_arena *arena,
					struct roost_authlink_reply *reply);
ROOST_API void roost_authlink_put_approved(struct roost_str *out,
					   const struct roost_authlink_approved *approved);
ROOST_API bool roost_authlink_get_approved(struct roost_wire *wire, struct roost_arena *arena,
					   struct roost_authlink_approved *approved);
ROOST_API void roost_authlink_put_user(struct roost_str *out,
				       const struct roost_authlink_user *user);
ROOST_API bool roost_authlink_get_user(struct roost_wire *wire, struct roost_arena *arena,
				       struct roost_authlink_user *user);

#endif
