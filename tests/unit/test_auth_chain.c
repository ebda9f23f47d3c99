/* What the order and the rules of databases mean. R-PDB-1..11, R-MST-1. */
#include "tests/unit/auth_world.h"
#include "tests/unit/unit.h"

static const struct roost_facts facts = {
	.service = "imap", .session_id = "s", .rip = "192.0.2.1", .lip = "", .local_name = "",
	.client_id = "", .secured = true,
};

static enum roost_auth_result got;

static void done(struct roost_auth *auth, enum roost_auth_result result, void *context)
{
	got = result;
}

/* The result of a login; user gets the final name when not NULL. */
static enum roost_auth_result login(const char *name, const char *password, const char **user)
{
	static char last[64];
	struct roost_auth *auth = auth_create(&facts, password == NULL ? "" : "PLAIN");
	struct roost_error err;

	got = (enum roost_auth_result)-1;
	if (auth_set_user(auth, name, NULL, &err) < 0) {
		auth_free(auth);
		world_turn();
		return ROOST_AUTH_FAILED;
	}
	if (password != NULL)
		auth_set_password(auth, password, strlen(password));
	auth_ask_passdbs(auth, done, NULL);
	for (int i = 0; i < 100 && (int)got == -1; i++)
		world_turn();
	snprintf(last, sizeof(last), "%s", auth->user);
	if (user != NULL)
		*user = last;
	auth_free(auth);
	world_turn();
	return got;
}

static int setup(void **state)
{
	world_open();
	return 0;
}

static int teardown(void **state)
{
	world_close();
	return 0;
}

static const char *const first[] = { "ann:one", "bob:one", "dan:TEMP", NULL };
static const char *const second[] = { "ann:two", "cat:two", "dan:two", NULL };

/* R-PDB-3: one row for each rule of the first database. */
static void result_rules(void **state)
{
	static const struct {
		enum auth_action success, failure, internal;
		const char *user, *password;
		enum roost_auth_result result;
	} rows[] = {
		{ AUTH_RETURN_OK, AUTH_CONTINUE, AUTH_CONTINUE, "ann", "one", ROOST_AUTH_OK },
		{ AUTH_RETURN_OK, AUTH_CONTINUE, AUTH_CONTINUE, "ann", "two", ROOST_AUTH_OK },
		{ AUTH_RETURN_OK, AUTH_CONTINUE, AUTH_CONTINUE, "ann", "x", ROOST_AUTH_FAILED },
		{ AUTH_RETURN_OK, AUTH_CONTINUE, AUTH_CONTINUE, "eve", "x", ROOST_AUTH_FAILED },
		{ AUTH_RETURN_OK, AUTH_CONTINUE, AUTH_CONTINUE, "dan", "two", ROOST_AUTH_OK },
		{ AUTH_RETURN_OK, AUTH_CONTINUE, AUTH_CONTINUE, "dan", "x", ROOST_AUTH_TEMP },
		{ AUTH_RETURN_OK, AUTH_CONTINUE, AUTH_RETURN_FAIL, "dan", "two", ROOST_AUTH_TEMP },
		{ AUTH_RETURN_OK, AUTH_RETURN_FAIL, AUTH_CONTINUE, "ann", "two", ROOST_AUTH_FAILED },
		{ AUTH_RETURN_OK, AUTH_RETURN, AUTH_CONTINUE, "cat", "two", ROOST_AUTH_FAILED },
		/* going on after a match: the second need not check the password */
		{ AUTH_CONTINUE, AUTH_CONTINUE, AUTH_CONTINUE, "ann", "one", ROOST_AUTH_OK },
		{ AUTH_CONTINUE, AUTH_CONTINUE, AUTH_CONTINUE, "bob", "one", ROOST_AUTH_FAILED },
		{ AUTH_CONTINUE_OK, AUTH_CONTINUE, AUTH_CONTINUE, "bob", "one", ROOST_AUTH_OK },
		{ AUTH_CONTINUE_FAIL, AUTH_CONTINUE, AUTH_CONTINUE, "bob", "one", ROOST_AUTH_FAILED },
		{ AUTH_RETURN_FAIL, AUTH_CONTINUE, AUTH_CONTINUE, "ann", "one", ROOST_AUTH_FAILED },
	};

	for (size_t i = 0; i < ROOST_COUNT(rows); i++) {
		struct auth_db *db;

		auth_passdbs.count = 0;
		db = world_passdb(first);
		world_passdb(second);
		db->success = rows[i].success;
		db->failure = rows[i].failure;
		db->internal = rows[i].internal;
		if (login(rows[i].user, rows[i].password, NULL) != rows[i].result)
			fail_msg("row %zu gives %d", i, (int)got);
	}
}

static void deny_skip_and_filters(void **state)
{
	static const char *const filter[] = { "a*", "!*x", NULL }, *const plain[] = { "plain", NULL };
	static const char *const lookups[] = { "none", NULL };
	static const char *const many[] = { "ann:s", "abx:s", "bob:s", NULL };
	static const char *const banned[] = { "bob:", NULL }, *const broken[] = { "bob:TEMP", NULL };
	struct auth_db *db = world_passdb(banned);

	db->deny = true;
	db->default_fields = "nopassword";
	world_passdb(many);
	assert_int_equal(login("ann", "s", NULL), ROOST_AUTH_OK);
	assert_int_equal(login("bob", "s", NULL), ROOST_AUTH_FAILED);
	db->object = broken;
	assert_int_equal(login("bob", "s", NULL), ROOST_AUTH_TEMP);

	auth_passdbs.count = 0;
	db = world_passdb(many);
	db->filter = filter;
	assert_int_equal(login("ann", "s", NULL), ROOST_AUTH_OK);
	assert_int_equal(login("abx", "s", NULL), ROOST_AUTH_FAILED);
	assert_int_equal(login("bob", "s", NULL), ROOST_AUTH_FAILED);
	db->filter = filter + 2;
	db->mechanisms = lookups;
	assert_int_equal(login("ann", "s", NULL), ROOST_AUTH_FAILED);
	assert_int_equal(login("ann", NULL, NULL), ROOST_AUTH_OK);
	assert_int_equal(login("eve", NULL, NULL), ROOST_AUTH_NO_USER);
	db->mechanisms = plain;
	assert_int_equal(login("ann", "s", NULL), ROOST_AUTH_OK);
	db->skip = AUTH_SKIP_NOTFOUND;
	assert_int_equal(login("ann", "s", NULL), ROOST_AUTH_FAILED);
}

static void fields_decide(void **state)
{
	static const char *const lines[] = {
		"away:s:nologin reason=Closed", "near:s:allow_nets=192.0.2.0/24,local",
		"far:s:allow_nets=10.0.0.0/8", "open::nopassword", "odd:s:nopassword", "bare:",
		"sales:s:user=ann@example.org", "slash:s:user=a/b", "part@x:s:username=y",
		"slow:{SHA256-CRYPT}$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8", NULL,
	};
	const char *user;

	world_passdb(lines);
	assert_int_equal(login("away", "s", NULL), ROOST_AUTH_DISABLED);
	assert_int_equal(login("near", "s", NULL), ROOST_AUTH_OK);
	assert_int_equal(login("far", "s", NULL), ROOST_AUTH_FAILED);
	assert_int_equal(login("open", "anything", NULL), ROOST_AUTH_OK);
	assert_int_equal(login("odd", "s", NULL), ROOST_AUTH_TEMP);
	assert_int_equal(login("bare", "", NULL), ROOST_AUTH_FAILED);
	assert_int_equal(login("SALES", "s", &user), ROOST_AUTH_OK);
	assert_string_equal(user, "ann@example.org");
	assert_int_equal(login("slash", "s", NULL), ROOST_AUTH_TEMP);
	assert_int_equal(login("part@x", "s", &user), ROOST_AUTH_OK);
	assert_string_equal(user, "y@x");
	/* through the thread pool */
	assert_int_equal(login("slow", "wrong", NULL), ROOST_AUTH_FAILED);
}

static void alias_then_password(void **state)
{
	static const char *const aliases[] = { "net::nopassword user=ann", NULL };
	static const char *const people[] = { "ann:s", NULL };
	struct auth_db *db = world_passdb(aliases);
	const char *user;

	db->default_fields = "noauthenticate";
	db->success = AUTH_CONTINUE;
	world_passdb(people);
	assert_int_equal(login("net", "s", &user), ROOST_AUTH_OK);
	assert_string_equal(user, "ann");
	assert_int_equal(login("net", "x", NULL), ROOST_AUTH_FAILED);
}

static void masters(void **state)
{
	static const char *const people[] = { "ann:s", NULL }, *const admins[] = { "root:m", NULL };
	struct auth_db *db = world_passdb(admins);
	const char *user;

	world_settings.master_separator = "*";
	db->master = true;
	world_passdb(people);
	assert_int_equal(login("ann*root", "m", &user), ROOST_AUTH_OK);
	assert_string_equal(user, "ann");
	assert_int_equal(login("eve*root", "m", NULL), ROOST_AUTH_OK);
	db->success = AUTH_CONTINUE;	/* pass = yes */
	assert_int_equal(login("ann*root", "m", NULL), ROOST_AUTH_OK);
	assert_int_equal(login("eve*root", "m", NULL), ROOST_AUTH_FAILED);
	assert_int_equal(login("ann*root", "s", NULL), ROOST_AUTH_FAILED);
	assert_int_equal(login("ann*ann", "s", NULL), ROOST_AUTH_OK);
	assert_int_equal(login("root", "m", NULL), ROOST_AUTH_FAILED);
}

static void names(void **state)
{
	static const char *const people[] = { "ann@x.example:s", "a@b:s", NULL };
	const char *user;

	world_passdb(people);
	world_settings.default_realm = "x.example";
	world_settings.username_chars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@#.-";
	world_settings.username_translation = "#@";
	assert_int_equal(login("Ann", "s", &user), ROOST_AUTH_OK);
	assert_string_equal(user, "ann@x.example");
	assert_int_equal(login("a#b", "s", &user), ROOST_AUTH_OK);
	assert_string_equal(user, "a@b");
	assert_int_equal(login("a/b", "s", NULL), ROOST_AUTH_FAILED);
	world_settings.username_chars = "";
	assert_int_equal(login("../b", "s", NULL), ROOST_AUTH_FAILED);
	assert_int_equal(login("", "s", NULL), ROOST_AUTH_FAILED);
}

static void networks(void **state)
{
	assert_true(auth_nets_contain("10.0.0.0/8, 2001:db8::/33", "10.255.0.1"));
	assert_false(auth_nets_contain("10.0.0.0/8, 2001:db8::/33", "11.0.0.1"));
	assert_true(auth_nets_contain("2001:db8::/33", "2001:db8:7fff::1"));
	assert_false(auth_nets_contain("2001:db8::/33", "2001:db8:8000::1"));
	assert_true(auth_nets_contain("192.0.2.1", "::ffff:192.0.2.1"));
	assert_true(auth_nets_contain("local", ""));
	assert_false(auth_nets_contain("10.0.0.0/8", ""));
	assert_false(auth_nets_contain("10.0.0.0/99", "10.0.0.1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(result_rules, setup, teardown),
		cmocka_unit_test_setup_teardown(deny_skip_and_filters, setup, teardown),
		cmocka_unit_test_setup_teardown(fields_decide, setup, teardown),
		cmocka_unit_test_setup_teardown(alias_then_password, setup, teardown),
		cmocka_unit_test_setup_teardown(masters, setup, teardown),
		cmocka_unit_test_setup_teardown(names, setup, teardown),
		cmocka_unit_test(networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
