/* The auth process among others: logins, lookups, cookies stolen, replayed and out of date. */
#include <roost/loop.h>
#include <roost/wire.h>
#include "modules/auth/cookie.h"
#include "modules/auth/role.h"
#include "tests/unit/auth_world.h"
#include "tests/unit/unit.h"

struct roost_link {
	struct roost_peer peer;
	void *state;
	struct roost_str last;		/* the last message sent */
	unsigned sent;
};

static struct roost_link imap = { .peer = { .id = 3, .role = "front", .service = "imap-login" } };
static struct roost_link lmtp = { .peer = { .id = 4, .role = "front", .service = "lmtp" } };
static struct roost_link worker = { .peer = { .id = 5, .role = "worker", .service = "imap",
					      .uid = 1000, .gid = 1000 } };
static struct roost_link thief = { .peer = { .id = 6, .role = "worker", .service = "imap",
					     .uid = 1001, .gid = 1001 } };
static struct roost_link anvil = { .peer = { .id = 2, .role = "anvil", .service = "anvil" } };
static struct roost_link *const links[] = { &imap, &lmtp, &worker, &thief, &anvil };

bool roost_link_send(struct roost_link *link, const void *data, size_t len, const int *fds,
		     size_t fd_count)
{
	roost_str_truncate(&link->last, 0);
	roost_str_append(&link->last, data, len);
	link->sent++;
	return true;
}

const struct roost_peer *roost_link_peer(const struct roost_link *link)
{
	return &link->peer;
}

void roost_link_set_state(struct roost_link *link, void *state)
{
	link->state = state;
}

void *roost_link_state(const struct roost_link *link)
{
	return link->state;
}

struct roost_link *roost_link_anvil(void)
{
	return &anvil;
}

static const char *const people[] = { "ann:s:reason=hello", "eve:s", "bob:s:nologin reason=Gone",
				      "rot:s", NULL };
static const char *const homes[] = { "ann:uid=1000 gid=1000 home=/home/%u quota_rule=x",
				     "rot:uid=0 gid=0", NULL };
static struct roost_arena *arena;
static struct roost_authlink_reply reply;
static struct roost_authlink_user user;

static int setup(void **state)
{
	world_open();
	world_passdb(people);
	world_userdb(homes);
	arena = roost_arena_create("test");
	for (size_t i = 0; i < ROOST_COUNT(links); i++)
		auth_role.link_open(links[i], &links[i]->peer);
	return 0;
}

static int teardown(void **state)
{
	for (size_t i = 0; i < ROOST_COUNT(links); i++) {
		auth_role.link_closed(links[i]);
		links[i]->state = NULL;
		links[i]->sent = 0;
		roost_str_free(&links[i]->last);
	}
	cookie_clear();
	roost_arena_free(arena);
	world_close();
	return 0;
}

static void post(struct roost_link *link, struct roost_str *out)
{
	auth_role.link_message(link, out->data, out->len, NULL, 0);
	roost_str_free(out);
	world_turn();
}

/* The answer that link got last. */
static void read_reply(struct roost_link *link)
{
	struct roost_wire wire = roost_wire_read(link->last.data, link->last.len);

	assert_int_equal(roost_wire_u32(&wire), ROOST_AUTHLINK_REPLY);
	assert_true(roost_authlink_get_reply(&wire, arena, &reply));
}

static const struct roost_facts facts = {
	.service = "imap", .session_id = "s1", .rip = "192.0.2.1", .lip = "", .local_name = "",
	.client_id = "", .secured = true,
};

static void begin(uint32_t id, const char *mechanism, const struct roost_facts *told,
		  const void *response, size_t len)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_wire_put_u32(&out, ROOST_AUTHLINK_BEGIN);
	roost_wire_put_u32(&out, id);
	roost_authlink_put_facts(&out, told);
	roost_wire_put_text(&out, mechanism);
	roost_wire_put_u32(&out, response != NULL);
	roost_wire_put_bytes(&out, response, len);
	post(&imap, &out);
	read_reply(&imap);
	assert_int_equal(reply.id, id);
}

static void go_on(uint32_t id, const char *response)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_wire_put_u32(&out, ROOST_AUTHLINK_CONTINUE);
	roost_wire_put_u32(&out, id);
	roost_wire_put_text(&out, response);
	post(&imap, &out);
	read_reply(&imap);
}

static void look_up(struct roost_link *link, uint32_t id, const char *name)
{
	struct roost_facts told = facts;
	struct roost_str out = ROOST_STR_INIT;

	told.service = link->peer.service;
	roost_wire_put_u32(&out, ROOST_AUTHLINK_LOOKUP);
	roost_wire_put_u32(&out, id);
	roost_authlink_put_facts(&out, &told);
	roost_wire_put_text(&out, name);
	post(link, &out);
	read_reply(link);
}

static enum roost_auth_result redeem(struct roost_link *link, const void *cookie,
				     const char *service, const char *session_id)
{
	struct roost_str out = ROOST_STR_INIT;
	struct roost_wire wire;

	roost_wire_put_u32(&out, ROOST_AUTHLINK_REDEEM);
	roost_wire_put_u32(&out, 77);
	roost_wire_put_bytes(&out, cookie, ROOST_COOKIE_SIZE);
	roost_wire_put_text(&out, service);
	roost_wire_put_text(&out, session_id);
	post(link, &out);
	wire = roost_wire_read(link->last.data, link->last.len);
	assert_int_equal(roost_wire_u32(&wire), ROOST_AUTHLINK_USER);
	assert_true(roost_authlink_get_user(&wire, arena, &user));
	assert_int_equal(user.id, 77);
	return (enum roost_auth_result)user.result;
}

#define PLAIN(text) (text), sizeof(text) - 1

static void mechanisms_are_announced(void **state)
{
	struct roost_wire wire = roost_wire_read(imap.last.data, imap.last.len);
	const char *const *list;

	assert_int_equal(roost_wire_u32(&wire), ROOST_AUTHLINK_MECHS);
	list = roost_wire_list(&wire, arena);
	assert_string_equal(list[0], "PLAIN plaintext");
	assert_string_equal(list[1], "LOGIN plaintext");
	assert_null(list[2]);
	assert_int_equal(worker.sent, 0);
}

static void a_login(void **state)
{
	struct roost_authlink_approved approved;
	struct roost_wire wire;

	begin(1, "PLAIN", &facts, PLAIN("\0Ann\0s"));
	assert_int_equal(reply.result, ROOST_AUTH_OK);
	assert_string_equal(reply.user, "ann");
	wire = roost_wire_read(anvil.last.data, anvil.last.len);
	assert_int_equal(roost_wire_u32(&wire), ROOST_AUTHLINK_APPROVED);
	assert_true(roost_authlink_get_approved(&wire, arena, &approved));
	assert_memory_equal(approved.cookie, reply.cookie, ROOST_COOKIE_SIZE);
	assert_int_equal(approved.front, 3);
	assert_int_equal(approved.uid, 1000);
	assert_false(approved.job);
	assert_string_equal(approved.user, "ann");
	assert_int_equal(redeem(&worker, reply.cookie, "imap", "s1"), ROOST_AUTH_OK);
	assert_string_equal(user.user, "ann");
	assert_string_equal(user.home, "/home/ann");
	assert_string_equal(user.fields[0], "uid=1000");
	/* once is enough */
	assert_int_equal(redeem(&worker, reply.cookie, "imap", "s1"), ROOST_AUTH_FAILED);
}

static void logins_that_fail(void **state)
{
	struct roost_facts open = facts;

	begin(1, "PLAIN", &facts, PLAIN("\0ann\0x"));
	assert_int_equal(reply.result, ROOST_AUTH_FAILED);
	begin(1, "PLAIN", &facts, PLAIN("\0bob\0s"));
	assert_int_equal(reply.result, ROOST_AUTH_DISABLED);
	assert_string_equal(reply.reason, "Gone");
	begin(1, "PLAIN", &facts, PLAIN("ann\0eve\0s"));
	assert_int_equal(reply.result, ROOST_AUTH_DENIED);
	begin(1, "PLAIN", &facts, PLAIN("no NULs"));
	assert_int_equal(reply.result, ROOST_AUTH_FAILED);
	begin(1, "NOSUCH", &facts, PLAIN(""));
	assert_int_equal(reply.result, ROOST_AUTH_BAD_MECH);
	/* known to a passdb only; served as root */
	begin(1, "PLAIN", &facts, PLAIN("\0eve\0s"));
	assert_int_equal(reply.result, ROOST_AUTH_TEMP);
	begin(1, "PLAIN", &facts, PLAIN("\0rot\0s"));
	assert_int_equal(reply.result, ROOST_AUTH_TEMP);
	open.secured = false;
	begin(1, "PLAIN", &open, PLAIN("\0ann\0s"));
	assert_int_equal(reply.result, ROOST_AUTH_NEED_TLS);
	assert_int_equal(cookie_count(), 0);
	assert_int_equal(anvil.sent, 0);
}

static void conversations(void **state)
{
	struct roost_str out = ROOST_STR_INIT;
	unsigned before;

	begin(1, "LOGIN", &facts, NULL, 0);
	assert_int_equal(reply.result, ROOST_AUTH_CONTINUE);
	assert_memory_equal(reply.data, "Username:", 9);
	go_on(1, "ann");
	assert_memory_equal(reply.data, "Password:", 9);
	go_on(1, "s");
	assert_int_equal(reply.result, ROOST_AUTH_OK);
	go_on(1, "s");
	assert_int_equal(reply.result, ROOST_AUTH_TEMP);
	begin(2, "PLAIN", &facts, NULL, 0);
	assert_int_equal(reply.len, 0);
	roost_wire_put_u32(&out, ROOST_AUTHLINK_CANCEL);
	roost_wire_put_u32(&out, 2);
	post(&imap, &out);
	before = imap.sent;
	go_on(2, "x");
	assert_int_equal(imap.sent, before + 1);
	assert_int_equal(reply.result, ROOST_AUTH_TEMP);
}

static void failures_wait(void **state)
{
	struct roost_str out = ROOST_STR_INIT;
	unsigned before = imap.sent;

	world_settings.failure_delay = 3600 * ROOST_SEC;
	roost_wire_put_u32(&out, ROOST_AUTHLINK_BEGIN);
	roost_wire_put_u32(&out, 1);
	roost_authlink_put_facts(&out, &facts);
	roost_wire_put_text(&out, "PLAIN");
	roost_wire_put_u32(&out, 1);
	roost_wire_put_bytes(&out, "\0ann\0x", 6);
	post(&imap, &out);
	assert_int_equal(imap.sent, before);
}

static void lookups(void **state)
{
	struct roost_str out = ROOST_STR_INIT;
	unsigned char cookie[ROOST_COOKIE_SIZE];

	look_up(&lmtp, 1, "nobody");
	assert_int_equal(reply.result, ROOST_AUTH_NO_USER);
	look_up(&imap, 1, "ann");
	assert_int_equal(reply.result, ROOST_AUTH_TEMP);
	look_up(&lmtp, 1, "ann");
	assert_int_equal(reply.result, ROOST_AUTH_OK);
	/* good for lmtp alone */
	assert_int_equal(redeem(&worker, reply.cookie, "imap", "s1"), ROOST_AUTH_FAILED);
	look_up(&lmtp, 2, "ann");
	assert_int_equal(redeem(&worker, reply.cookie, "lmtp", "s1"), ROOST_AUTH_OK);
	look_up(&lmtp, 3, "ann");
	memcpy(cookie, reply.cookie, sizeof(cookie));
	roost_wire_put_u32(&out, ROOST_AUTHLINK_DROP);
	roost_wire_put_bytes(&out, cookie, sizeof(cookie));
	/* another front cannot void it */
	auth_role.link_message(&imap, out.data, out.len, NULL, 0);
	assert_int_equal(cookie_count(), 1);
	post(&lmtp, &out);
	assert_int_equal(cookie_count(), 0);
	assert_int_equal(redeem(&worker, cookie, "lmtp", "s1"), ROOST_AUTH_FAILED);
}

static int64_t dropped;

static void count_dropped(const unsigned char *bytes)
{
	dropped++;
}

static void cookies_of_others(void **state)
{
	static const unsigned char made_up[ROOST_COOKIE_SIZE] = "made up";
	static const struct { const char *service, *session; struct roost_link *who; } rows[] = {
		{ "imap", "s1", &thief }, { "pop3", "s1", &worker }, { "imap", "s2", &worker },
	};
	const char *why;

	assert_int_equal(redeem(&worker, made_up, "imap", "s1"), ROOST_AUTH_FAILED);
	for (size_t i = 0; i < ROOST_COUNT(rows); i++) {
		begin(1, "PLAIN", &facts, PLAIN("\0ann\0s"));
		assert_int_equal(redeem(rows[i].who, reply.cookie, rows[i].service,
					rows[i].session), ROOST_AUTH_FAILED);
		assert_string_equal(user.user, "");
		/* seen by somebody else: void */
		assert_int_equal(redeem(&worker, reply.cookie, "imap", "s1"), ROOST_AUTH_FAILED);
	}
	begin(1, "PLAIN", &facts, PLAIN("\0ann\0s"));
	assert_null(cookie_redeem(reply.cookie, "imap", "s1", 1000,
				  roost_loop_steady() + COOKIE_LIFE, &why));
	assert_string_equal(why, "it has expired");
	begin(1, "PLAIN", &facts, PLAIN("\0ann\0s"));
	cookie_expire(roost_loop_steady(), count_dropped);
	assert_int_equal(cookie_count(), 1);
	cookie_expire(roost_loop_steady() + COOKIE_LIFE, count_dropped);
	assert_int_equal(cookie_count(), 0);
	assert_int_equal(dropped, 1);
}

static void broken_messages(void **state)
{
	struct roost_str out = ROOST_STR_INIT;
	unsigned before = imap.sent;

	roost_wire_put_u32(&out, ROOST_AUTHLINK_BEGIN);
	roost_wire_put_u32(&out, 1);
	roost_authlink_put_facts(&out, &facts);
	for (size_t len = 0; len <= out.len; len++) {
		auth_role.link_message(&imap, out.data, len, NULL, 0);
		auth_role.link_message(&lmtp, out.data, len, NULL, 0);
	}
	assert_int_equal(imap.sent, before);
	roost_str_free(&out);
	assert_int_equal(cookie_count(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(mechanisms_are_announced, setup, teardown),
		cmocka_unit_test_setup_teardown(a_login, setup, teardown),
		cmocka_unit_test_setup_teardown(logins_that_fail, setup, teardown),
		cmocka_unit_test_setup_teardown(conversations, setup, teardown),
		cmocka_unit_test_setup_teardown(failures_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(lookups, setup, teardown),
		cmocka_unit_test_setup_teardown(cookies_of_others, setup, teardown),
		cmocka_unit_test_setup_teardown(broken_messages, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
