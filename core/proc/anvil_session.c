/* Hand-overs: approved by auth, counted, given to a worker. R-SVC-9. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <roost/log.h>
#include "core/base/memory.h"
#include "core/proc/anvil.h"
#include "core/proc/ipc.h"

#define WAIT_APPROVAL (5 * ROOST_SEC)
#define WAIT_SESSION (10 * ROOST_SEC)	/* for a worker */
#define WAIT_JOB (30 * ROOST_SEC)	/* who delivers has more patience than who reads */
#define LIMIT_AGAIN (2 * ROOST_MSEC)	/* some turns of the loop */
#define WAITING_MAX 20000
#define WAIT_AGAIN (ROOST_SEC / 2)
#define APPROVALS_MAX 20000

static struct approval *approvals;
static unsigned approval_count;
static uint64_t last_id;

static void free_session(struct anvil_session *session)
{
	anvil_table_remove(session);
	ipc_close_fds(session->fds, session->fd_count);
	roost_arena_free(session->arena);
}

void anvil_answer(struct anvil_session *session, enum roost_auth_result result, const char *why)
{
	struct roost_str out = ROOST_STR_INIT;

	if (session->front == NULL)
		return;
	roost_wire_put_u32(&out, HANDOVER_TAKEN);
	roost_wire_put_u64(&out, session->request);
	roost_wire_put_u32(&out, result);
	roost_wire_put_u32(&out, session->worker == NULL ? 0 :
			   roost_link_peer(session->worker->link)->pid);
	roost_wire_put_text(&out, why);
	roost_link_send(session->front, out.data, out.len, NULL, 0);
	roost_str_free(&out);
	session->front = NULL;		/* it waits for nothing more */
}

void anvil_reply(struct anvil_session *session, bool failed, const void *reply, size_t len)
{
	struct roost_str out = ROOST_STR_INIT;

	if (session->front == NULL || !session->job)
		return;
	roost_wire_put_u32(&out, HANDOVER_REPLY);
	roost_wire_put_u64(&out, session->request);
	roost_wire_put_u32(&out, failed);
	roost_wire_put_bytes(&out, reply, len);
	roost_link_send(session->front, out.data, out.len, NULL, 0);
	roost_str_free(&out);
	session->front = NULL;
}

/* Over, before or after it was served. */
void anvil_session_ended(struct anvil_session *session, enum roost_auth_result result,
			 const char *why)
{
	if (session->job)
		anvil_reply(session, true, "", 0);
	else
		anvil_answer(session, result == ROOST_AUTH_OK ? ROOST_AUTH_TEMP : result, why);
	if (session->worker != NULL)
		anvil_worker_release(session->worker);
	free_session(session);
}

static bool count_in(struct anvil_session *session, uint64_t limit)
{
	return session->job || session->rip[0] == '\0' || session->counted ||
	       anvil_table_count(session, limit);
}

/*
 * Who reads several sockets may hear of a session's end after it heard of the next one: over the
 * limit it looks again a moment later. waits: it goes on waiting, else it may be gone.
 */
static bool admit(struct anvil_session *session, bool *waits)
{
	uint64_t limit = anvil_number(session->service, "mail_max_userip_connections");
	int64_t now = roost_loop_steady();
	char why[160];

	*waits = true;
	if (count_in(session, limit))
		return true;
	if (session->refuse_at == 0)
		session->refuse_at = now + LIMIT_AGAIN;
	if (now < session->refuse_at) {
		anvil_look_in(session->refuse_at - now);
		return false;
	}
	(void)snprintf(why, sizeof(why), "Maximum number of connections from user+IP exceeded "
		       "(mail_max_userip_connections=%llu)", (unsigned long long)limit);
	anvil_session_ended(session, ROOST_AUTH_LIMIT, why);
	*waits = false;
	return false;
}

/* When it cannot be sent the session is over. */
static void give_to(struct anvil_session *session, struct worker *worker)
{
	struct roost_str out = ROOST_STR_INIT;
	bool sent;

	if (worker->user == NULL)
		worker->user = mem_strdup(session->user);
	worker->sessions++;
	session->worker = worker;
	anvil_table_served(session);
	roost_wire_put_u32(&out, HANDOVER_SERVE);
	roost_wire_put_u64(&out, session->id);
	roost_str_append(&out, session->message, session->message_len);
	sent = roost_link_send(worker->link, out.data, out.len, session->fds, session->fd_count);
	roost_str_free(&out);
	if (!sent) {
		anvil_session_ended(session, ROOST_AUTH_TEMP, "Internal error occurred");
		return;
	}
	ipc_close_fds(session->fds, session->fd_count);
	session->fd_count = 0;
	/* A job's front waits for the reply alone. */
	if (!session->job)
		anvil_answer(session, ROOST_AUTH_OK, "");
}

/* A worker for this user now, or an order for one. false: it waits no more, and may be gone. */
static bool seek_worker(struct anvil_session *session)
{
	struct worker *worker;
	int64_t wait;
	bool waits;

	if (!admit(session, &waits))
		return waits;
	worker = anvil_worker_for(session);
	if (worker != NULL) {
		give_to(session, worker);
		return false;
	}
	wait = anvil_delayed_until(session->user) - roost_loop_steady();
	if (wait > 0)
		anvil_look_in(wait);
	else if (session->ticket == 0)
		session->ticket = anvil_order_worker(session);
	return true;
}

static void give_up(struct anvil_session *session)
{
	roost_log(NULL, ROOST_LOG_WARN, "a hand-over for service %s, user %s was given up: %s",
		  session->service, session->user[0] == '\0' ? "unknown" : session->user,
		  session->approved ? "no worker came free" : "auth approved no such cookie");
	anvil_session_ended(session, ROOST_AUTH_TEMP, "Internal error occurred");
}

void anvil_assign(void)
{
	int64_t now = roost_loop_steady();

	for (struct anvil_session *session = anvil_table_waiting(), *next; session != NULL;
	     session = next) {
		next = session->waiting_next;
		if (session->approved && !seek_worker(session))
			continue;
		if (now > session->deadline)
			give_up(session);
	}
	if (anvil_table_waiting() != NULL)
		anvil_look_in(WAIT_AGAIN);
}

static void free_approval(struct approval **link)
{
	struct approval *approval = *link;

	*link = approval->next;
	approval_count--;
	roost_arena_free(approval->arena);
}

static struct approval **find_approval(const unsigned char *cookie)
{
	int64_t now = roost_loop_steady();
	struct approval **link = &approvals;

	while (*link != NULL) {
		if ((*link)->expires < now) {
			free_approval(link);
			continue;
		}
		if (memcmp((*link)->cookie, cookie, ROOST_COOKIE_SIZE) == 0)
			return link;
		link = &(*link)->next;
	}
	return NULL;
}

static struct anvil_session *find_waiting(const unsigned char *cookie)
{
	for (struct anvil_session *session = anvil_table_waiting(); session != NULL;
	     session = session->waiting_next) {
		if (!session->approved && session->front != NULL &&
		    memcmp(session->cookie, cookie, ROOST_COOKIE_SIZE) == 0)
			return session;
	}
	return NULL;
}

/* The cookie was given to this front for this session, and to nobody else. */
static bool matches(const struct anvil_session *session, const struct approval *approval)
{
	const struct roost_peer *front = roost_link_peer(session->front);

	return front->id == approval->front && session->job == approval->job &&
	       strcmp(session->service, approval->service) == 0 &&
	       strcmp(session->session_id, approval->session_id) == 0;
}

static void start(struct anvil_session *session, struct approval **link)
{
	const struct approval *approval = *link;

	if (!matches(session, approval)) {
		roost_log(NULL, ROOST_LOG_ERROR, "PID %u (%s) handed over session %s with a "
			  "cookie that is not its own; refused",
			  roost_link_peer(session->front)->pid,
			  roost_link_peer(session->front)->service, session->session_id);
		anvil_session_ended(session, ROOST_AUTH_TEMP, "Internal error occurred");
		return;
	}
	session->user = roost_arena_strdup(session->arena, approval->user);
	session->ids = approval->ids;
	session->ids.chroot = roost_arena_strdup(session->arena, approval->ids.chroot);
	session->approved = true;
	session->deadline = roost_loop_steady() + (session->job ? WAIT_JOB : WAIT_SESSION);
	free_approval(link);
	(void)seek_worker(session);
}

void anvil_approve(struct approval *approval)
{
	static const unsigned char none[ROOST_COOKIE_SIZE];
	struct anvil_session *waiting = find_waiting(approval->cookie);

	if (approval_count >= APPROVALS_MAX)
		(void)find_approval(none);	/* sweeps the expired */
	approval->next = approvals;
	approvals = approval;
	approval_count++;
	if (waiting != NULL)
		start(waiting, &approvals);
}

void anvil_withdraw(const unsigned char *cookie)
{
	struct approval **link = find_approval(cookie);

	if (link != NULL)
		free_approval(link);
}

/* Each holds a descriptor: half of ours are for them, as many are for the links to workers. */
static size_t waiting_max(void)
{
	static size_t max;
	struct rlimit limit;

	if (max == 0) {
		max = WAITING_MAX;
		if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur / 2 < max)
			max = (size_t)(limit.rlim_cur / 2);
	}
	return max;
}

void anvil_take_handover(struct roost_link *front, struct roost_wire *wire)
{
	struct roost_arena *arena = roost_arena_create("session");
	struct anvil_session *session = roost_arena_new(arena, struct anvil_session);
	struct approval **approval;
	struct handover handover;

	session->arena = arena;
	session->request = roost_wire_u64(wire);
	session->message_len = wire->len;
	session->message = roost_arena_dup(arena, wire->data, wire->len);
	if (!handover_get(wire, arena, &handover)) {
		roost_log(NULL, ROOST_LOG_ERROR, "PID %u (%s) sent a broken hand-over",
			  roost_link_peer(front)->pid, roost_link_peer(front)->service);
		roost_arena_free(arena);
		return;
	}
	session->id = ++last_id;
	session->front = front;
	session->job = handover.job;
	session->user = "";
	session->service = handover.facts.service;
	session->rip = handover.facts.rip;
	session->session_id = handover.facts.session_id;
	memcpy(session->cookie, handover.cookie, sizeof(session->cookie));
	session->fd_count = link_take_fds(front, session->fds, ROOST_COUNT(session->fds));
	session->deadline = roost_loop_steady() + WAIT_APPROVAL;
	anvil_table_add(session);
	if (anvil_table_waiting_count() > waiting_max()) {
		anvil_session_ended(session, ROOST_AUTH_TEMP, "Too many connections are waiting");
		return;
	}
	approval = find_approval(session->cookie);
	anvil_look_in(WAIT_AGAIN);
	if (approval != NULL)
		start(session, approval);
}

/* Jobs whose front is gone are done all the same: the message may have been taken already. */
void anvil_front_gone(struct roost_link *front)
{
	for (struct anvil_session *session = anvil_sessions, *next; session != NULL;
	     session = next) {
		next = session->next;
		if (session->front != front)
			continue;
		session->front = NULL;
		if (session->worker == NULL)
			anvil_session_ended(session, ROOST_AUTH_TEMP, "");
	}
}

/*
 * After anvil was started anew: a worker tells whom it serves. Ids go on above the highest seen.
 * Of those that this anvil ordered it knows itself, and nobody's word is taken.
 */
void anvil_resumed(struct worker *worker, struct roost_wire *wire)
{
	struct roost_arena *arena;
	struct anvil_session *session;

	if (worker->ordered) {
		roost_log(NULL, ROOST_LOG_ERROR, "PID %u (%s) claims a session that it was not given",
			  roost_link_peer(worker->link)->pid, worker->service);
		return;
	}
	arena = roost_arena_create("session");
	session = roost_arena_new(arena, struct anvil_session);
	session->arena = arena;
	session->id = roost_wire_u64(wire);
	session->user = roost_wire_text(wire, arena);
	session->service = roost_wire_text(wire, arena);
	session->rip = roost_wire_text(wire, arena);
	session->session_id = roost_wire_text(wire, arena);
	if (!roost_wire_done(wire) || anvil_table_find(session->id) != NULL) {
		roost_arena_free(arena);
		return;
	}
	if (session->id > last_id)
		last_id = session->id;
	session->approved = true;
	session->worker = worker;
	worker->sessions++;
	if (worker->user == NULL)
		worker->user = mem_strdup(session->user);
	anvil_table_add(session);
	anvil_table_served(session);
	(void)anvil_table_count(session, 0);
}
