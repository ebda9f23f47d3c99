/* Views: what a session sees stands still until it looks, and what it is told then is exact. */
#include "tests/unit/unit.h"
#include "tests/unit/store_world.h"

static struct world world;

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

static void store(struct roost_mailbox *box, uint32_t uid, uint32_t mode, uint32_t flags)
{
	struct roost_range range = { uid, uid };
	struct roost_set set = { &range, 1 };
	struct roost_store change = { .mode = mode, .flags = flags, .unchangedsince = UINT64_MAX };
	struct roost_error err = { 0 };

	world_ok(roost_mailbox_store(box, &set, &change, NULL, NULL, &err));
}

static void inbox_is_there_for_everybody(void **state)
{
	struct roost_mailbox *box = world_select(&world, "inbox", 0);

	(void)state;
	assert_int_equal(roost_mailbox_count(box), 0);
	assert_string_equal(roost_mailbox_name(box), "INBOX");
	roost_mailbox_close(box);
}

static void recent_belongs_to_the_first(void **state)
{
	struct roost_mailbox *look, *first, *second;

	(void)state;
	assert_int_equal(world_save(&world, "INBOX", "a\r\n\r\n", 0), 1);
	assert_int_equal(world_save(&world, "INBOX", "b\r\n\r\n", ROOST_FLAG_SEEN), 2);
	look = world_select(&world, "INBOX", ROOST_MAILBOX_READONLY);
	assert_string_equal(world_view(look), "1R 2SR");
	first = world_select(&world, "INBOX", ROOST_MAILBOX_RECENT);
	second = world_select(&world, "INBOX", ROOST_MAILBOX_RECENT);
	assert_string_equal(world_view(first), "1R 2SR");
	assert_string_equal(world_view(second), "1 2S");
	world_save(&world, "INBOX", "c\r\n\r\n", 0);
	assert_string_equal(world_view(second), "1 2S");
	assert_string_equal(world_changes(second, 0), "exists 3 recent 1");
	assert_string_equal(world_changes(first, 0), "exists 3 recent 2");
	assert_string_equal(world_view(second), "1 2S 3R");
	assert_string_equal(world_view(first), "1R 2SR 3");
	roost_mailbox_close(look);
	roost_mailbox_close(first);
	roost_mailbox_close(second);
}

static void flags_show_at_once_to_who_sets_them(void **state)
{
	struct roost_mailbox *mine, *other;

	(void)state;
	world_save(&world, "INBOX", "a\r\n\r\n", 0);
	world_save(&world, "INBOX", "b\r\n\r\n", 0);
	mine = world_select(&world, "INBOX", 0);
	other = world_select(&world, "INBOX", 0);
	store(mine, 2, ROOST_STORE_ADD, ROOST_FLAG_SEEN | ROOST_FLAG_DELETED);
	assert_string_equal(world_view(mine), "1R 2DSR");
	assert_string_equal(world_view(other), "1R 2R");
	assert_string_equal(world_changes(mine, 0), "changed 2");
	assert_string_equal(world_changes(mine, 0), "");
	assert_string_equal(world_changes(other, 0), "changed 2");
	store(other, 2, ROOST_STORE_REMOVE, ROOST_FLAG_DELETED);
	store(other, 1, ROOST_STORE_SET, ROOST_FLAG_DRAFT);
	assert_string_equal(world_changes(mine, 0), "changed 1,2");
	assert_string_equal(world_view(mine), "1TR 2SR");
	/* What changes nothing is no change. */
	store(other, 1, ROOST_STORE_SET, ROOST_FLAG_DRAFT);
	assert_string_equal(world_changes(mine, 0), "");
	roost_mailbox_close(mine);
	roost_mailbox_close(other);
}

static void expunged_numbers_stand_still(void **state)
{
	struct roost_mailbox *mine, *other;
	struct roost_error err = { 0 };

	(void)state;
	for (int i = 0; i < 5; i++)
		world_save(&world, "INBOX", "a\r\n\r\n", i % 2 == 1 ? ROOST_FLAG_DELETED : 0);
	mine = world_select(&world, "INBOX", ROOST_MAILBOX_RECENT);
	other = world_select(&world, "INBOX", 0);
	assert_string_equal(world_view(other), "1 2D 3 4D 5");
	world_ok(roost_mailbox_expunge(mine, NULL, false, &err));
	store(mine, 5, ROOST_STORE_ADD, ROOST_FLAG_FLAGGED);
	assert_string_equal(world_changes(other, ROOST_SYNC_KEEP_EXPUNGED), "changed 5");
	assert_string_equal(world_view(other), "1 2D 3 4D 5F");
	assert_string_equal(world_changes(other, ROOST_SYNC_KEEP_EXPUNGED), "");
	assert_string_equal(world_changes(other, 0), "expunged 2(2),4(4)");
	assert_string_equal(world_view(other), "1 3 5F");
	assert_int_equal(roost_mailbox_seq(other, 5), 3);
	assert_int_equal(roost_mailbox_seq(other, 4), 0);
	assert_int_equal(roost_mailbox_seq_from(other, 4), 3);
	assert_int_equal(roost_mailbox_seq_from(other, 6), 4);
	assert_string_equal(world_changes(mine, 0), "expunged 2(2),4(4) changed 3");
	assert_int_equal(card_calls.removes, 2);
	roost_mailbox_close(mine);
	roost_mailbox_close(other);
}

static void unchangedsince_refuses(void **state)
{
	struct roost_mailbox *box;
	struct roost_range range = { 1, 2 };
	struct roost_set set = { &range, 1 }, failed;
	struct roost_arena *arena = roost_arena_create("test");
	struct roost_store change = { .mode = ROOST_STORE_ADD, .flags = ROOST_FLAG_SEEN };
	struct roost_error err = { 0 };

	(void)state;
	world_save(&world, "INBOX", "a\r\n\r\n", 0);
	world_save(&world, "INBOX", "b\r\n\r\n", 0);
	box = world_select(&world, "INBOX", 0);
	change.unchangedsince = roost_mailbox_mail(box, 2).modseq;
	store(box, 1, ROOST_STORE_ADD, ROOST_FLAG_FLAGGED);
	world_ok(roost_mailbox_store(box, &set, &change, arena, &failed, &err));
	assert_int_equal(failed.count, 1);
	assert_int_equal(failed.ranges[0].first, 1);
	assert_int_equal(failed.ranges[0].last, 1);
	assert_string_equal(world_view(box), "1FR 2SR");
	roost_arena_free(arena);
	roost_mailbox_close(box);
}

static void keywords_are_numbered(void **state)
{
	struct roost_mailbox *box = world_select(&world, "INBOX", 0);
	struct roost_mailbox *other = world_select(&world, "INBOX", ROOST_MAILBOX_READONLY);
	char name[80];

	(void)state;
	assert_int_equal(roost_mailbox_keyword_number(box, "$Forwarded", false), -1);
	assert_int_equal(roost_mailbox_keyword_number(other, "$Forwarded", true), -1);
	assert_int_equal(roost_mailbox_keyword_number(box, "$Forwarded", true), 0);
	assert_int_equal(roost_mailbox_keyword_number(box, "$FORWARDED", true), 0);
	assert_int_equal(roost_mailbox_keyword_number(box, "Junk", true), 1);
	assert_string_equal(roost_mailbox_keyword(box, 0), "$Forwarded");
	assert_string_equal(world_changes(box, 0), "keywords");
	assert_string_equal(world_changes(box, 0), "");
	for (int i = 2; i < 64; i++) {
		sprintf(name, "word%d", i);
		assert_int_equal(roost_mailbox_keyword_number(box, name, true), i);
	}
	assert_int_equal(roost_mailbox_keyword_number(box, "onetoomany", true), -1);
	memset(name, 'x', 79);
	name[79] = '\0';
	assert_int_equal(roost_mailbox_keyword_number(box, name, true), -1);
	roost_mailbox_close(box);
	roost_mailbox_close(other);
}

static void status_counts(void **state)
{
	struct roost_mailbox *box;
	struct roost_mailbox_status status;
	struct roost_error err = { 0 };

	(void)state;
	world_save(&world, "INBOX", "a: b\n\nxy\n", ROOST_FLAG_SEEN);
	world_save(&world, "INBOX", "a\r\n\r\n", 0);
	world_save(&world, "INBOX", "a\r\n\r\n", ROOST_FLAG_DELETED | ROOST_FLAG_SEEN);
	world_ok(roost_mailbox_status_of(world.user, "INBOX", true, &status, &err));
	assert_int_equal(status.messages, 3);
	assert_int_equal(status.unseen, 1);
	assert_int_equal(status.deleted, 1);
	assert_int_equal(status.recent, 3);
	assert_int_equal(status.uidnext, 4);
	assert_int_equal(status.size, 12 + 5 + 5);
	box = world_select(&world, "INBOX", ROOST_MAILBOX_RECENT);
	world_ok(roost_mailbox_status(box, false, &status, &err));
	assert_int_equal(status.first_unseen, 2);
	assert_int_equal(status.messages, 3);
	assert_int_equal(status.recent, 3);
	assert_false(status.readonly);
	roost_mailbox_close(box);
	assert_int_equal(roost_mailbox_status_of(world.user, "None", false, &status, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
}

/* Others put messages into the directory and take them out. */
static void store_changes_are_found(void **state)
{
	struct roost_mailbox *box;

	(void)state;
	world_put(&world, "mail/INBOX/1.one", "a: b\n\n");
	world_put(&world, "mail/INBOX/2.two", "a: c\n\n");
	box = world_select(&world, "INBOX", 0);
	assert_string_equal(world_view(box), "1R 2R");
	world_put(&world, "mail/INBOX/0.three", "a: d\n\n");
	remove(world_path(&world, "mail/INBOX/1.one"));
	assert_string_equal(world_changes(box, 0), "expunged 1(1) exists 2 recent 2");
	assert_string_equal(world_view(box), "2R 3R");
	roost_mailbox_close(box);
}

static void readonly_changes_nothing(void **state)
{
	struct roost_mailbox *box;
	struct roost_store change = { .flags = 1, .unchangedsince = UINT64_MAX };
	struct roost_range range = { 1, 1 };
	struct roost_set set = { &range, 1 };
	struct roost_error err = { 0 };

	(void)state;
	world_save(&world, "INBOX", "a\r\n\r\n", ROOST_FLAG_DELETED);
	box = world_select(&world, "INBOX", ROOST_MAILBOX_READONLY);
	assert_int_equal(roost_mailbox_store(box, &set, &change, NULL, NULL, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOPERM);
	assert_int_equal(roost_mailbox_expunge(box, NULL, false, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOPERM);
	roost_mailbox_close(box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(inbox_is_there_for_everybody),
		TEST(recent_belongs_to_the_first),
		TEST(flags_show_at_once_to_who_sets_them),
		TEST(expunged_numbers_stand_still),
		TEST(unchangedsince_refuses),
		TEST(keywords_are_numbered),
		TEST(status_counts),
		TEST(store_changes_are_found),
		TEST(readonly_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
