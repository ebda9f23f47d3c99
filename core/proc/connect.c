/*
 * Links: who may talk to whom. A front asks auth and hands over to anvil; a worker redeems at auth
 * and serves what anvil gives it; auth tells anvil what it has approved. Nobody else talks.
 */
#include <unistd.h>
#include "core/base/log.h"
#include "core/proc/ipc.h"
#include "core/proc/master.h"

static const char *role_name(const struct child *child)
{
	switch (child->kind) {
	case PROC_FRONT:
		return "front";
	case PROC_WORKER:
		return "worker";
	case PROC_ANVIL:
		return "anvil";
	default:
		return child->service->name;	/* "auth" */
	}
}

static bool may_talk(const struct child *a, const struct child *b)
{
	bool client_a = a->kind == PROC_FRONT || a->kind == PROC_WORKER;
	bool client_b = b->kind == PROC_FRONT || b->kind == PROC_WORKER;

	if (a->kind == PROC_ANVIL || a->kind == PROC_ROLE)
		return client_b || (a->kind != b->kind &&
				    (b->kind == PROC_ANVIL || b->kind == PROC_ROLE));
	return client_a && (b->kind == PROC_ANVIL || b->kind == PROC_ROLE);
}

static void send_link(struct master *master, struct child *to, const struct child *about, int fd)
{
	struct roost_peer peer = {
		.id = about->id, .role = role_name(about), .service = about->service->name,
		.pid = (uint32_t)about->pid, .uid = about->ids.uid, .gid = about->ids.gid,
	};
	struct roost_str out = ROOST_STR_INIT;

	roost_wire_put_u32(&out, CONTROL_LINK);
	control_put_peer(&out, &peer);
	roost_wire_put_u32(&out, about->ticket);
	child_send(master, to, out.data, out.len, &fd, 1);
	roost_str_free(&out);
}

static void connect_two(struct master *master, struct child *a, struct child *b)
{
	struct roost_error err;
	int ends[2];

	if (ipc_pair(ends, &err) < 0) {
		roost_log(NULL, ROOST_LOG_ERROR, "%s", roost_error_log(&err));
		return;
	}
	send_link(master, a, b, ends[0]);
	send_link(master, b, a, ends[1]);
	close(ends[0]);
	close(ends[1]);
}

/*
 * An auth that a reload has replaced still answers for the cookies that it gave out, to workers and to
 * anvil. Fronts know two at most: they ask the newer one as soon as it has told what it offers.
 */
static bool is_current(struct master *master, const struct child *child,
		       const struct child *other)
{
	if (other->kind == PROC_ANVIL)
		return other == child_find(master, PROC_ANVIL, NULL);
	return other->kind != PROC_ROLE || child->kind != PROC_FRONT || !other->stopping;
}

void child_connect(struct master *master, struct child *child)
{
	for (struct child *other = master->children; other != NULL; other = other->next) {
		if (other != child && other->pid > 0 && other->control >= 0 &&
		    may_talk(child, other) && is_current(master, child, other))
			connect_two(master, child, other);
	}
}
