/* Two processes with one mailbox: deliveries beside a session, and what each is told of the other. */
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/unit.h"
#include "tests/unit/store_world.h"

enum { MESSAGES = 40 };

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

/* run in another process, with a user of its own. */
static pid_t other(void (*run)(void))
{
	struct roost_error err = { 0 };
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	/* What the parent has open stays its own. */
	if (world_user(&world, &world.user, &err) < 0)
		_exit(2);
	run();
	roost_user_unref(world.user);
	_exit(0);
}

static void wait_for(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void deliver(void)
{
	for (int i = 0; i < MESSAGES; i++)
		world_save(&world, "INBOX", "Subject: from there\n\nbody\n", 0);
}

static void deliver_one(void)
{
	world_save(&world, "INBOX", "Subject: one\n\nbody\n", 0);
}

static void flag_and_expunge(void)
{
	struct roost_mailbox *box = world_select(&world, "INBOX", 0);
	struct roost_range first = { 1, 1 }, second = { 2, 2 };
	struct roost_set set = { &first, 1 };
	struct roost_store store = { .flags = ROOST_FLAG_FLAGGED, .unchangedsince = UINT64_MAX };
	struct roost_error err = { 0 };

	if (roost_mailbox_store(box, &set, &store, NULL, NULL, &err) < 0)
		_exit(1);
	set.ranges = &second;
	if (roost_mailbox_expunge(box, &set, true, &err) < 0)
		_exit(1);
	roost_mailbox_close(box);
}

static void uids_are_given_once(void **state)
{
	struct roost_mailbox *box;
	pid_t first = other(deliver), second = other(deliver);
	uint32_t last = 0;

	(void)state;
	for (int i = 0; i < MESSAGES; i++) {
		uint32_t uid = world_save(&world, "INBOX", "Subject: from here\n\nbody\n", 0);

		assert_true(uid > last);
		last = uid;
	}
	wait_for(first);
	wait_for(second);
	box = world_select(&world, "INBOX", 0);
	assert_int_equal(roost_mailbox_count(box), 3 * MESSAGES);
	for (uint32_t seq = 1; seq <= 3 * MESSAGES; seq++)
		assert_int_equal(roost_mailbox_mail(box, seq).uid, seq);
	roost_mailbox_close(box);
	/* As the store says, too. */
	world_again(&world);
	box = world_select(&world, "INBOX", 0);
	assert_string_equal(world_changes(box, ROOST_SYNC_SCAN), "");
	assert_int_equal(roost_mailbox_count(box), 3 * MESSAGES);
	roost_mailbox_close(box);
}

static void changes_of_others_are_told(void **state)
{
	struct roost_mailbox *box;

	(void)state;
	for (int i = 0; i < 3; i++)
		world_save(&world, "INBOX", "a\n\n", 0);
	box = world_select(&world, "INBOX", ROOST_MAILBOX_RECENT);
	wait_for(other(flag_and_expunge));
	assert_string_equal(world_changes(box, ROOST_SYNC_KEEP_EXPUNGED), "changed 1");
	wait_for(other(deliver_one));
	assert_string_equal(world_changes(box, 0), "expunged 2(2) exists 3 recent 3");
	assert_string_equal(world_view(box), "1FR 3R 4R");
	roost_mailbox_close(box);
}

static bool wakes(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) == 1;
}

static void watching_wakes(void **state)
{
	struct roost_mailbox *box = world_select(&world, "INBOX", 0);
	struct roost_error err = { 0 };
	int fd = roost_mailbox_watch_fd(box, &err);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(roost_mailbox_watch_fd(box, &err), fd);
	assert_false(wakes(fd));
	wait_for(other(deliver_one));
	assert_true(wakes(fd));
	assert_string_equal(world_changes(box, 0), "exists 1 recent 1");
	assert_false(wakes(fd));
	world_put(&world, "mail/INBOX/9.foreign", "a\n\n");
	assert_true(wakes(fd));
	assert_string_equal(world_changes(box, 0), "exists 2 recent 2");
	wait_for(other(flag_and_expunge));
	assert_true(wakes(fd));
	assert_string_equal(world_changes(box, 0), "expunged 2(2) changed 1");
	roost_mailbox_close(box);
}

static void delete_inside(void)
{
	struct roost_error err = { 0 };

	if (roost_mailbox_delete(world.user, "gone", &err) < 0 ||
	    roost_mailbox_create(world.user, "gone", &err) < 0)
		_exit(1);
}

/* A session in a mailbox that another process deletes and makes anew. */
static void deleted_mailboxes_end_their_views(void **state)
{
	struct roost_mailbox *box;
	const struct roost_changes *changes;
	struct roost_error err = { 0 };

	(void)state;
	world_ok(roost_mailbox_create(world.user, "gone", &err));
	world_save(&world, "gone", "a\n\n", 0);
	box = world_select(&world, "gone", 0);
	wait_for(other(delete_inside));
	assert_int_equal(roost_mailbox_sync(box, 0, &changes, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
	roost_mailbox_close(box);
	assert_int_equal(world_save(&world, "gone", "a\n\n", 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(uids_are_given_once),
		TEST(changes_of_others_are_told),
		TEST(watching_wakes),
		TEST(deleted_mailboxes_end_their_views),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
