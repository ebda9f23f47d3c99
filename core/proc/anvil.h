/* anvil's inside: who is where, limits, and which worker serves whom. core/README has the drawing. */
#ifndef CORE_PROC_ANVIL_H
#define CORE_PROC_ANVIL_H

#include <roost/loop.h>
#include <roost/vec.h>
#include "core/proc/control.h"
#include "core/proc/handover.h"
#include "core/proc/link.h"

/* What auth has approved and nobody has used yet. */
struct approval {
	struct approval *next;
	unsigned char cookie[ROOST_COOKIE_SIZE];
	struct roost_arena *arena;
	uint32_t front;			/* peer id: whom the cookie was given to */
	bool job;
	const char *service, *session_id, *user;
	struct proc_ids ids;
	int64_t expires;		/* steady clock */
};

struct worker {
	struct worker *next;
	struct roost_link *link;
	const char *service;
	struct proc_ids ids;
	char *user;			/* whom it serves; NULL: nobody, it is free */
	char *last_user;		/* whose mailboxes it may still have open; NULL: nobody's */
	unsigned sessions;
	int64_t idle_since;
	bool retiring;
	bool ordered;			/* by this anvil */
	ROOST_VEC(char *) watched;	/* mailboxes that its sessions have selected */
};

/* A session or job: waiting for its approval or worker, or being served. */
struct anvil_session {
	struct anvil_session *next, *prev;
	struct anvil_session *waiting_next, *waiting_prev;	/* while it has no worker: oldest first */
	struct anvil_session *bucket_next;			/* by id */
	struct roost_arena *arena;
	uint64_t id;
	const char *user, *service, *rip, *session_id;
	bool job, counted;		/* counted: against mail_max_userip_connections */
	struct worker *worker;		/* NULL: waiting */
	/* Until TAKEN (sessions) or REPLY (jobs) was sent; NULL: the front is gone or was answered. */
	struct roost_link *front;
	uint64_t request;
	/* What is handed over, until a worker has it. */
	unsigned char cookie[ROOST_COOKIE_SIZE];
	const void *message;
	size_t message_len;
	int fds[8];
	size_t fd_count;
	bool approved;
	struct proc_ids ids;
	uint32_t ticket;		/* of the order for its worker; 0: none */
	int64_t deadline;
	int64_t refuse_at;		/* over mail_max_userip_connections, unless room is made till then */
};

extern struct anvil_session *anvil_sessions;

/* anvil_table.c: all sessions, those that wait, by id, and how many of whom from where. */
void anvil_table_add(struct anvil_session *session);		/* it waits */
void anvil_table_remove(struct anvil_session *session);
void anvil_table_served(struct anvil_session *session);		/* it waits no more */
struct anvil_session *anvil_table_find(uint64_t id);
struct anvil_session *anvil_table_waiting(void);		/* the first */
size_t anvil_table_waiting_count(void);
/* One more connection of this user, service and address; false when limit are there (0: none is). */
bool anvil_table_count(struct anvil_session *session, uint64_t limit);

extern struct worker *anvil_workers;

/* anvil_session.c */
void anvil_take_handover(struct roost_link *front, struct roost_wire *wire);
void anvil_approve(struct approval *approval);	/* takes it */
void anvil_withdraw(const unsigned char *cookie);
void anvil_session_ended(struct anvil_session *session, enum roost_auth_result result,
			 const char *why);
void anvil_front_gone(struct roost_link *front);
/* Give waiting sessions what is free; refuse those that have waited too long. */
void anvil_assign(void);
void anvil_answer(struct anvil_session *session, enum roost_auth_result result, const char *why);
void anvil_reply(struct anvil_session *session, bool failed, const void *reply, size_t len);
void anvil_resumed(struct worker *worker, struct roost_wire *wire);

/* anvil_worker.c */
struct worker *anvil_worker_create(struct roost_link *link, uint32_t ticket);
void anvil_worker_gone(struct worker *worker);
/* One that serves this user, or a free equal one; NULL: none. */
struct worker *anvil_worker_for(const struct anvil_session *session);
/* Have the master make one; the ticket, or 0 when enough are being made. */
uint32_t anvil_order_worker(const struct anvil_session *session);
void anvil_worker_refused(uint32_t ticket, enum control_refusal why);
/* It wants nobody new. */
void anvil_worker_retire(struct worker *worker);
/* When this user may be served: 0, or later when his last workers crashed. */
int64_t anvil_delayed_until(const char *user);
void anvil_worker_release(struct worker *worker);	/* one session less */
/* End those that have been idle longer than they may. */
void anvil_workers_retire(void);

/* anvil_admin.c: who and kick over the listener "anvil". */
void anvil_admin_accept(int fd);

/* Look again at who waits or idles, in delay at the latest. */
void anvil_look_in(int64_t delay);
/* A setting of the session's service, as a number. */
uint64_t anvil_number(const char *service, const char *name);

#endif
