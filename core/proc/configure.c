/*
 * The configuration, read and judged by short-lived children (roost-config), so that no file that an
 * administrator includes is parsed with the master's rights. It answers on descriptor 3 with one
 * message for each role: u32 enum conf_role, and the sealed snapshot as descriptor. What it finds
 * wrong goes to its standard error, and its status is 89 then.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <roost/wire.h>
#include "core/base/memory.h"
#include "core/base/paths.h"
#include "core/proc/configure.h"
#include "core/proc/ipc.h"

#define CONFIG_FD 3
#define TIME_MAX 60		/* seconds */
#define TEXT_MAX (256 * 1024)

void configured_init(struct configured *configured)
{
	for (int role = 0; role < CONF_ROLE_COUNT; role++)
		configured->fds[role] = -1;
}

void configured_close(struct configured *configured)
{
	for (int role = 0; role < CONF_ROLE_COUNT; role++) {
		if (configured->fds[role] >= 0)
			close(configured->fds[role]);
		configured->fds[role] = -1;
	}
}

static const char **make_arguments(const char *path, const char *const *overrides, size_t count)
{
	const char **argv = mem_zalloc((2 * count + 4) * sizeof(*argv));
	size_t n = 0;

	argv[n++] = "roost-config";
	argv[n++] = "-c";
	argv[n++] = path;
	for (size_t i = 0; i < count; i++) {
		argv[n++] = "-o";
		argv[n++] = overrides[i];
	}
	return argv;
}

static _Noreturn void exec_config(const char **argv, int channel, int errors)
{
	char program[4096];
	sigset_t none;

	(void)snprintf(program, sizeof(program), "%s/roost-config", paths_libexec());
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	channel = fcntl(channel, F_DUPFD_CLOEXEC, 10);
	if (dup2(errors, STDERR_FILENO) < 0 || dup2(channel, CONFIG_FD) < 0)
		_exit(81);
	execv(program, (char *const *)(uintptr_t)argv);
	dprintf(STDERR_FILENO, "exec %s: %s\n", program, strerror(errno));
	_exit(84);
}

static void take_snapshot(int channel, struct configured *configured, bool *open)
{
	static char buffer[IPC_MESSAGE_MAX];
	int fds[IPC_FDS_MAX];
	size_t count;
	struct roost_wire wire;
	uint32_t role;
	ssize_t len = ipc_receive(channel, buffer, fds, &count, NULL);

	if (len < 0)
		*open = false;
	if (len <= 0)
		return;
	wire = roost_wire_read(buffer, (size_t)len);
	role = roost_wire_u32(&wire);
	if (roost_wire_done(&wire) && role < CONF_ROLE_COUNT && count == 1 &&
	    configured->fds[role] < 0)
		configured->fds[role] = fds[0];
	else
		ipc_close_fds(fds, count);
}

static void take_errors(int fd, struct roost_str *text, bool *open)
{
	char part[4096];
	ssize_t len = read(fd, part, sizeof(part));

	if (len > 0 && text->len < TEXT_MAX)
		roost_str_append(text, part, (size_t)len);
	*open = len > 0 || (len < 0 && errno == EINTR);
}

static int64_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Reads both until both have ended, so that the child never waits for us. false: it takes too long. */
static bool listen_to_child(int channel, int errors, struct configured *configured,
			    struct roost_str *text)
{
	bool channel_open = true, errors_open = true;
	int64_t end = seconds() + TIME_MAX;

	while (channel_open || errors_open) {
		struct pollfd wait[2] = {
			{ .fd = channel_open ? channel : -1, .events = POLLIN },
			{ .fd = errors_open ? errors : -1, .events = POLLIN },
		};

		if (seconds() >= end)
			return false;
		if (poll(wait, 2, 1000) <= 0)
			continue;
		if (wait[0].revents != 0)
			take_snapshot(channel, configured, &channel_open);
		if (wait[1].revents != 0)
			take_errors(errors, text, &errors_open);
	}
	return true;
}

static int judge(pid_t pid, bool timely, struct configured *configured, struct roost_error *err)
{
	int status = 0;

	if (!timely)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!timely) {
		return roost_fail_detail(err, ROOST_ERR_CONFIG,
			"roost-config did not end within %d seconds", TIME_MAX);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return roost_fail(err, ROOST_ERR_CONFIG, "The configuration was refused");
	for (int role = 0; role < CONF_ROLE_COUNT; role++) {
		if (configured->fds[role] < 0) {
			return roost_fail_detail(err, ROOST_ERR_CONFIG,
				"roost-config gave no snapshot for role %s",
				conf_role_name((enum conf_role)role));
		}
	}
	return 0;
}

int configure_run(const char *path, const char *const *overrides, size_t count,
		  struct configured *configured, struct roost_str *text, struct roost_error *err)
{
	const char **argv = make_arguments(path, overrides, count);
	int channel[2], errors[2], ret;
	struct configured made;
	bool timely;
	pid_t pid;

	configured_init(&made);
	if (ipc_pair(channel, err) < 0) {
		free(argv);
		return -1;
	}
	if (pipe2(errors, O_CLOEXEC) < 0) {
		free(argv);
		close(channel[0]);
		close(channel[1]);
		return roost_fail_errno(err, "pipe");
	}
	pid = fork();
	if (pid == 0)
		exec_config(argv, channel[1], errors[1]);
	free(argv);
	close(channel[1]);
	close(errors[1]);
	timely = pid > 0 && listen_to_child(channel[0], errors[0], &made, text);
	close(channel[0]);
	close(errors[0]);
	ret = pid < 0 ? roost_fail_errno(err, "fork") : judge(pid, timely, &made, err);
	if (ret == 0)
		*configured = made;
	else
		configured_close(&made);
	return ret;
}
