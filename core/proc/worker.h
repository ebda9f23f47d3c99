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
	uint32_t redeem;		/* the question to auth; 0: answered */
	struct handover handover;
	struct roost_conn *conn;
	int fds[8];
	size_t fd_count;
	const char *user, *home;
	const char *const *fields;
	struct roost_scope *connection_scope, *scope;
	struct roost_log_scope log;
	void *state;
	bool serving, ended, preauth, replied;
	/* Change notices. */
	char watched[33];
	void (*changed)(struct roost_session *session, const char *mailbox, uint64_t modseq);
};

extern const struct roost_protocol_ops *worker_protocol;
extern struct roost_session *worker_sessions;
extern struct roost_link *worker_auth, *worker_anvil;

/* session.c */
void session_take(struct roost_wire *wire, const int *fds, size_t fd_count);
void session_user(const struct roost_authlink_user *user);
void session_auth_lost(void);
void session_kick(uint64_t id, const char *why);
void session_changed(const char *mailbox, uint64_t modseq);
void session_resume_all(void);
/* Scopes from facts and fields, then the module serves it. */
void session_begin(struct roost_session *session, const char *const *fields);

/* worker.c: the last session has gone. */
void worker_user_gone(void);

#endif
