/* The public sockets: conversations as Postfix and administrators hold them. R-AUP-1..4. */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <roost/loop.h>
#include <roost/mask.h>
#include "modules/auth/lines.h"
#include "modules/auth/sockets.h"
#include "tests/unit/auth_world.h"
#include "tests/unit/unit.h"

static int peer = -1;
static char got[16384];

static const char *const people[] = { "ann:s", "sales:s:user=ann", "bob:s:nologin reason=Closed",
				      "dan:TEMP", NULL };
static const char *const homes[] = { "ann:uid=1000 gid=1000 home=/home/%u", NULL };

static int setup(void **state)
{
	world_open();
	world_passdb(people);
	world_userdb(homes);
	return 0;
}

static int teardown(void **state)
{
	close(peer);
	world_turn();
	world_close();
	return 0;
}

static int connect_pair(void)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	peer = fds[1];
	fcntl(peer, F_SETFL, O_NONBLOCK);
	return fds[0];
}

/* What comes back for text. */
static const char *say(const char *text)
{
	ssize_t len;

	assert_int_equal(write(peer, text, strlen(text)), strlen(text));
	world_turn();
	len = read(peer, got, sizeof(got) - 1);
	got[len < 0 ? 0 : len] = '\0';
	return got;
}

static bool is_closed(void)
{
	world_turn();
	return read(peer, got, sizeof(got)) == 0 || errno == ECONNRESET;
}

static void a_client(void **state)
{
	client_accepted(connect_pair());
	say("VERSION\t1\t1\nCPID\t42\n");
	assert_ptr_equal(strstr(got, "VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\n"
				"SPID\t"), got);
	assert_non_null(strstr(got, "\nCUID\t"));
	assert_int_equal(strspn(strstr(got, "COOKIE\t") + 7, "0123456789abcdef"), 32);
	assert_string_equal(got + strlen(got) - 6, "\nDONE\n");
	/* \0ann\0s */
	assert_string_equal(say("AUTH\t1\tPLAIN\tservice=smtp\tresp=AGFubgBz\n"), "OK\t1\tuser=ann\n");
	/* \0sales\0s */
	assert_string_equal(say("AUTH\t2\tPLAIN\tservice=smtp\trip=192.0.2.1\tresp=AHNhbGVzAHM=\n"),
			    "OK\t2\tuser=ann\toriginal_user=sales\n");
	assert_string_equal(say("AUTH\t3\tPLAIN\tservice=smtp\tresp=AGFubgB4\n"),
			    "FAIL\t3\tuser=ann\n");
	assert_string_equal(say("AUTH\t4\tPLAIN\tservice=smtp\n"), "CONT\t4\t\n");
	assert_string_equal(say("CONT\t4\tAGFubgBz\n"), "OK\t4\tuser=ann\n");
	assert_string_equal(say("AUTH\t5\tLOGIN\tservice=smtp\n"), "CONT\t5\tVXNlcm5hbWU6\n");
	assert_string_equal(say("CONT\t5\tYW5u\n"), "CONT\t5\tUGFzc3dvcmQ6\n");
	assert_string_equal(say("CONT\t5\tcw==\n"), "OK\t5\tuser=ann\n");
	/* \0bob\0s, \0dan\0s */
	assert_string_equal(say("AUTH\t6\tPLAIN\tservice=smtp\tresp=AGJvYgBz\n"),
			    "FAIL\t6\tuser=bob\treason=Closed\tcode=user_disabled\n");
	assert_string_equal(say("AUTH\t7\tPLAIN\tservice=smtp\tresp=AGRhbgBz\n"),
			    "FAIL\t7\tuser=dan\tcode=temp_fail\ttemp\n");
	assert_string_equal(say("AUTH\t8\tLOGIN\tservice=smtp\nCANCEL\t8\nAUTH\t8\tLOGIN\n"),
			    "CONT\t8\tVXNlcm5hbWU6\nCONT\t8\tVXNlcm5hbWU6\n");
}

static void protocol_errors(void **state)
{
	static const char *const lines[] = {
		"NOSUCH\t1\n", "AUTH\n", "AUTH\tx\tPLAIN\n", "AUTH\t4294967296\tPLAIN\n",
		"CONT\t9\tAA==\n", "VERSION\t2\t0\n", "AUTH\t1\tPLAIN\tresp=!\n",
		"AUTH\t1\tLOGIN\nAUTH\t1\tLOGIN\n",
	};
	char *huge = malloc(20000);

	for (size_t i = 0; i < ROOST_COUNT(lines); i++) {
		client_accepted(connect_pair());
		say(lines[i]);
		if (!is_closed())
			fail_msg("%s", lines[i]);
		close(peer);
	}
	client_accepted(connect_pair());
	memset(huge, 'a', 20000);
	huge[19999] = '\0';
	say(huge);
	assert_true(is_closed());
	free(huge);
}

static void a_master(void **state)
{
	master_accepted(connect_pair(), true);
	say("VERSION\t1\t1\n");
	assert_ptr_equal(strstr(got, "VERSION\t1\t1\nSPID\t"), got);
	assert_string_equal(say("USER\t1\tAnn\tservice=lmtp\n"),
			    "USER\t1\tann\tuid=1000\tgid=1000\thome=/home/ann\n");
	assert_string_equal(say("USER\t2\tnobody\tservice=lmtp\n"), "NOTFOUND\t2\n");
	assert_string_equal(say("PASS\t3\tsales\tservice=x\n"),
			    "PASS\t3\tuser=ann\toriginal_user=sales\n");
	assert_string_equal(say("PASS\t4\tnobody\n"), "NOTFOUND\t4\n");
	/* the made-up driver has no list */
	assert_string_equal(say("LIST\t5\tuser=*\tservice=doveadm\n"), "DONE\t5\tfail\n");
}

/* R-MST-1 */
static void a_master_user(void **state)
{
	static const char *const admins[] = { "admin:m", NULL };
	struct auth_db *db = world_passdb(admins);

	db->master = true;
	world_settings.master_separator = "*";
	client_accepted(connect_pair());
	say("VERSION\t1\t1\nCPID\t1\n");
	/* \0ann*admin\0m, ann\0admin\0m, \0ann*admin\0s */
	assert_string_equal(say("AUTH\t1\tPLAIN\tservice=smtp\tresp=AGFubiphZG1pbgBt\n"),
			    "OK\t1\tuser=ann\toriginal_user=admin\tauth_user=admin\n");
	assert_string_equal(say("AUTH\t2\tPLAIN\tservice=smtp\tresp=YW5uAGFkbWluAG0=\n"),
			    "OK\t2\tuser=ann\toriginal_user=admin\tauth_user=admin\n");
	assert_string_equal(say("AUTH\t3\tPLAIN\tservice=smtp\tresp=AGFubiphZG1pbgBz\n"),
			    "FAIL\t3\tuser=admin\n");
}

/* Whoever is neither root nor the owner hears of himself only; tested where we can become somebody. */
static void strangers(void **state)
{
	int fd;

	if (geteuid() != 0)
		skip();
	/* The peer of a socketpair is who made it. */
	assert_int_equal(seteuid(1001), 0);
	fd = connect_pair();
	assert_int_equal(seteuid(0), 0);
	master_accepted(fd, false);
	say("VERSION\t1\t1\n");
	assert_string_equal(say("USER\t1\tann\n"),
		"FAIL\t1\treason=permission denied: lookups of other users need root\n");
	assert_string_equal(say("LIST\t2\tuser=*\n"),
		"FAIL\t2\treason=permission denied: lists of users need root\n");
	assert_string_equal(say("PASS\t3\tann\n"), "FAIL\t3\n");
}

static void masks(void **state)
{
	assert_true(roost_mask_matches("*", ""));
	assert_true(roost_mask_matches("a*@*.org", "ann@example.org"));
	assert_false(roost_mask_matches("a*@*.org", "ann@example.com"));
	assert_true(roost_mask_matches("?nn", "ann"));
	assert_false(roost_mask_matches("[a]nn", "ann"));
	assert_true(roost_mask_matches("*a*b", "xaxbab"));
	assert_false(roost_mask_matches("a", "ab"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_client, setup, teardown),
		cmocka_unit_test_setup_teardown(protocol_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(a_master, setup, teardown),
		cmocka_unit_test_setup_teardown(a_master_user, setup, teardown),
		cmocka_unit_test_setup_teardown(strangers, setup, teardown),
		cmocka_unit_test(masks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
