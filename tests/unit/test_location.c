/* mail_location and namespaces: what is read, what is refused, and where a name leads. R-LOC-*, R-NS-*. */
#include <unistd.h>
#include "tests/unit/unit.h"
#include "modules/mail/mailbox/mailbox.h"
#include "tests/unit/store_world.h"

static void locations_are_read(void **state)
{
	static const struct {
		const char *text, *driver, *root, *key, *value;
	} cases[] = {
		{ "maildir:~/Maildir", "maildir", "/home/ann/Maildir", "INDEX", NULL },
		{ "maildir:~", "maildir", "/home/ann", "LAYOUT", NULL },
		{ "maildir:Maildir/", "maildir", "/home/ann/Maildir", "INBOX", NULL },
		{ "dbox:/var/mail/x", "sdbox", "/var/mail/x", "ALT", NULL },
		{ "maildir:/m:INDEX=/i/ann", "maildir", "/m", "INDEX", "/i/ann" },
		{ "maildir:/m:INDEX=~/i:LAYOUT=fs", "maildir", "/m", "INDEX", "/home/ann/i" },
		{ "maildir:/m:INDEX=~/i:LAYOUT=fs", "maildir", "/m", "LAYOUT", "fs" },
		{ "maildir:/m::x:CONTROL=/c::d", "maildir", "/m:x", "CONTROL", "/c:d" },
		{ "mbox:~/mail:INBOX=/var/mail/ann", "mbox", "/home/ann/mail", "INBOX",
		  "/var/mail/ann" },
		{ "mdbox:~/m:UTF-8:ALT=/alt", "mdbox", "/home/ann/m", "UTF-8", "" },
		{ "maildir:/m:index=MEMORY", "maildir", "/m", "INDEX", "MEMORY" },
		{ "maildir:/m:SUBSCRIPTIONS=subs:", "maildir", "/m", "SUBSCRIPTIONS", "subs" },
	};
	static const char *const wrong[] = {
		"maildir", "maildir:", "/var/mail", "maildir:/m:WHAT=x", "maildir:/m:INDEXX",
		"mdbox:/m:FULLDIRNAME=x", "maildir:/m:LAYOUT=index", "maildir:/m:LAYOUT",
	};
	struct roost_arena *arena = roost_arena_create("test");
	struct location location;
	struct roost_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		const char *value;

		world_ok(location_parse(arena, cases[i].text, "/home/ann", &location, &err));
		assert_string_equal(location.driver, cases[i].driver);
		assert_string_equal(location.root, cases[i].root);
		value = location_option(&location, cases[i].key);
		if (cases[i].value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, cases[i].value);
	}
	/* Nothing is passed over in silence. */
	world_ok(location_parse(arena, "maildir:/m:INDEX=MEMORY", "/home/ann", &location, &err));
	assert_non_null(strstr(location.instead, "INDEX=MEMORY has no effect: the index is kept"));
	world_ok(location_parse(arena, "maildir:/m:INDEXPVT=/p", "/home/ann", &location, &err));
	assert_non_null(strstr(location.instead, "share its flags"));
	world_ok(location_parse(arena, "maildir:/m:INDEX=/i", "/home/ann", &location, &err));
	assert_null(location.instead);
	for (size_t i = 0; i < ROOST_COUNT(wrong); i++) {
		assert_int_equal(location_parse(arena, wrong[i], "/home/ann", &location, &err), -1);
		assert_int_equal(err.kind, ROOST_ERR_CONFIG);
	}
	assert_int_equal(location_parse(arena, "maildir:~/M", "", &location, &err), -1);
	roost_arena_free(arena);
}

static void nothing_is_guessed_where_nothing_is(void **state)
{
	struct roost_arena *arena = roost_arena_create("test");
	struct location location;
	struct roost_error err = { 0 };

	(void)state;
	assert_int_equal(location_detect(arena, "ann", "/nonexistent", &location, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_CONFIG);
	assert_non_null(strstr(err.detail, "maildir:/nonexistent/Maildir"));
	roost_arena_free(arena);
}

/* What namespaces must not be; the text names them. */
static void namespaces_are_judged(void **state)
{
	static const char *const wrong[][9] = {
		{ "namespace/a/inbox", "yes", "namespace/b/inbox", "yes", "namespace/b/prefix",
		  "b/", "both have inbox", NULL },
		{ "namespace/a/prefix", "a/", "no namespace has inbox", NULL },
		{ "namespace/a/inbox", "yes", "namespace/a/prefix", "a", "does not end", NULL },
		{ "namespace/a/inbox", "yes", "namespace/b/type", "public", "same prefix", NULL },
		{ "namespace/a/inbox", "yes", "namespace/a/location", "card", "not DRIVER:PATH",
		  NULL },
		{ "namespace/a/inbox", "yes", "namespace/a/location", "cart:/x", "provides storage",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ROOST_COUNT(wrong); i++) {
		const char *settings[9] = { NULL };
		struct roost_user *user;
		struct roost_error err = { 0 };
		struct world world;
		size_t count = 0;

		for (; wrong[i][count + 1] != NULL; count++)
			settings[count] = wrong[i][count];
		world_prepare(&world, settings);
		assert_int_equal(world_user(&world, &user, &err), -1);
		if (strstr(err.detail, wrong[i][count]) == NULL)
			fail_msg("%s", err.detail);
		world_close(&world);
	}
}

static void names_lead_to_storages(void **state)
{
	static const char *const settings[] = {
		"namespace/inbox/inbox", "yes", "namespace/inbox/separator", ".",
		"namespace/inbox/prefix", "INBOX.", "namespace/pub/type", "public",
		"namespace/pub/prefix", "Public.", "namespace/pub/separator", ".",
		"namespace/pub/location", "card:~/public", "namespace/off/disabled", "yes",
		"namespace/bad/ignore_on_failure", "yes", "namespace/bad/location", "cart:/x",
		"namespace/bad/prefix", "bad/", "namespace/others/prefix", "users/%%u/", NULL,
	};
	static const struct {
		const char *name, *space, *storage;	/* space NULL: refused */
	} cases[] = {
		{ "INBOX", "inbox", "INBOX" }, { "inbox", "inbox", "INBOX" },
		{ "INBOX.Sent", "inbox", "Sent" }, { "inbox.Sent.2024", "inbox", "Sent/2024" },
		{ "Public.a.b", "pub", "a/b" }, { "Public.INBOX", "pub", "INBOX" },
		{ "Public", NULL, NULL }, { "Public.", NULL, NULL }, { "other", NULL, NULL },
		{ "INBOX.a/b", NULL, NULL }, { "INBOX...", NULL, NULL }, { "", NULL, NULL },
		{ "INBOX.roost-index", "inbox", "roost-index" },
		{ "Public.a..b", NULL, NULL },
	};
	struct roost_arena *arena = roost_arena_create("test");
	const struct roost_namespace *const *list;
	struct world world;

	(void)state;
	world_open(&world, settings);
	assert_int_equal(roost_user_namespaces(world.user, &list), 2);
	assert_string_equal(list[0]->prefix, "INBOX.");
	assert_string_equal(list[1]->name, "pub");
	assert_int_equal(list[1]->type, ROOST_NAMESPACE_PUBLIC);
	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_error err = { 0 };
		const char *storage;
		struct space *space;
		int result = space_resolve(world.user, cases[i].name, arena, &space, &storage,
					   &err);

		if (cases[i].space == NULL) {
			if (result == 0)
				fail_msg("%s was taken", cases[i].name);
			continue;
		}
		world_ok(result);
		assert_string_equal(space->shown.name, cases[i].space);
		assert_string_equal(storage, cases[i].storage);
	}
	world_close(&world);
	roost_arena_free(arena);
}

/* No name leads out of the root or into what is ours there. */
static void names_stay_beneath_the_root(void **state)
{
	static const char *const names[] = {
		"../x", "a/../../x", "..", ".", "a/./b", "/etc", "a//b", "roost.index",
		"a/roost.index", ".hidden", "subscriptions", "subscriptions.lock",
		"roost.uidvalidity",
	};
	struct world world;

	(void)state;
	world_open(&world, NULL);
	for (size_t i = 0; i < ROOST_COUNT(names); i++) {
		struct roost_mailbox *box;
		struct roost_error err = { 0 };

		assert_int_equal(roost_mailbox_create(world.user, names[i], &err), -1);
		assert_int_equal(err.kind, ROOST_ERR_INVALID);
		assert_int_equal(roost_mailbox_open(world.user, names[i], 0, &box, &err), -1);
		assert_int_equal(roost_mailbox_rename(world.user, "INBOX", names[i], &err), -1);
		assert_int_equal(roost_mailbox_delete(world.user, names[i], &err), -1);
	}
	world_close(&world);
}

/* Indexes and control files can lie elsewhere, and go where their mailbox goes. */
static void indexes_can_lie_apart(void **state)
{
	static const char *const settings[] = {
		"mail_location", "card:~/mail:INDEX=~/index:CONTROL=~/control", NULL,
	};
	struct world world;
	struct roost_error err = { 0 };

	(void)state;
	world_open(&world, settings);
	world_ok(roost_mailbox_create(world.user, "a", &err));
	world_save(&world, "a", "a\n\n", 0);
	assert_int_equal(access(world_path(&world, "index/a/roost.index"), F_OK), 0);
	assert_int_equal(access(world_path(&world, "mail/a/roost.index"), F_OK), -1);
	world_ok(roost_mailbox_rename(world.user, "a", "b/c", &err));
	assert_int_equal(access(world_path(&world, "index/b/c/roost.index"), F_OK), 0);
	assert_int_equal(access(world_path(&world, "index/a"), F_OK), -1);
	assert_int_equal(world_save(&world, "b/c", "b\n\n", 0), 2);
	world_ok(roost_mailbox_subscribe(world.user, "b/c", true, &err));
	assert_int_equal(access(world_path(&world, "control/subscriptions"), F_OK), 0);
	world_ok(roost_mailbox_delete(world.user, "b/c", &err));
	assert_int_equal(access(world_path(&world, "index/b/c"), F_OK), -1);
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locations_are_read),
		cmocka_unit_test(nothing_is_guessed_where_nothing_is),
		cmocka_unit_test(namespaces_are_judged),
		cmocka_unit_test(names_lead_to_storages),
		cmocka_unit_test(names_stay_beneath_the_root),
		cmocka_unit_test(indexes_can_lie_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
