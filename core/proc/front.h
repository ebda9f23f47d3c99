/* A front process's inside: connections before login. core/README has the life of one. */
#ifndef CORE_PROC_FRONT_H
#define CORE_PROC_FRONT_H

#include <roost/authlink.h>
#include <roost/loop.h>
#include <roost/protocol.h>
#include "core/net/tls.h"
#include "core/proc/child.h"
#include "core/proc/link.h"

enum front_phase {
	FRONT_TLS,		/* handshake, before the greeting or after STARTTLS */
	FRONT_TALK,		/* the module converses */
	FRONT_STARTTLS,		/* output leaves before the handshake */
	FRONT_AUTH,		/* auth is working */
	FRONT_HANDOVER,		/* the descriptor is on its way to a worker */
	FRONT_CLOSING,		/* output leaves, then it is freed */
};

struct roost_front {
	struct roost_front *next, *prev;
	struct roost_arena *arena;
	struct roost_conn *conn;	/* NULL while handed over or in a handshake */
	struct tls_relay *relay;
	struct roost_facts facts;
	struct roost_scope *scope;
	struct roost_log_scope log;
	void *state;
	enum front_phase phase;
	struct roost_loop_timer *timer;
	bool greeted;
	bool dead;			/* freed but for its memory, which earlier deferred calls may see */
	/* Authentication. */
	struct roost_link *auth;	/* whom auth_id was put to: a reload may bring another */
	uint32_t auth_id, auth_peer;
	char *tag, *mechanism, *user;
	unsigned char cookie[ROOST_COOKIE_SIZE];
	unsigned auth_attempts, auth_refusals;
	int64_t auth_first;		/* when the first attempt began, by roost_loop_steady */
	/* Hand-over. */
	uint64_t request;
	int handed_fd;			/* kept until a worker has it; -1: none */
	struct roost_str unread;
	const char *why_closed;
	const char *farewell;		/* to be said when its jobs are done; NULL: none */
	const char *const *mechanisms;	/* last answer of roost_front_mechanisms */
};

extern const struct roost_protocol_ops *front_protocol;
extern struct roost_front *fronts;	/* newest first */
extern struct roost_link *front_auth_link, *front_anvil_link;	/* the newest */

/* front.c: a connection's life. */
void front_accept(int fd, const struct child_listener *listener);
/* Look at the phase once the current callback has returned and the output has left. */
void front_settle_soon(struct roost_front *front);
void front_resume(struct roost_front *front);	/* auth has answered: the module goes on */
void front_free(struct roost_front *front, const char *why);
/* Talk over fd, which is taken. */
void front_attach(struct roost_front *front, int fd);
void front_bye(struct roost_front *front, const char *why);
unsigned front_count(void);

/* front_run.c: auth has said what it offers, so that clients can be greeted. */
void front_open(void);

/* front_auth.c: conversations with auth. */
void front_auth_message(struct roost_link *link, const void *data, size_t len);
void front_auth_lost(struct roost_link *link);
void front_auth_forget(struct roost_front *front);

/* front_handover.c: to the worker. */
void front_handover_start(struct roost_front *front);
void front_anvil_message(const void *data, size_t len);
void front_anvil_lost(void);
void front_anvil_back(void);

/* front_job.c: lookups and jobs. */
/* A worker is at work for this connection, and the client waits to hear how that ends. */
bool front_job_pending(const struct roost_front *front);
bool front_job_reply(struct roost_link *link, const struct roost_authlink_reply *reply);
void front_job_auth_lost(struct roost_link *link);
void front_job_anvil_lost(void);
void front_job_done(uint64_t request, bool failed, const char *reply, size_t len);
uint32_t front_next_id(void);
uint64_t front_next_request(void);

#endif
