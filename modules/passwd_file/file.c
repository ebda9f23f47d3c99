/* A file in memory, read again when it has changed. R-PWF-4. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <roost/arena.h>
#include <roost/map.h>
#include <roost/str.h>
#include <roost/vec.h>
#include "modules/passwd_file/passwd_file.h"

struct passwd_file {
	char *path;
	struct stat seen;		/* of what is in memory; st_ino 0: nothing is */
	struct roost_str text;
	ROOST_VEC(struct passwd_line) lines;
	struct roost_map *users;	/* to index + 1 */
};

struct passwd_file *passwd_file_create(const char *path)
{
	struct passwd_file *file = calloc(1, sizeof(*file));

	if (file == NULL || (file->path = strdup(path)) == NULL)
		abort();
	return file;
}

static void forget(struct passwd_file *file)
{
	if (file->text.len > 0)
		explicit_bzero(file->text.data, file->text.len);
	roost_str_free(&file->text);
	roost_vec_free(&file->lines);
	roost_map_free(file->users);
	file->users = NULL;
	memset(&file->seen, 0, sizeof(file->seen));
}

void passwd_file_free(struct passwd_file *file)
{
	if (file == NULL)
		return;
	forget(file);
	free(file->path);
	free(file);
}

static int read_all(struct passwd_file *file, int fd, struct roost_error *err)
{
	ssize_t got;

	do {
		got = read(fd, roost_str_reserve(&file->text, 65536), 65536);
		if (got < 0 && errno != EINTR)
			return roost_fail_errno(err, "read %s", file->path);
		if (got > 0)
			file->text.len += (size_t)got;
	} while (got != 0);
	roost_str_byte(&file->text, '\0');
	return 0;
}

static void parse(struct passwd_file *file)
{
	char *rest = file->text.data, *line;
	struct passwd_line parsed;

	file->users = roost_map_create();
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (!passwd_line_parse(line, &parsed) ||
		    roost_map_get(file->users, parsed.user) != NULL)
			continue;		/* the first of two counts */
		roost_vec_push(&file->lines, parsed);
		roost_map_set(file->users, parsed.user, (void *)(uintptr_t)file->lines.count);
	}
}

static bool same(const struct stat *left, const struct stat *right)
{
	return left->st_ino == right->st_ino && left->st_dev == right->st_dev &&
		left->st_size == right->st_size &&
		left->st_mtim.tv_sec == right->st_mtim.tv_sec &&
		left->st_mtim.tv_nsec == right->st_mtim.tv_nsec;
}

static int reload(struct passwd_file *file, struct roost_error *err)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), result;
	struct stat now;

	if (fd < 0)
		return roost_fail_errno(err, "open %s", file->path);
	forget(file);
	result = fstat(fd, &now) < 0 ? roost_fail_errno(err, "fstat %s", file->path) :
		!S_ISREG(now.st_mode) ? roost_fail_detail(err, ROOST_ERR_CONFIG,
			"%s is not a regular file", file->path) : read_all(file, fd, err);
	close(fd);
	if (result < 0)
		return -1;
	parse(file);
	file->seen = now;
	return 0;
}

int passwd_file_refresh(struct passwd_file *file, struct roost_error *err)
{
	struct stat now;

	if (file->users != NULL && stat(file->path, &now) == 0 && same(&now, &file->seen))
		return 0;
	return reload(file, err);
}

const struct passwd_line *passwd_file_find(const struct passwd_file *file, const char *user)
{
	size_t number = file->users == NULL ? 0 :
		(size_t)(uintptr_t)roost_map_get(file->users, user);

	return number == 0 ? NULL : &file->lines.items[number - 1];
}

const struct passwd_line *passwd_file_next(const struct passwd_file *file, size_t *position)
{
	return *position < file->lines.count ? &file->lines.items[(*position)++] : NULL;
}
