/* What children say and how they end; what is started again, and when. R-SVC-6, R-SVC-7. */
#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <roost/arena.h>
#include "core/base/log.h"
#include "core/proc/ipc.h"
#include "core/proc/master.h"

#define RETRY_FIRST (2 * 1000000LL)
#define RETRY_MOST (60 * 1000000LL)
#define RETRY_FORGET (120 * 1000000LL)	/* a failure this long ago says nothing any more */
#define LIMIT_WARN_EVERY (60 * 1000000LL)

static void refuse_worker(struct master *master, struct child *anvil, uint32_t ticket,
			  enum control_refusal why)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_wire_put_u32(&out, CONTROL_WORKER_REFUSED);
	roost_wire_put_u32(&out, ticket);
	roost_wire_put_u32(&out, why);
	child_send(master, anvil, out.data, out.len, NULL, 0);
	roost_str_free(&out);
}

static unsigned count_workers(struct master *master, const char *service)
{
	unsigned count = 0;

	for (struct child *child = master->children; child != NULL; child = child->next)
		count += child->kind == PROC_WORKER && strcmp(child->service->name, service) == 0;
	return count;
}

static bool below_limit(struct master *master, struct service *service)
{
	if (count_workers(master, service->name) < service->process_limit)
		return true;
	if (service->limit_warned == 0 ||
	    master_now() - service->limit_warned > LIMIT_WARN_EVERY) {
		service->limit_warned = master_now();
		roost_log(NULL, ROOST_LOG_WARN, "service(%s): process_limit (%llu) reached, "
			  "client connections are being dropped", service->name,
			  (unsigned long long)service->process_limit);
	}
	return false;
}

/* Never for root, as a worker reads what strangers sent; and only for whom the template can become. */
static bool may_be_served(struct master *master, const struct service *service,
			  const struct proc_ids *ids)
{
	if (!master->root)
		return true;
	if (ids->uid == 0 || ids->gid == 0) {
		roost_log(NULL, ROOST_LOG_ERROR,
			  "service(%s): a worker as uid %u, gid %u was refused", service->name,
			  ids->uid, ids->gid);
		return false;
	}
	if (!service->keep_setid &&
	    (ids->uid != service->ids.uid || ids->gid != service->ids.gid)) {
		roost_log(NULL, ROOST_LOG_ERROR,
			  "service(%s): a worker as uid %u, gid %u was refused: the service's user, "
			  "or mail_uid and mail_gid, are %u, %u", service->name, ids->uid, ids->gid,
			  service->ids.uid, service->ids.gid);
		return false;
	}
	return true;
}

/* Orders come from anvil alone. A template that is still loading its modules forks when it has. */
static void order_worker(struct master *master, struct child *from, struct roost_wire *wire,
			 struct roost_arena *arena)
{
	uint32_t ticket = roost_wire_u32(wire);
	const char *name = roost_wire_text(wire, arena);
	struct service *service = service_find(master, name, PROC_TEMPLATE);
	struct child *template = child_find(master, PROC_TEMPLATE, name);
	struct proc_ids ids;

	if (!control_get_ids(wire, arena, &ids) || from->kind != PROC_ANVIL)
		return;
	if (service == NULL || template == NULL || master->stopping)
		refuse_worker(master, from, ticket, CONTROL_REFUSED_NOW);
	else if (!may_be_served(master, template->service, &ids))
		refuse_worker(master, from, ticket, CONTROL_REFUSED_NEVER);
	else if (!below_limit(master, service))
		refuse_worker(master, from, ticket, CONTROL_REFUSED_LIMIT);
	else if (worker_spawn(master, template, &ids, ticket) < 0)
		refuse_worker(master, from, ticket, CONTROL_REFUSED_NOW);
}

/* The template's word counts, not the worker's: it has made the process. */
static void worker_forked(struct master *master, struct child *template, struct roost_wire *wire)
{
	uint32_t id = roost_wire_u32(wire), pid = roost_wire_u32(wire);
	struct child *child = child_by_id(master, id);
	struct child *anvil = child_find(master, PROC_ANVIL, NULL);

	if (child == NULL || child->kind != PROC_WORKER || child->pid != 0 ||
	    template->kind != PROC_TEMPLATE)
		return;
	if (pid == 0) {
		if (anvil != NULL)
			refuse_worker(master, anvil, child->ticket, CONTROL_REFUSED_NOW);
		child_free(master, child);
		return;
	}
	child->pid = (pid_t)pid;
	child_start_go(master, child);
	if (template->stopping)
		child_stop(master, child, !master->stopping && master->keep_sessions,
			   "Server shutting down.");
}

/* A template that is gone answers for none of its forks any more. */
static void drop_unforked(struct master *master, struct service *service)
{
	struct child *anvil = child_find(master, PROC_ANVIL, NULL);

	for (struct child *child = master->children, *next; child != NULL; child = next) {
		next = child->next;
		if (child->kind != PROC_WORKER || child->pid != 0 || child->service != service)
			continue;
		if (anvil != NULL)
			refuse_worker(master, anvil, child->ticket, CONTROL_REFUSED_NOW);
		child_free(master, child);
	}
}

static void close_control(struct child *child)
{
	child_drop_queued(child);
	if (child->control >= 0)
		close(child->control);
	child->control = -1;
}

static void stop_replaced(struct master *master, struct child *child)
{
	/* Who is amid a login goes on, and auth answers for the cookies that it gave. */
	bool drain = child->kind != PROC_WORKER || master->keep_sessions;

	if (!child->stopping && (child->kind != PROC_WORKER || child->pid > 0))
		child_stop(master, child, drain, "Server shutting down.");
}

/* A template's workers go with it: their successors have the new settings. R-SVC-8. */
static void stop_predecessors(struct master *master, const struct child *ready)
{
	for (struct child *child = master->children; child != NULL; child = child->next) {
		if (child->replaced && !ready->replaced &&
		    strcmp(child->service->name, ready->service->name) == 0 &&
		    (child->kind == ready->kind ||
		     (ready->kind == PROC_TEMPLATE && child->kind == PROC_WORKER)))
			stop_replaced(master, child);
	}
}

/* Fronts go on accepting and templates forking until others can: nobody waits for a reload. */
void supervise_replace(struct master *master)
{
	master->keep_sessions = !conf_snapshot_bool(master->conf, "shutdown_clients");
	for (struct child *child = master->children; child != NULL; child = child->next) {
		enum proc_kind kind = child->kind == PROC_WORKER ? PROC_TEMPLATE : child->kind;

		if (kind == PROC_LOG || kind == PROC_ANVIL)
			continue;
		child->replaced = true;
		if (service_find(master, child->service->name, kind) == NULL)
			stop_replaced(master, child);
	}
}

static void take_message(struct master *master, struct child *child)
{
	static char buffer[IPC_MESSAGE_MAX];
	struct roost_arena *arena;
	struct roost_error err;
	struct roost_wire wire;
	int fds[IPC_FDS_MAX];
	size_t fd_count;
	ssize_t len = ipc_receive(child->control, buffer, fds, &fd_count, &err);

	if (len == 0)
		return;
	if (len < 0) {
		close_control(child);		/* its exit is collected apart */
		return;
	}
	ipc_close_fds(fds, fd_count);		/* nobody sends us any */
	arena = roost_arena_create("supervise");
	wire = roost_wire_read(buffer, (size_t)len);
	switch (roost_wire_u32(&wire)) {
	case CONTROL_READY:
		child->ready = true;
		stop_predecessors(master, child);
		break;
	case CONTROL_WORKER:
		order_worker(master, child, &wire, arena);
		break;
	case CONTROL_FORKED:
		worker_forked(master, child, &wire);
		break;
	default:
		roost_log(NULL, ROOST_LOG_ERROR, "service(%s): PID %d sent an unknown message",
			  child->service->name, (int)child->pid);
	}
	roost_arena_free(arena);
}

void supervise_ready(struct master *master, struct child *child, uint32_t events)
{
	if (events & EPOLLOUT)
		child_send_queued(master, child);
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		take_message(master, child);
}

/* One that never came up would only come back down, and so may one that fails again and again. */
static void delay_restart(struct service *service, bool at_once)
{
	int64_t now = master_now(), delay = service->retry_delay;

	if (service->failed_at == 0 || now - service->failed_at > RETRY_FORGET)
		delay = 0;
	else
		at_once = false;
	service->failed_at = now;
	if (at_once) {
		service->retry_delay = RETRY_FIRST / 2;
		return;
	}
	delay = delay == 0 ? RETRY_FIRST : delay * 2;
	service->retry_delay = delay > RETRY_MOST ? RETRY_MOST : delay;
	service->retry_at = now + service->retry_delay;
	roost_log(NULL, ROOST_LOG_WARN, "service(%s): failing, next try in %d s", service->name,
		  (int)(service->retry_delay / 1000000));
}

static void log_exit(const struct child *child, int status)
{
	const char *name = child->service->name;

	if (WIFSIGNALED(status) && !(child->stopping && WTERMSIG(status) == SIGKILL)) {
		roost_log(NULL, ROOST_LOG_FATAL, "service(%s): child %d killed with signal %d%s",
			  name, (int)child->pid, WTERMSIG(status),
			  WCOREDUMP(status) ? " (core dumped)" : " (core not dumped)");
	} else if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
		roost_log(NULL, ROOST_LOG_ERROR,
			  "service(%s): child %d returned error %d", name, (int)child->pid,
			  WEXITSTATUS(status));
	}
}

static void child_ended(struct master *master, struct child *child, int status)
{
	struct service *service = child->service;
	bool failed = WIFSIGNALED(status) || WEXITSTATUS(status) != 0;
	struct child *template = NULL;

	log_exit(child, status);
	if (failed && !child->stopping && child->kind != PROC_WORKER)
		delay_restart(service, child->ready);
	/* A worker that crashed may have been probed: the next ones get a new address layout. */
	if (child->kind == PROC_WORKER && WIFSIGNALED(status) && !child->stopping)
		template = child_find(master, PROC_TEMPLATE, service->name);
	if (child->kind == PROC_TEMPLATE)
		drop_unforked(master, service);
	child_free(master, child);
	if (template != NULL && !master->stopping)
		child_stop(master, template, true, "");
}

void supervise_exits(struct master *master)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct child *child = child_by_pid(master, pid);

		/* A worker may end before its template's word of it was read: read on. */
		if (child == NULL) {
			struct child *template = master->children;

			for (; template != NULL && child == NULL; template = template->next) {
				if (template->kind == PROC_TEMPLATE && template->control >= 0) {
					take_message(master, template);
					child = child_by_pid(master, pid);
				}
			}
		}
		if (child != NULL)
			child_ended(master, child, status);
	}
}

static unsigned living(struct master *master, const struct service *service)
{
	unsigned count = 0;

	for (struct child *child = master->children; child != NULL; child = child->next)
		count += child->service == service && child->kind == service->kind &&
			 !child->stopping && !child->replaced;
	return count;
}

/* All services but fronts are one process; they follow auth and anvil, which stand before them. */
int64_t supervise_start(struct master *master)
{
	int64_t next = -1;

	for (size_t i = 0; i < master->services.count; i++) {
		struct service *service = master->services.items[i];
		uint64_t wanted = service->kind == PROC_FRONT ? service->process_min_avail : 1;
		unsigned now = living(master, service);

		while (now < wanted && service->retry_at <= master_now()) {
			if (child_spawn(master, service) < 0) {
				delay_restart(service, false);
				break;
			}
			now++;
		}
		if (now < wanted && (next < 0 || service->retry_at < next))
			next = service->retry_at;
	}
	return next;
}
