/* Writing and reading what is said over links about users. */
#include <string.h>
#include <roost/authlink.h>

#define SECURED 1u
#define TLS 2u
#define TRUSTED 4u

void roost_authlink_put_facts(struct roost_str *out, const struct roost_facts *facts)
{
	roost_wire_put_text(out, facts->service);
	roost_wire_put_text(out, facts->session_id);
	roost_wire_put_text(out, facts->rip);
	roost_wire_put_text(out, facts->lip);
	roost_wire_put_u32(out, facts->rport);
	roost_wire_put_u32(out, facts->lport);
	roost_wire_put_text(out, facts->local_name);
	roost_wire_put_u32(out, (facts->secured ? SECURED : 0) | (facts->tls ? TLS : 0) |
			   (facts->trusted ? TRUSTED : 0));
	roost_wire_put_text(out, facts->client_id);
}

void roost_authlink_get_facts(struct roost_wire *wire, struct roost_arena *arena,
			      struct roost_facts *facts)
{
	uint32_t flags;

	memset(facts, 0, sizeof(*facts));
	facts->service = roost_wire_text(wire, arena);
	facts->session_id = roost_wire_text(wire, arena);
	facts->rip = roost_wire_text(wire, arena);
	facts->lip = roost_wire_text(wire, arena);
	facts->rport = (uint16_t)roost_wire_u32(wire);
	facts->lport = (uint16_t)roost_wire_u32(wire);
	facts->local_name = roost_wire_text(wire, arena);
	flags = roost_wire_u32(wire);
	facts->secured = flags & SECURED;
	facts->tls = flags & TLS;
	facts->trusted = flags & TRUSTED;
	facts->client_id = roost_wire_text(wire, arena);
}

static void get_cookie(struct roost_wire *wire, unsigned char cookie[ROOST_COOKIE_SIZE])
{
	size_t len;
	const void *bytes = roost_wire_bytes(wire, &len);

	if (len == ROOST_COOKIE_SIZE)
		memcpy(cookie, bytes, len);
	else
		wire->broken = true;
}

void roost_authlink_put_reply(struct roost_str *out, const struct roost_authlink_reply *reply)
{
	roost_wire_put_u32(out, ROOST_AUTHLINK_REPLY);
	roost_wire_put_u32(out, reply->id);
	roost_wire_put_u32(out, reply->result);
	roost_wire_put_text(out, reply->user);
	roost_wire_put_text(out, reply->reason);
	roost_wire_put_bytes(out, reply->data, reply->len);
	roost_wire_put_bytes(out, reply->cookie, ROOST_COOKIE_SIZE);
	roost_wire_put_list(out, reply->fields);
}

bool roost_authlink_get_reply(struct roost_wire *wire, struct roost_arena *arena,
			      struct roost_authlink_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	reply->id = roost_wire_u32(wire);
	reply->result = roost_wire_u32(wire);
	reply->user = roost_wire_text(wire, arena);
	reply->reason = roost_wire_text(wire, arena);
	reply->data = roost_wire_bytes(wire, &reply->len);
	get_cookie(wire, reply->cookie);
	reply->fields = roost_wire_list(wire, arena);
	return roost_wire_done(wire);
}

void roost_authlink_put_approved(struct roost_str *out,
				 const struct roost_authlink_approved *approved)
{
	roost_wire_put_u32(out, ROOST_AUTHLINK_APPROVED);
	roost_wire_put_bytes(out, approved->cookie, ROOST_COOKIE_SIZE);
	roost_wire_put_u32(out, approved->front);
	roost_wire_put_u32(out, approved->job);
	roost_wire_put_text(out, approved->service);
	roost_wire_put_text(out, approved->session_id);
	roost_wire_put_text(out, approved->user);
	roost_wire_put_u32(out, approved->uid);
	roost_wire_put_u32(out, approved->gid);
	roost_wire_put_u32(out, approved->group_count);
	for (uint32_t i = 0; i < approved->group_count; i++)
		roost_wire_put_u32(out, approved->groups[i]);
	roost_wire_put_text(out, approved->chroot);
}

bool roost_authlink_get_approved(struct roost_wire *wire, struct roost_arena *arena,
				 struct roost_authlink_approved *approved)
{
	memset(approved, 0, sizeof(*approved));
	get_cookie(wire, approved->cookie);
	approved->front = roost_wire_u32(wire);
	approved->job = roost_wire_u32(wire) != 0;
	approved->service = roost_wire_text(wire, arena);
	approved->session_id = roost_wire_text(wire, arena);
	approved->user = roost_wire_text(wire, arena);
	approved->uid = roost_wire_u32(wire);
	approved->gid = roost_wire_u32(wire);
	approved->group_count = roost_wire_u32(wire);
	if (approved->group_count > sizeof(approved->groups) / sizeof(approved->groups[0])) {
		approved->group_count = 0;
		wire->broken = true;
	}
	for (uint32_t i = 0; i < approved->group_count; i++)
		approved->groups[i] = roost_wire_u32(wire);
	approved->chroot = roost_wire_text(wire, arena);
	return roost_wire_done(wire);
}

void roost_authlink_put_user(struct roost_str *out, const struct roost_authlink_user *user)
{
	roost_wire_put_u32(out, ROOST_AUTHLINK_USER);
	roost_wire_put_u32(out, user->id);
	roost_wire_put_u32(out, user->result);
	roost_wire_put_text(out, user->user);
	roost_wire_put_text(out, user->home);
	roost_wire_put_u32(out, user->uid);
	roost_wire_put_u32(out, user->gid);
	roost_wire_put_list(out, user->fields);
}

bool roost_authlink_get_user(struct roost_wire *wire, struct roost_arena *arena,
			     struct roost_authlink_user *user)
{
	memset(user, 0, sizeof(*user));
	user->id = roost_wire_u32(wire);
	user->result = roost_wire_u32(wire);
	user->user = roost_wire_text(wire, arena);
	user->home = roost_wire_text(wire, arena);
	user->uid = roost_wire_u32(wire);
	user->gid = roost_wire_u32(wire);
	user->fields = roost_wire_list(wire, arena);
	return roost_wire_done(wire);
}
