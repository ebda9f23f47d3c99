/* The master's life: configure, start services, wait, reload, stop. R-SVC-4, R-SVC-5, R-SVC-8. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "config.h"
#include "core/base/log.h"
#include "core/base/memory.h"
#include "core/proc/master.h"

#define STOP_TIME (10 * 1000000LL)	/* children get this long to end by themselves */

int64_t master_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static int watch(struct master *master, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };

	return epoll_ctl(master->epoll, EPOLL_CTL_ADD, fd, &event);
}

static int open_signals(struct master *master, struct roost_error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGALRM, SIG_IGN);
	master->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	master->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (master->signals < 0 || master->epoll < 0 || watch(master, master->signals) < 0)
		return roost_fail_errno(err, "signalfd");
	return 0;
}

/* base_dir itself, and "empty", the chroot of those who need no files. */
static int make_directories(struct master *master, struct roost_error *err)
{
	char *empty;

	if (mkdir(master->base_dir, 0755) < 0 && errno != EEXIST)
		return roost_fail_errno(err, "mkdir %s (base_dir)", master->base_dir);
	if (asprintf(&empty, "%s/empty", master->base_dir) < 0)
		abort();
	if (mkdir(empty, 0755) < 0 && errno != EEXIST) {
		roost_fail_errno(err, "mkdir %s", empty);
		free(empty);
		return -1;
	}
	free(empty);
	return 0;
}

/* Where the running configuration came from, for administrators and their tools. */
static void link_config(struct master *master)
{
	char *path;

	if (asprintf(&path, "%s/dovecot.conf", master->base_dir) < 0)
		abort();
	(void)unlink(path);
	if (symlink(master->config_path, path) < 0)
		roost_log(NULL, ROOST_LOG_WARN, "symlink %s: %m", path);
	free(path);
}

/* New processes for the new configuration; anvil and log go on with what they know. */
static void reload(struct master *master)
{
	struct roost_error err;

	roost_log(NULL, ROOST_LOG_WARN, "SIGHUP received - reloading configuration");
	if (master_reconfigure(master, &err) < 0) {
		roost_log(NULL, ROOST_LOG_ERROR,
			  "reload failed, going on with the configuration in use: %s",
			  roost_error_log(&err));
		return;
	}
	(void)listeners_bind(master);
	supervise_replace(master);
	master_reopen_logs(master);
	link_config(master);
	roost_log(NULL, ROOST_LOG_INFO, "configuration reloaded");
}

static void begin_stop(struct master *master, int number)
{
	if (master->stopping)
		return;
	master->stopping = true;
	master->kill_at = master_now() + STOP_TIME;
	roost_log(NULL, ROOST_LOG_WARN, "Killed with signal %d", number);
	for (struct child *child = master->children; child != NULL; child = child->next) {
		if (child->kind == PROC_FRONT || child->kind == PROC_WORKER ||
		    child->kind == PROC_TEMPLATE)
			child_stop(master, child, false, "Server shutting down.");
	}
}

static void take_signals(struct master *master)
{
	struct signalfd_siginfo info;

	while (read(master->signals, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGHUP:
			if (!master->stopping)
				reload(master);
			break;
		case SIGTERM:
		case SIGINT:
			begin_stop(master, (int)info.ssi_signo);
			break;
		case SIGUSR1:
			roost_log(NULL, ROOST_LOG_WARN, "SIGUSR1 received - reopening logs");
			master_reopen_logs(master);
			break;
		default:
			break;		/* SIGCHLD: exits are collected on each round */
		}
	}
}

/* Those whom others need end last: first sessions, then auth and anvil, then the log. */
static void go_on_stopping(struct master *master)
{
	bool users = false, helpers = false;

	for (struct child *child = master->children; child != NULL; child = child->next) {
		if (child->kind == PROC_LOG)
			continue;
		if (child->kind == PROC_ANVIL || child->kind == PROC_ROLE)
			helpers = true;
		else
			users = true;
		if (master_now() >= master->kill_at && child->pid > 0) {
			roost_log(NULL, ROOST_LOG_WARN,
				  "service(%s): PID %d did not stop in time; killing it",
				  child->service->name, (int)child->pid);
			(void)kill(child->pid, SIGKILL);
		}
	}
	for (struct child *child = master->children; child != NULL && !users;
	     child = child->next) {
		if ((!child->stopping || child->draining) && (child->kind != PROC_LOG || !helpers))
			child_stop(master, child, false, "Server shutting down.");
	}
}

static void wait_once(struct master *master, int timeout)
{
	struct epoll_event events[64];
	int count = epoll_wait(master->epoll, events, 64, timeout);

	for (int i = 0; i < count; i++) {
		uint32_t id = (uint32_t)(uintptr_t)events[i].data.ptr;
		struct child *child = id == 0 ? NULL : child_by_id(master, id);

		if (id == 0)
			take_signals(master);
		else if (child != NULL && child->control >= 0)
			supervise_ready(master, child, events[i].events);
	}
	supervise_exits(master);
}

static int timeout_until(int64_t due)
{
	int64_t left;

	if (due < 0)
		return -1;
	left = due - master_now();
	return left <= 0 ? 0 : (int)(left / 1000 + 1);
}

/* R-SVC-5: "... starting up for imap, lmtp (core dumps disabled)". */
static void say_started(struct master *master)
{
	struct roost_str list = ROOST_STR_INIT;

	for (size_t i = 0; i < master->services.count; i++) {
		const struct service *service = master->services.items[i];

		if (service->kind == PROC_TEMPLATE)
			roost_str_printf(&list, "%s%s", list.len == 0 ? "" : ", ",
					 service->protocol);
	}
	roost_log(NULL, ROOST_LOG_INFO, "Roost v%s starting up for %s (core dumps disabled)",
		  VERSION, list.len == 0 ? "no protocol" : list.data);
	roost_str_free(&list);
}

static void run_until_stopped(struct master *master)
{
	while (!master->stopping || master->children != NULL) {
		int64_t due;

		if (master->stopping) {
			go_on_stopping(master);
			due = master_now() + 200000;
		} else {
			due = supervise_start(master);
		}
		wait_once(master, timeout_until(due));
	}
}

/* Our lines go the way of all others: through a pipe to the log process. */
static void log_through_pipe(struct master *master)
{
	if (pipe2(master->log_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return;
	log_use_pipe(master->log_pipe[1]);
}

int master_run(struct master *master, bool foreground)
{
	struct roost_error err;

	log_set_prefix("master: ");
	if (make_directories(master, &err) < 0 || pid_file_check(master, &err) < 0 ||
	    services_make(master, &err) < 0) {
		roost_log(NULL, ROOST_LOG_FATAL, "%s", roost_error_log(&err));
		return 89;
	}
	if (listeners_bind(master) < 0) {
		roost_log(NULL, ROOST_LOG_FATAL, "not all sockets could be had; not starting");
		listeners_close(master);
		return 89;
	}
	/* What can be wrong with the configuration has been said by now, to whom started us. */
	if (!foreground && daemon(1, 0) < 0) {
		roost_log(NULL, ROOST_LOG_FATAL, "could not go to the background: %m");
		return 1;
	}
	/* A signalfd in an epoll tells the process that put it there, not its child. */
	if (open_signals(master, &err) < 0 || pid_file_take(master, &err) < 0) {
		roost_log(NULL, ROOST_LOG_FATAL, "%s", roost_error_log(&err));
		return 1;
	}
	log_through_pipe(master);
	link_config(master);
	say_started(master);
	services_check_descriptors(master);
	run_until_stopped(master);
	listeners_close(master);
	pid_file_drop(master);
	return 0;
}
