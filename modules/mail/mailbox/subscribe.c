/*
 * Subscriptions: a file per namespace, one name per line, as other servers read and write it.
 * Version 2 begins with a line "V<TAB>2" and an empty one, and has tabs between the levels of a
 * name; the first version had the layout's separator. We write the second. R-MD-4.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "modules/mail/mailbox/mailbox.h"

#define VERSION_2 "V\t2\n\n"

struct space *subscriptions_space(struct roost_user *user, struct space *space)
{
	struct space *best = NULL;

	if (space->shown.subscriptions)
		return space;
	/* Kept in the namespace whose prefix it lies beneath. */
	for (size_t i = 0; i < user->spaces.count; i++) {
		struct space *other = user->spaces.items[i];
		size_t len = strlen(other->shown.prefix);

		if (other->shown.subscriptions &&
		    strncmp(other->shown.prefix, space->shown.prefix, len) == 0 &&
		    (best == NULL || len > strlen(best->shown.prefix)))
			best = other;
	}
	return best != NULL ? best : space;
}

/* Beneath CONTROL= or the root. The directory exists when make. */
static int file_path(struct space *space, struct roost_arena *arena, bool make,
		     const char **path, struct roost_error *err)
{
	const struct location *location = &space->root->location;
	const char *name = location_option(location, "SUBSCRIPTIONS");
	const char *directory = location_option(location, "CONTROL");

	if (directory == NULL || directory[0] == '\0')
		directory = location->root;
	if (make && make_directories(directory, err) < 0)
		return -1;
	*path = roost_arena_printf(arena, "%s/%s", directory,
				   name == NULL || name[0] == '\0' ? "subscriptions" : name);
	return 0;
}

static int read_file(const char *path, struct roost_str *text, struct roost_error *err)
{
	enum { LARGEST = 16 * 1024 * 1024 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return errno == ENOENT ? 0 : roost_fail_errno(err, "open %s", path);
	while ((got = read(fd, roost_str_reserve(text, 8192), 8192)) > 0 && text->len < LARGEST)
		text->len += (size_t)got;
	if (got < 0)
		roost_fail_errno(err, "read %s", path);
	*roost_str_reserve(text, 1) = '\0';
	close(fd);
	return got < 0 ? -1 : 0;
}

/* A line as a storage name in UTF-8; NULL when it is none. */
static const char *line_name(const struct space *space, char *line, bool second,
			     struct roost_arena *arena)
{
	char separator = second ? '\t' : location_dotted(&space->root->location) ? '.' : '/';
	const char *name = line;

	if (line[0] == '\0')
		return NULL;
	for (char *at = line; *at != '\0'; at++) {
		if (*at == separator)
			*at = '/';
	}
	/* Modified UTF-7 unless the location says UTF-8; what is no such thing was UTF-8. */
	if (location_option(&space->root->location, "UTF-8") == NULL &&
	    roost_name_from_utf7(arena, line, &name, NULL) < 0)
		name = line;
	return roost_arena_strdup(arena, name);
}

static const char *const *parse_lines(const struct space *space, struct roost_str *text,
				      struct roost_arena *arena)
{
	ROOST_VEC(const char *) names = { 0 };
	bool second = text->len >= strlen(VERSION_2) &&
		      memcmp(text->data, VERSION_2, strlen(VERSION_2)) == 0;
	char *line = text->data, *end;
	const char *const *result;

	if (second)
		line += strlen(VERSION_2);
	for (; line != NULL && line[0] != '\0'; line = end) {
		const char *name;

		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		name = line_name(space, line, second, arena);
		if (name != NULL)
			roost_vec_push(&names, name);
	}
	roost_vec_push(&names, NULL);
	result = roost_arena_dup(arena, names.items, names.count * sizeof(*names.items));
	roost_vec_free(&names);
	return result;
}

int subscriptions_read(struct space *space, struct roost_arena *arena, const char *const **names,
		       struct roost_error *err)
{
	struct roost_str text = ROOST_STR_INIT;
	const char *path;
	int result = -1;

	if (file_path(space, arena, false, &path, err) == 0 && read_file(path, &text, err) == 0) {
		*names = parse_lines(space, &text, arena);
		result = 0;
	}
	roost_str_free(&text);
	return result;
}

static void put_name(const struct space *space, struct roost_str *text, const char *name,
		     struct roost_arena *arena)
{
	if (location_option(&space->root->location, "UTF-8") == NULL)
		name = roost_name_to_utf7(arena, name);
	for (; *name != '\0'; name++)
		roost_str_byte(text, *name == '/' ? '\t' : *name);
	roost_str_byte(text, '\n');
}

/* The new file is its own lock, as others do it too. Left behind by a crash it lasts a minute. */
static int lock_file(const char *path, struct roost_arena *arena, const char **lock, int *fd,
		     struct roost_error *err)
{
	int64_t end = roost_loop_steady() + 10 * ROOST_SEC;

	*lock = roost_arena_printf(arena, "%s.lock", path);
	for (;;) {
		struct stat st;

		*fd = open(*lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (*fd >= 0)
			return 0;
		if (errno != EEXIST)
			return roost_fail_errno(err, "create %s", *lock);
		if (lstat(*lock, &st) == 0 &&
		    roost_loop_time() - st.st_mtim.tv_sec * ROOST_SEC > 60 * ROOST_SEC)
			(void)unlink(*lock);
		if (roost_loop_steady() > end)
			return roost_fail_detail(err, ROOST_ERR_TEMP, "%s is there too long", *lock);
		usleep(10000);
	}
}

static int write_names(const char *path, const char *lock, int fd, struct roost_str *text,
		       struct roost_error *err)
{
	ssize_t done = write(fd, text->data, text->len);

	if (done != (ssize_t)text->len || fsync(fd) < 0) {
		if (done >= 0 && (size_t)done < text->len)
			errno = ENOSPC;
		roost_fail_errno(err, "write %s", lock);
		close(fd);
		unlink(lock);
		return -1;
	}
	close(fd);
	if (rename(lock, path) < 0) {
		roost_fail_errno(err, "rename %s", lock);
		unlink(lock);
		return -1;
	}
	return 0;
}

/* names without and, when on, with this one; false when nothing has to be written. */
static bool edit(const struct space *space, const char *const *names, const char *name, bool on,
		 struct roost_str *text, struct roost_arena *arena)
{
	bool there = false;

	roost_str_puts(text, VERSION_2);
	for (; *names != NULL; names++) {
		if (strcmp(*names, name) == 0) {
			if (on)
				return false;
			there = true;
		} else {
			put_name(space, text, *names, arena);
		}
	}
	if (on)
		put_name(space, text, name, arena);
	return on || there;
}

static int change(struct space *space, const char *name, bool on, struct roost_arena *arena,
		  struct roost_error *err)
{
	struct roost_str text = ROOST_STR_INIT;
	const char *const *names;
	const char *path, *lock;
	int fd, result = -1;

	if (file_path(space, arena, true, &path, err) < 0 ||
	    lock_file(path, arena, &lock, &fd, err) < 0)
		return -1;
	if (subscriptions_read(space, arena, &names, err) == 0) {
		if (edit(space, names, name, on, &text, arena)) {
			result = write_names(path, lock, fd, &text, err);
			fd = -1;
		} else {
			result = 0;
		}
	}
	if (fd >= 0) {
		close(fd);
		unlink(lock);
	}
	roost_str_free(&text);
	return result;
}

/* The name as the file of holder has it: what follows holder's prefix, '/' between levels. */
static const char *held_name(const struct space *holder, const struct space *space,
			     const char *storage, struct roost_arena *arena)
{
	const char *shown;
	char *name;

	if (holder == space)
		return storage;
	shown = space_show(space, storage, arena);
	if (shown == NULL || strlen(shown) < strlen(holder->shown.prefix))
		return storage;
	name = roost_arena_strdup(arena, shown + strlen(holder->shown.prefix));
	for (char *at = name; *at != '\0'; at++) {
		if (*at == holder->shown.separator)
			*at = '/';
	}
	return name;
}

int roost_mailbox_subscribe(struct roost_user *user, const char *name, bool on,
			    struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("subscribe");
	struct space *space, *holder;
	const char *storage;
	int result = -1;

	if (space_resolve(user, name, arena, &space, &storage, err) == 0 &&
	    (!on || roost_name_check(storage, '/', err) == 0)) {
		holder = subscriptions_space(user, space);
		result = change(holder, held_name(holder, space, storage, arena), on, arena, err);
	}
	roost_arena_free(arena);
	return result;
}
