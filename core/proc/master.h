/*
 * The master's inside: services, children, listeners. It links core/base alone and never reads
 * what a stranger sent. core/README has the drawing of who talks to whom.
 */
#ifndef CORE_PROC_MASTER_H
#define CORE_PROC_MASTER_H

#include <sys/types.h>
#include <roost/vec.h>
#include "core/conf/snapshot.h"
#include "core/proc/configure.h"
#include "core/proc/control.h"

struct listener {
	char *key;		/* "inet 127.0.0.1 143", "unix /run/roost/lmtp": what is bound */
	char *name;		/* as the service knows it */
	char *path;		/* unix sockets; NULL otherwise */
	uint32_t flags;		/* CONTROL_LISTENER_* */
	int fd;
	bool wanted;		/* by the newest configuration */
};

/* One service of the configuration, as one kind of process. Lives as long as a child of it does. */
struct service {
	char *name, *protocol;
	enum proc_kind kind;
	enum conf_role role;
	unsigned generation;		/* of the configuration */
	struct proc_ids ids;
	bool keep_setid;
	uint64_t process_limit, process_min_avail, vsz_limit;
	ROOST_VEC(struct listener *) listeners;	/* the master's */
	unsigned children;
	/* Restart with back-off (R-SVC-7): microseconds, steady clock. */
	int64_t retry_at, retry_delay, failed_at;
	int64_t limit_warned;
};

struct child {
	uint32_t id;
	pid_t pid;			/* 0: a worker whose template has not yet answered */
	struct service *service;	/* of a worker: its template's */
	enum proc_kind kind;
	struct proc_ids ids;
	char *chroot;			/* what ids.chroot points to */
	int control, log;		/* our ends; -1: closed */
	uint32_t ticket;		/* anvil's order, for workers */
	bool ready, stopping;
	bool draining;			/* stopping, when its sessions have ended */
	bool replaced;			/* by a reload: stopped when its successor is ready */
	struct order *first_order, **last_order;	/* what its control socket had no room for */
	size_t order_count;
	struct child *next;
};

/* As the children get it: "NAME=value", ends with NULL. */
struct environment {
	char **items;
	size_t count, capacity;
};

struct master {
	char *config_path;			/* absolute */
	ROOST_VEC(const char *) overrides;	/* name=value of -o */
	char *base_dir;
	bool root;
	unsigned generation;
	struct configured configured;
	struct conf_snapshot *conf;		/* CONF_ROLE_MASTER's */
	struct environment environment;
	ROOST_VEC(struct service *) services;	/* of the newest generation */
	ROOST_VEC(struct listener *) listeners;
	struct child *children;
	uint32_t last_id;
	int epoll, signals, pid_file;
	int log_pipe[2];			/* our own lines; the log process reads end 0 */
	bool stopping, keep_sessions;	/* keep_sessions: shutdown_clients = no, over reloads */
	int64_t kill_at;			/* when stopping: SIGKILL those that are left */
};

int64_t master_now(void);			/* steady, microseconds */

/* reload.c */
/* Have the configuration read, for the first time. */
int master_configure(struct master *master, struct roost_error *err);
/* Read it again. Where it or the services that it asks for cannot be had, all stays as it is. */
int master_reconfigure(struct master *master, struct roost_error *err);
/* Open the log files anew and give them to the log process. */
void master_reopen_logs(struct master *master);

/* environment.c */
void environment_make(struct master *master);

/* service.c: services from the configuration; those of before stay on failure. */
int services_make(struct master *master, struct roost_error *err);
/* descriptors.c: warns when ulimit -n is less than the services' clients need. */
void services_check_descriptors(struct master *master);
struct service *service_find(struct master *master, const char *name, enum proc_kind kind);
void service_unref(struct master *master, struct service *service);	/* frees old generations */

/* listen.c */
/* Bind what all services want that is not yet bound, and drop what none wants. Each failure is logged; -1: there was one. */
int listeners_bind(struct master *master);
void listeners_close(struct master *master);

/* spawn.c */
int child_spawn(struct master *master, struct service *service);
/* Has a template fork a worker for anvil's order. */
int worker_spawn(struct master *master, struct child *template, const struct proc_ids *ids,
		 uint32_t ticket);
void child_stop(struct master *master, struct child *child, bool drain, const char *why);
void child_free(struct master *master, struct child *child);
struct child *child_by_id(struct master *master, uint32_t id);
struct child *child_by_pid(struct master *master, pid_t pid);
/* The newest that is ready of a kind and service, else the newest; service NULL: any. */
struct child *child_find(struct master *master, enum proc_kind kind, const char *service);
void child_start_go(struct master *master, struct child *child);

/* orders.c: messages to children; those that the socket has no room for wait their turn. */
bool child_send(struct master *master, struct child *child, const void *data, size_t len,
		const int *fds, size_t count);
void child_send_queued(struct master *master, struct child *child);	/* there is room again */
void child_drop_queued(struct child *child);

/* connect.c: links between processes. */
void child_connect(struct master *master, struct child *child);

/* supervise.c: messages of children, exits, restarts. */
void supervise_ready(struct master *master, struct child *child, uint32_t events);
void supervise_exits(struct master *master);
/* Start what should run and does not; the time of the next try, or -1. */
int64_t supervise_start(struct master *master);
/* After a reload: each child that runs is replaced by one of the new configuration. */
void supervise_replace(struct master *master);

/* pidfile.c */
/* INUSE when another master runs with this base_dir; take also locks and writes the file. */
int pid_file_check(struct master *master, struct roost_error *err);
int pid_file_take(struct master *master, struct roost_error *err);
void pid_file_drop(struct master *master);

/* master.c: returns the exit status. */
int master_run(struct master *master, bool foreground);

#endif
