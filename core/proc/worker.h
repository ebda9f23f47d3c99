/* A worker's inside: sessions of one user at a time. */
#ifndef CORE_PROC_WORKER_H
#define CORE_PROC_WORKER_H

#include <roost/authlink.h>
#include <roost/loop.h>
#include <roost/protocol.h>
#include "core/proc/child.h"
#include "core/proc/handover.h"
#include "core/proc/link.h"

struct roost_session {
	struct roost_session *next;
	struct roost_arena *arena;
	uint64_t id;			/* anvil's */
	uint32_t redeem;		/* the question to auth; 0: answered, or not yet put */
	struct roost_link *auth;	/* whom it was put to */
	bool waiting;			/* for the link to that auth */
	struct handover handover;
	struct roost_conn *conn;
	int fds[8];
	size_t fd_count;
	const char *user, *home;
	const char *const *fields;
	struct roost_scope *connection_scope, *scope;
	struct roost_log_scope log;
	void *state;
	bool serving, preauth;
	bool ended;			/* the module has said so; output may still be leaving */
	bool gone;			/* anvil has been told */
	bool last;			/* nobody else was served when it went */
	struct roost_loop_timer *timer;
	/* Change notices. */
	char watched[33];
	void (*changed)(struct roost_session *session, const char *mailbox, uint64_t modseq);
};

extern const struct roost_protocol_ops *worker_protocol;
extern struct roost_session *worker_sessions;
extern struct roost_link *worker_anvil;

/* session.c */
/* Takes the descriptors that came with the message. */
void session_take(struct roost_wire *wire);
void session_user(const struct roost_authlink_user *user);
void session_auth_came(struct roost_link *auth);
void session_auth_lost(struct roost_link *auth);
void session_kick(uint64_t id, const char *why);
void session_changed(const char *mailbox, uint64_t modseq);
void session_resume_all(void);
/* Scopes from facts and fields, then the module serves it. */
void session_begin(struct roost_session *session, const char *const *fields);

/* worker.c */
/* The auth process with this peer id; NULL: no link to it yet, or no more. */
struct roost_link *worker_auth_find(uint32_t id);
/* Before a session is served; alone: no other one is. Another user than the last one's state goes. */
void worker_user_comes(const struct roost_session *session, bool alone);
/* The last session is going: called before anvil hears of it, and when its memory has gone. */
void worker_user_leaving(void);
void worker_user_gone(void);
/* Why sessions that begin now are sent away again; NULL: they are not. */
const char *worker_closing(void);

#endif
