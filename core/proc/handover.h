/*
 * A connection's way from a front over anvil to a worker: the messages on those links. First a u32
 * type, then the fields in the order given. DESIGN section 2, "Hand-over". Ours.
 */
#ifndef CORE_PROC_HANDOVER_H
#define CORE_PROC_HANDOVER_H

#include <roost/authlink.h>

#define HANDOVER_INPUT_MAX 32768	/* unread input that travels along; also a job's message */

enum handover_type {
	/* front to anvil */
	HANDOVER_GIVE = 64,	/* u64 request, then a hand-over; fds: the connection, or a job's */
	/* anvil to front */
	HANDOVER_TAKEN = 65,	/* u64 request, u32 enum roost_auth_result, u32 worker's pid, text reason */
	HANDOVER_REPLY = 66,	/* u64 request, u32 failed, bytes reply: a job has ended */
	/* anvil to worker */
	HANDOVER_SERVE = 67,	/* u64 session, then a hand-over; fds as before */
	HANDOVER_KICK = 68,	/* u64 session, text why */
	HANDOVER_CHANGED = 69,	/* text mailbox, u64 modseq: somebody else has committed there */
	HANDOVER_RETIRE = 70,	/* nobody new will come: end as soon as nobody is served */
	/* worker to anvil */
	HANDOVER_ENDED = 71,	/* u64 session, u32 enum roost_auth_result: OK, or why it never began */
	HANDOVER_REPLIED = 72,	/* u64 session, bytes reply: the job has ended */
	HANDOVER_RESUMED = 73,	/* u64 session, text user, service, rip, session id: told to a new anvil */
	HANDOVER_NOTICE = 74,	/* text mailbox, u64 modseq: we have committed there */
	HANDOVER_WATCH = 75,	/* text mailbox, u32 on */
	HANDOVER_RETIRING = 76,	/* give me nobody new; RETIRE is the answer, and then I end */
};

struct handover {
	bool job;
	uint32_t auth;			/* peer id of the auth process that gave the cookie */
	unsigned char cookie[ROOST_COOKIE_SIZE];
	struct roost_facts facts;
	const char *tag;
	const void *input;		/* of a session: unread; of a job: its message */
	size_t input_len;
};

void handover_put(struct roost_str *out, const struct handover *handover);
bool handover_get(struct roost_wire *wire, struct roost_arena *arena, struct handover *handover);

#endif
