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
#include <unistd.h>
#include "core/base/log.h"
#include "core/base/memory.h"
#include "core/base/paths.h"
#include "core/proc/ipc.h"
#include "core/proc/master.h"

#define CONFIG_FD 3

static void exec_config(struct master *master, int channel, int errors)
{
	size_t count = master->overrides.count;
	const char **argv = mem_zalloc((2 * count + 4) * sizeof(*argv));
	char program[4096];
	size_t n = 0;
	sigset_t none;

	argv[n++] = "roost-config";
	argv[n++] = "-c";
	argv[n++] = master->config_path;
	for (size_t i = 0; i < count; i++) {
		argv[n++] = "-o";
		argv[n++] = master->overrides.items[i];
	}
	argv[n] = NULL;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	channel = fcntl(channel, F_DUPFD_CLOEXEC, 10);
	if (dup2(errors, STDERR_FILENO) < 0 || dup2(channel, CONFIG_FD) < 0)
		_exit(81);
	(void)snprintf(program, sizeof(program), "%s/roost-config", paths_libexec());
	execv(program, (char *const *)(uintptr_t)argv);
	dprintf(STDERR_FILENO, "exec %s: %s\n", program, strerror(errno));
	_exit(84);
}

static void take_snapshot(int channel, int fds_by_role[CONF_ROLE_COUNT], bool *open)
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
	    fds_by_role[role] < 0)
		fds_by_role[role] = fds[0];
	else
		ipc_close_fds(fds, count);
}

static void take_errors(int fd, struct roost_str *text, bool *open)
{
	char part[4096];
	ssize_t len = read(fd, part, sizeof(part));

	if (len > 0 && text->len < 256 * 1024)
		roost_str_append(text, part, (size_t)len);
	*open = len > 0;
}

/* Reads both until both have ended, so that the child never waits for us. */
static void listen_to_child(int channel, int errors, int fds_by_role[CONF_ROLE_COUNT],
			    struct roost_str *text)
{
	bool channel_open = true, errors_open = true;

	while (channel_open || errors_open) {
		struct pollfd wait[2] = {
			{ .fd = channel_open ? channel : -1, .events = POLLIN },
			{ .fd = errors_open ? errors : -1, .events = POLLIN },
		};

		if (poll(wait, 2, -1) < 0)
			continue;
		if (wait[0].revents != 0)
			take_snapshot(channel, fds_by_role, &channel_open);
		if (wait[1].revents != 0)
			take_errors(errors, text, &errors_open);
	}
}

static int run_config(struct master *master, int fds_by_role[CONF_ROLE_COUNT],
		      struct roost_str *text, struct roost_error *err)
{
	int channel[2], errors[2], status = 0;
	pid_t pid;

	if (ipc_pair(channel, err) < 0)
		return -1;
	if (pipe2(errors, O_CLOEXEC) < 0) {
		close(channel[0]);
		close(channel[1]);
		return roost_fail_errno(err, "pipe");
	}
	pid = fork();
	if (pid == 0)
		exec_config(master, channel[1], errors[1]);
	close(channel[1]);
	close(errors[1]);
	if (pid > 0)
		listen_to_child(channel[0], errors[0], fds_by_role, text);
	close(channel[0]);
	close(errors[0]);
	if (pid < 0)
		return roost_fail_errno(err, "fork");
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return roost_fail(err, ROOST_ERR_CONFIG, "The configuration was refused");
	return 0;
}

/* Each line apart: warnings of a configuration that is fine, or why it is not. */
static void log_lines(struct roost_str *text, enum roost_log_level level)
{
	char *rest = text->data, *line;

	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
		if (line[0] != '\0')
			roost_log(NULL, level, "%s", line);
	}
}

static int accept_snapshots(struct master *master, int fds_by_role[CONF_ROLE_COUNT],
			    struct roost_error *err)
{
	struct conf_snapshot *conf;

	for (int role = 0; role < CONF_ROLE_COUNT; role++) {
		if (fds_by_role[role] < 0) {
			return roost_fail_detail(err, ROOST_ERR_CONFIG,
				"roost-config gave no snapshot for role %s",
				conf_role_name((enum conf_role)role));
		}
	}
	if (conf_snapshot_open(fds_by_role[CONF_ROLE_MASTER], &conf, err) < 0)
		return -1;
	conf_snapshot_free(master->conf);
	master->conf = conf;
	for (int role = 0; role < CONF_ROLE_COUNT; role++) {
		if (master->snapshot_fds[role] >= 0)
			close(master->snapshot_fds[role]);
		master->snapshot_fds[role] = fds_by_role[role];
		fds_by_role[role] = -1;
	}
	if (master->base_dir == NULL)
		master->base_dir = mem_strdup(conf_snapshot_string(conf, "base_dir"));
	return 0;
}

int master_configure(struct master *master, struct roost_error *err)
{
	int fds_by_role[CONF_ROLE_COUNT] = { -1, -1, -1, -1, -1, -1 };
	struct roost_str text = ROOST_STR_INIT;
	int ret = run_config(master, fds_by_role, &text, err);

	log_lines(&text, ret == 0 ? ROOST_LOG_WARN : ROOST_LOG_ERROR);
	roost_str_free(&text);
	if (ret == 0)
		ret = accept_snapshots(master, fds_by_role, err);
	for (int role = 0; role < CONF_ROLE_COUNT; role++) {
		if (fds_by_role[role] >= 0)
			close(fds_by_role[role]);
	}
	return ret;
}
