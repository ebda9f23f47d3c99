/*
 * The default layout: a directory per mailbox beneath the root, for drivers that have no names of
 * their own. A child's directory begins with a dot, so that a driver which reads its directory and
 * passes over dots sees only messages:
 *
 *	ROOT/INBOX   ROOT/club   ROOT/club/.2024   ROOT/club/.2024/.may
 *
 * With DIRNAME= the messages lie in a directory of that name and children are plain:
 * ROOT/club/DIRNAME, ROOT/club/2024/DIRNAME. MAILBOXDIR= puts all of it one directory down.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "modules/mail/mailbox/mailbox.h"

/* A directory that is no mailbox: made for its children, or deleted while it had some. */
#define NOSELECT ".roost.noselect"
/* Beneath the top: on its way to become a level, or to be removed. No mailbox begins so. */
#define ASIDE ".roost.aside-"

struct layout {
	const char *dirname;	/* NULL: none */
	const char *top;	/* what mailboxes' directories are in */
	const char *inbox;	/* where INBOX is instead, NULL: in top */
};

static struct layout layout_of(struct roost_user *user, const char *root,
			       struct roost_arena *arena)
{
	const char *mailboxes = roost_storage_option(user, root, "MAILBOXDIR");
	const char *dirname = roost_storage_option(user, root, "DIRNAME");
	struct layout layout = { .top = root };

	if (mailboxes != NULL && mailboxes[0] != '\0')
		layout.top = roost_arena_printf(arena, "%s/%s", root, mailboxes);
	if (dirname != NULL && dirname[0] != '\0')
		layout.dirname = dirname;
	layout.inbox = roost_storage_option(user, root, "INBOX");
	return layout;
}

/* What lies in the root besides mailboxes. */
static bool reserved(const struct layout *layout, const char *name, size_t len, bool first)
{
	static const char *const ours[] = { "subscriptions", "roost.uidvalidity" };

	if (layout->dirname != NULL && strlen(layout->dirname) == len &&
	    memcmp(layout->dirname, name, len) == 0)
		return true;
	for (size_t i = 0; first && i < ROOST_COUNT(ours); i++) {
		if (strncmp(name, ours[i], strlen(ours[i])) == 0)
			return true;
	}
	return first && name[0] == '.';
}

/* The directory of a level, in which its children are. */
static int level_path(const struct layout *layout, const char *name, struct roost_arena *arena,
		      const char **path, struct roost_error *err)
{
	struct roost_str text = ROOST_STR_INIT;

	roost_str_puts(&text, layout->top);
	for (const char *level = name; level != NULL; ) {
		size_t len = strcspn(level, "/");

		if (reserved(layout, level, len, level == name)) {
			roost_str_free(&text);
			return roost_fail(err, ROOST_ERR_INVALID, "Invalid mailbox name");
		}
		roost_str_byte(&text, '/');
		if (level != name && layout->dirname == NULL)
			roost_str_byte(&text, '.');
		roost_str_append(&text, level, len);
		level = level[len] == '\0' ? NULL : level + len + 1;
	}
	*path = roost_arena_strdup(arena, text.data);
	roost_str_free(&text);
	return 0;
}

/* Where the messages are. */
static const char *messages_path(const struct layout *layout, const char *level,
				 struct roost_arena *arena)
{
	return layout->dirname == NULL ? level :
	       roost_arena_printf(arena, "%s/%s", level, layout->dirname);
}

static bool selectable(const struct layout *layout, const char *level, struct roost_arena *arena)
{
	if (access(messages_path(layout, level, arena), F_OK) < 0)
		return false;
	return layout->dirname != NULL ||
	       access(roost_arena_printf(arena, "%s/" NOSELECT, level), F_OK) < 0;
}

static int layout_path(struct roost_user *user, const char *root, const char *name,
		       struct roost_arena *arena, const char **path, struct roost_error *err)
{
	struct layout layout = layout_of(user, root, arena);
	const char *level;

	if (layout.inbox != NULL && strcmp(name, "INBOX") == 0) {
		*path = layout.inbox;
		return access(*path, F_OK) == 0 ? 0 :
		       roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", name);
	}
	if (level_path(&layout, name, arena, &level, err) < 0)
		return -1;
	*path = messages_path(&layout, level, arena);
	if (!selectable(&layout, level, arena))
		return roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", name);
	return 0;
}

/* --- listing --- */

struct listing {
	const struct layout *layout;
	struct roost_arena *arena;
	bool (*found)(void *context, const char *name, bool selectable);
	void *context;
	bool stopped;
};

/* The level that a directory entry stands for, NULL: none. */
static const char *entry_level(const struct listing *listing, const char *entry, bool first)
{
	size_t len = strlen(entry);

	if (strcmp(entry, ".") == 0 || strcmp(entry, "..") == 0 || strcmp(entry, INDEX_DIR) == 0)
		return NULL;
	if (listing->layout->dirname == NULL && !first) {
		if (entry[0] != '.' || entry[1] == '\0')
			return NULL;
		return entry + 1;
	}
	return reserved(listing->layout, entry, len, first) ? NULL : entry;
}

static int list_level(struct listing *listing, const char *path, const char *name,
		      unsigned depth, struct roost_error *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int result = 0;

	if (dir == NULL)
		return errno == ENOENT || errno == ENOTDIR ? 0 :
		       roost_fail_errno(err, "opendir %s", path);
	while (result == 0 && !listing->stopped && (entry = readdir(dir)) != NULL) {
		const char *level = entry_level(listing, entry->d_name, name == NULL), *child, *inner;
		struct stat st;

		if (level == NULL || (entry->d_type != DT_DIR && entry->d_type != DT_LNK &&
				      entry->d_type != DT_UNKNOWN))
			continue;
		if (entry->d_type != DT_DIR && (fstatat(dirfd(dir), entry->d_name, &st, 0) < 0 ||
						!S_ISDIR(st.st_mode)))
			continue;
		inner = roost_arena_printf(listing->arena, "%s/%s", path, entry->d_name);
		child = name == NULL ? roost_arena_strdup(listing->arena, level) :
				       roost_arena_printf(listing->arena, "%s/%s", name, level);
		if (name == NULL && listing->layout->inbox != NULL && strcmp(child, "INBOX") == 0)
			continue;
		if (!listing->found(listing->context, child,
				    selectable(listing->layout, inner, listing->arena)))
			listing->stopped = true;
		else if (depth < 64)	/* symlinks may go round */
			result = list_level(listing, inner, child, depth + 1, err);
	}
	closedir(dir);
	return result;
}

static int layout_list(struct roost_user *user, const char *root,
		       bool (*found)(void *context, const char *name, bool selectable),
		       void *context, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("mailbox list");
	struct layout layout = layout_of(user, root, arena);
	struct listing listing = { &layout, arena, found, context, false };
	int result = 0;

	if (layout.inbox != NULL && access(layout.inbox, F_OK) == 0)
		listing.stopped = !found(context, "INBOX", true);
	if (!listing.stopped)
		result = list_level(&listing, layout.top, NULL, 0, err);
	roost_arena_free(arena);
	return result;
}

/* --- making and removing --- */

int remove_tree(int dirfd_, const char *name, struct roost_error *err)
{
	int fd = openat(dirfd_, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	struct dirent *entry;
	int result = 0;
	DIR *dir;

	if (fd < 0) {
		if (errno == ENOENT || ((errno == ENOTDIR || errno == ELOOP) &&
					unlinkat(dirfd_, name, 0) == 0))
			return 0;
		return roost_fail_errno(err, "open %s", name);
	}
	dir = fdopendir(fd);
	if (dir == NULL) {
		close(fd);
		return roost_fail_errno(err, "opendir %s", name);
	}
	while (result == 0 && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, entry->d_name, 0) == 0 || errno == ENOENT)
			continue;
		result = remove_tree(fd, entry->d_name, err);
	}
	closedir(dir);
	if (result == 0 && unlinkat(dirfd_, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return roost_fail_errno(err, "rmdir %s", name);
	return result;
}

static int mark_noselect(const char *level, struct roost_arena *arena, struct roost_error *err)
{
	const char *marker = roost_arena_printf(arena, "%s/" NOSELECT, level);
	int fd = open(marker, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return roost_fail_errno(err, "create %s", marker);
	close(fd);
	return 0;
}

static const char *aside_path(const struct layout *layout, struct roost_arena *arena)
{
	static unsigned counter;

	return roost_arena_printf(arena, "%s/" ASIDE "%lld-%ld-%u", layout->top,
				  (long long)time(NULL), (long)getpid(), counter++);
}

/* A level for children only. It says so from the moment it is there. */
static int make_level(const struct layout *layout, const char *level, struct roost_arena *arena,
		      struct roost_error *err)
{
	const char *aside = aside_path(layout, arena);

	if (access(level, F_OK) == 0)
		return 0;
	if (mkdir(aside, 0700) < 0)
		return roost_fail_errno(err, "mkdir %s", aside);
	if (layout->dirname == NULL && mark_noselect(aside, arena, err) < 0)
		goto undo;
	if (rename(aside, level) == 0)
		return 0;
	if (errno == EEXIST || errno == ENOTEMPTY) {
		remove_tree(AT_FDCWD, aside, err);
		return 0;		/* somebody else was faster */
	}
	roost_fail_errno(err, "rename %s to %s", aside, level);
undo:
	remove_tree(AT_FDCWD, aside, NULL);
	return -1;
}

static int make_parents(const struct layout *layout, const char *name, struct roost_arena *arena,
			struct roost_error *err)
{
	if (make_directories(layout->top, err) < 0)
		return -1;
	for (const char *at = strchr(name, '/'); at != NULL; at = strchr(at + 1, '/')) {
		const char *level;

		if (level_path(layout, roost_arena_strndup(arena, name, (size_t)(at - name)), arena,
			       &level, err) < 0 ||
		    make_level(layout, level, arena, err) < 0)
			return -1;
	}
	return 0;
}

/* All but the children, who have directories with a dot; whether there are any. */
static int empty_level(const char *level, bool *children, struct roost_error *err)
{
	DIR *dir = opendir(level);
	struct dirent *entry;
	int result = 0;

	if (dir == NULL)
		return roost_fail_errno(err, "opendir %s", level);
	while (result == 0 && (entry = readdir(dir)) != NULL) {
		struct stat st;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (entry->d_name[0] == '.' &&
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    !S_ISREG(st.st_mode)) {
			*children = true;
			continue;
		}
		if (strcmp(entry->d_name, NOSELECT) != 0)
			result = remove_tree(dirfd(dir), entry->d_name, err);
	}
	closedir(dir);
	return result;
}

/* A directory that was no mailbox so far becomes one. What lies there was deleted, not all the way. */
static int select_level(const char *level, struct roost_arena *arena, struct roost_error *err)
{
	const char *marker = roost_arena_printf(arena, "%s/" NOSELECT, level);
	bool children;

	if (access(marker, F_OK) == 0) {
		if (empty_level(level, &children, err) < 0)
			return -1;
		if (unlink(marker) == 0)
			return 0;
	}
	return roost_fail(err, ROOST_ERR_EXISTS, "Mailbox already exists");
}

static int create_in(const struct layout *layout, const char *name, struct roost_arena *arena,
		     struct roost_error *err)
{
	const char *level, *path;

	if (layout->inbox != NULL && strcmp(name, "INBOX") == 0)
		return make_directories(layout->inbox, err);
	if (level_path(layout, name, arena, &level, err) < 0 ||
	    make_parents(layout, name, arena, err) < 0)
		return -1;
	path = messages_path(layout, level, arena);
	if (layout->dirname != NULL && mkdir(level, 0700) < 0 && errno != EEXIST)
		return roost_fail_errno(err, "mkdir %s", level);
	if (mkdir(path, 0700) == 0)
		return 0;
	if (errno != EEXIST)
		return roost_fail_errno(err, "mkdir %s", path);
	return layout->dirname != NULL ?
	       roost_fail(err, ROOST_ERR_EXISTS, "Mailbox already exists") :
	       select_level(level, arena, err);
}

static int layout_create(struct roost_user *user, const char *root, const char *name,
			 struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("mailbox create");
	struct layout layout = layout_of(user, root, arena);
	int result = create_in(&layout, name, arena, err);

	roost_arena_free(arena);
	return result;
}

static int destroy_in(const struct layout *layout, const char *name, struct roost_arena *arena,
		      struct roost_error *err)
{
	bool children = false;
	const char *level;

	if (level_path(layout, name, arena, &level, err) < 0)
		return -1;
	if (!selectable(layout, level, arena))
		return roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", name);
	if (layout->dirname != NULL) {
		const char *path = messages_path(layout, level, arena);
		const char *aside = aside_path(layout, arena);

		/* Out of sight in one step. */
		if (rename(path, aside) < 0)
			return roost_fail_errno(err, "rename %s to %s", path, aside);
		(void)rmdir(level);	/* stays where it has children */
		return remove_tree(AT_FDCWD, aside, err);
	}
	/* First no mailbox any more, for everybody: what is emptied then is nobody's loss. */
	if (mark_noselect(level, arena, err) < 0 || empty_level(level, &children, err) < 0)
		return -1;
	return children ? 0 : remove_tree(AT_FDCWD, level, err);
}

static int layout_destroy(struct roost_user *user, const char *root, const char *name,
			  struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("mailbox delete");
	struct layout layout = layout_of(user, root, arena);
	int result = destroy_in(&layout, name, arena, err);

	roost_arena_free(arena);
	return result;
}

static int rename_in(const struct layout *layout, const char *from, const char *to,
		     struct roost_arena *arena, struct roost_error *err)
{
	const char *old, *new;

	if (level_path(layout, from, arena, &old, err) < 0 ||
	    level_path(layout, to, arena, &new, err) < 0)
		return -1;
	if (access(new, F_OK) == 0)
		return roost_fail(err, ROOST_ERR_EXISTS, "Mailbox already exists");
	if (make_parents(layout, to, arena, err) < 0)
		return -1;
	if (rename(old, new) < 0)
		return roost_fail_errno(err, "rename %s to %s", old, new);
	return 0;
}

static int layout_rename(struct roost_user *user, const char *root, const char *from,
			 const char *to, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("mailbox rename");
	struct layout layout = layout_of(user, root, arena);
	int result = rename_in(&layout, from, to, arena, err);

	roost_arena_free(arena);
	return result;
}

void layout_fill(struct roost_storage_ops *ops)
{
	if (ops->list == NULL)
		ops->list = layout_list;
	if (ops->create == NULL)
		ops->create = layout_create;
	if (ops->destroy == NULL)
		ops->destroy = layout_destroy;
	if (ops->rename == NULL)
		ops->rename = layout_rename;
	if (ops->path == NULL)
		ops->path = layout_path;
}
