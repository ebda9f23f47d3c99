/*
 * What the master and its children say over their control sockets; first a u32 type, then the
 * fields in the order given (roost/wire.h). A child exec'ed by the master has the control socket as
 * descriptor 3, its role's configuration snapshot as 4, and its log pipe as 2. Ours.
 */
#ifndef CORE_PROC_CONTROL_H
#define CORE_PROC_CONTROL_H

#include <roost/role.h>
#include <roost/wire.h>

#define CONTROL_FD 3
#define CONTROL_SNAPSHOT_FD 4

/* What a process does; the services of the configuration map to these (role.c). */
enum proc_kind {
	PROC_LOG = 1, PROC_ANVIL = 2, PROC_FRONT = 3, PROC_TEMPLATE = 4, PROC_WORKER = 5,
	PROC_ROLE = 6,
};

enum control_type {
	/* --- master to child --- */
	CONTROL_START = 1,	/* u32 id, u32 kind, text service, text protocol, struct proc_ids, u32 flags */
	CONTROL_LISTENER = 2,	/* text name, u32 flags; fd */
	CONTROL_LINK = 3,	/* peer (control_put_peer), u32 ticket; fd */
	CONTROL_GO = 4,		/* all is there: give up privileges and work */
	CONTROL_STOP = 5,	/* u32 drain, text why: end; drain = 1: when the sessions have ended */
	CONTROL_LOG_PIPE = 6,	/* log: text service, u32 pid; fd to read from */
	CONTROL_LOG_TARGET = 7,	/* log: u32 0 errors, 1 info, 2 debug; text path; fd of files */
	CONTROL_FORK = 8,	/* template: u32 id, struct proc_ids; fds: control, log pipe */
	CONTROL_WORKER_REFUSED = 9,	/* anvil: u32 ticket, u32 enum control_refusal */
	/* --- child to master --- */
	CONTROL_READY = 32,	/* listeners may be served, links may be used */
	CONTROL_WORKER = 33,	/* anvil: u32 ticket, text service, struct proc_ids: order a worker */
	CONTROL_FORKED = 34,	/* template: u32 id, u32 pid; 0: fork failed */
	CONTROL_DRAINED = 35,	/* front: no connection is left */
};

/* Why anvil gets no worker. */
enum control_refusal {
	CONTROL_REFUSED_NOW = 1,	/* the service is starting: order again */
	CONTROL_REFUSED_LIMIT = 2,	/* process_limit: when one has ended */
	CONTROL_REFUSED_NEVER = 3,	/* not for these ids */
};

/* As whom a process runs. Texts are names as configured, for log lines; ids rule. */
struct proc_ids {
	uint32_t uid, gid;
	uint32_t groups[16];
	uint32_t group_count;
	const char *chroot;	/* "": none */
};

#define CONTROL_LISTENER_TLS 1u		/* TLS from the first byte */
#define CONTROL_LISTENER_INET 2u
#define CONTROL_LISTENER_HAPROXY 4u

#define CONTROL_START_PRIVILEGED 1u	/* the master is root: ids must be taken on */
#define CONTROL_START_KEEP_SETID 2u	/* templates without a mail uid: keep CAP_SETUID, CAP_SETGID */

void control_put_ids(struct roost_str *out, const struct proc_ids *ids);
bool control_get_ids(struct roost_wire *wire, struct roost_arena *arena, struct proc_ids *ids);
void control_put_peer(struct roost_str *out, const struct roost_peer *peer);
void control_get_peer(struct roost_wire *wire, struct roost_arena *arena, struct roost_peer *peer);
bool proc_ids_equal(const struct proc_ids *a, const struct proc_ids *b);

#endif
