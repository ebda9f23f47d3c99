/* Layers: the declared order, refusing, changing bytes, and being told what happened. */
#include <unistd.h>
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

static void layers_are_told(void **state)
{
	struct roost_mailbox *box;
	struct roost_range range = { 1, 2 };
	struct roost_set set = { &range, 1 };
	struct roost_store store = { .flags = ROOST_FLAG_DELETED, .unchangedsince = UINT64_MAX };
	struct roost_error err = { 0 };

	(void)state;
	assert_int_equal(watcher.users, 1);
	world_save(&world, "INBOX", "a: b\n\nxy\n", 0);
	world_save(&world, "INBOX", "a: b\n\nxy\n", 0);
	assert_int_equal(watcher.saves, 2);
	assert_int_equal(watcher.vsize, 12);	/* known before a byte is stored */
	assert_int_equal(watcher.added, 2);
	assert_int_equal(watcher.bytes, 24);
	box = world_select(&world, "INBOX", 0);
	world_ok(roost_mailbox_store(box, &set, &store, NULL, NULL, &err));
	assert_int_equal(watcher.flagged, 2);
	watcher.keep = true;
	assert_int_equal(roost_mailbox_expunge(box, NULL, false, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOPERM);
	assert_string_equal(world_view(box), "1DR 2DR");
	watcher.keep = false;
	world_ok(roost_mailbox_expunge(box, NULL, false, &err));
	assert_int_equal(watcher.expunged, 2);
	assert_int_equal(watcher.bytes, 0);
	roost_mailbox_close(box);
}

static void refusing_leaves_nothing(void **state)
{
	struct roost_saving *saving;
	struct roost_input *input = roost_input_from_memory("x\n", 2);
	struct roost_save_options options = { 0 };
	struct roost_error err = { 0 };

	(void)state;
	watcher.refuse = true;
	world_ok(roost_save_begin(world.user, "INBOX", &saving, &err));
	assert_int_equal(roost_save_add(saving, input, &options, NULL, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_OVERQUOTA);
	assert_string_equal(err.text, "Mailbox is full");
	roost_save_abort(saving);
	roost_input_unref(input);
	assert_int_equal(card_calls.saves, 0);
}

/* What is parsed and counted is what users see; what is stored is the layer's. */
static void content_is_changed_next_to_the_driver(void **state)
{
	struct roost_mailbox *box;
	struct roost_message *message;
	struct roost_input *input;
	struct roost_error err = { 0 };
	const char *text;
	char bytes[64] = "";
	size_t len;

	(void)state;
	watcher.shout = true;
	world_save(&world, "INBOX", "subject: quiet\n\nbody\n", 0);
	box = world_select(&world, "INBOX", 0);
	world_ok(roost_message_open(box, 1, &message, &err));
	world_ok(roost_message_envelope(message, &text, &len, &err));
	assert_non_null(strstr(text, "\"quiet\""));
	world_ok(roost_message_input(message, &input, &err));
	assert_int_equal(roost_input_read(input, bytes, sizeof(bytes), &err), 21);
	assert_string_equal(bytes, "subject: quiet\n\nbody\n");
	roost_message_close(message);
	watcher.shout = false;
	world_ok(roost_message_open(box, 1, &message, &err));
	world_ok(roost_message_input(message, &input, &err));
	assert_int_equal(roost_input_read(input, bytes, sizeof(bytes), &err), 21);
	assert_string_equal(bytes, "SUBJECT: QUIET\n\nBODY\n");
	roost_message_close(message);
	roost_mailbox_close(box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(layers_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(refusing_leaves_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(content_is_changed_next_to_the_driver, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
