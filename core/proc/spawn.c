/* Making and ending processes: exec of roost-server, or a fork that a template makes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "config.h"
#include "core/base/log.h"
#include "core/base/memory.h"
#include "core/base/paths.h"
#include "core/proc/ipc.h"
#include "core/proc/master.h"

static struct child *child_create(struct master *master, struct service *service,
				  enum proc_kind kind, const struct proc_ids *ids)
{
	struct child *child = mem_zalloc(sizeof(*child));

	child->id = ++master->last_id;
	child->service = service;
	child->kind = kind;
	child->ids = *ids;
	child->chroot = mem_strdup(ids->chroot);
	child->ids.chroot = child->chroot;
	child->control = child->log = -1;
	child->last_order = &child->first_order;
	child->next = master->children;
	master->children = child;
	service->children++;
	return child;
}

void child_free(struct master *master, struct child *child)
{
	struct child **link = &master->children;

	while (*link != child)
		link = &(*link)->next;
	*link = child->next;
	child_drop_queued(child);
	if (child->control >= 0)
		close(child->control);
	if (child->log >= 0)
		close(child->log);
	child->service->children--;
	service_unref(master, child->service);
	free(child->chroot);
	free(child);
}

struct child *child_by_id(struct master *master, uint32_t id)
{
	struct child *child = master->children;

	while (child != NULL && child->id != id)
		child = child->next;
	return child;
}

struct child *child_by_pid(struct master *master, pid_t pid)
{
	struct child *child = master->children;

	while (child != NULL && child->pid != pid)
		child = child->next;
	return child;
}

struct child *child_find(struct master *master, enum proc_kind kind, const char *service)
{
	struct child *newest = NULL;

	/* New children stand first. */
	for (struct child *child = master->children; child != NULL; child = child->next) {
		if (child->kind != kind || child->stopping || child->control < 0 ||
		    (service != NULL && strcmp(child->service->name, service) != 0))
			continue;
		if (child->ready)
			return child;
		if (newest == NULL)
			newest = child;
	}
	return newest;
}

/* Our ends of the control socket and the log pipe; theirs go to ends[0] and ends[1]. */
static int make_channels(struct master *master, struct child *child, int ends[2],
			 struct roost_error *err)
{
	struct epoll_event event = { .events = EPOLLIN };
	int control[2], log[2];

	if (ipc_pair(control, err) < 0)
		return -1;
	/* Nobody waits for a log process that does not read (log_pipe.c). */
	if (pipe2(log, O_CLOEXEC | O_NONBLOCK) < 0) {
		roost_fail_errno(err, "pipe");
		close(control[0]);
		close(control[1]);
		return -1;
	}
	child->control = control[0];
	child->log = log[0];
	ends[0] = control[1];
	ends[1] = log[1];
	event.data.ptr = (void *)(uintptr_t)child->id;
	if (epoll_ctl(master->epoll, EPOLL_CTL_ADD, child->control, &event) < 0) {
		close(ends[0]);
		close(ends[1]);
		return roost_fail_errno(err, "epoll_ctl");
	}
	return 0;
}

static void limit_memory(uint64_t bytes)
{
#ifndef ROOST_SANITIZED
	struct rlimit limit = { bytes, bytes };

	if (bytes != 0 && bytes != UINT64_MAX)
		(void)setrlimit(RLIMIT_DATA, &limit);
#endif
}

/* In the child: descriptors 2, 3 and 4 are as control.h says, all others close on exec. */
static _Noreturn void exec_server(struct master *master, struct service *service,
				  const int ends[2])
{
	int snapshot = fcntl(master->configured.fds[service->role], F_DUPFD_CLOEXEC, 10);
	int control = fcntl(ends[0], F_DUPFD_CLOEXEC, 10);
	int log = fcntl(ends[1], F_DUPFD_CLOEXEC, 10);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char *argv[] = { (char *)(uintptr_t)"roost-server", service->name, NULL };
	char program[4096];
	sigset_t none;

	(void)snprintf(program, sizeof(program), "%s/roost-server", paths_libexec());
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setsid();
	if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    (service->kind != PROC_LOG && dup2(log, STDERR_FILENO) < 0) ||
	    dup2(control, CONTROL_FD) < 0 || dup2(snapshot, CONTROL_SNAPSHOT_FD) < 0)
		_exit(81);
	limit_memory(service->vsz_limit);
	execve(program, argv, master->environment.items);
	dprintf(STDERR_FILENO, "exec %s: %s\n", program, strerror(errno));
	_exit(84);
}

static void send_start(struct master *master, struct child *child)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_wire_put_u32(&out, CONTROL_START);
	roost_wire_put_u32(&out, child->id);
	roost_wire_put_u32(&out, child->kind);
	roost_wire_put_text(&out, child->service->name);
	roost_wire_put_text(&out, child->service->protocol);
	control_put_ids(&out, &child->ids);
	roost_wire_put_u32(&out, (master->root ? CONTROL_START_PRIVILEGED : 0) |
			   (child->service->keep_setid ? CONTROL_START_KEEP_SETID : 0));
	child_send(master, child, out.data, out.len, NULL, 0);
	roost_str_free(&out);
}

static void send_listeners(struct master *master, struct child *child)
{
	for (size_t i = 0; i < child->service->listeners.count; i++) {
		struct listener *listener = child->service->listeners.items[i];
		struct roost_str out = ROOST_STR_INIT;

		if (listener->fd < 0)
			continue;
		roost_wire_put_u32(&out, CONTROL_LISTENER);
		roost_wire_put_text(&out, listener->name);
		roost_wire_put_u32(&out, listener->flags);
		child_send(master, child, out.data, out.len, &listener->fd, 1);
		roost_str_free(&out);
	}
}

/* The log process reads every other process's pipe. */
static void give_log_pipe(struct master *master, struct child *log, const char *service,
			  pid_t pid, int fd)
{
	struct roost_str out = ROOST_STR_INIT;

	if (fd < 0)
		return;
	roost_wire_put_u32(&out, CONTROL_LOG_PIPE);
	roost_wire_put_text(&out, service);
	roost_wire_put_u32(&out, (uint32_t)pid);
	child_send(master, log, out.data, out.len, &fd, 1);
	roost_str_free(&out);
}

static void connect_log(struct master *master, struct child *child)
{
	struct child *log = child_find(master, PROC_LOG, NULL);

	if (child->kind != PROC_LOG) {
		if (log != NULL)
			give_log_pipe(master, log, child->service->name, child->pid,
				      child->log);
		return;
	}
	give_log_pipe(master, child, "master", getpid(), master->log_pipe[0]);
	for (struct child *other = master->children; other != NULL; other = other->next) {
		if (other->kind != PROC_LOG)
			give_log_pipe(master, child, other->service->name, other->pid,
				      other->log);
	}
}

void child_start_go(struct master *master, struct child *child)
{
	uint32_t go = CONTROL_GO;

	send_start(master, child);
	send_listeners(master, child);
	child_connect(master, child);
	child_send(master, child, &go, sizeof(go), NULL, 0);
	/* What comes before GO is for the start alone. */
	connect_log(master, child);
}

int child_spawn(struct master *master, struct service *service)
{
	struct child *child = child_create(master, service, service->kind, &service->ids);
	struct roost_error err;
	int ends[2];

	if (make_channels(master, child, ends, &err) < 0) {
		roost_log(NULL, ROOST_LOG_ERROR, "service(%s): %s", service->name,
			  roost_error_log(&err));
		child_free(master, child);
		return -1;
	}
	child->pid = fork();
	if (child->pid == 0)
		exec_server(master, service, ends);
	close(ends[0]);
	close(ends[1]);
	if (child->pid < 0) {
		roost_log(NULL, ROOST_LOG_ERROR, "service(%s): fork: %m", service->name);
		child_free(master, child);
		return -1;
	}
	child_start_go(master, child);
	return 0;
}

int worker_spawn(struct master *master, struct child *template, const struct proc_ids *ids,
		 uint32_t ticket)
{
	struct child *child = child_create(master, template->service, PROC_WORKER, ids);
	struct roost_str out = ROOST_STR_INIT;
	struct roost_error err;
	int ends[2];
	bool sent;

	child->ticket = ticket;
	child->replaced = template->replaced;
	if (make_channels(master, child, ends, &err) < 0) {
		roost_log(NULL, ROOST_LOG_ERROR, "service(%s): %s", template->service->name,
			  roost_error_log(&err));
		child_free(master, child);
		return -1;
	}
	roost_wire_put_u32(&out, CONTROL_FORK);
	roost_wire_put_u32(&out, child->id);
	control_put_ids(&out, ids);
	sent = child_send(master, template, out.data, out.len, ends, 2);
	roost_str_free(&out);
	close(ends[0]);
	close(ends[1]);
	if (!sent) {
		child_free(master, child);
		return -1;
	}
	return 0;
}

void child_stop(struct master *master, struct child *child, bool drain, const char *why)
{
	struct roost_str out = ROOST_STR_INIT;

	child->stopping = true;
	child->draining = drain;
	roost_wire_put_u32(&out, CONTROL_STOP);
	roost_wire_put_u32(&out, drain);
	roost_wire_put_text(&out, why);
	child_send(master, child, out.data, out.len, NULL, 0);
	roost_str_free(&out);
}
