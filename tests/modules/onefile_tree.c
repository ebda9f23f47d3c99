/*
 * flatfile: mailboxes that are files. club/may is the file ROOT/club/may.one, and the host keeps its
 * index in ROOT/club/.imap/may.one; club may be a mailbox too, ROOT/club.one.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/modules/onefile.h"

/* Where one mailbox has what; in an arena. */
struct place { const char *file, *index, *children; };

static int find_place(const char *root, const char *name, struct roost_arena *arena,
		      struct place *place, struct roost_error *err)
{
	const char *last = strrchr(name, '/');

	for (const char *level = name; level != NULL; level = strchr(level, '/')) {
		level += *level == '/';
		if (*level == '.' || *level == '/' || *level == '\0')
			return roost_fail(err, ROOST_ERR_INVALID, "Invalid mailbox name");
	}
	if (strstr(name, FLAT_SUFFIX) != NULL)
		return roost_fail(err, ROOST_ERR_INVALID, "Invalid mailbox name");
	last = last == NULL ? name : last + 1;
	*place = (struct place){
		.file = roost_arena_printf(arena, "%s/%s" FLAT_SUFFIX, root, name),
		.index = roost_arena_printf(arena, "%s/%.*s.imap/%s" FLAT_SUFFIX, root,
					    (int)(last - name), name, last),
		.children = roost_arena_printf(arena, "%s/%s", root, name),
	};
	return 0;
}

int flat_path(struct roost_user *user, const char *root, const char *name, struct roost_arena *arena,
	      const char **path, struct roost_error *err)
{
	struct place place;

	(void)user;
	if (find_place(root, name, arena, &place, err) < 0)
		return -1;
	*path = place.file;
	return access(place.file, F_OK) == 0 ? 0 :
		roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", name);
}

/* --- listing --- */

struct walk {
	struct roost_arena *arena;
	bool (*found)(void *context, const char *name, bool selectable);
	void *context;
	bool stopped;
};

/* path: of a directory; prefix: of the names in it. */
static void walk(struct walk *self, const char *path, const char *prefix)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && !self->stopped && (entry = readdir(dir)) != NULL) {
		const char *suffix = strstr(entry->d_name, FLAT_SUFFIX);
		size_t len = suffix == NULL ? strlen(entry->d_name) :
			(size_t)(suffix - entry->d_name);
		const char *name = roost_arena_printf(self->arena, "%s%.*s", prefix, (int)len,
						      entry->d_name);
		const char *inner = roost_arena_printf(self->arena, "%s/%s", path, entry->d_name);
		const char *file = roost_arena_printf(self->arena, "%s" FLAT_SUFFIX, inner);

		if (entry->d_name[0] == '.' || (suffix == NULL && entry->d_type != DT_DIR))
			continue;
		if (suffix != NULL || access(file, F_OK) < 0)
			self->stopped = !self->found(self->context, name, suffix != NULL);
		if (suffix == NULL)
			walk(self, inner, roost_arena_printf(self->arena, "%s/", name));
	}
	if (dir != NULL)
		closedir(dir);
}

int flat_list(struct roost_user *user, const char *root,
	      bool (*found)(void *context, const char *name, bool selectable), void *context,
	      struct roost_error *err)
{
	struct walk self = { roost_arena_create("flatfile list"), found, context, false };

	(void)user;
	(void)err;
	walk(&self, root, "");
	roost_arena_free(self.arena);
	return 0;
}

/* --- making, removing, renaming --- */

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_index(const struct place *place)
{
	nftw(place->index, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* The directories in which a file or directory is to be. */
static int make_parents(const char *path, struct roost_arena *arena, struct roost_error *err)
{
	char *parent = roost_arena_strdup(arena, path);

	*strrchr(parent, '/') = '\0';
	if (access(parent, F_OK) == 0)
		return 0;
	if (make_parents(parent, arena, err) < 0)
		return -1;
	return mkdir(parent, 0700) == 0 || errno == EEXIST ? 0 :
		roost_fail_errno(err, "mkdir %s", parent);
}

static int make_file(const struct place *place, struct roost_arena *arena, struct roost_error *err)
{
	int fd;

	if (access(place->file, F_OK) == 0)
		return roost_fail(err, ROOST_ERR_EXISTS, "Mailbox already exists");
	remove_index(place);		/* of one that was deleted, not all the way */
	if (make_parents(place->file, arena, err) < 0)
		return -1;
	fd = open(place->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return roost_fail_errno(err, "create %s", place->file);
	close(fd);
	return 0;
}

int flat_create(struct roost_user *user, const char *root, const char *name, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("flatfile create");
	struct place place;
	int result = find_place(root, name, arena, &place, err);

	(void)user;
	if (result == 0)
		result = make_file(&place, arena, err);
	roost_arena_free(arena);
	return result;
}

int flat_destroy(struct roost_user *user, const char *root, const char *name, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("flatfile destroy");
	struct place place;
	int result = find_place(root, name, arena, &place, err);

	(void)user;
	if (result == 0 && unlink(place.file) < 0)
		result = roost_fail_errno(err, "unlink %s", place.file);
	if (result == 0)
		remove_index(&place);
	roost_arena_free(arena);
	return result;
}

static int move(const char *from, const char *to, struct roost_arena *arena, struct roost_error *err)
{
	if (access(from, F_OK) < 0)
		return 0;
	if (make_parents(to, arena, err) < 0)
		return -1;
	return rename(from, to) == 0 ? 0 : roost_fail_errno(err, "rename %s to %s", from, to);
}

static int move_all(const struct place *from, const struct place *to, struct roost_arena *arena,
		    struct roost_error *err)
{
	if (access(from->file, F_OK) < 0 && access(from->children, F_OK) < 0)
		return roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist");
	if (access(to->file, F_OK) == 0 || access(to->children, F_OK) == 0)
		return roost_fail(err, ROOST_ERR_EXISTS, "Mailbox already exists");
	remove_index(to);
	return move(from->index, to->index, arena, err) < 0 ||
		move(from->file, to->file, arena, err) < 0 ? -1 :
		move(from->children, to->children, arena, err);
}

int flat_rename(struct roost_user *user, const char *root, const char *from, const char *to,
		struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("flatfile rename");
	size_t len = strlen(from);
	struct place source, target;
	int result = -1;

	(void)user;
	if (strncmp(from, to, len) == 0 && to[len] == '/')
		roost_fail(err, ROOST_ERR_INVALID, "A mailbox cannot move beneath itself");
	else if (find_place(root, from, arena, &source, err) == 0 &&
		 find_place(root, to, arena, &target, err) == 0)
		result = move_all(&source, &target, arena, err);
	roost_arena_free(arena);
	return result;
}
