/*
 * A process with its modules loaded that does nothing but fork workers on the master's order: a fork
 * costs a tenth of exec and dlopen. It opens no thread, loop or database, and reads from nobody but
 * the master. Workers are the master's children, not its own (CLONE_PARENT).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "core/base/log.h"
#include "core/conf/scope.h"
#include "core/module/module.h"
#include "core/proc/child.h"
#include "core/proc/confine.h"
#include "core/proc/ipc.h"
#include "core/proc/privileges.h"

static char buffer[IPC_MESSAGE_MAX];

/* A template that runs as mail_uid or as its service's user cannot become anybody else. */
static int take_ids(const struct proc_ids *ids, struct roost_error *err)
{
	if (proc.privileged && !proc.keep_setid && (ids->uid != geteuid() || ids->gid != getegid()))
		return roost_fail_detail(err, ROOST_ERR_NOPERM, "not uid %u", ids->uid);
	return privileges_drop(ids, proc.privileged && proc.keep_setid, false, err);
}

/* In the worker: nothing of the template's may stay with it. */
static _Noreturn void become_worker(const struct proc_ids *ids, int control, int log)
{
	struct roost_error err;

	close(proc.control);
	if (dup2(log, STDERR_FILENO) < 0)
		_exit(81);
	close(log);
	proc.kind = PROC_WORKER;
	if (take_ids(ids, &err) < 0) {
		roost_log(NULL, ROOST_LOG_FATAL, "%s", roost_error_log(&err));
		_exit(77);
	}
	if (proc_receive_start(control) < 0)
		_exit(0);
	exit(worker_run());
}

static void fork_worker(struct roost_wire *wire, const int *fds)
{
	uint32_t id = roost_wire_u32(wire);
	struct roost_arena *arena = roost_arena_create("fork");
	uint32_t answer[3] = { CONTROL_FORKED, id, 0 };
	struct proc_ids ids;
	long pid;

	if (!control_get_ids(wire, arena, &ids)) {
		roost_arena_free(arena);
		return;
	}
	pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0)
		become_worker(&ids, fds[0], fds[1]);
	if (pid > 0)
		answer[2] = (uint32_t)pid;
	else
		roost_log(NULL, ROOST_LOG_ERROR, "fork: %m");
	roost_arena_free(arena);
	proc_tell(answer, sizeof(answer));
}

/* false: it is over. */
static bool take_order(void)
{
	struct pollfd wait = { .fd = proc.control, .events = POLLIN };
	int fds[IPC_FDS_MAX];
	struct roost_wire wire;
	size_t fd_count;
	ssize_t len;
	uint32_t type;

	if (poll(&wait, 1, -1) < 0)
		return errno == EINTR;
	len = ipc_receive(proc.control, buffer, fds, &fd_count, NULL);
	if (len < 0)
		return false;
	if (len == 0)
		return true;
	wire = roost_wire_read(buffer, (size_t)len);
	type = roost_wire_u32(&wire);
	if (type == CONTROL_FORK && fd_count == 2)
		fork_worker(&wire, fds);
	ipc_close_fds(fds, fd_count);
	return type != CONTROL_STOP;
}

int template_run(void)
{
	struct roost_error err;
	uint32_t ready = CONTROL_READY;
	uint32_t first_uid = (uint32_t)proc_setting_number("first_valid_uid");
	uint32_t first_gid = (uint32_t)proc_setting_number("first_valid_gid");
	int status = proc_load_modules(proc.service);

	if (status != 0)
		return status;
	if (privileges_drop(&proc.ids, proc.privileged, proc.keep_setid, &err) < 0 ||
	    confine_calls(proc.keep_setid ? first_uid : 0,
			  proc.keep_setid ? first_gid : 0, &err) < 0) {
		roost_log(NULL, ROOST_LOG_FATAL, "%s", roost_error_log(&err));
		return 77;
	}
	status = proc_init_modules();
	if (status != 0)
		return status;
	tzset();
	proc_tell(&ready, sizeof(ready));
	while (take_order())
		continue;
	return 0;
}
