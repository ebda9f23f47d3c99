/* roost-server: any process but the master. What it was told at its start, and what comes later. */
#ifndef CORE_PROC_CHILD_H
#define CORE_PROC_CHILD_H

#include <roost/vec.h>
#include "core/proc/control.h"

struct child_listener {
	char *name;
	uint32_t flags;
	int fd;
};

struct child_link {
	struct roost_peer peer;		/* texts in proc.arena */
	uint32_t ticket;
	int fd;
};

/* This process. */
struct proc {
	uint32_t id;
	enum proc_kind kind;
	const char *service, *protocol;
	struct proc_ids ids;
	bool privileged, keep_setid;
	int control;
	struct roost_arena *arena;
	ROOST_VEC(struct child_listener) listeners;
	/* Given before GO; proc_serve hands them to ops->link. */
	ROOST_VEC(struct child_link) early;
};

/* What the master says while we run; each may be NULL. */
struct proc_ops {
	bool ready_later;		/* the process says CONTROL_READY itself */
	void (*link)(int fd, const struct roost_peer *peer, uint32_t ticket);	/* takes fd */
	void (*stop)(bool drain, const char *why);
	/* Any other message; type is consumed. fds are closed afterwards unless dup'ed. */
	void (*message)(uint32_t type, struct roost_wire *wire, const int *fds, size_t fd_count);
};

extern struct proc proc;

/* Reads orders, waiting, until GO; -1: the master is gone. */
int proc_receive_start(int control);
/* Watch the control socket; tell ops of early links; tell the master that we are ready. */
void proc_serve(const struct proc_ops *ops);
/* To the master. */
/* A number of this process's configuration; 0 when it is not there. */
uint64_t proc_setting_number(const char *name);
/* One of its own service: "service/NAME/key". */
uint64_t proc_service_number(const char *key);
void proc_tell(const void *data, size_t len);
void proc_tell_number(uint32_t type, uint32_t number);

/* Snapshot, scope, log prefix; the modules that the configuration names for service. 0 or exit status. */
int proc_load(int snapshot_fd);
int proc_load_modules(const char *service);
int proc_init_modules(void);

/* The kinds: each returns the exit status. */
int logd_run(void);
int anvil_run(void);
int front_run(void);
int template_run(void);
int role_run(void);
/* In the child that the template has made. */
int worker_run(void);

#endif
