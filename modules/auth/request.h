/* SASL conversations, whoever holds them: a front over its link, or a client on a socket. */
#ifndef MODULES_AUTH_REQUEST_H
#define MODULES_AUTH_REQUEST_H

#include <roost/loop.h>
#include "modules/auth/auth.h"

struct request;

/* Whoever asks. Zeroed but for reply before its first request. */
struct request_owner {
	/*
	 * CONTINUE with a challenge, or the end; after the end the request is freed, its auth too
	 * unless it was taken (request->auth = NULL).
	 */
	void (*reply)(struct request_owner *owner, struct request *request,
		      enum roost_auth_result result, const void *data, size_t len);
	struct request *requests;
	size_t count;
};

struct mech {
	const char *name;
	const char *properties;		/* of the client protocol, separated by TABs */
	bool plaintext;
	/* The client's next words; response NULL: it said nothing yet. */
	void (*step)(struct request *request, const char *response, size_t len);
};

struct request {
	struct request *next;
	struct request_owner *owner;
	uint32_t id;
	const struct mech *mech;
	struct roost_auth *auth;
	unsigned steps;
	bool waiting;			/* for the client's words */
	char *login;			/* LOGIN's user name, in auth's arena */
	struct roost_loop_timer *delay;
	enum roost_auth_result result;	/* that the delay holds back */
};

/* In the order of auth_mechanisms; NULL beyond the last. */
const struct mech *mech_at(size_t index);

/* false: the owner uses that id already. check_secured: refuse passwords in plain text (R-PDB-12). */
bool request_begin(struct request_owner *owner, uint32_t id, const char *mechanism,
		   const struct roost_facts *facts, bool check_secured, const char *response,
		   size_t len);
/* false: there is no such request that waits for words. */
bool request_continue(struct request_owner *owner, uint32_t id, const char *response, size_t len);
void request_cancel(struct request_owner *owner, uint32_t id);
/* The owner is gone: nothing is answered any more. */
void request_cancel_all(struct request_owner *owner);
const char *request_user(const struct request *request);

/* --- for mechanisms --- */
void request_challenge(struct request *request, const char *text);
void request_bad(struct request *request, const char *why);
/* user as the client spelt it; target: authorization identity, may be "". */
void request_verify(struct request *request, const char *user, const char *target,
		    const char *password, size_t len);

#endif
