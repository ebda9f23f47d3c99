/* Mailboxes as directories: listed, made, removed, renamed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <roost/vec.h>
#include "modules/maildir/maildir.h"

#define DEPTH_MAX 64		/* of LAYOUT=fs */
#define GONE_PREFIX "..roost-deleted-"	/* no mailbox: its levels are empty */
#define NEW_PREFIX "..roost-new-"	/* nor is this */
#define BEGUN_TOO_LONG 3600		/* seconds: nobody is making it any more */

typedef ROOST_VEC(const char *) names;

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_mailbox(struct roost_arena *arena, const char *path)
{
	return is_directory(roost_arena_printf(arena, "%s/cur", path));
}

/* --- listing --- */
struct walk {
	const struct maildir_layout *layout;
	struct roost_arena *arena;
	bool (*found)(void *context, const char *name, bool selectable);
	void *context;
	bool stopped;
};

static bool entry_is_directory(DIR *dir, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
		return entry->d_type == DT_DIR;
	return fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

static int read_names(struct walk *walk, const char *path, names *found, struct roost_error *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (dir == NULL)
		return errno == ENOENT ? 0 : roost_fail_errno(err, "opendir %s", path);
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    (entry->d_name[0] == '.') == !walk->layout->fs && entry_is_directory(dir, entry))
			roost_vec_push(found, roost_arena_strdup(walk->arena, entry->d_name));
	}
	closedir(dir);
	return 0;
}

static int walk_folder(struct walk *walk, const char *beneath, int depth, struct roost_error *err)
{
	const char *root = walk->layout->root;
	names entries = { 0 };
	int result = read_names(walk, *beneath == '\0' ? root :
		roost_arena_printf(walk->arena, "%s/%s", root, beneath), &entries, err);

	for (size_t i = 0; result == 0 && i < entries.count && !walk->stopped; i++) {
		const char *path = *beneath == '\0' ? entries.items[i] :
			roost_arena_printf(walk->arena, "%s/%s", beneath, entries.items[i]);
		const char *name = maildir_path_name(walk->layout, path, walk->arena);
		bool selectable = true;

		if (name == NULL)
			continue;
		if (walk->layout->fs || walk->layout->stat_dirs)
			selectable = is_mailbox(walk->arena, roost_arena_printf(walk->arena, "%s/%s",
										root, path));
		if (!walk->found(walk->context, name, selectable))
			walk->stopped = true;
		else if (walk->layout->fs && depth < DEPTH_MAX)
			result = walk_folder(walk, path, depth + 1, err);
	}
	roost_vec_free(&entries);
	return result;
}

int maildir_list(struct roost_user *user, const char *root,
		 bool (*found)(void *context, const char *name, bool selectable), void *context,
		 struct roost_error *err)
{
	struct maildir_layout layout = maildir_layout(user, root);
	struct walk walk = { &layout, roost_arena_create("maildir list"), found, context, false };
	int result = 0;

	if (is_mailbox(walk.arena, layout.inbox) && !found(context, "INBOX", true))
		walk.stopped = true;
	if (!walk.stopped)
		result = walk_folder(&walk, "", 0, err);
	roost_arena_free(walk.arena);
	return result;
}

/* --- files --- */
static int remove_tree(int parent, const char *name, struct roost_error *err)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW), result = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return errno == ENOENT ? 0 : roost_fail_errno(err, "open %s", name);
	}
	while (result == 0 && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, entry->d_name, 0) < 0) {
			if (errno == EISDIR || errno == EPERM)
				result = remove_tree(fd, entry->d_name, err);
			else if (errno != ENOENT)
				result = roost_fail_errno(err, "unlink %s", entry->d_name);
		}
	}
	closedir(dir);
	if (result == 0 && unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		result = roost_fail_errno(err, "rmdir %s", name);
	return result;
}

static int move(const char *from, const char *to, struct roost_error *err)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno == EINVAL && access(to, F_OK) < 0 && rename(from, to) == 0)
		return 0;		/* a file system without the flag */
	if (errno == EEXIST || errno == ENOTEMPTY)
		return roost_fail(err, ROOST_ERR_EXISTS, "Mailbox already exists");
	return roost_fail_errno(err, "rename %s to %s", from, to);
}

/* --- making --- */
/* Permissions come from the nearest directory above that is there; a new root is its owner's alone. */
static mode_t mode_of(const char *path, bool beneath)
{
	struct stat st;

	return beneath && stat(path, &st) == 0 ? st.st_mode & 02777 : 0700;
}

static int make_one(const char *path, mode_t mode, const struct stat *parent,
		    struct roost_error *err)
{
	if (mkdir(path, mode & 0777) < 0)
		return errno == EEXIST ? 0 : roost_fail_errno(err, "mkdir %s", path);
	/* Against the umask; a group that we may not give gets no rights. */
	if (parent != NULL && parent->st_gid != getegid() &&
	    chown(path, (uid_t)-1, parent->st_gid) < 0)
		mode &= ~(mode_t)02070;
	if (chmod(path, mode) < 0)
		return roost_fail_errno(err, "chmod %s", path);
	return 0;
}

static int make_path(const struct maildir_layout *layout, const char *path, struct roost_error *err)
{
	struct roost_arena *arena;
	size_t root = strlen(layout->root);
	bool beneath = strncmp(path, layout->root, root) == 0 && path[root] == '/';
	struct stat st;
	char *parent, *slash;
	int result = 0;

	if (is_directory(path))
		return 0;
	arena = roost_arena_create("maildir path");
	parent = roost_arena_strdup(arena, path);
	slash = strrchr(parent, '/');
	if (slash != NULL && slash != parent) {
		*slash = '\0';
		result = make_path(layout, parent, err);
	}
	if (result == 0)
		result = make_one(path, mode_of(parent, beneath),
				  beneath && stat(parent, &st) == 0 ? &st : NULL, err);
	roost_arena_free(arena);
	return result;
}

/* cur comes last: what has it is a mailbox. */
static int make_folders(const char *path, bool child, struct roost_arena *arena,
			struct roost_error *err)
{
	static const char *const folders[] = { "tmp", "new", "cur" };
	struct stat st;
	int result = 0, fd;

	if (stat(path, &st) < 0)
		return roost_fail_errno(err, "stat %s", path);
	if (child) {
		fd = open(roost_arena_printf(arena, "%s/maildirfolder", path),
			  O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, st.st_mode & 0666);
		if (fd >= 0)
			close(fd);
	}
	for (size_t i = 0; result == 0 && i < ROOST_COUNT(folders); i++)
		result = make_one(roost_arena_printf(arena, "%s/%s", path, folders[i]),
				  st.st_mode & 02777, &st, err);
	return result;
}

/* Whole from the moment it is seen: made aside, and renamed. */
static int make_whole(const struct maildir_layout *layout, const char *path,
		      struct roost_arena *arena, struct roost_error *err)
{
	char unique[NAME_MAX + 1], *parent = roost_arena_strdup(arena, path);
	const char *aside;
	struct stat st;

	*strrchr(parent, '/') = '\0';
	maildir_unique(unique, sizeof(unique));
	aside = roost_arena_printf(arena, "%s/" NEW_PREFIX "%s", layout->root, unique);
	if (make_path(layout, parent, err) < 0)
		return -1;
	if (make_one(aside, mode_of(parent, true), stat(parent, &st) == 0 ? &st : NULL, err) == 0 &&
	    make_folders(aside, !layout->fs, arena, err) == 0 && move(aside, path, err) == 0)
		return 0;
	remove_tree(AT_FDCWD, aside, NULL);
	return -1;
}

/* What is there already is completed in its place: INBOX, and what others have begun. */
static int make_mailbox(const struct maildir_layout *layout, const char *path, bool inbox,
			struct roost_arena *arena, struct roost_error *err)
{
	if (!inbox && !is_directory(path))
		return make_whole(layout, path, arena, err);
	return make_path(layout, path, err) < 0 ? -1 :
		make_folders(path, !inbox && !layout->fs, arena, err);
}

int maildir_create(struct roost_user *user, const char *root, const char *name,
		   struct roost_error *err)
{
	struct maildir_layout layout = maildir_layout(user, root);
	struct roost_arena *arena = roost_arena_create("maildir create");
	bool inbox = strcmp(name, "INBOX") == 0;
	const char *path;
	int result = maildir_name_path(&layout, name, arena, &path, err);

	if (result == 0 && is_mailbox(arena, path))
		result = roost_fail(err, ROOST_ERR_EXISTS, "Mailbox already exists");
	if (result == 0)
		result = make_mailbox(&layout, path, inbox, arena, err);
	roost_arena_free(arena);
	return result;
}

int maildir_find_path(struct roost_user *user, const char *root, const char *name,
		      struct roost_arena *arena, const char **path, struct roost_error *err)
{
	struct maildir_layout layout = maildir_layout(user, root);

	if (maildir_name_path(&layout, name, arena, path, err) < 0)
		return -1;
	if (!is_mailbox(arena, *path))
		return roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", name);
	return 0;
}

/* --- removing --- */
/* In one step out of sight, then at leisure: a half removed mailbox is never seen. */
static int remove_whole(const char *root, const char *path, struct roost_error *err)
{
	char unique[NAME_MAX + 1], aside[PATH_MAX];

	maildir_unique(unique, sizeof(unique));
	if (snprintf(aside, sizeof(aside), "%s/" GONE_PREFIX "%s", root, unique) >= (int)sizeof(aside))
		return roost_fail(err, ROOST_ERR_INVALID, "Mailbox name is too long");
	return rename(path, aside) < 0 ? roost_fail_errno(err, "rename %s", path) : 0;
}

static bool is_old(const char *path, time_t age)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_mtime + age < time(NULL);
}

/*
 * What is out of sight, of others that died while they removed or made a mailbox too. Who still has
 * one open may make a folder in it while it goes: once more, and the next one tries again.
 */
static void sweep(struct roost_user *user, const char *root, struct roost_arena *arena)
{
	DIR *dir = opendir(root);
	struct dirent *entry;
	struct roost_error err;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		bool gone = strncmp(entry->d_name, GONE_PREFIX, strlen(GONE_PREFIX)) == 0;
		bool begun = strncmp(entry->d_name, NEW_PREFIX, strlen(NEW_PREFIX)) == 0;

		if ((gone || (begun && is_old(roost_arena_printf(arena, "%s/%s", root, entry->d_name),
					      BEGUN_TOO_LONG))) &&
		    remove_tree(dirfd(dir), entry->d_name, NULL) < 0 &&
		    remove_tree(dirfd(dir), entry->d_name, &err) < 0)
			roost_log(roost_user_log(user), ROOST_LOG_WARN, "%s/%s is left: %s", root,
				  entry->d_name, roost_error_log(&err));
	}
	if (dir != NULL)
		closedir(dir);
}

static bool has_children(struct walk *walk, const char *path)
{
	names entries = { 0 };
	bool found = false;

	if (read_names(walk, path, &entries, NULL) < 0)
		return true;
	for (size_t i = 0; i < entries.count; i++)
		found |= maildir_path_name(walk->layout, entries.items[i], walk->arena) != NULL;
	roost_vec_free(&entries);
	return found;
}

/* LAYOUT=fs with children: the directory stays, what made it a mailbox goes; cur first, which says so. */
static int remove_own(struct walk *walk, const char *path, struct roost_error *err)
{
	static const char *const first[] = { "cur", "new", "tmp" };
	DIR *dir;
	struct dirent *entry;
	int result = 0;

	for (size_t i = 0; result == 0 && i < ROOST_COUNT(first); i++)
		result = is_directory(roost_arena_printf(walk->arena, "%s/%s", path, first[i])) ?
			remove_whole(walk->layout->root,
				     roost_arena_printf(walk->arena, "%s/%s", path, first[i]), err) : 0;
	dir = result == 0 ? opendir(path) : NULL;
	while (dir != NULL && result == 0 && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    maildir_path_name(walk->layout, entry->d_name, walk->arena) != NULL)
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0) < 0 && (errno == EISDIR || errno == EPERM))
			result = remove_tree(dirfd(dir), entry->d_name, err);
	}
	if (dir != NULL)
		closedir(dir);
	return result;
}

int maildir_destroy(struct roost_user *user, const char *root, const char *name,
		    struct roost_error *err)
{
	struct maildir_layout layout = maildir_layout(user, root);
	struct walk walk = { &layout, roost_arena_create("maildir destroy"), NULL, NULL, false };
	const char *path;
	int result;

	if (strcmp(name, "INBOX") == 0)
		result = roost_fail(err, ROOST_ERR_NOPERM, "INBOX can't be deleted.");
	else if ((result = maildir_find_path(user, root, name, walk.arena, &path, err)) == 0)
		result = layout.fs && has_children(&walk, path) ? remove_own(&walk, path, err) :
			remove_whole(root, path, err);
	if (result == 0)
		sweep(user, root, walk.arena);
	roost_arena_free(walk.arena);
	return result;
}

/* --- renaming --- */
struct pair { const char *from, *to; };
typedef ROOST_VEC(struct pair) pairs;

/* Maildir++: the mailbox, if there is one, and each beneath it, as they are called in root. */
static int collect_moves(struct walk *walk, const char *from, const char *to, pairs *moves,
			 struct roost_error *err)
{
	size_t len = strlen(from);
	names entries = { 0 };

	if (read_names(walk, walk->layout->root, &entries, err) < 0)
		return -1;
	for (size_t i = 0; i < entries.count; i++) {
		const char *entry = entries.items[i];

		if (strncmp(entry, from, len) == 0 && (entry[len] == '\0' || entry[len] == '.'))
			roost_vec_push(moves, (struct pair){
				roost_arena_printf(walk->arena, "%s/%s", walk->layout->root, entry),
				roost_arena_printf(walk->arena, "%s/%s%s", walk->layout->root, to,
						   entry + len) });
	}
	roost_vec_free(&entries);
	return moves->count > 0 ? 0 :
		roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist");
}

/* All or, as far as one can, none. */
static int move_all(const pairs *moves, struct roost_error *err)
{
	size_t done;

	for (size_t i = 0; i < moves->count; i++) {
		const char *name = strrchr(moves->items[i].to, '/') + 1;

		if (strlen(name) > NAME_MAX)
			return roost_fail(err, ROOST_ERR_INVALID, "Mailbox name is too long");
	}
	for (done = 0; done < moves->count; done++) {
		if (move(moves->items[done].from, moves->items[done].to, err) < 0)
			break;
	}
	if (done == moves->count)
		return 0;
	while (done-- > 0)
		rename(moves->items[done].to, moves->items[done].from);
	return -1;
}

static int by_depth(const void *left, const void *right)
{
	return strcmp(((const struct pair *)right)->from, ((const struct pair *)left)->from);
}

static int rename_dotted(struct walk *walk, const char *from, const char *to,
			 struct roost_error *err)
{
	size_t root = strlen(walk->layout->root) + 1;
	pairs moves = { 0 };
	int result = collect_moves(walk, from + root, to + root, &moves, err);

	/* Into a mailbox of its own (A to A/B): the deepest go first, so that each finds its place free. */
	if (result == 0) {
		qsort(moves.items, moves.count, sizeof(*moves.items), by_depth);
		result = move_all(&moves, err);
	}
	roost_vec_free(&moves);
	return result;
}

/* LAYOUT=fs: one rename, or by way of a place aside where the target lies beneath the source. */
static int rename_folder(struct walk *walk, const char *from, const char *to,
			 struct roost_error *err)
{
	size_t len = strlen(from);
	char unique[NAME_MAX + 1];
	char *parent = roost_arena_strdup(walk->arena, to);
	const char *aside;

	if (!is_directory(from))
		return roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist");
	*strrchr(parent, '/') = '\0';
	if (strncmp(to, from, len) != 0 || to[len] != '/')
		return make_path(walk->layout, parent, err) < 0 ? -1 : move(from, to, err);
	maildir_unique(unique, sizeof(unique));
	aside = roost_arena_printf(walk->arena, "%s/..roost-moved-%s", walk->layout->root, unique);
	if (move(from, aside, err) < 0)
		return -1;
	if (make_path(walk->layout, parent, err) == 0 && move(aside, to, err) == 0)
		return 0;
	rmdir(parent);
	rename(aside, from);
	return -1;
}

int maildir_rename(struct roost_user *user, const char *root, const char *from, const char *to,
		   struct roost_error *err)
{
	struct maildir_layout layout = maildir_layout(user, root);
	struct walk walk = { &layout, roost_arena_create("maildir rename"), NULL, NULL, false };
	const char *source, *target;
	int result = -1;

	if (strcmp(from, "INBOX") == 0 || strcmp(to, "INBOX") == 0)
		roost_fail(err, ROOST_ERR_UNSUPPORTED, "INBOX can't be renamed here.");
	else if (maildir_name_path(&layout, from, walk.arena, &source, err) < 0 ||
		 maildir_name_path(&layout, to, walk.arena, &target, err) < 0)
		result = -1;
	else if (is_directory(target))
		roost_fail(err, ROOST_ERR_EXISTS, "Mailbox already exists");
	else
		result = layout.fs ? rename_folder(&walk, source, target, err) :
			rename_dotted(&walk, source, target, err);
	roost_arena_free(walk.arena);
	return result;
}
