/* A session in a worker: redeemed at auth, scoped, served, ended. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "core/conf/scope.h"
#include "core/net/conn.h"
#include "core/proc/ipc.h"
#include "core/proc/worker.h"

struct roost_session *worker_sessions;
struct roost_link *worker_anvil;

#define AUTH_WAIT (5 * ROOST_SEC)	/* for the link to the auth process that gave the cookie */
#define LINGER (10 * ROOST_SEC)	/* for a client that does not read its last words */

static void tell_anvil(const struct roost_str *out)
{
	if (worker_anvil != NULL)
		roost_link_send(worker_anvil, out->data, out->len, NULL, 0);
}

/* A job ends with its reply, which says both. */
static void tell_replied(const struct roost_session *session, const char *reply, size_t len)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_wire_put_u32(&out, HANDOVER_REPLIED);
	roost_wire_put_u64(&out, session->id);
	roost_wire_put_bytes(&out, reply, len);
	tell_anvil(&out);
	roost_str_free(&out);
}

static void tell_ended(const struct roost_session *session, enum roost_auth_result result)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_wire_put_u32(&out, HANDOVER_ENDED);
	roost_wire_put_u64(&out, session->id);
	roost_wire_put_u32(&out, result);
	tell_anvil(&out);
	roost_str_free(&out);
}

/* The module may still be on the stack: memory goes at the next turn of the loop. */
static void free_now(void *context)
{
	struct roost_session *session = context;
	bool last = session->last;

	roost_conn_free(session->conn);
	roost_loop_timer_free(session->timer);
	ipc_close_fds(session->fds, session->fd_count);
	roost_scope_free(session->scope);
	roost_scope_free(session->connection_scope);
	roost_arena_free(session->arena);
	/* Anvil may have sent the next user's already: he is not served before auth has answered. */
	if (last)
		worker_user_gone();
}

static void leave(struct roost_session *session)
{
	struct roost_session **link = &worker_sessions;

	session->ended = session->gone = true;
	while (*link != session)
		link = &(*link)->next;
	*link = session->next;
	session->last = worker_sessions == NULL;
	if (session->last)
		worker_user_leaving();
	roost_loop_defer(free_now, session);
}

static void end(struct roost_session *session, enum roost_auth_result result)
{
	if (session->gone)
		return;
	leave(session);
	tell_ended(session, result);
}

static void lingered(void *context)
{
	end(context, ROOST_AUTH_OK);
}

static void linger_drained(struct roost_conn *conn, void *context)
{
	end(context, ROOST_AUTH_OK);
}

static void linger_input(struct roost_conn *conn, void *context)
{
	size_t len;

	(void)roost_conn_input(conn, &len);
	roost_conn_consume(conn, len);
}

static void linger_closed(struct roost_conn *conn, void *context, const struct roost_error *err)
{
	end(context, ROOST_AUTH_OK);
}

static const struct roost_conn_ops linger_ops = {
	.input = linger_input, .drained = linger_drained, .closed = linger_closed,
};

/* Once what was written has left. */
static void end_politely(struct roost_session *session)
{
	if (session->conn != NULL)
		roost_conn_flush(session->conn);
	if (session->conn == NULL || roost_conn_pending(session->conn) == 0) {
		end(session, ROOST_AUTH_OK);
		return;
	}
	session->ended = true;
	roost_conn_set_ops(session->conn, &linger_ops, session);
	session->timer = roost_loop_timer(LINGER, lingered, session);
}

/* What the client sees when no session came to be: the front has let go of the connection. */
static void refuse(struct roost_session *session, const char *why)
{
	if (session->ended)
		return;
	roost_log(&session->log, ROOST_LOG_ERROR, "session %s: %s",
		  session->handover.facts.session_id, why);
	end(session, ROOST_AUTH_TEMP);
}

static void ask(struct roost_session *session, struct roost_link *auth)
{
	static uint32_t last;
	struct roost_str out = ROOST_STR_INIT;

	session->redeem = ++last;
	session->auth = auth;
	roost_wire_put_u32(&out, ROOST_AUTHLINK_REDEEM);
	roost_wire_put_u32(&out, session->redeem);
	roost_wire_put_bytes(&out, session->handover.cookie, ROOST_COOKIE_SIZE);
	roost_wire_put_text(&out, session->handover.facts.service);
	roost_wire_put_text(&out, session->handover.facts.session_id);
	if (!roost_link_send(auth, out.data, out.len, NULL, 0))
		refuse(session, "auth cannot be asked");
	roost_str_free(&out);
}

static void waited_for_auth(void *context)
{
	refuse(context, "the auth process that let it in is gone");
}

/* A connection that a new auth let in may be here before the master's word of that auth. */
static void ask_auth(struct roost_session *session)
{
	struct roost_link *auth = worker_auth_find(session->handover.auth);

	if (auth != NULL) {
		ask(session, auth);
		return;
	}
	session->waiting = true;
	session->timer = roost_loop_timer(AUTH_WAIT, waited_for_auth, session);
}

void session_auth_came(struct roost_link *auth)
{
	for (struct roost_session *session = worker_sessions, *next; session != NULL;
	     session = next) {
		next = session->next;
		if (!session->waiting || session->handover.auth != roost_link_peer(auth)->id)
			continue;
		session->waiting = false;
		roost_loop_timer_free(session->timer);
		session->timer = NULL;
		ask(session, auth);
	}
}

void session_take(struct roost_wire *wire)
{
	struct roost_arena *arena = roost_arena_create("session");
	struct roost_session *session = roost_arena_new(arena, struct roost_session);
	struct roost_wire copy;

	session->arena = arena;
	session->id = roost_wire_u64(wire);
	copy = roost_wire_read(roost_arena_dup(arena, wire->data, wire->len), wire->len);
	session->next = worker_sessions;
	worker_sessions = session;
	if (!handover_get(&copy, arena, &session->handover)) {
		refuse(session, "the hand-over is broken");
		return;
	}
	session->fd_count = link_take_fds(worker_anvil, session->fds,
					  ROOST_COUNT(session->fds));
	if (!session->handover.job && session->fd_count != 1) {
		refuse(session, "the hand-over brought no connection");
		return;
	}
	ask_auth(session);
}

static const char *log_prefix(struct roost_session *session)
{
	const struct roost_facts *facts = &session->handover.facts;

	return roost_arena_printf(session->arena, "%s(%s)<%d><%s>: ", facts->service,
				  session->user, (int)getpid(), facts->session_id);
}

static char *number_text(struct roost_arena *arena, unsigned number)
{
	return number == 0 ? roost_arena_strdup(arena, "") :
			     roost_arena_printf(arena, "%u", number);
}

static void make_connection_scope(struct roost_session *session)
{
	const struct roost_facts *facts = &session->handover.facts;
	const struct roost_setting_pair pairs[] = {
		{ "protocol", worker_protocol->name }, { "service", facts->service },
		{ "session", facts->session_id }, { "rip", facts->rip }, { "lip", facts->lip },
		{ "rport", number_text(session->arena, facts->rport) },
		{ "lport", number_text(session->arena, facts->lport) },
		{ "local_name", facts->local_name },
		{ "secured", facts->tls ? "TLS" : facts->secured ? "secured" : "" },
		{ NULL, NULL },
	};

	session->connection_scope = roost_scope_connection(roost_scope_process(), pairs);
}

static void conn_nothing(struct roost_conn *conn, void *context)
{
}

static void conn_closed(struct roost_conn *conn, void *context, const struct roost_error *err)
{
	roost_session_end(context, "Connection closed");
}

/* Until the module has set its own. */
static const struct roost_conn_ops first_ops = { .input = conn_nothing, .closed = conn_closed };

static bool anybody_served(void)
{
	for (struct roost_session *session = worker_sessions; session != NULL;
	     session = session->next) {
		if (session->serving)
			return true;
	}
	return false;
}

void session_begin(struct roost_session *session, const char *const *fields)
{
	session->fields = fields;
	worker_user_comes(session, !anybody_served());
	session->log.prefix = log_prefix(session);
	if (session->connection_scope == NULL)
		make_connection_scope(session);
	session->scope = roost_scope_user(session->connection_scope, session->user,
					  roost_setting_pairs(session->arena, fields));
	if (!session->handover.job) {
		session->conn = roost_conn_create(session->fds[0], &first_ops, session);
		session->fd_count = 0;
		conn_preload(session->conn, session->handover.input,
			     session->handover.input_len);
	}
	session->serving = true;
	worker_protocol->serve(session);
	if (worker_closing() != NULL && !session->ended)
		worker_protocol->shutdown(session, worker_closing());
}

/* One user at a time: whoever is here already is the same one. */
static bool alone(const struct roost_session *session, const char *user)
{
	for (struct roost_session *other = worker_sessions; other != NULL; other = other->next) {
		if (other != session && other->user != NULL && strcmp(other->user, user) != 0)
			return false;
	}
	return true;
}

/* auth's word counts; but never for ids other than those that this process has. */
void session_user(const struct roost_authlink_user *user)
{
	struct roost_session *session = worker_sessions;

	while (session != NULL &&
	       (session->redeem != user->id || session->redeem == 0 || session->ended))
		session = session->next;
	if (session == NULL)
		return;
	session->redeem = 0;
	if (user->result != ROOST_AUTH_OK) {
		refuse(session, "auth does not know the cookie");
		return;
	}
	if (user->uid != (uint32_t)geteuid() || user->gid != (uint32_t)getegid()) {
		refuse(session, "auth named other ids than this worker has");
		return;
	}
	if (!alone(session, user->user)) {
		refuse(session, "this worker serves another user");
		return;
	}
	session->user = roost_arena_strdup(session->arena, user->user);
	session->home = roost_arena_strdup(session->arena, user->home);
	session_begin(session, roost_arena_strdupv(session->arena, user->fields));
}

void session_auth_lost(struct roost_link *auth)
{
	for (struct roost_session *session = worker_sessions, *next; session != NULL;
	     session = next) {
		next = session->next;
		if (session->redeem != 0 && session->auth == auth)
			refuse(session, "auth has gone");
	}
}

void session_kick(uint64_t id, const char *why)
{
	for (struct roost_session *session = worker_sessions, *next; session != NULL;
	     session = next) {
		next = session->next;
		if ((id == 0 || session->id == id) && session->serving &&
		    !session->ended)
			worker_protocol->shutdown(session, why);
	}
}

void session_changed(const char *mailbox, uint64_t modseq)
{
	for (struct roost_session *session = worker_sessions, *next; session != NULL;
	     session = next) {
		next = session->next;
		if (session->changed != NULL && strcmp(session->watched, mailbox) == 0)
			session->changed(session, mailbox, modseq);
	}
}

void session_resume_all(void)
{
	for (struct roost_session *session = worker_sessions; session != NULL;
	     session = session->next) {
		struct roost_str out = ROOST_STR_INIT;

		if (session->user == NULL)
			continue;
		roost_wire_put_u32(&out, HANDOVER_RESUMED);
		roost_wire_put_u64(&out, session->id);
		roost_wire_put_text(&out, session->user);
		roost_wire_put_text(&out, session->handover.facts.service);
		roost_wire_put_text(&out, session->handover.facts.rip);
		roost_wire_put_text(&out, session->handover.facts.session_id);
		tell_anvil(&out);
		roost_str_free(&out);
		if (session->changed != NULL)
			roost_notice_watch(session, session->watched, session->changed);
	}
}

/* --- what protocol modules call --- */

struct roost_conn *roost_session_conn(struct roost_session *session)
{
	return session->conn;
}

const struct roost_facts *roost_session_facts(const struct roost_session *session)
{
	return &session->handover.facts;
}

const struct roost_scope *roost_session_scope(const struct roost_session *session)
{
	return session->scope;
}

const struct roost_log_scope *roost_session_log(const struct roost_session *session)
{
	return &session->log;
}

const char *roost_session_user(const struct roost_session *session)
{
	return session->user;
}

const char *roost_session_home(const struct roost_session *session)
{
	return session->home;
}

const char *const *roost_session_fields(const struct roost_session *session)
{
	return session->fields;
}

const char *roost_session_tag(const struct roost_session *session)
{
	return session->handover.tag;
}

bool roost_session_preauth(const struct roost_session *session)
{
	return session->preauth;
}

void roost_session_set_state(struct roost_session *session, void *state)
{
	session->state = state;
}

void *roost_session_state(const struct roost_session *session)
{
	return session->state;
}

const void *roost_session_message(const struct roost_session *session, size_t *len)
{
	*len = session->handover.input_len;
	return session->handover.input;
}

const int *roost_session_fds(const struct roost_session *session, size_t *count)
{
	*count = session->fd_count;
	return session->fds;
}

void roost_session_reply(struct roost_session *session, const char *reply, size_t len)
{
	if (session->ended)
		return;
	leave(session);
	tell_replied(session, reply, len);
}

void roost_session_end(struct roost_session *session, const char *reason)
{
	if (session->ended)
		return;
	if (reason != NULL && reason[0] != '\0')
		roost_log(&session->log, ROOST_LOG_INFO, "%s", reason);
	roost_notice_unwatch(session, session->watched);
	end_politely(session);
}

void roost_notice_send(struct roost_session *session, const char *mailbox, uint64_t modseq)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_wire_put_u32(&out, HANDOVER_NOTICE);
	roost_wire_put_text(&out, mailbox);
	roost_wire_put_u64(&out, modseq);
	tell_anvil(&out);
	roost_str_free(&out);
	for (struct roost_session *other = worker_sessions, *next; other != NULL; other = next) {
		next = other->next;
		if (other != session && other->changed != NULL &&
		    strcmp(other->watched, mailbox) == 0)
			other->changed(other, mailbox, modseq);
	}
}

static void tell_watch(const char *mailbox, bool on)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_wire_put_u32(&out, HANDOVER_WATCH);
	roost_wire_put_text(&out, mailbox);
	roost_wire_put_u32(&out, on);
	tell_anvil(&out);
	roost_str_free(&out);
}

void roost_notice_watch(struct roost_session *session, const char *mailbox,
	void (*changed)(struct roost_session *session, const char *mailbox, uint64_t modseq))
{
	if (mailbox != session->watched)
		(void)snprintf(session->watched, sizeof(session->watched), "%s", mailbox);
	session->changed = changed;
	tell_watch(session->watched, true);
}

void roost_notice_unwatch(struct roost_session *session, const char *mailbox)
{
	if (session->changed == NULL)
		return;
	session->changed = NULL;
	tell_watch(session->watched, false);
}
