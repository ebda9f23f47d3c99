/* roost-server: taking orders from the master. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/conf/scope.h"
#include "core/loop/loop.h"
#include "core/main/entry.h"
#include "core/module/module.h"
#include "core/proc/child.h"
#include "core/proc/ipc.h"

struct proc proc = { .control = -1 };

static const struct proc_ops *ops;
static struct roost_loop_fd *control_watch;

static void take_start(struct roost_wire *wire)
{
	uint32_t flags;

	proc.id = roost_wire_u32(wire);
	proc.kind = roost_wire_u32(wire);
	proc.service = roost_wire_text(wire, proc.arena);
	proc.protocol = roost_wire_text(wire, proc.arena);
	control_get_ids(wire, proc.arena, &proc.ids);
	flags = roost_wire_u32(wire);
	proc.privileged = flags & CONTROL_START_PRIVILEGED;
	proc.keep_setid = flags & CONTROL_START_KEEP_SETID;
}

static void take_listener(struct roost_wire *wire, int fd)
{
	struct child_listener listener = { .fd = fcntl(fd, F_DUPFD_CLOEXEC, 0) };

	listener.name = (char *)(uintptr_t)roost_wire_text(wire, proc.arena);
	listener.flags = roost_wire_u32(wire);
	roost_vec_push(&proc.listeners, listener);
}

static void take_link(struct roost_wire *wire, int fd)
{
	struct child_link link;

	control_get_peer(wire, proc.arena, &link.peer);
	link.ticket = roost_wire_u32(wire);
	link.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (ops != NULL && ops->link != NULL)
		ops->link(link.fd, &link.peer, link.ticket);
	else
		roost_vec_push(&proc.early, link);
}

/* One order; GO returns true. */
static bool take_order(const char *data, size_t len, const int *fds, size_t fd_count)
{
	struct roost_wire wire = roost_wire_read(data, len);
	uint32_t type = roost_wire_u32(&wire), drain;

	switch (type) {
	case CONTROL_START:
		take_start(&wire);
		break;
	case CONTROL_LISTENER:
		if (fd_count == 1)
			take_listener(&wire, fds[0]);
		break;
	case CONTROL_LINK:
		if (fd_count == 1)
			take_link(&wire, fds[0]);
		break;
	case CONTROL_GO:
		return true;
	case CONTROL_STOP:
		if (ops == NULL || ops->stop == NULL)
			exit(0);
		drain = roost_wire_u32(&wire);
		ops->stop(drain != 0, roost_wire_text(&wire, proc.arena));
		break;
	default:
		if (ops != NULL && ops->message != NULL)
			ops->message(type, &wire, fds, fd_count);
	}
	return false;
}

static char buffer[IPC_MESSAGE_MAX];

int proc_receive_start(int control)
{
	int fds[IPC_FDS_MAX];
	size_t fd_count;
	bool go = false;

	proc.control = control;
	proc.listeners.count = proc.early.count = 0;
	if (proc.arena == NULL)
		proc.arena = roost_arena_create("process");
	while (!go) {
		struct pollfd wait = { .fd = control, .events = POLLIN };
		ssize_t len;

		if (poll(&wait, 1, -1) < 0 && errno != EINTR)
			return -1;
		len = ipc_receive(control, buffer, fds, &fd_count, NULL);
		if (len < 0)
			return -1;
		if (len > 0)
			go = take_order(buffer, (size_t)len, fds, fd_count);
		ipc_close_fds(fds, fd_count);
	}
	return 0;
}

static void control_ready(void *context, unsigned events)
{
	int fds[IPC_FDS_MAX];
	size_t fd_count;
	ssize_t len = ipc_receive(proc.control, buffer, fds, &fd_count, NULL);

	if (len < 0) {
		/* Without a master nobody would restart or stop us. */
		loop_stop();
		roost_loop_fd_events(control_watch, 0);
		return;
	}
	if (len > 0)
		take_order(buffer, (size_t)len, fds, fd_count);
	ipc_close_fds(fds, fd_count);
}

void proc_serve(const struct proc_ops *process_ops)
{
	uint32_t ready = CONTROL_READY;

	ops = process_ops;
	control_watch = roost_loop_fd(proc.control, ROOST_LOOP_READ, control_ready, NULL);
	for (size_t i = 0; i < proc.early.count; i++) {
		struct child_link *link = &proc.early.items[i];

		if (ops->link != NULL)
			ops->link(link->fd, &link->peer, link->ticket);
	}
	proc.early.count = 0;
	if (!ops->ready_later)
		proc_tell(&ready, sizeof(ready));
}

uint64_t proc_setting_number(const char *name)
{
	const char *text = roost_scope_value(roost_scope_process(), name);

	return text == NULL ? 0 : strtoull(text, NULL, 10);
}

uint64_t proc_service_number(const char *key)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "service/%s/%s", proc.service, key);
	return proc_setting_number(path);
}

void proc_tell(const void *data, size_t len)
{
	(void)ipc_send(proc.control, data, len, NULL, 0, NULL);
}

void proc_tell_number(uint32_t type, uint32_t number)
{
	uint32_t message[2] = { type, number };

	proc_tell(message, sizeof(message));
}

int proc_load(int snapshot_fd)
{
	struct roost_scope *scope;
	struct roost_error err;

	if (conf_scope_load(snapshot_fd, proc.service,
			    proc.protocol[0] == '\0' ? NULL : proc.protocol, &scope, &err) < 0) {
		roost_log(NULL, ROOST_LOG_FATAL, "%s", roost_error_log(&err));
		return 89;
	}
	close(snapshot_fd);
	conf_scope_set_process(scope);
	return 0;
}

static void log_problems(struct roost_str *problems)
{
	char *rest = problems->data, *line;

	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
		if (line[0] != '\0')
			roost_log(NULL, ROOST_LOG_FATAL, "%s", line);
	}
	roost_str_free(problems);
}

/* Each line: name TAB file TAB where it was named. */
int proc_load_modules(const char *service)
{
	ROOST_VEC(struct module_name) names = { 0 };
	const struct roost_scope *scope = roost_scope_process();
	const char *key = roost_arena_printf(proc.arena, CONF_DERIVED_MODULES "%s", service);
	const char *text = conf_snapshot_get(conf_scope_snapshot(scope), key, NULL);
	char *rest = roost_arena_strdup(proc.arena, text), *line;
	struct roost_str problems = ROOST_STR_INIT;
	int failed;

	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
		struct module_name name = { .name = strsep(&line, "\t") };

		if (name.name == NULL || name.name[0] == '\0')
			continue;
		(void)strsep(&line, "\t");
		name.named_at = line == NULL ? "" : line;
		roost_vec_push(&names, name);
	}
	failed = modules_load(paths_modules(), names.items, names.count, &problems);
	roost_vec_free(&names);
	log_problems(&problems);
	return failed ? 89 : 0;
}

int proc_init_modules(void)
{
	struct roost_str problems = ROOST_STR_INIT;
	int failed = modules_init(&problems);

	log_problems(&problems);
	return failed ? 89 : 0;
}

static int run_kind(void)
{
	switch (proc.kind) {
	case PROC_LOG:
		return logd_run();
	case PROC_ANVIL:
		return anvil_run();
	case PROC_FRONT:
		return front_run();
	case PROC_TEMPLATE:
		return template_run();
	case PROC_ROLE:
		return role_run();
	default:
		roost_log(NULL, ROOST_LOG_FATAL, "unknown kind of process %u", proc.kind);
		return 64;
	}
}

int roost_server_main(int argc, char **argv)
{
	int status;

	if (fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(CONTROL_SNAPSHOT_FD, F_SETFD, FD_CLOEXEC) < 0) {
		(void)fprintf(stderr, "roost-server is started by roost, not by hand\n");
		return 64;
	}
	signal(SIGPIPE, SIG_IGN);
	if (proc_receive_start(CONTROL_FD) < 0)
		return 1;
	if (proc.kind != PROC_LOG)
		log_use_pipe(STDERR_FILENO);
	log_set_prefix(roost_arena_printf(proc.arena, "%s: ", proc.service));
	status = proc_load(CONTROL_SNAPSHOT_FD);
	return status != 0 ? status : run_kind();
}
