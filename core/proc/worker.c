/* The worker process: serves one user, for life as one uid. DESIGN section 2. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/base/log.h"
#include "core/loop/loop.h"
#include "core/module/module.h"
#include "core/proc/confine.h"
#include "core/proc/worker.h"

const struct roost_protocol_ops *worker_protocol;
static ROOST_VEC(struct roost_link *) auths;
static unsigned served, serve_limit;
static char *closing;		/* the master's words to those who are still here */
/*
 * Ending takes two steps, so that no connection is lost on its way here: we ask anvil for nobody new,
 * and end when it has answered and nobody is left.
 */
static bool retiring, released;

const char *worker_closing(void)
{
	return closing;
}

/*
 * A user stays for a moment after his last session, as he often comes back: the next delivery or
 * connection finds his mailboxes open. Whoever else comes makes him go first.
 */
#define KEEP_USER (10 * ROOST_SEC)
static struct roost_str held;	/* name, home and fields of whom the module may hold; empty: nobody */
static struct roost_loop_timer *keep_timer;

static void let_user_go(void *context)
{
	roost_loop_timer_free(keep_timer);
	keep_timer = NULL;
	if (held.len > 0 && worker_protocol->user_gone != NULL)
		worker_protocol->user_gone();
	roost_str_truncate(&held, 0);
}

static void put_field(struct roost_str *out, const char *text)
{
	roost_str_append(out, text, strlen(text) + 1);
}

void worker_user_comes(const struct roost_session *session, bool alone)
{
	struct roost_str user = ROOST_STR_INIT;

	put_field(&user, session->user);
	put_field(&user, session->home);
	for (size_t i = 0; session->fields[i] != NULL; i++)
		put_field(&user, session->fields[i]);
	if (alone && (user.len != held.len || memcmp(user.data, held.data, user.len) != 0))
		let_user_go(NULL);
	roost_loop_timer_free(keep_timer);
	keep_timer = NULL;
	if (alone || held.len == 0) {
		roost_str_truncate(&held, 0);
		roost_str_append(&held, user.data, user.len);
	}
	roost_str_free(&user);
}

static void end_if_idle(void *context)
{
	if (released && worker_sessions == NULL)
		loop_stop();
}

static void retire(void)
{
	uint32_t type = HANDOVER_RETIRING;

	retiring = true;
	released = worker_anvil == NULL ||
		   !roost_link_send(worker_anvil, &type, sizeof(type), NULL, 0);
	roost_loop_defer(end_if_idle, NULL);
}

void worker_user_leaving(void)
{
	if (serve_limit > 0 && ++served >= serve_limit && !retiring)
		retire();
}

void worker_user_gone(void)
{
	if (held.len > 0 && keep_timer == NULL)
		keep_timer = roost_loop_timer(KEEP_USER, let_user_go, NULL);
	roost_loop_defer(end_if_idle, NULL);
}

struct roost_link *worker_auth_find(uint32_t id)
{
	for (size_t i = 0; i < auths.count; i++) {
		if (roost_link_peer(auths.items[i])->id == id)
			return auths.items[i];
	}
	return NULL;
}

static bool is_auth(const struct roost_link *link)
{
	return strcmp(roost_link_peer(link)->role, "auth") == 0;
}

static void take_user(struct roost_wire *wire)
{
	struct roost_arena *arena = roost_arena_create("user");
	struct roost_authlink_user user;

	if (roost_wire_u32(wire) == ROOST_AUTHLINK_USER &&
	    roost_authlink_get_user(wire, arena, &user))
		session_user(&user);
	roost_arena_free(arena);
}

static void anvil_message(struct roost_wire *wire)
{
	struct roost_arena *arena = roost_arena_create("message");
	uint32_t type = roost_wire_u32(wire);
	const char *mailbox;
	uint64_t id;

	switch (type) {
	case HANDOVER_SERVE:
		session_take(wire);
		break;
	case HANDOVER_KICK:
		id = roost_wire_u64(wire);
		session_kick(id, roost_wire_text(wire, arena));
		break;
	case HANDOVER_CHANGED:
		mailbox = roost_wire_text(wire, arena);
		session_changed(mailbox, roost_wire_u64(wire));
		break;
	case HANDOVER_RETIRE:
		retiring = released = true;
		roost_loop_defer(end_if_idle, NULL);
		break;
	default:
		break;
	}
	roost_arena_free(arena);
}

static void link_message(struct roost_link *link, const void *data, size_t len, const int *fds,
			 size_t fd_count)
{
	struct roost_wire wire = roost_wire_read(data, len);

	if (is_auth(link))
		take_user(&wire);
	else if (link == worker_anvil)
		anvil_message(&wire);
}

static void forget_auth(struct roost_link *link)
{
	size_t kept = 0;

	for (size_t i = 0; i < auths.count; i++) {
		if (auths.items[i] != link)
			auths.items[kept++] = auths.items[i];
	}
	auths.count = kept;
	session_auth_lost(link);
}

static void link_closed(struct roost_link *link)
{
	if (is_auth(link)) {
		forget_auth(link);
	} else if (link == worker_anvil) {
		worker_anvil = NULL;
		released = retiring;
		roost_loop_defer(end_if_idle, NULL);
	}
}

static const struct link_ops link_ops = { .message = link_message, .closed = link_closed };

static void worker_link(int fd, const struct roost_peer *peer, uint32_t ticket)
{
	struct roost_link *link = link_create(fd, peer, &link_ops);

	if (strcmp(peer->role, "anvil") == 0) {
		worker_anvil = link;
		session_resume_all();
		if (retiring)
			retire();
	} else if (is_auth(link)) {
		roost_vec_push(&auths, link);
		session_auth_came(link);
	}
}

static void worker_stop(bool drain, const char *why)
{
	if (!drain) {
		closing = roost_arena_strdup(proc.arena, why);
		session_kick(0, why);
	}
	if (!retiring)
		retire();
}

static const struct proc_ops worker_ops = { .link = worker_link, .stop = worker_stop };

/* DESIGN's table: users that a worker serves before it ends, 1000 unless the service says else. */
static unsigned service_count(void)
{
	unsigned count = (unsigned)proc_service_number("service_count");

	return count <= 1 ? 1000 : count;
}

static const struct roost_protocol_ops *find_protocol(void)
{
	const struct roost_protocol_ops *ops;

	for (size_t i = 0; (ops = module_ops_at(ROOST_KIND_PROTOCOL, i, NULL)) != NULL; i++) {
		if (strcmp(ops->worker_service, proc.service) == 0)
			return ops;
	}
	return NULL;
}

int worker_run(void)
{
	struct roost_error err;

	log_set_prefix(roost_arena_printf(proc.arena, "%s: ", proc.service));
	worker_protocol = find_protocol();
	if (worker_protocol == NULL) {
		roost_log(NULL, ROOST_LOG_FATAL, "no loaded module serves %s", proc.service);
		return 89;
	}
	if (confine_signals(&err) < 0) {
		roost_log(NULL, ROOST_LOG_FATAL, "%s", roost_error_log(&err));
		return 77;
	}
	serve_limit = service_count();
	loop_init();
	proc_serve(&worker_ops);
	loop_run();
	/* Without a master it ends amid sessions, which still hold what is the user's. */
	if (worker_sessions == NULL)
		let_user_go(NULL);
	modules_deinit();
	return 0;
}
