/* The auth process among the others: fronts ask, anvil is told, workers redeem. DESIGN section 2. */
#include <stdlib.h>
#include <string.h>
#include <roost/role.h>
#include "modules/auth/cookie.h"
#include "modules/auth/request.h"
#include "modules/auth/role.h"
#include "modules/auth/sockets.h"

/* A front. */
struct front {
	struct request_owner owner;	/* first: replies find the front by it */
	struct roost_link *link;
	struct lookup *lookups;
};

/* A request on its way through the userdbs: of a login that was let in, or a LOOKUP. */
struct lookup {
	struct lookup *next;
	struct front *front;
	uint32_t id;
	bool job;
	struct roost_auth *auth;
};

static struct roost_loop_timer *sweep;

static void send_str(struct roost_link *link, struct roost_str *out)
{
	if (link != NULL)
		roost_link_send(link, out->data, out->len, NULL, 0);
	roost_str_free(out);
}

static void tell_dropped(const unsigned char *bytes)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_wire_put_u32(&out, ROOST_AUTHLINK_DROPPED);
	roost_wire_put_bytes(&out, bytes, ROOST_COOKIE_SIZE);
	send_str(roost_link_anvil(), &out);
}

static void sweep_due(void *context)
{
	cookie_expire(roost_loop_steady(), tell_dropped);
	roost_loop_timer_again(sweep, 10 * ROOST_SEC);
}

static void send_reply(struct front *front, uint32_t id, enum roost_auth_result result,
		       struct roost_auth *auth, const struct cookie *cookie, const void *data,
		       size_t len)
{
	const char *reason = auth == NULL ? NULL : auth_fields_get(&auth->passdb, "reason");
	static const char *const none[] = { NULL };
	struct roost_authlink_reply reply = {
		.id = id, .result = result, .user = auth == NULL ? "" : auth->user,
		.reason = reason == NULL || result == ROOST_AUTH_OK ? "" : reason, .data = data,
		.len = len, .fields = auth == NULL ? none : auth_public_fields(auth),
	};
	struct roost_str out = ROOST_STR_INIT;

	if (cookie != NULL)
		memcpy(reply.cookie, cookie->bytes, sizeof(reply.cookie));
	roost_authlink_put_reply(&out, &reply);
	send_str(front->link, &out);
}

static void tell_approved(const struct cookie *cookie)
{
	const struct auth_identity *identity = &cookie->identity;
	struct roost_authlink_approved approved = {
		.front = cookie->front, .job = cookie->job, .service = cookie->service,
		.session_id = cookie->session_id, .user = cookie->auth->user,
		.uid = identity->uid, .gid = identity->gid,
		.group_count = identity->group_count, .chroot = identity->chroot,
	};
	struct roost_str out = ROOST_STR_INIT;

	memcpy(approved.cookie, cookie->bytes, sizeof(approved.cookie));
	memcpy(approved.groups, identity->groups, sizeof(approved.groups));
	roost_authlink_put_approved(&out, &approved);
	send_str(roost_link_anvil(), &out);
}

static void approve(const struct lookup *lookup)
{
	struct roost_auth *auth = lookup->auth;
	struct auth_identity identity;
	const struct cookie *cookie;
	struct roost_error err;

	if (auth_identity(auth, &identity, &err) < 0) {
		roost_log(&auth->log, ROOST_LOG_ERROR, "%s", roost_error_log(&err));
		send_reply(lookup->front, lookup->id, ROOST_AUTH_TEMP, auth, NULL, "", 0);
		auth_free(auth);
		return;
	}
	cookie = cookie_create(roost_link_peer(lookup->front->link)->id, lookup->job, auth,
			       &identity, roost_loop_steady());
	tell_approved(cookie);
	send_reply(lookup->front, lookup->id, ROOST_AUTH_OK, auth, cookie, "", 0);
}

static void unlink_lookup(struct lookup *lookup)
{
	struct lookup **link = &lookup->front->lookups;

	while (*link != lookup)
		link = &(*link)->next;
	*link = lookup->next;
}

static void looked_up(struct roost_auth *auth, enum roost_auth_result result, void *context)
{
	struct lookup *lookup = context;

	unlink_lookup(lookup);
	if (result == ROOST_AUTH_OK) {
		approve(lookup);
	} else {
		if (!lookup->job && result == ROOST_AUTH_NO_USER) {
			roost_log(&auth->log, ROOST_LOG_ERROR,
				  "the password is right, but no userdb knows the user");
			result = ROOST_AUTH_TEMP;
		}
		send_reply(lookup->front, lookup->id, result, auth, NULL, "", 0);
		auth_free(auth);
	}
	free(lookup);
}

/* Takes auth. */
static void look_up(struct front *front, uint32_t id, bool job, struct roost_auth *auth)
{
	struct lookup *lookup = calloc(1, sizeof(*lookup));

	if (lookup == NULL)
		abort();
	lookup->front = front;
	lookup->id = id;
	lookup->job = job;
	lookup->auth = auth;
	lookup->next = front->lookups;
	front->lookups = lookup;
	auth_ask_userdbs(auth, looked_up, lookup);
}

static void cancel_lookup(struct lookup *lookup)
{
	unlink_lookup(lookup);
	auth_abandon(lookup->auth);
	free(lookup);
}

static void front_reply(struct request_owner *owner, struct request *request,
			enum roost_auth_result result, const void *data, size_t len)
{
	struct front *front = (struct front *)owner;
	struct roost_auth *auth = request->auth;

	if (result == ROOST_AUTH_OK) {
		request->auth = NULL;
		look_up(front, request->id, false, auth);
		return;
	}
	send_reply(front, request->id, result, auth, NULL, data, len);
}

static void take_begin(struct front *front, struct roost_wire *wire, struct roost_arena *arena)
{
	uint32_t id = roost_wire_u32(wire);
	struct roost_facts facts;
	const char *mechanism, *response;
	bool initial;
	size_t len;

	roost_authlink_get_facts(wire, arena, &facts);
	mechanism = roost_wire_text(wire, arena);
	initial = roost_wire_u32(wire) != 0;
	response = roost_wire_bytes(wire, &len);
	if (roost_wire_done(wire) &&
	    !request_begin(&front->owner, id, mechanism, &facts, true,
			   initial ? response : NULL, len))
		roost_log(NULL, ROOST_LOG_ERROR, "a front used request %u twice", id);
}

static void take_continue(struct front *front, struct roost_wire *wire)
{
	uint32_t id = roost_wire_u32(wire);
	size_t len;
	const char *response = roost_wire_bytes(wire, &len);

	if (roost_wire_done(wire) && !request_continue(&front->owner, id, response, len))
		send_reply(front, id, ROOST_AUTH_TEMP, NULL, NULL, "", 0);
}

static void take_cancel(struct front *front, struct roost_wire *wire)
{
	uint32_t id = roost_wire_u32(wire);

	if (!roost_wire_done(wire))
		return;
	request_cancel(&front->owner, id);
	for (struct lookup *lookup = front->lookups; lookup != NULL; lookup = lookup->next) {
		if (lookup->id == id) {
			cancel_lookup(lookup);
			return;
		}
	}
}

static void take_lookup(struct front *front, struct roost_wire *wire, struct roost_arena *arena)
{
	uint32_t id = roost_wire_u32(wire);
	struct roost_facts facts;
	struct roost_auth *auth;
	struct roost_error err;
	const char *user;

	roost_authlink_get_facts(wire, arena, &facts);
	user = roost_wire_text(wire, arena);
	if (!roost_wire_done(wire))
		return;
	/* A cookie without a password: only where mail comes in, by the master's word. */
	if (strcmp(roost_link_peer(front->link)->service, "lmtp") != 0) {
		roost_log(NULL, ROOST_LOG_ERROR, "%s asked for a lookup, which only lmtp may",
			  roost_link_peer(front->link)->service);
		send_reply(front, id, ROOST_AUTH_TEMP, NULL, NULL, "", 0);
		return;
	}
	auth = auth_create(&facts, "");
	if (auth_set_user(auth, user, NULL, &err) < 0) {
		send_reply(front, id, ROOST_AUTH_NO_USER, auth, NULL, "", 0);
		auth_free(auth);
		return;
	}
	look_up(front, id, true, auth);
}

static void take_drop(struct front *front, struct roost_wire *wire)
{
	size_t len;
	const void *bytes = roost_wire_bytes(wire, &len);

	if (roost_wire_done(wire) && len == ROOST_COOKIE_SIZE &&
	    cookie_drop(bytes, roost_link_peer(front->link)->id))
		tell_dropped(bytes);
}

static void front_message(struct front *front, struct roost_wire *wire)
{
	struct roost_arena *arena = roost_arena_create_secret("auth message");

	switch (roost_wire_u32(wire)) {
	case ROOST_AUTHLINK_BEGIN:
		take_begin(front, wire, arena);
		break;
	case ROOST_AUTHLINK_CONTINUE:
		take_continue(front, wire);
		break;
	case ROOST_AUTHLINK_CANCEL:
		take_cancel(front, wire);
		break;
	case ROOST_AUTHLINK_LOOKUP:
		take_lookup(front, wire, arena);
		break;
	case ROOST_AUTHLINK_DROP:
		take_drop(front, wire);
		break;
	default:
		break;
	}
	roost_arena_free(arena);
}

static void send_user(struct roost_link *link, uint32_t id, const struct cookie *cookie)
{
	static const char *const none[] = { NULL };
	struct roost_authlink_user user = { .id = id, .result = ROOST_AUTH_FAILED, .user = "",
					    .home = "", .fields = none };
	struct roost_str out = ROOST_STR_INIT;

	if (cookie != NULL) {
		user.result = ROOST_AUTH_OK;
		user.user = cookie->auth->user;
		user.home = cookie->identity.home;
		user.uid = cookie->identity.uid;
		user.gid = cookie->identity.gid;
		user.fields = cookie->identity.fields;
	}
	roost_authlink_put_user(&out, &user);
	send_str(link, &out);
}

static void worker_message(struct roost_link *link, struct roost_wire *wire)
{
	struct roost_arena *arena = roost_arena_create("redeem");
	const struct roost_peer *peer = roost_link_peer(link);
	uint32_t type = roost_wire_u32(wire), id = roost_wire_u32(wire);
	size_t len;
	const void *bytes = roost_wire_bytes(wire, &len);
	const char *service = roost_wire_text(wire, arena), *why = "the message is broken";
	const char *session_id = roost_wire_text(wire, arena);
	struct cookie *cookie = NULL;

	if (type == ROOST_AUTHLINK_REDEEM && roost_wire_done(wire) && len == ROOST_COOKIE_SIZE)
		cookie = cookie_redeem(bytes, service, session_id, peer->uid, roost_loop_steady(),
				       &why);
	if (cookie == NULL)
		roost_log(NULL, ROOST_LOG_ERROR, "worker %s (pid %u, uid %u), session %s: its "
			  "cookie is refused: %s", peer->service, peer->pid, peer->uid, session_id,
			  why);
	send_user(link, id, cookie);
	cookie_free(cookie);
	roost_arena_free(arena);
}

static void send_mechs(struct roost_link *link)
{
	struct roost_arena *arena = roost_arena_create("mechanisms");
	struct roost_str out = ROOST_STR_INIT;
	const char *names[65] = { NULL };
	const struct mech *mech;

	for (size_t i = 0; i < 64 && (mech = mech_at(i)) != NULL; i++)
		names[i] = mech->plaintext ?
			roost_arena_printf(arena, "%s plaintext", mech->name) : mech->name;
	roost_wire_put_u32(&out, ROOST_AUTHLINK_MECHS);
	roost_wire_put_list(&out, names);
	send_str(link, &out);
	roost_arena_free(arena);
}

static void link_open(struct roost_link *link, const struct roost_peer *peer)
{
	struct front *front;

	if (strcmp(peer->role, "front") != 0)
		return;
	front = calloc(1, sizeof(*front));
	if (front == NULL)
		abort();
	front->owner.reply = front_reply;
	front->link = link;
	roost_link_set_state(link, front);
	send_mechs(link);
}

static void link_message(struct roost_link *link, const void *data, size_t len, const int *fds,
			 size_t fd_count)
{
	struct roost_wire wire = roost_wire_read(data, len);
	const char *role = roost_link_peer(link)->role;

	if (strcmp(role, "front") == 0)
		front_message(roost_link_state(link), &wire);
	else if (strcmp(role, "worker") == 0)
		worker_message(link, &wire);
}

/* Its cookies stay good: a front may end as soon as it has handed its connection over. */
static void link_closed(struct roost_link *link)
{
	struct front *front = roost_link_state(link);

	if (front == NULL)
		return;
	request_cancel_all(&front->owner);
	while (front->lookups != NULL)
		cancel_lookup(front->lookups);
	free(front);
}

static int start(struct roost_error *err)
{
	const void *settings;

	if (roost_settings_get(roost_scope_process(), &auth_settings_schema, &settings, err) < 0)
		return -1;
	auth_settings = settings;
	if (auth_dbs_open(roost_scope_process(), err) < 0)
		return -1;
	sweep = roost_loop_timer(10 * ROOST_SEC, sweep_due, NULL);
	return 0;
}

static void stop(void)
{
	roost_loop_timer_free(sweep);
	sweep = NULL;
	cookie_clear();
}

/* What a socket speaks is told by how its name ends: "auth-userdb", "login/auth-master". */
static bool name_ends(const char *name, const char *end)
{
	size_t len = strlen(name), tail = strlen(end);

	return len >= tail && strcmp(name + len - tail, end) == 0;
}

static void accepted(const char *listener, int fd)
{
	if (name_ends(listener, "-userdb"))
		master_accepted(fd, false);
	else if (name_ends(listener, "-master"))
		master_accepted(fd, true);
	else
		client_accepted(fd);
}

const struct roost_role_ops auth_role = {
	.name = "auth", .start = start, .stop = stop, .link_open = link_open,
	.link_message = link_message, .link_closed = link_closed,
	.accepted = accepted,
};
