/* What runs remember of earlier ones: duplicate, vacation, redirect. RFC 7352, RFC 5230. */
#include <stdlib.h>
#include "sieve/sieve.h"
#include "tests/unit/unit.h"

enum { MANY = 16, DAY = 86400 };

/* Two messages, the second without an id. */
static const char mail[] = "From: ann@example.com\r\nTo: me@example.org\r\nMessage-ID: <1@x>\r\nX-Id: 7\r\n\r\nx\r\n";
static const char nameless[] = "From: ann@example.com\r\nTo: me@example.org\r\n\r\nx\r\n";

/* A host that remembers, and counts what it is asked to do. */
struct world {
	char *ids[MANY];
	uint64_t seconds[MANY];		/* as marked last */
	unsigned count, marks, stored, sent;
	bool full;			/* stores fail */
};

static bool host_seen(void *context, struct sieve_text id)
{
	struct world *world = context;

	for (unsigned i = 0; i < world->count; i++) {
		if (strcmp(world->ids[i], id.data) == 0)
			return true;
	}
	return false;
}

static void host_mark(void *context, struct sieve_text id, uint64_t seconds)
{
	struct world *world = context;
	unsigned at = 0;

	while (at < world->count && strcmp(world->ids[at], id.data) != 0)
		at++;
	assert_true(at < MANY);
	if (at == world->count)
		world->ids[world->count++] = strdup(id.data);
	world->seconds[at] = seconds;
	world->marks++;
}

static int host_store(void *context, const struct sieve_store *store, struct roost_error *err)
{
	struct world *world = context;

	if (world->full && strcmp(store->mailbox, "INBOX") != 0)
		return roost_fail(err, ROOST_ERR_OVERQUOTA, "full");
	world->stored++;
	return 0;
}

static int host_send(void *context, const struct sieve_mail *sent, struct roost_error *err)
{
	struct world *world = context;

	world->sent++;
	return 0;
}

static void forget(struct world *world)
{
	for (unsigned i = 0; i < world->count; i++)
		free(world->ids[i]);
	*world = (struct world){ 0 };
}

/* 1: the implicit keep is in effect, 0: not, -1: the run failed. */
static int deliver(struct world *world, const char *script, const char *message)
{
	struct sieve_host host = { .context = world, .store = host_store, .send = host_send, .seen = host_seen,
				   .mark = host_mark };
	struct sieve_envelope envelope = { .from = "ann@example.com", .to = "me@example.org",
					   .orig_to = "me@example.org" };
	struct sieve_instance *instance = sieve_instance_create();
	struct roost_str bytes = ROOST_STR_INIT;
	struct sieve_delivery *delivery;
	struct sieve_program *program;
	struct roost_error err;
	struct sieve_diag diag;
	int result;
	bool kept;

	sieve_instance_offer_all(instance);
	sieve_diag_init(&diag);
	assert_true(sieve_compile(instance, NULL, "x", SIEVE_MAIN, sieve_text_of(script), &diag, &bytes));
	assert_int_equal(sieve_program_load(instance, sieve_text_of_str(&bytes), &program, &err), 0);
	delivery = sieve_delivery_create(instance, &host, sieve_text_of(message), &envelope);
	result = sieve_delivery_run(delivery, program, &diag);
	sieve_delivery_finish(delivery, &diag, &kept);
	assert_true(kept);
	sieve_delivery_free(delivery);
	sieve_program_free(program);
	sieve_diag_free(&diag);
	roost_str_free(&bytes);
	sieve_instance_free(instance);
	return result;
}

#define SEEN(arguments) "require \"duplicate\"; if duplicate " arguments " { discard; }"

static void messages_are_known_again(void **state)
{
	struct world world = { 0 };

	assert_int_equal(deliver(&world, SEEN(""), mail), 1);
	assert_int_equal(world.seconds[0], DAY / 2);
	assert_int_equal(deliver(&world, SEEN(""), mail), 0);
	/* another handle, another memory */
	assert_int_equal(deliver(&world, SEEN(":handle \"h\""), mail), 1);
	assert_int_equal(deliver(&world, SEEN(":handle \"h\""), mail), 0);
	/* header and uniqueid have one memory: RFC 7352 section 3.1 */
	assert_int_equal(deliver(&world, SEEN(":header \"X-Id\""), mail), 1);
	assert_int_equal(deliver(&world, SEEN(":uniqueid \"7\""), mail), 0);
	forget(&world);
}

static void no_id_is_no_duplicate(void **state)
{
	struct world world = { 0 };

	assert_int_equal(deliver(&world, SEEN(""), nameless), 1);
	assert_int_equal(deliver(&world, SEEN(""), nameless), 1);
	assert_int_equal(deliver(&world, SEEN(":header \"X-None\""), mail), 1);
	assert_int_equal(world.count, 0);
	forget(&world);
}

static void one_run_gives_one_answer(void **state)
{
	struct world world = { 0 };

	assert_int_equal(deliver(&world, "require \"duplicate\"; if duplicate { discard; } if duplicate { discard; }",
				 mail), 1);
	forget(&world);
}

static void only_runs_that_end_well_are_remembered(void **state)
{
	struct world world = { 0 };

	assert_int_equal(deliver(&world, "require [\"duplicate\", \"ihave\"]; if duplicate { discard; } error \"x\";",
				 mail), -1);
	assert_int_equal(world.count, 0);
	world.full = true;
	assert_int_equal(deliver(&world, "require [\"duplicate\", \"fileinto\"];"
				 "if duplicate { discard; } fileinto \"X\";", mail), 0);
	assert_int_equal(world.count, 0);
	assert_int_equal(world.stored, 2);
	forget(&world);
}

static void periods_are_clipped_and_refreshed_by_last(void **state)
{
	struct world world = { 0 };

	assert_int_equal(deliver(&world, SEEN(":seconds 60"), mail), 1);
	assert_int_equal(world.seconds[0], 60);
	assert_int_equal(deliver(&world, SEEN(":seconds 90"), mail), 0);
	assert_int_equal(world.seconds[0], 60);
	assert_int_equal(deliver(&world, SEEN(":seconds 90 :last"), mail), 0);
	assert_int_equal(world.seconds[0], 90);
	assert_int_equal(deliver(&world, SEEN(":seconds 9999999 :last"), mail), 0);
	assert_int_equal(world.seconds[0], 2 * DAY);
	forget(&world);
}

static void a_sender_is_answered_once(void **state)
{
	struct world world = { 0 };

	assert_int_equal(deliver(&world, "require \"vacation\"; vacation :days 3 \"away\";", mail), 1);
	assert_int_equal(world.sent, 1);
	assert_int_equal(world.seconds[0], 3 * DAY);
	deliver(&world, "require \"vacation\"; vacation \"away\";", mail);
	assert_int_equal(world.sent, 1);
	/* other texts are other answers, unless the handle says that they are not */
	deliver(&world, "require \"vacation\"; vacation :subject \"x\" \"away\";", mail);
	deliver(&world, "require \"vacation\"; vacation :handle \"h\" \"away\";", mail);
	assert_int_equal(world.sent, 3);
	deliver(&world, "require \"vacation\"; vacation :handle \"h\" :subject \"y\" \"back soon\";", mail);
	assert_int_equal(world.sent, 3);
	assert_int_equal(world.seconds[2], 7 * DAY);
	forget(&world);
}

static void a_second_forward_is_a_keep(void **state)
{
	struct world world = { 0 };

	assert_int_equal(deliver(&world, "redirect \"bob@example.com\";", mail), 0);
	assert_int_equal(world.sent, 1);
	assert_int_equal(world.stored, 0);
	assert_int_equal(world.seconds[0], DAY / 2);
	deliver(&world, "redirect \"bob@example.com\";", mail);
	assert_int_equal(world.sent, 1);
	assert_int_equal(world.stored, 1);
	deliver(&world, "redirect \"carl@example.com\";", mail);
	assert_int_equal(world.sent, 2);
	/* what cannot be known again is always sent */
	deliver(&world, "redirect \"bob@example.com\";", nameless);
	deliver(&world, "redirect \"bob@example.com\";", nameless);
	assert_int_equal(world.sent, 4);
	forget(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_known_again),
		cmocka_unit_test(no_id_is_no_duplicate),
		cmocka_unit_test(one_run_gives_one_answer),
		cmocka_unit_test(only_runs_that_end_well_are_remembered),
		cmocka_unit_test(periods_are_clipped_and_refreshed_by_last),
		cmocka_unit_test(a_sender_is_answered_once),
		cmocka_unit_test(a_second_forward_is_a_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
