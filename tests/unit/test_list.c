/* The tree of mailboxes: made, listed, subscribed, renamed, deleted. RFC 9051 6.3.4-9, RFC 5258, R-NS-3. */
#include <unistd.h>
#include "tests/unit/unit.h"
#include "tests/unit/store_world.h"

static struct world world;
static char listed[4096];

static int setup(void **state)
{
	(void)state;
	world_open(&world, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

/* name, and letters for its flags. */
static bool found(void *context, const struct roost_list_entry *entry)
{
	static const char letters[] = "SN++-sc";
	char *at = listed + strlen(listed);

	(void)context;
	at += sprintf(at, "%s%s(", listed[0] == '\0' ? "" : " ", entry->name);
	if ((entry->flags & ROOST_LIST_NOSELECT) != 0)
		*at++ = letters[0];
	if ((entry->flags & ROOST_LIST_NONEXISTENT) != 0)
		*at++ = letters[1];
	if ((entry->flags & ROOST_LIST_HASCHILDREN) != 0)
		*at++ = '+';
	if ((entry->flags & ROOST_LIST_SUBSCRIBED) != 0)
		*at++ = 's';
	if ((entry->flags & ROOST_LIST_CHILD_SUBSCRIBED) != 0)
		*at++ = 'c';
	sprintf(at, "%s)", entry->special_use);
	return true;
}

static const char *list(const char *pattern, uint32_t options)
{
	const char *patterns[] = { pattern, NULL };
	struct roost_error err = { 0 };

	listed[0] = '\0';
	world_ok(roost_mailbox_list(world.user, patterns, options, found, NULL, &err));
	return listed;
}

static void create(const char *name)
{
	struct roost_error err = { 0 };

	world_ok(roost_mailbox_create(world.user, name, &err));
}

static void subscribe(const char *name, bool on)
{
	struct roost_error err = { 0 };

	world_ok(roost_mailbox_subscribe(world.user, name, on, &err));
}

static void mailboxes_are_listed_in_order(void **state)
{
	(void)state;
	assert_string_equal(list("*", 0), "INBOX()");
	create("b/c/d");
	create("a");
	create("b-2");
	create("inbox/sub");
	assert_string_equal(list("*", 0), "INBOX(+) INBOX/sub() a() b(S+) b/c(S+) b/c/d() b-2()");
	assert_string_equal(list("%", 0), "INBOX(+) a() b(S+) b-2()");
	assert_string_equal(list("b/%", 0), "b/c(S+)");
	assert_string_equal(list("inbox", 0), "INBOX(+)");
	create("b/");
	assert_string_equal(list("b*", 0), "b(+) b/c(S+) b/c/d() b-2()");
}

static void names_are_checked_at_creation(void **state)
{
	static const struct { const char *name; enum roost_error_kind kind; } cases[] = {
		{ "a\x01", ROOST_ERR_INVALID }, { "a\xff", ROOST_ERR_INVALID },
		{ "INBOX", ROOST_ERR_EXISTS }, { "inbox", ROOST_ERR_EXISTS },
		{ "there", ROOST_ERR_EXISTS }, { "/x", ROOST_ERR_INVALID },
	};

	(void)state;
	create("there");
	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_error err = { 0 };

		assert_int_equal(roost_mailbox_create(world.user, cases[i].name, &err), -1);
		assert_int_equal(err.kind, cases[i].kind);
	}
}

static void deleted_parents_stay_unselectable(void **state)
{
	struct roost_mailbox *box;
	struct roost_error err = { 0 };

	(void)state;
	create("a");
	create("a/b");
	world_save(&world, "a", "x\n\n", 0);
	world_ok(roost_mailbox_delete(world.user, "a", &err));
	assert_string_equal(list("*", 0), "INBOX() a(S+) a/b()");
	assert_int_equal(roost_mailbox_open(world.user, "a", 0, &box, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
	assert_int_equal(roost_mailbox_delete(world.user, "a", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
	create("a");
	assert_int_equal(world_save(&world, "a", "x\n\n", 0), 1);
	world_ok(roost_mailbox_delete(world.user, "a/b", &err));
	world_ok(roost_mailbox_delete(world.user, "a", &err));
	assert_string_equal(list("*", 0), "INBOX()");
	assert_int_equal(roost_mailbox_delete(world.user, "INBOX", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOPERM);
}

/* RFC 9051 2.3.1.1: the same name made anew is another mailbox. */
static void uidvalidity_grows(void **state)
{
	struct roost_mailbox_status status;
	struct roost_error err = { 0 };
	uint32_t last = 0;

	(void)state;
	for (int i = 0; i < 4; i++) {
		create("a");
		world_ok(roost_mailbox_status_of(world.user, "a", false, &status, &err));
		assert_true(status.uidvalidity > last);
		last = status.uidvalidity;
		world_ok(roost_mailbox_delete(world.user, "a", &err));
	}
}

static void children_move_along(void **state)
{
	struct roost_mailbox_status before, after;
	struct roost_error err = { 0 };

	(void)state;
	create("a");
	create("a/b");
	world_save(&world, "a/b", "x\n\n", 0);
	world_ok(roost_mailbox_status_of(world.user, "a/b", false, &before, &err));
	world_ok(roost_mailbox_rename(world.user, "a", "n/m", &err));
	assert_string_equal(list("*", 0), "INBOX() n(S+) n/m(+) n/m/b()");
	world_ok(roost_mailbox_status_of(world.user, "n/m/b", false, &after, &err));
	assert_int_equal(before.uidvalidity, after.uidvalidity);
	assert_int_equal(after.messages, 1);
	assert_int_equal(roost_mailbox_rename(world.user, "n/m", "n/m/b/c", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_INVALID);
	create("o");
	assert_int_equal(roost_mailbox_rename(world.user, "o", "n/m", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_EXISTS);
	assert_int_equal(roost_mailbox_rename(world.user, "none", "p", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
}

static void inbox_gives_its_messages(void **state)
{
	struct roost_mailbox_status status;
	struct roost_error err = { 0 };

	(void)state;
	world_save(&world, "INBOX", "x\n\n", ROOST_FLAG_SEEN);
	world_save(&world, "INBOX", "y\n\n", 0);
	world_ok(roost_mailbox_rename(world.user, "INBOX", "old", &err));
	world_ok(roost_mailbox_status_of(world.user, "INBOX", false, &status, &err));
	assert_int_equal(status.messages, 0);
	assert_int_equal(status.uidnext, 3);
	world_ok(roost_mailbox_status_of(world.user, "old", false, &status, &err));
	assert_int_equal(status.messages, 2);
	assert_int_equal(status.unseen, 1);
}

static void subscriptions_are_kept(void **state)
{
	char line[64] = "";
	FILE *file;

	(void)state;
	create("a/b");
	subscribe("a/b", true);
	subscribe("gone/x", true);
	subscribe("a/b", true);
	assert_string_equal(list("*", ROOST_LIST_ONLY_SUBSCRIBED), "a/b(s) gone/x(SNs)");
	assert_string_equal(list("*", 0), "INBOX() a(S+c) a/b(s)");
	assert_string_equal(list("%", ROOST_LIST_ONLY_SUBSCRIBED), "");
	assert_string_equal(list("%", ROOST_LIST_LSUB), "a(S+c) gone(SNc)");
	assert_string_equal(list("%", ROOST_LIST_ONLY_SUBSCRIBED | ROOST_LIST_RECURSIVE_MATCH),
			    "a(S+c) gone(SNc)");
	/* The child is listed itself: nothing to be told of its parent (RFC 5258 section 3). */
	assert_string_equal(list("a*", ROOST_LIST_ONLY_SUBSCRIBED | ROOST_LIST_RECURSIVE_MATCH),
			    "a/b(s)");
	subscribe("gone/x", false);
	subscribe("never", false);
	assert_string_equal(list("*", ROOST_LIST_ONLY_SUBSCRIBED), "a/b(s)");
	file = fopen(world_path(&world, "mail/subscriptions"), "r");
	assert_non_null(file);
	assert_int_equal(fread(line, 1, sizeof(line) - 1, file), strlen("V\t2\n\na\tb\n"));
	assert_string_equal(line, "V\t2\n\na\tb\n");
	fclose(file);
	assert_int_equal(access(world_path(&world, "mail/subscriptions.lock"), F_OK), -1);
}

/* As an older server left them: no header, the layout's separator, modified UTF-7. */
static void old_subscriptions_are_read(void **state)
{
	(void)state;
	world_put(&world, "mail/subscriptions", "INBOX\nEntw&APw-rfe/alt\n\n");
	assert_string_equal(list("*", ROOST_LIST_ONLY_SUBSCRIBED),
			    "INBOX(s) Entw\xc3\xbcrfe/alt(SNs)");
	subscribe("Entw\xc3\xbcrfe", true);
	assert_string_equal(list("E*", ROOST_LIST_ONLY_SUBSCRIBED),
			    "Entw\xc3\xbcrfe(SNsc) Entw\xc3\xbcrfe/alt(SNs)");
}

static void namespaces_are_listed(void **state)
{
	static const char *const settings[] = {
		"namespace/inbox/inbox", "yes", "namespace/inbox/mailbox/Trash/auto", "create",
		"namespace/inbox/mailbox/Trash/special_use", "\\Trash",
		"namespace/inbox/mailbox/Sent/special_use", "\\Sent",
		"namespace/inbox/mailbox/News/auto", "subscribe",
		"namespace/pub/type", "public", "namespace/pub/prefix", "Public/",
		"namespace/pub/location", "card:~/public",
		"namespace/few/type", "public", "namespace/few/prefix", "Few/",
		"namespace/few/list", "children", "namespace/few/location", "card:~/few", NULL,
	};
	struct roost_mailbox *box;

	(void)state;
	world_close(&world);
	world_open(&world, settings);
	assert_string_equal(list("*", 0), "INBOX() News(s) Trash(\\Trash) Public(SN)");
	create("Sent");
	create("Public/x");
	box = world_select(&world, "Trash", 0);
	roost_mailbox_close(box);
	box = world_select(&world, "News", 0);
	roost_mailbox_close(box);
	assert_string_equal(list("*", 0), "INBOX() News(s) Sent(\\Sent) Trash(\\Trash) "
					  "Public(SN+) Public/x()");
	assert_string_equal(list("%", ROOST_LIST_ONLY_SUBSCRIBED), "News(s)");
	assert_string_equal(list("Public/%", 0), "Public/x()");
	assert_int_equal(access(world_path(&world, "few"), F_OK), -1);
	create("Few/y");
	assert_string_equal(list("F%", 0), "Few(SN+)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(mailboxes_are_listed_in_order),
		TEST(names_are_checked_at_creation),
		TEST(deleted_parents_stay_unselectable),
		TEST(uidvalidity_grows),
		TEST(children_move_along),
		TEST(inbox_gives_its_messages),
		TEST(subscriptions_are_kept),
		TEST(old_subscriptions_are_read),
		TEST(namespaces_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
