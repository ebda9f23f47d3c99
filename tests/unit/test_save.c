/* Saving, copying, reading: what is stored, what is parsed once, what is all or nothing. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/unit/unit.h"
#include "tests/unit/store_world.h"

static struct world world;
static struct roost_arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = roost_arena_create("test");
	world_open(&world, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_close(&world);
	roost_arena_free(arena);
	return 0;
}

#define TEXT "From: Ann <ann@example.org>\r\nSubject: hi\r\n\r\none\r\ntwo\r\n"

static void create(const char *name)
{
	struct roost_error err = { 0 };

	world_ok(roost_mailbox_create(world.user, name, &err));
}

static void add(struct roost_saving *saving, const char *text, const char *const *keywords)
{
	struct roost_input *input = roost_input_from_memory(text, strlen(text));
	struct roost_save_options options = { .internaldate = 1000000 };
	struct roost_error err = { 0 };

	world_ok(roost_save_add(saving, input, &options, keywords, &err));
	roost_input_unref(input);
}

static const char *all_of(struct roost_message *message)
{
	static char text[200000];
	struct roost_input *input;
	struct roost_error err = { 0 };
	ssize_t got;

	world_ok(roost_message_input(message, &input, &err));
	got = roost_input_read(input, text, sizeof(text) - 1, &err);
	assert_true(got >= 0);
	text[got] = '\0';
	return text;
}

static void a_saved_message_is_known_at_once(void **state)
{
	struct roost_mailbox *box;
	struct roost_message *message;
	struct roost_error err = { 0 };
	const char *text;
	const void *parts;
	uint64_t size;
	uint8_t guid[16], none[16] = { 0 };
	int64_t date;
	size_t len;

	(void)state;
	world_save(&world, "INBOX", TEXT, ROOST_FLAG_FLAGGED);
	box = world_select(&world, "INBOX", 0);
	card_calls.opens = 0;
	world_ok(roost_message_open(box, 1, &message, &err));
	world_ok(roost_message_envelope(message, &text, &len, &err));
	assert_non_null(strstr(text, "\"hi\""));
	world_ok(roost_message_structure(message, true, &text, &len, &err));
	assert_memory_equal(text, "(\"text\" \"plain\"", 10);
	world_ok(roost_message_structure(message, false, &text, &len, &err));
	assert_int_equal(text[0], '(');
	world_ok(roost_message_parts(message, &parts, &len, &err));
	world_ok(roost_message_header(message, &text, &len, &err));
	assert_int_equal(len, strlen("From: Ann <ann@example.org>\nSubject: hi\n\n"));
	world_ok(roost_message_size(message, &size, &err));
	assert_int_equal(size, strlen(TEXT));
	world_ok(roost_message_internaldate(message, &date, &err));
	assert_true(date > 1000000);
	world_ok(roost_message_savedate(message, &date, &err));
	assert_true(date > 1000000);
	world_ok(roost_message_guid(message, guid, &err));
	assert_memory_not_equal(guid, none, 16);
	assert_int_equal(card_calls.opens, 0);
	assert_string_equal(all_of(message),
			    "From: Ann <ann@example.org>\nSubject: hi\n\none\ntwo\n");
	assert_int_equal(card_calls.opens, 1);
	roost_message_close(message);
	roost_mailbox_close(box);
}

/* One look at a message that others delivered, and the answers are kept. */
static void a_found_message_is_parsed_once(void **state)
{
	struct roost_mailbox *box;
	struct roost_message *message;
	struct roost_error err = { 0 };
	const struct roost_changes *changes;
	const char *text;
	uint64_t size;
	size_t len;

	(void)state;
	world_put(&world, "mail/INBOX/1.x", "Subject: hi\n\none\n");
	box = world_select(&world, "INBOX", 0);
	for (int i = 0; i < 3; i++) {
		world_ok(roost_message_open(box, 1, &message, &err));
		world_ok(roost_message_header(message, &text, &len, &err));
		assert_int_equal(len, 13);
		world_ok(roost_message_envelope(message, &text, &len, &err));
		world_ok(roost_message_structure(message, true, &text, &len, &err));
		world_ok(roost_message_size(message, &size, &err));
		assert_int_equal(size, 20);
		roost_message_close(message);
		world_ok(roost_mailbox_sync(box, 0, &changes, &err));
	}
	assert_int_equal(card_calls.opens, 1);
	roost_mailbox_close(box);
}

static void a_lost_message_is_expunged_at_the_next_look(void **state)
{
	struct roost_mailbox *box;
	struct roost_message *message;
	struct roost_input *input;
	struct roost_error err = { 0 };

	(void)state;
	world_put(&world, "mail/INBOX/1.x", "Subject: hi\n\none\n");
	box = world_select(&world, "INBOX", 0);
	unlink(world_path(&world, "mail/INBOX/1.x"));
	world_ok(roost_message_open(box, 1, &message, &err));
	assert_int_equal(roost_message_input(message, &input, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_EXPUNGED);
	roost_message_close(message);
	assert_string_equal(world_changes(box, 0), "expunged 1(1)");
	assert_int_equal(roost_message_open(box, 1, &message, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_EXPUNGED);
	roost_mailbox_close(box);
}

static void several_are_visible_together_or_not_at_all(void **state)
{
	static const char *const keywords[] = { "$Forwarded", "Junk", NULL };
	struct roost_mailbox *box = world_select(&world, "INBOX", 0);
	struct roost_saving *saving;
	struct roost_set uids;
	struct roost_error err = { 0 };
	uint32_t uidvalidity;

	(void)state;
	world_ok(roost_save_begin(world.user, "INBOX", &saving, &err));
	add(saving, TEXT, NULL);
	add(saving, TEXT, NULL);
	assert_string_equal(world_changes(box, 0), "");
	roost_save_abort(saving);
	assert_string_equal(world_changes(box, 0), "");
	world_ok(roost_save_begin(world.user, "INBOX", &saving, &err));
	add(saving, TEXT, keywords);
	add(saving, TEXT, keywords + 1);
	world_ok(roost_save_commit(saving, arena, &uidvalidity, &uids, &err));
	assert_int_equal(uidvalidity, roost_mailbox_uidvalidity(box));
	assert_int_equal(uids.count, 1);
	assert_int_equal(uids.ranges[0].first, 1);
	assert_int_equal(uids.ranges[0].last, 2);
	assert_string_equal(world_changes(box, 0), "exists 2 recent 2 keywords");
	assert_string_equal(world_view(box), "1R+3 2R+2");
	/* The second cannot be stored: nor is the first. */
	world_ok(roost_save_begin(world.user, "INBOX", &saving, &err));
	add(saving, TEXT, NULL);
	watcher.refuse = true;
	{
		struct roost_input *input = roost_input_from_memory("x", 1);
		struct roost_save_options options = { 0 };

		assert_int_equal(roost_save_add(saving, input, &options, NULL, &err), -1);
		assert_int_equal(err.kind, ROOST_ERR_OVERQUOTA);
		roost_input_unref(input);
	}
	roost_save_abort(saving);
	assert_string_equal(world_changes(box, 0), "");
	roost_mailbox_close(box);
}

/* Beyond what is kept in memory, and with every kind of line end. */
static void large_messages_are_spooled(void **state)
{
	struct roost_str text = ROOST_STR_INIT;
	struct roost_mailbox *box;
	struct roost_message *message;
	struct roost_error err = { 0 };
	uint64_t size;

	(void)state;
	roost_str_puts(&text, "Subject: long\r\n\r\n");
	while (text.len < 150000)
		roost_str_puts(&text, "0123456789\r\nabc\r\n");
	world_save(&world, "INBOX", text.data, 0);
	box = world_select(&world, "INBOX", 0);
	world_ok(roost_message_open(box, 1, &message, &err));
	world_ok(roost_message_size(message, &size, &err));
	assert_int_equal(size, text.len);
	assert_int_equal(strlen(all_of(message)) + (text.len - 17) / 17 * 2 + 2, text.len);
	roost_message_close(message);
	roost_mailbox_close(box);
	roost_str_free(&text);
}

static void missing_targets_are_told(void **state)
{
	struct roost_saving *saving;
	struct roost_copied copied;
	struct roost_range range = { 1, 1 };
	struct roost_set set = { &range, 1 };
	struct roost_mailbox *box = world_select(&world, "INBOX", 0);
	struct roost_error err = { 0 };

	(void)state;
	assert_int_equal(roost_save_begin(world.user, "none", &saving, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
	assert_int_equal(roost_mailbox_copy(box, &set, "none", false, arena, &copied, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
	roost_mailbox_close(box);
}

static void copies_keep_what_they_are(void **state)
{
	static const char *const keywords[] = { "one", "two", NULL };
	static const char *const other[] = { "two", NULL };
	struct roost_saving *saving;
	struct roost_set uids;
	struct roost_range ranges[] = { { 1, 1 }, { 3, 9 } };
	struct roost_set set = { ranges, 2 };
	struct roost_copied copied;
	struct roost_mailbox *box, *target;
	struct roost_message *message;
	struct roost_error err = { 0 };
	uint8_t guid[16], same[16];
	uint32_t uidvalidity;
	int64_t date;

	(void)state;
	create("to");
	world_ok(roost_save_begin(world.user, "to", &saving, &err));
	add(saving, TEXT, other);
	world_ok(roost_save_commit(saving, arena, &uidvalidity, &uids, &err));
	world_ok(roost_save_begin(world.user, "INBOX", &saving, &err));
	add(saving, TEXT, keywords);
	add(saving, TEXT, NULL);
	add(saving, TEXT, keywords + 1);
	world_ok(roost_save_commit(saving, arena, &uidvalidity, &uids, &err));
	box = world_select(&world, "INBOX", 0);
	target = world_select(&world, "to", 0);
	world_ok(roost_mailbox_copy(box, &set, "to", false, arena, &copied, &err));
	assert_int_equal(copied.uidvalidity, roost_mailbox_uidvalidity(target));
	assert_int_equal(copied.from.count, 2);
	assert_int_equal(copied.from.ranges[1].first, 3);
	assert_int_equal(copied.to.count, 1);
	assert_int_equal(copied.to.ranges[0].first, 2);
	assert_int_equal(copied.to.ranges[0].last, 3);
	world_changes(target, 0);
	/* "one" and "two" have other numbers here. */
	assert_string_equal(world_view(target), "1R+1 2R+3 3R+1");
	world_ok(roost_message_open(box, 1, &message, &err));
	world_ok(roost_message_guid(message, guid, &err));
	roost_message_close(message);
	world_ok(roost_message_open(target, 2, &message, &err));
	world_ok(roost_message_guid(message, same, &err));
	assert_memory_equal(guid, same, 16);
	world_ok(roost_message_internaldate(message, &date, &err));
	assert_int_equal(date, 1000000);
	roost_message_close(message);
	world_ok(roost_mailbox_copy(box, &set, "to", true, arena, &copied, &err));
	assert_string_equal(world_changes(box, 0), "expunged 1(1),3(3)");
	assert_string_equal(world_changes(target, 0), "exists 5 recent 5");
	/* Into itself. */
	ranges[0] = (struct roost_range){ 2, 2 };
	set.count = 1;
	world_ok(roost_mailbox_copy(box, &set, "INBOX", true, arena, &copied, &err));
	assert_int_equal(copied.to.ranges[0].first, 4);
	assert_string_equal(world_changes(box, 0), "expunged 2(1) exists 1 recent 1");
	roost_mailbox_close(box);
	roost_mailbox_close(target);
}

/* The driver tells no date: it is that of the file. */
static void copies_keep_a_date_that_only_the_file_has(void **state)
{
	const struct timespec times[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	struct roost_range range = { 1, 1 };
	struct roost_set set = { &range, 1 };
	struct roost_mailbox *box, *target;
	struct roost_message *message;
	struct roost_copied copied;
	struct roost_error err = { 0 };
	int64_t date;

	(void)state;
	create("to");
	world_put(&world, "mail/INBOX/1.x", "Subject: hi\n\none\n");
	assert_int_equal(utimensat(AT_FDCWD, world_path(&world, "mail/INBOX/1.x"), times, 0), 0);
	box = world_select(&world, "INBOX", 0);
	world_ok(roost_mailbox_copy(box, &set, "to", false, arena, &copied, &err));
	target = world_select(&world, "to", 0);
	world_ok(roost_message_open(target, 1, &message, &err));
	world_ok(roost_message_internaldate(message, &date, &err));
	assert_int_equal(date, INT64_C(1000000000) * 1000000);
	roost_message_close(message);
	roost_mailbox_close(box);
	roost_mailbox_close(target);
}

static void vanished_are_remembered(void **state)
{
	struct roost_mailbox *box;
	struct roost_set vanished;
	struct roost_range known = { 3, 9 };
	struct roost_set some = { &known, 1 };
	struct roost_error err = { 0 };
	uint64_t modseq;

	(void)state;
	for (int i = 0; i < 5; i++)
		world_save(&world, "INBOX", TEXT, i == 1 || i == 3 ? ROOST_FLAG_DELETED : 0);
	box = world_select(&world, "INBOX", 0);
	modseq = roost_mailbox_mail(box, 5).modseq;
	world_ok(roost_mailbox_expunge(box, NULL, false, &err));
	world_ok(roost_mailbox_vanished(box, modseq, NULL, arena, &vanished, &err));
	assert_int_equal(vanished.count, 2);
	assert_int_equal(vanished.ranges[0].first, 2);
	world_ok(roost_mailbox_vanished(box, modseq, &some, arena, &vanished, &err));
	assert_int_equal(vanished.count, 1);
	assert_int_equal(vanished.ranges[0].first, 4);
	roost_mailbox_close(box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(a_saved_message_is_known_at_once),
		TEST(a_found_message_is_parsed_once),
		TEST(a_lost_message_is_expunged_at_the_next_look),
		TEST(several_are_visible_together_or_not_at_all),
		TEST(large_messages_are_spooled),
		TEST(missing_targets_are_told),
		TEST(copies_keep_what_they_are),
		TEST(copies_keep_a_date_that_only_the_file_has),
		TEST(vanished_are_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
