/* Buffered connections on the loop: gathering, streams, back-pressure, ends. */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "core/loop/loop.h"
#include "core/net/conn.h"
#include "tests/unit/unit.h"

static struct {
	struct roost_str seen;
	int inputs, drains, closes;
	enum roost_error_kind kind;
	size_t take;		/* bytes consumed per input call; 0: all */
	const char *answer;
	bool free_in_input;
} test;

static struct roost_conn *conn;
static int peer;

static void on_input(struct roost_conn *c, void *context)
{
	size_t len;
	const char *data = roost_conn_input(c, &len);

	test.inputs++;
	if (test.take != 0 && test.take < len)
		len = test.take;
	roost_str_append(&test.seen, data, len);
	roost_conn_consume(c, len);
	if (test.answer != NULL)
		roost_str_puts(roost_conn_output(c), test.answer);
	if (test.free_in_input) {
		roost_conn_free(c);
		conn = NULL;
	}
}

static void on_drained(struct roost_conn *c, void *context)
{
	test.drains++;
}

static void on_closed(struct roost_conn *c, void *context, const struct roost_error *err)
{
	test.closes++;
	test.kind = err->kind;
}

static const struct roost_conn_ops ops = { on_input, on_drained, on_closed };

static void stop(void *context)
{
	loop_stop();
}

/* Let the loop do what there is to do. */
static void turn(void)
{
	struct roost_loop_timer *timer = roost_loop_timer(20 * ROOST_MSEC, stop, NULL);

	loop_run();
	roost_loop_timer_free(timer);
}

static int setup(void **state)
{
	int fds[2];

	memset(&test, 0, sizeof(test));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	loop_init();
	conn = roost_conn_create(fds[0], &ops, NULL);
	peer = fds[1];
	fcntl(peer, F_SETFL, O_NONBLOCK);
	return 0;
}

static int teardown(void **state)
{
	roost_conn_free(conn);
	conn = NULL;
	if (peer >= 0)
		close(peer);
	loop_deinit();
	roost_str_free(&test.seen);
	return 0;
}

static void say(const char *text)
{
	assert_int_equal(write(peer, text, strlen(text)), strlen(text));
}

static void hear(const char *text)
{
	char buffer[256];
	ssize_t got = read(peer, buffer, sizeof(buffer));

	assert_int_equal(got, strlen(text));
	assert_memory_equal(buffer, text, strlen(text));
}

static void input_arrives_and_is_answered(void **state)
{
	test.answer = "ok\n";
	say("one");
	turn();
	say("two");
	turn();
	assert_string_equal(test.seen.data, "onetwo");
	assert_int_equal(test.inputs, 2);
	assert_int_equal(test.drains, 2);
	hear("ok\nok\n");
	assert_int_equal(roost_conn_bytes_in(conn), 6);
	assert_int_equal(roost_conn_bytes_out(conn), 6);
}

static void preloaded_bytes_come_first(void **state)
{
	conn_preload(conn, "before ", 7);
	say("after");
	turn();
	assert_string_equal(test.seen.data, "before after");
}

static void unread_input_waits_for_more(void **state)
{
	size_t len;

	test.take = 2;
	say("abcd");
	turn();
	assert_int_equal(test.inputs, 1);
	assert_string_equal(roost_conn_input(conn, &len), "cd");
	assert_int_equal(len, 2);
	say("e");
	turn();
	assert_string_equal(test.seen.data, "abcd");
}

static void pause_holds_input_back(void **state)
{
	roost_conn_pause(conn, true);
	say("later");
	turn();
	assert_int_equal(test.inputs, 0);
	roost_conn_pause(conn, false);
	turn();
	assert_string_equal(test.seen.data, "later");
}

static void input_limit_stops_reading(void **state)
{
	char block[4096];
	size_t len;

	memset(block, 'x', sizeof(block));
	roost_conn_input_limit(conn, 1000);
	roost_conn_pause(conn, true);
	assert_int_equal(write(peer, block, sizeof(block)), sizeof(block));
	turn();
	roost_conn_input(conn, &len);
	assert_int_equal(len, 1000);
	roost_conn_pause(conn, false);
	turn();
	assert_int_equal(test.seen.len, sizeof(block));
}

static void the_end_is_told_once_after_the_input(void **state)
{
	say("bye");
	close(peer);
	peer = -1;
	turn();
	assert_string_equal(test.seen.data, "bye");
	assert_int_equal(test.closes, 1);
	assert_int_equal(test.kind, ROOST_ERR_CLOSED);
	turn();
	assert_int_equal(test.closes, 1);
}

static void a_paused_connection_ends_after_its_input_was_seen(void **state)
{
	roost_conn_pause(conn, true);
	say("last");
	close(peer);
	peer = -1;
	turn();
	assert_int_equal(test.closes, 0);
	roost_conn_pause(conn, false);
	turn();
	assert_string_equal(test.seen.data, "last");
	assert_int_equal(test.closes, 1);
}

static void free_within_a_callback_sends_the_output(void **state)
{
	test.free_in_input = true;
	test.answer = "goodbye";
	say("x");
	turn();
	hear("goodbye");
	assert_int_equal(read(peer, &(char){ 0 }, 1), 0);
}

/* More than sockets hold, from memory and from a file, with text around it. */
static void large_streams_arrive_whole_and_in_order(void **state)
{
	size_t size = 3 * 1000 * 1000, got = 0, total = 2 * size + 2 + 6 + 3;
	char *bytes = malloc(size), *seen = malloc(total + 1);
	FILE *file = tmpfile();
	struct roost_input *memory, *stored;

	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(i * 31 >> 3);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fflush(file);
	memory = roost_input_from_memory(bytes, size);
	stored = roost_input_take_fd(dup(fileno(file)));
	roost_str_puts(roost_conn_output(conn), "<<");
	roost_conn_send_input(conn, memory, size);
	roost_str_puts(roost_conn_output(conn), "middle");
	roost_conn_send_input(conn, stored, size);
	roost_str_puts(roost_conn_output(conn), ">>>");
	roost_input_unref(memory);
	roost_input_unref(stored);
	assert_int_equal(roost_conn_pending(conn), total);
	for (int round = 0; round < 2000 && got < total; round++) {
		ssize_t n;

		turn();
		while ((n = read(peer, seen + got, total + 1 - got)) > 0)
			got += (size_t)n;
	}
	turn();
	assert_int_equal(got, total);
	assert_memory_equal(seen, "<<", 2);
	assert_memory_equal(seen + 2, bytes, size);
	assert_memory_equal(seen + 2 + size, "middle", 6);
	assert_memory_equal(seen + 8 + size, bytes, size);
	assert_memory_equal(seen + 8 + 2 * size, ">>>", 3);
	assert_int_equal(roost_conn_pending(conn), 0);
	assert_int_equal(test.drains, 1);
	fclose(file);
	free(bytes);
	free(seen);
}

static void a_short_stream_breaks_the_connection(void **state)
{
	struct roost_input *input = roost_input_from_memory("short", 5);

	roost_conn_send_input(conn, input, 50000);
	roost_input_unref(input);
	turn();
	assert_int_equal(test.closes, 1);
	assert_int_equal(test.kind, ROOST_ERR_CORRUPT);
}

static void release_gives_descriptor_and_unread_input(void **state)
{
	struct roost_str unread = ROOST_STR_INIT;
	int fd;

	test.take = 1;
	say("abc");
	turn();
	fd = conn_release(conn, &unread);
	conn = NULL;
	assert_string_equal(unread.data, "bc");
	assert_int_equal(write(fd, "z", 1), 1);
	hear("z");
	close(fd);
	roost_str_free(&unread);
}

static int calls;

static void defer_again(void *context)
{
	if (++calls < 5)
		roost_loop_defer(defer_again, NULL);
}

static void deferred_calls_and_timers_run(void **state)
{
	struct roost_loop_timer *timer;
	int64_t before = roost_loop_steady();

	calls = 0;
	roost_loop_defer(defer_again, NULL);
	turn();
	assert_int_equal(calls, 5);
	timer = roost_loop_timer(5 * ROOST_MSEC, stop, NULL);
	roost_loop_timer_again(timer, 60 * ROOST_MSEC);
	loop_run();
	assert_true(roost_loop_steady() - before >= 60 * ROOST_MSEC);
	roost_loop_timer_free(timer);
}

static void add_one(void *context)
{
	++*(int *)context;
}

static void add_hundred(void *context)
{
	*(int *)context += 100;
	loop_stop();
}

static void slow_work_is_done_elsewhere(void **state)
{
	struct roost_error err;
	int sum = 0;

	assert_int_equal(roost_loop_work(add_one, add_hundred, &sum, &err), 0);
	loop_run();
	assert_int_equal(sum, 101);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(input_arrives_and_is_answered),
		TEST(preloaded_bytes_come_first),
		TEST(unread_input_waits_for_more),
		TEST(pause_holds_input_back),
		TEST(input_limit_stops_reading),
		TEST(the_end_is_told_once_after_the_input),
		TEST(a_paused_connection_ends_after_its_input_was_seen),
		TEST(free_within_a_callback_sends_the_output),
		TEST(large_streams_arrive_whole_and_in_order),
		TEST(a_short_stream_breaks_the_connection),
		TEST(release_gives_descriptor_and_unread_input),
		TEST(deferred_calls_and_timers_run),
		TEST(slow_work_is_done_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
