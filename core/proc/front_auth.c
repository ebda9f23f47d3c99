/* A front's conversations with auth: one exchange per connection at a time. */
#include <stdlib.h>
#include "core/base/memory.h"
#include "core/net/conn.h"
#include "core/proc/front.h"

#define REFUSALS_MAX 3		/* wrong names and passwords before we hang up: R-PDB-13 */

struct roost_link *front_auth_link;

/* Mechanisms as auth announced them: name, and whether they show the password to the network. */
struct mechanism {
	const char *name;
	bool plaintext;
};
static struct roost_arena *mechanism_arena;
static struct mechanism mechanisms[64];
static size_t mechanism_count;

uint32_t front_next_id(void)
{
	static uint32_t last;

	if (++last == 0)
		++last;
	return last;
}

static const char *const no_fields[] = { NULL };

/* A reply of our own making. */
static struct roost_auth_reply plain_reply(enum roost_auth_result result, const char *reason)
{
	return (struct roost_auth_reply){
		.result = result, .user = "", .reason = reason, .data = "", .fields = no_fields,
	};
}

/* What a guesser gets; a backend that is down or a mechanism that is not there is not one. */
static bool is_refusal(enum roost_auth_result result)
{
	return result == ROOST_AUTH_FAILED || result == ROOST_AUTH_NO_USER ||
	       result == ROOST_AUTH_DENIED || result == ROOST_AUTH_DISABLED ||
	       result == ROOST_AUTH_EXPIRED;
}

/* Whatever comes next is input: another command, or the client's answer to a challenge. */
static void deliver(struct roost_front *front, const struct roost_auth_reply *reply)
{
	front_resume(front);
	front_protocol->auth_reply(front, reply);
	if (!is_refusal(reply->result) || ++front->auth_refusals < REFUSALS_MAX ||
	    front->phase == FRONT_CLOSING)
		return;
	front_protocol->bye(front, "Too many failed logins.");
	roost_front_close(front, "Disconnected: Connection closed");
}

static void fail_later(void *context)
{
	struct roost_front *front = context;
	struct roost_auth_reply reply = plain_reply(ROOST_AUTH_TEMP, "");

	if (front->dead || front->phase != FRONT_AUTH || front->auth_id != 0)
		return;
	deliver(front, &reply);
}

static void send_begin(struct roost_front *front, const void *response, size_t len)
{
	struct roost_str out = ROOST_STR_INIT;

	front->auth_id = front_next_id();
	front->auth = front_auth_link;
	roost_wire_put_u32(&out, ROOST_AUTHLINK_BEGIN);
	roost_wire_put_u32(&out, front->auth_id);
	roost_authlink_put_facts(&out, &front->facts);
	roost_wire_put_text(&out, front->mechanism);
	roost_wire_put_u32(&out, response != NULL);
	roost_wire_put_bytes(&out, response, response == NULL ? 0 : len);
	if (front_auth_link == NULL ||
	    !roost_link_send(front_auth_link, out.data, out.len, NULL, 0)) {
		front->auth_id = 0;
		front->auth = NULL;
		roost_loop_defer(fail_later, front);
	}
	explicit_bzero(out.data, out.len);
	roost_str_free(&out);
}

void roost_front_auth(struct roost_front *front, const char *mechanism, const void *response,
		      size_t len, const char *tag)
{
	free(front->tag);
	free(front->mechanism);
	front->tag = mem_strdup(tag);
	front->mechanism = mem_strdup(mechanism);
	front->phase = FRONT_AUTH;
	if (front->auth_attempts++ == 0)
		front->auth_first = roost_loop_steady();
	send_begin(front, response, len);
}

static void send_id(struct roost_front *front, uint32_t type, const void *data, size_t len)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_wire_put_u32(&out, type);
	roost_wire_put_u32(&out, front->auth_id);
	if (type == ROOST_AUTHLINK_CONTINUE)
		roost_wire_put_bytes(&out, data, len);
	if (front->auth != NULL)
		roost_link_send(front->auth, out.data, out.len, NULL, 0);
	explicit_bzero(out.data, out.len);
	roost_str_free(&out);
}

void roost_front_auth_continue(struct roost_front *front, const void *response, size_t len)
{
	front->phase = FRONT_AUTH;
	if (front->auth_id == 0)
		roost_loop_defer(fail_later, front);
	else
		send_id(front, ROOST_AUTHLINK_CONTINUE, response, len);
}

void roost_front_auth_cancel(struct roost_front *front)
{
	front_auth_forget(front);
	if (front->phase == FRONT_AUTH)
		front->phase = FRONT_TALK;
}

void front_auth_forget(struct roost_front *front)
{
	if (front->auth_id != 0)
		send_id(front, ROOST_AUTHLINK_CANCEL, NULL, 0);
	front->auth_id = 0;
}

static void approved(struct roost_front *front, const struct roost_authlink_reply *reply)
{
	struct roost_auth_reply told = { .result = ROOST_AUTH_OK };

	front->auth_id = 0;
	front->auth_peer = roost_link_peer(front->auth)->id;
	memcpy(front->cookie, reply->cookie, sizeof(front->cookie));
	told.user = reply->user;
	told.reason = reply->reason;
	told.data = reply->data;
	told.len = reply->len;
	told.fields = reply->fields;
	front->phase = FRONT_HANDOVER;
	roost_conn_pause(front->conn, true);
	front_protocol->auth_reply(front, &told);
	front_settle_soon(front);
}

static void take_reply(struct roost_link *link, const struct roost_authlink_reply *reply)
{
	struct roost_front *front = fronts;
	struct roost_auth_reply told;

	if (front_job_reply(link, reply))
		return;
	while (front != NULL && (front->auth_id != reply->id || front->auth != link))
		front = front->next;
	if (front == NULL || front->phase != FRONT_AUTH)
		return;
	free(front->user);
	front->user = reply->user[0] == '\0' ? NULL : mem_strdup(reply->user);
	if (reply->result == ROOST_AUTH_OK) {
		approved(front, reply);
		return;
	}
	told = plain_reply((enum roost_auth_result)reply->result, reply->reason);
	told.user = reply->user;
	told.data = reply->data;
	told.len = reply->len;
	told.fields = reply->fields;
	if (reply->result != ROOST_AUTH_CONTINUE)
		front->auth_id = 0;
	deliver(front, &told);
}

static void take_mechanisms(struct roost_wire *wire)
{
	struct roost_arena *arena = roost_arena_create("mechanisms");
	const char *const *list = roost_wire_list(wire, arena);

	if (!roost_wire_done(wire)) {
		roost_arena_free(arena);
		return;
	}
	mechanism_count = 0;
	for (size_t i = 0; list[i] != NULL && i < 63; i++) {
		char *rest = roost_arena_strdup(arena, list[i]);
		struct mechanism *mechanism = &mechanisms[mechanism_count++];

		mechanism->name = strsep(&rest, " ");
		mechanism->plaintext = rest != NULL && strstr(rest, "plaintext") != NULL;
	}
	roost_arena_free(mechanism_arena);
	mechanism_arena = arena;
}

void front_auth_message(struct roost_link *link, const void *data, size_t len)
{
	struct roost_wire wire = roost_wire_read(data, len);
	uint32_t type = roost_wire_u32(&wire);
	struct roost_authlink_reply reply;
	struct roost_arena *arena;

	if (type == ROOST_AUTHLINK_MECHS) {
		if (front_auth_link == NULL ||
		    roost_link_peer(link)->id >= roost_link_peer(front_auth_link)->id) {
			front_auth_link = link;
			take_mechanisms(&wire);
		}
		front_open();
		return;
	}
	arena = roost_arena_create("auth reply");
	if (type == ROOST_AUTHLINK_REPLY && roost_authlink_get_reply(&wire, arena, &reply))
		take_reply(link, &reply);
	roost_arena_free(arena);
}

void front_auth_lost(struct roost_link *link)
{
	struct roost_auth_reply reply = plain_reply(ROOST_AUTH_TEMP, "");

	if (front_auth_link == link)
		front_auth_link = NULL;
	for (struct roost_front *front = fronts, *next; front != NULL; front = next) {
		next = front->next;
		if (front->auth != link)
			continue;
		front->auth = NULL;
		if (front->auth_id == 0)
			continue;
		front->auth_id = 0;
		if (front->phase == FRONT_AUTH)
			deliver(front, &reply);
	}
	front_job_auth_lost(link);
}

static bool is_yes(const struct roost_front *front, const char *name)
{
	const char *value = roost_scope_value(front->scope, name);

	return value != NULL && strcmp(value, "yes") == 0;
}

bool roost_front_needs_tls(const struct roost_front *front)
{
	const char *ssl = roost_scope_value(front->scope, "ssl");

	if (front->facts.tls)
		return false;
	if (ssl != NULL && strcmp(ssl, "required") == 0)
		return !front->facts.secured;
	return is_yes(front, "disable_plaintext_auth") && !front->facts.secured;
}

const char *const *roost_front_mechanisms(const struct roost_front *front)
{
	const char **list = roost_arena_zalloc(front->arena,
					       (mechanism_count + 1) * sizeof(*list));
	bool plaintext = !roost_front_needs_tls(front);
	size_t count = 0;

	for (size_t i = 0; i < mechanism_count; i++) {
		/* The arena may outlive auth's next word. */
		if (plaintext || !mechanisms[i].plaintext)
			list[count++] = roost_arena_strdup(front->arena, mechanisms[i].name);
	}
	return list;
}
