/* The anvil process: links to auth, fronts and workers, and what they say. DESIGN section 2. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <roost/log.h>
#include "core/base/memory.h"
#include "core/conf/scope.h"
#include "core/loop/loop.h"
#include "core/proc/anvil.h"
#include "core/proc/child.h"
#include "core/proc/confine.h"
#include "core/proc/privileges.h"

#define COOKIE_LIFE (60 * ROOST_SEC)

static struct roost_loop_timer *tick;
static int64_t tick_due;

uint64_t anvil_number(const char *service, const char *name)
{
	struct conf_facts facts = { .protocol = service };
	const char *text = conf_snapshot_get(conf_scope_snapshot(roost_scope_process()), name,
					     &facts);

	return text == NULL ? 0 : strtoull(text, NULL, 10);
}

static bool is_role(const struct roost_link *link, const char *role)
{
	return strcmp(roost_link_peer(link)->role, role) == 0;
}

static void take_approval(struct roost_wire *wire)
{
	struct roost_arena *arena = roost_arena_create("approval");
	struct roost_authlink_approved approved;
	struct approval *approval = roost_arena_new(arena, struct approval);

	if (!roost_authlink_get_approved(wire, arena, &approved)) {
		roost_arena_free(arena);
		return;
	}
	approval->arena = arena;
	memcpy(approval->cookie, approved.cookie, sizeof(approval->cookie));
	approval->front = approved.front;
	approval->job = approved.job;
	approval->service = approved.service;
	approval->session_id = approved.session_id;
	approval->user = approved.user;
	approval->ids.uid = approved.uid;
	approval->ids.gid = approved.gid;
	approval->ids.group_count = approved.group_count;
	memcpy(approval->ids.groups, approved.groups, sizeof(approval->ids.groups));
	approval->ids.chroot = approved.chroot;
	approval->expires = roost_loop_steady() + COOKIE_LIFE;
	anvil_approve(approval);
}

static void auth_message(uint32_t type, struct roost_wire *wire)
{
	const void *cookie;
	size_t len;

	if (type == ROOST_AUTHLINK_APPROVED) {
		take_approval(wire);
	} else if (type == ROOST_AUTHLINK_DROPPED) {
		cookie = roost_wire_bytes(wire, &len);
		if (len == ROOST_COOKIE_SIZE)
			anvil_withdraw(cookie);
	}
}

/* Sessions that watch this mailbox in other workers. */
static void pass_notice(struct worker *from, struct roost_wire *wire)
{
	struct roost_arena *arena = roost_arena_create("notice");
	const char *mailbox = roost_wire_text(wire, arena);
	uint64_t modseq = roost_wire_u64(wire);
	struct roost_str out = ROOST_STR_INIT;

	roost_wire_put_u32(&out, HANDOVER_CHANGED);
	roost_wire_put_text(&out, mailbox);
	roost_wire_put_u64(&out, modseq);
	for (struct worker *worker = anvil_workers; worker != NULL; worker = worker->next) {
		for (size_t i = 0; i < worker->watched.count && worker != from; i++) {
			if (strcmp(worker->watched.items[i], mailbox) != 0)
				continue;
			roost_link_send(worker->link, out.data, out.len, NULL, 0);
			break;
		}
	}
	roost_str_free(&out);
	roost_arena_free(arena);
}

static void set_watch(struct worker *worker, struct roost_wire *wire)
{
	struct roost_arena *arena = roost_arena_create("watch");
	const char *mailbox = roost_wire_text(wire, arena);
	bool on = roost_wire_u32(wire) != 0;

	if (on && worker->watched.count < 10000) {
		roost_vec_push(&worker->watched, mem_strdup(mailbox));
	} else if (!on) {
		for (size_t i = 0; i < worker->watched.count; i++) {
			if (strcmp(worker->watched.items[i], mailbox) != 0)
				continue;
			free(worker->watched.items[i]);
			worker->watched.items[i] = worker->watched.items[--worker->watched.count];
			break;
		}
	}
	roost_arena_free(arena);
}

static void session_message(struct worker *worker, uint32_t type, struct roost_wire *wire)
{
	struct anvil_session *session = anvil_table_find(roost_wire_u64(wire));
	const void *reply;
	uint32_t result;
	size_t len;

	/* A worker speaks of its own sessions only. */
	if (session == NULL || session->worker != worker)
		return;
	if (type == HANDOVER_REPLIED) {
		reply = roost_wire_bytes(wire, &len);
		anvil_reply(session, false, reply, len);
		result = ROOST_AUTH_OK;
	} else {
		result = roost_wire_u32(wire);
	}
	anvil_session_ended(session, (enum roost_auth_result)result, "Internal error occurred");
	anvil_assign();
}

static void worker_message(struct worker *worker, uint32_t type, struct roost_wire *wire)
{
	switch (type) {
	case HANDOVER_ENDED:
	case HANDOVER_REPLIED:
		session_message(worker, type, wire);
		break;
	case HANDOVER_RETIRING:
		anvil_worker_retire(worker);
		break;
	case HANDOVER_RESUMED:
		anvil_resumed(worker, wire);
		break;
	case HANDOVER_NOTICE:
		pass_notice(worker, wire);
		break;
	case HANDOVER_WATCH:
		set_watch(worker, wire);
		break;
	default:
		break;
	}
}

static void anvil_message(struct roost_link *link, const void *data, size_t len, const int *fds,
			  size_t fd_count)
{
	struct roost_wire wire = roost_wire_read(data, len);
	uint32_t type = roost_wire_u32(&wire);

	if (is_role(link, "auth"))
		auth_message(type, &wire);
	else if (is_role(link, "front") && type == HANDOVER_GIVE)
		anvil_take_handover(link, &wire);
	else if (is_role(link, "worker"))
		worker_message(roost_link_state(link), type, &wire);
}

static void anvil_closed(struct roost_link *link)
{
	if (is_role(link, "worker"))
		anvil_worker_gone(roost_link_state(link));
	else if (is_role(link, "front"))
		anvil_front_gone(link);
}

static const struct link_ops link_ops = { .message = anvil_message, .closed = anvil_closed };

static void anvil_link(int fd, const struct roost_peer *peer, uint32_t ticket)
{
	struct roost_link *link = link_create(fd, peer, &link_ops);

	if (is_role(link, "worker")) {
		roost_link_set_state(link, anvil_worker_create(link, ticket));
		anvil_assign();
	}
}

static void anvil_order_refused(uint32_t type, struct roost_wire *wire, const int *fds,
				size_t fd_count)
{
	uint32_t ticket = roost_wire_u32(wire);

	if (type == CONTROL_WORKER_REFUSED)
		anvil_worker_refused(ticket, (enum control_refusal)roost_wire_u32(wire));
}

static void anvil_stop(bool drain, const char *why)
{
	loop_stop();
}

/* Only while somebody waits or a worker idles: an idle server does not wake. */
static void on_tick(void *context)
{
	roost_loop_timer_free(tick);
	tick = NULL;
	anvil_assign();
	anvil_workers_retire();
}

void anvil_look_in(int64_t delay)
{
	int64_t due = roost_loop_steady() + delay;

	if (tick != NULL && tick_due <= due)
		return;
	roost_loop_timer_free(tick);
	tick = roost_loop_timer(delay, on_tick, NULL);
	tick_due = due;
}

static void accept_admin(void *context, unsigned events)
{
	const struct child_listener *listener = context;
	int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0)
		anvil_admin_accept(fd);
}

static const struct proc_ops anvil_ops = {
	.link = anvil_link, .stop = anvil_stop, .message = anvil_order_refused,
};

int anvil_run(void)
{
	struct roost_error err;

	if (privileges_drop(&proc.ids, proc.privileged, false, &err) < 0 ||
	    confine_files(-1, &err) < 0 || confine_calls(0, 0, &err) < 0 ||
	    confine_signals(&err) < 0) {
		roost_log(NULL, ROOST_LOG_FATAL, "%s", roost_error_log(&err));
		return 77;
	}
	loop_init();
	for (size_t i = 0; i < proc.listeners.count; i++) {
		struct child_listener *listener = &proc.listeners.items[i];

		if (strcmp(listener->name, "anvil") == 0)
			roost_loop_fd(listener->fd, ROOST_LOOP_READ, accept_admin, listener);
	}
	proc_serve(&anvil_ops);
	loop_run();
	return 0;
}
