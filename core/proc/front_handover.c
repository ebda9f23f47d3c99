/* A logged-in connection goes to a worker: its descriptor, what it has sent, and auth's cookie. */
#include <stdlib.h>
#include <unistd.h>
#include "core/net/conn.h"
#include "core/proc/front.h"
#include "core/proc/handover.h"

struct roost_link *front_anvil_link;

uint64_t front_next_request(void)
{
	static uint64_t last;

	return ++last;
}

static void log_login(const struct roost_front *front, uint32_t pid)
{
	roost_log(&front->log, ROOST_LOG_INFO,
		  "Login: user=<%s>, method=%s, rip=%s, lip=%s, mpid=%u%s, session=<%s>",
		  front->user == NULL ? "" : front->user,
		  front->mechanism == NULL ? "" : front->mechanism, front->facts.rip,
		  front->facts.lip, pid,
		  front->facts.tls ? ", TLS" : front->facts.secured ? ", secured" : "",
		  front->facts.session_id);
}

/* No worker took it: the conversation goes on where it was. */
static void take_back(struct roost_front *front, enum roost_auth_result result,
		      const char *reason)
{
	static const char *const none[] = { NULL };
	struct roost_auth_reply reply = {
		.result = result, .user = front->user == NULL ? "" : front->user,
		.reason = reason, .data = "", .fields = none,
	};

	front_attach(front, front->handed_fd);
	front->handed_fd = -1;
	conn_preload(front->conn, front->unread.data, front->unread.len);
	roost_str_free(&front->unread);
	front_resume(front);
	front_protocol->auth_reply(front, &reply);
}

static void give(struct roost_front *front)
{
	struct handover handover = {
		.auth = front->auth_peer, .facts = front->facts,
		.tag = front->tag == NULL ? "" : front->tag,
		.input = front->unread.data, .input_len = front->unread.len,
	};
	struct roost_str out = ROOST_STR_INIT;
	bool sent;

	memcpy(handover.cookie, front->cookie, sizeof(handover.cookie));
	roost_wire_put_u32(&out, HANDOVER_GIVE);
	roost_wire_put_u64(&out, front->request);
	handover_put(&out, &handover);
	sent = roost_link_send(front_anvil_link, out.data, out.len, &front->handed_fd, 1);
	roost_str_free(&out);
	if (!sent)
		take_back(front, ROOST_AUTH_TEMP, "Internal error occurred");
}

/* All output has left: nobody but the worker writes from now on. */
void front_handover_start(struct roost_front *front)
{
	front->handed_fd = conn_release(front->conn, &front->unread);
	front->conn = NULL;
	front->request = front_next_request();
	roost_loop_timer_again(front->timer, 60 * ROOST_SEC);
	/* Without anvil it waits for the next one: front_anvil_back. */
	if (front_anvil_link != NULL)
		give(front);
}

static void taken(uint64_t request, uint32_t result, uint32_t pid, const char *reason)
{
	struct roost_front *front = fronts;

	while (front != NULL && front->request != request)
		front = front->next;
	if (front == NULL || front->handed_fd < 0)
		return;
	if (result != ROOST_AUTH_OK) {
		take_back(front, (enum roost_auth_result)result, reason);
		return;
	}
	log_login(front, pid);
	front_free(front, NULL);
}

void front_anvil_message(const void *data, size_t len)
{
	struct roost_wire wire = roost_wire_read(data, len);
	struct roost_arena *arena = roost_arena_create("taken");
	uint32_t type = roost_wire_u32(&wire);
	uint64_t request = roost_wire_u64(&wire);
	uint32_t result = roost_wire_u32(&wire);
	const void *bytes;
	size_t size;

	if (type == HANDOVER_TAKEN) {
		uint32_t pid = roost_wire_u32(&wire);

		taken(request, result, pid, roost_wire_text(&wire, arena));
	} else if (type == HANDOVER_REPLY) {
		bytes = roost_wire_bytes(&wire, &size);
		front_job_done(request, result != 0 || wire.broken, bytes, size);
	}
	roost_arena_free(arena);
}

/*
 * Those on their way may have reached a worker or not; two who answer one client would be worse
 * than a client that connects again.
 */
void front_anvil_lost(void)
{
	front_anvil_link = NULL;
	for (struct roost_front *front = fronts, *next; front != NULL; front = next) {
		next = front->next;
		if (front->handed_fd >= 0)
			front_free(front, NULL);
	}
	front_job_anvil_lost();
}

void front_anvil_back(void)
{
	for (struct roost_front *front = fronts, *next; front != NULL; front = next) {
		next = front->next;
		if (front->handed_fd >= 0)
			give(front);
	}
}
