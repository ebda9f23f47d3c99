/* passwd-file lines and files. R-PWF-2..4. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <roost/api.h>
#include "modules/passwd_file/passwd_file.h"
#include "tests/unit/unit.h"

static void lines(void **state)
{
	struct passwd_line line;
	char full[] = "ann:{PLAIN}a:8:9:Ann:/home/ann:/bin/sh:a=b userdb_mail=maildir:~/x";
	char brief[] = "bob:secret", crlf[] = "cat:x:1\r", des[] = "d:0123456789abc[13]",
		md5[] = "e:x[34]:", odd[] = "f:x[9]", comment[] = "# x:y", none[] = ":x", empty[] = "",
		name[] = "only";

	assert_true(passwd_line_parse(full, &line));
	assert_string_equal(line.user, "ann");
	assert_string_equal(line.password, "{PLAIN}a");
	assert_string_equal(line.uid, "8");
	assert_string_equal(line.gid, "9");
	assert_string_equal(line.home, "/home/ann");
	assert_string_equal(line.extra, "a=b userdb_mail=maildir:~/x");
	assert_null(line.scheme);
	assert_true(passwd_line_parse(brief, &line));
	assert_string_equal(line.password, "secret");
	assert_string_equal(line.extra, "");
	assert_true(passwd_line_parse(crlf, &line));
	assert_string_equal(line.uid, "1");
	assert_true(passwd_line_parse(des, &line));
	assert_string_equal(line.scheme, "DES-CRYPT");
	assert_string_equal(line.password, "0123456789abc");
	assert_true(passwd_line_parse(md5, &line));
	assert_string_equal(line.scheme, "PLAIN-MD5");
	assert_true(passwd_line_parse(odd, &line));
	assert_string_equal(line.password, "x[9]");
	assert_true(passwd_line_parse(name, &line));
	assert_string_equal(line.password, "");
	assert_false(passwd_line_parse(comment, &line));
	assert_false(passwd_line_parse(none, &line));
	assert_false(passwd_line_parse(empty, &line));
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void files_are_read_again(void **state)
{
	char directory[] = "/tmp/roost-test-XXXXXX", path[64];
	struct roost_error err;
	struct passwd_file *file;
	size_t position = 0;

	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/users", directory);
	file = passwd_file_create(path);
	assert_int_equal(passwd_file_refresh(file, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
	put(path, "ann:1\n#no:2\n\nbob:3\nann:4");
	assert_int_equal(passwd_file_refresh(file, &err), 0);
	assert_string_equal(passwd_file_find(file, "ann")->password, "1");
	assert_null(passwd_file_find(file, "#no"));
	assert_string_equal(passwd_file_next(file, &position)->user, "ann");
	assert_string_equal(passwd_file_next(file, &position)->user, "bob");
	assert_null(passwd_file_next(file, &position));
	put(path, "ann:changed\n");
	assert_int_equal(passwd_file_refresh(file, &err), 0);
	assert_string_equal(passwd_file_find(file, "ann")->password, "changed");
	assert_null(passwd_file_find(file, "bob"));
	unlink(path);
	assert_int_equal(passwd_file_refresh(file, &err), -1);
	passwd_file_free(file);
	rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines), cmocka_unit_test(files_are_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
