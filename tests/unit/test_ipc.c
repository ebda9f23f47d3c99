/* Messages with descriptors: on links, a process that is out of them loses one session and no more. */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "core/loop/loop.h"
#include "core/proc/ipc.h"
#include "core/proc/link.h"
#include "tests/unit/unit.h"

static char buffer[IPC_MESSAGE_MAX];
static struct rlimit usual;

/* No descriptor but those below the first free one. */
static void exhaust(void)
{
	struct rlimit limit = usual;
	int next = dup(0);

	close(next);
	limit.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void relieve(void)
{
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
}

static void pair(int ends[2])
{
	struct roost_error err;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
	assert_int_equal(ipc_pair(ends, &err), 0);
}

static void test_descriptors_come_along(void **state)
{
	int ends[2], fds[IPC_FDS_MAX], two[2] = { 0, 1 };
	struct roost_error err;
	size_t count;

	pair(ends);
	assert_int_equal(ipc_send(ends[0], "hi", 2, two, 2, &err), 1);
	assert_int_equal(ipc_receive(ends[1], buffer, fds, &count, &err), 2);
	assert_int_equal(count, 2);
	ipc_close_fds(fds, count);
	ipc_close_fds(ends, 2);
}

static void test_without_room_there_are_none(void **state)
{
	int ends[2], fds[IPC_FDS_MAX], two[2] = { 0, 1 }, next = dup(0);
	struct roost_error err;
	size_t count;

	close(next);
	pair(ends);
	assert_int_equal(ipc_send(ends[0], "hi", 2, two, 2, &err), 1);
	assert_int_equal(ipc_send(ends[0], "again", 5, two, 2, &err), 1);
	exhaust();
	assert_int_equal(ipc_receive_bare(ends[1], buffer, fds, &count, &err), 2);
	assert_int_equal(count, 0);
	assert_int_equal(ipc_receive(ends[1], buffer, fds, &count, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_LIMIT);
	assert_int_equal(count, 0);
	relieve();
	ipc_close_fds(ends, 2);
	assert_int_equal(dup(0), next);		/* none was left open */
	close(next);
}

static void on_message(struct roost_link *link, const void *data, size_t len, const int *fds,
		       size_t fd_count)
{
}

static void on_closed(struct roost_link *link)
{
	fail();
}

static const struct link_ops ops = { .message = on_message, .closed = on_closed };

static void stop(void *context)
{
	loop_stop();
}

static void test_a_link_outlives_a_message_that_it_cannot_queue(void **state)
{
	struct roost_peer peer = { .role = "worker", .service = "imap", .pid = 1 };
	int ends[2], fds[IPC_FDS_MAX], one = 0;
	struct roost_link *link;
	struct roost_error err;
	size_t count;
	unsigned sent = 0, got = 0;

	loop_init();
	pair(ends);
	link = link_create(ends[0], &peer, &ops);
	while (ipc_send(ends[0], buffer, 1000, NULL, 0, &err) == 1)
		sent++;
	exhaust();
	assert_false(roost_link_send(link, "lost", 4, &one, 1));
	assert_true(roost_link_send(link, "kept", 4, NULL, 0));
	relieve();
	while (got < sent && ipc_receive(ends[1], buffer, fds, &count, &err) == 1000)
		got++;
	assert_int_equal(got, sent);
	assert_int_equal(ipc_receive(ends[1], buffer, fds, &count, &err), 0);
	roost_loop_timer(20 * ROOST_MSEC, stop, NULL);
	loop_run();
	assert_int_equal(ipc_receive(ends[1], buffer, fds, &count, &err), 4);
	assert_memory_equal(buffer, "kept", 4);
	assert_true(roost_link_send(link, "new", 3, &one, 1));
	assert_int_equal(ipc_receive(ends[1], buffer, fds, &count, &err), 3);
	assert_int_equal(count, 1);
	ipc_close_fds(fds, count);
	link_free(link);
	close(ends[1]);
	loop_deinit();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptors_come_along),
		cmocka_unit_test(test_without_room_there_are_none),
		cmocka_unit_test(test_a_link_outlives_a_message_that_it_cannot_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
