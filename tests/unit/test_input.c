/* Pull streams: memory, files, ranges, several in a row, line ends. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <roost/input.h>
#include "tests/unit/unit.h"

static char directory[] = "/tmp/roost-input-XXXXXX";

static char *read_all(struct roost_input *input, size_t *len)
{
	static char buffer[300000];
	struct roost_error err;
	ssize_t got = roost_input_read(input, buffer, sizeof(buffer), &err);

	assert_true(got >= 0);
	*len = (size_t)got;
	return buffer;
}

static void expect(struct roost_input *input, const char *text)
{
	size_t len;
	char *got = read_all(input, &len);

	assert_int_equal(len, strlen(text));
	assert_memory_equal(got, text, len);
}

static void memory_seeks_anywhere(void **state)
{
	struct roost_input *input = roost_input_from_memory("hello world", 11);
	struct roost_error err;
	uint64_t size;
	size_t len;

	expect(input, "hello world");
	assert_int_equal(roost_input_seek(input, 6, &err), 0);
	expect(input, "world");
	assert_int_equal(roost_input_size(input, &size, &err), 0);
	assert_int_equal(size, 11);
	assert_int_equal(roost_input_seek(input, 12, &err), -1);
	assert_non_null(roost_input_memory(input, &len));
	assert_int_equal(len, 11);
	roost_input_unref(input);
}

static void ranges_share_a_parent(void **state)
{
	struct roost_input *parent = roost_input_from_memory("0123456789", 10);
	struct roost_input *first = roost_input_range(parent, 2, 3);
	struct roost_input *second = roost_input_range(parent, 7, 100);
	struct roost_input *both = roost_input_concat((struct roost_input *[]){ second, first }, 2);
	struct roost_error err;
	uint64_t size;
	char byte;

	roost_input_unref(parent);
	assert_int_equal(roost_input_read(first, &byte, 1, &err), 1);
	assert_int_equal(byte, '2');
	expect(second, "789");
	expect(first, "34");
	assert_int_equal(roost_input_size(both, &size, &err), 0);
	assert_int_equal(size, 6);
	expect(both, "789234");
	for (unsigned i = 0; i <= 6; i++) {
		assert_int_equal(roost_input_seek(both, i, &err), 0);
		expect(both, "789234" + i);
	}
	roost_input_unref(first);
	roost_input_unref(second);
	roost_input_unref(both);
}

static void line_ends_convert_both_ways(void **state)
{
	static const struct { const char *in, *crlf, *lf; } cases[] = {
		{ "", "", "" }, { "a\nb", "a\r\nb", "a\nb" }, { "a\r\nb\n", "a\r\nb\r\n", "a\nb\n" },
		{ "\n\n", "\r\n\r\n", "\n\n" }, { "a\rb\r", "a\rb\r", "a\rb\r" },
		{ "\r\r\n", "\r\r\n", "\r\n" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_input *plain = roost_input_from_memory(cases[i].in, strlen(cases[i].in));
		struct roost_input *crlf = roost_input_crlf(plain), *lf;
		struct roost_error err;
		uint64_t size;

		assert_int_equal(roost_input_size(crlf, &size, &err), 0);
		assert_int_equal(size, strlen(cases[i].crlf));
		expect(crlf, cases[i].crlf);
		for (size_t at = 0; at <= size; at++) {
			assert_int_equal(roost_input_seek(crlf, at, &err), 0);
			expect(crlf, cases[i].crlf + at);
		}
		roost_input_unref(crlf);
		assert_int_equal(roost_input_seek(plain, 0, &err), 0);
		lf = roost_input_lf(plain);
		expect(lf, cases[i].lf);
		roost_input_unref(lf);
		roost_input_unref(plain);
	}
}

/* A text much larger than any buffer, in which line ends fall on every border. */
static void large_texts_convert_whole(void **state)
{
	size_t len = 100000, got;
	char *text = malloc(len);
	struct roost_input *plain, *crlf, *back;
	char *out;

	for (size_t i = 0; i < len; i++)
		text[i] = i % 7 == 3 || i % 11 == 0 ? '\n' : (char)('a' + i % 26);
	plain = roost_input_from_memory(text, len);
	crlf = roost_input_crlf(plain);
	back = roost_input_lf(crlf);
	out = read_all(back, &got);
	assert_int_equal(got, len);
	assert_memory_equal(out, text, len);
	roost_input_unref(back);
	roost_input_unref(crlf);
	roost_input_unref(plain);
	free(text);
}

static void files_are_saved_and_opened(void **state)
{
	int dirfd = open(directory, O_RDONLY | O_DIRECTORY);
	struct roost_input *text = roost_input_from_memory("stored\n", 7), *file, *again;
	struct roost_error err;
	const char *key;
	uint64_t size, written;
	char path[64];
	int fd;

	assert_int_equal(roost_input_save_at(dirfd, text, &key, &err), 0);
	assert_int_equal(roost_input_open_at(dirfd, key, &file, &err), 0);
	assert_true(roost_input_fd(file) >= 0);
	assert_int_equal(roost_input_size(file, &size, &err), 0);
	assert_int_equal(size, 7);
	expect(file, "stored\n");
	assert_int_equal(roost_input_seek(file, 3, &err), 0);
	expect(file, "red\n");

	snprintf(path, sizeof(path), "%s/copy", directory);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_int_equal(roost_input_seek(file, 1, &err), 0);
	assert_int_equal(roost_input_copy_to_fd(file, fd, &written, &err), 0);
	assert_int_equal(written, 6);
	again = roost_input_take_fd(fd);
	expect(again, "tored\n");
	roost_input_unref(again);

	assert_int_equal(roost_input_open_at(dirfd, "missing", &again, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
	assert_int_equal(symlinkat("copy", dirfd, "link"), 0);
	assert_int_equal(roost_input_open_at(dirfd, "link", &again, &err), -1);
	assert_int_equal(mkdirat(dirfd, "dir", 0700), 0);
	assert_int_equal(roost_input_open_at(dirfd, "dir", &again, &err), -1);
	unlinkat(dirfd, key, 0);
	unlinkat(dirfd, "copy", 0);
	unlinkat(dirfd, "link", 0);
	unlinkat(dirfd, "dir", AT_REMOVEDIR);
	roost_input_unref(file);
	roost_input_unref(text);
	close(dirfd);
}

static ssize_t count_read(struct roost_input *self, void *buffer, size_t size,
			  struct roost_error *err)
{
	int *next = roost_input_state(self);

	if (*next == 10)
		return 0;
	if (*next == 20)
		return roost_fail(err, ROOST_ERR_CORRUPT, "broken");
	memset(buffer, '0' + (*next)++, 3);
	return 3;
}

static void own_streams_work_like_ours(void **state)
{
	static const struct roost_input_ops ops = { .state_size = sizeof(int), .read = count_read };
	struct roost_input *input = roost_input_create(&ops);
	struct roost_error err;
	char byte;

	assert_int_equal(roost_input_read(input, &byte, 1, &err), 1);
	assert_int_equal(roost_input_seek(input, 27, &err), 0);
	expect(input, "999");
	assert_int_equal(roost_input_seek(input, 0, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_UNSUPPORTED);
	roost_input_unref(input);

	input = roost_input_create(&ops);
	*(int *)roost_input_state(input) = 20;
	assert_int_equal(roost_input_read(input, &byte, 1, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_CORRUPT);
	roost_input_unref(input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_seeks_anywhere),
		cmocka_unit_test(ranges_share_a_parent),
		cmocka_unit_test(line_ends_convert_both_ways),
		cmocka_unit_test(large_texts_convert_whole),
		cmocka_unit_test(files_are_saved_and_opened),
		cmocka_unit_test(own_streams_work_like_ours),
	};
	int failed;

	assert_non_null(mkdtemp(directory));
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(directory);
	return failed;
}
