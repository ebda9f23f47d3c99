/* Making, deleting and renaming mailboxes. RFC 9051 section 6.3.4 to 6.3.6. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "modules/mail/mailbox/mailbox.h"

/* What lies apart from a mailbox's directory, beneath INDEX= and CONTROL=. */
static const char *const apart[] = { "INDEX", "CONTROL" };

static const char *apart_path(const struct space *space, size_t which, const char *storage,
			      struct roost_arena *arena)
{
	const char *path = location_option(&space->root->location, apart[which]);

	return path == NULL || path[0] != '/' ? NULL :
	       roost_arena_printf(arena, "%s/%s", path, storage);
}

/* A new name has to be fit for all clients, whatever can be opened. */
static int check_new(const struct space *space, const char *storage, struct roost_error *err)
{
	if (space->shown.inbox && space->shown.prefix[0] != '\0' && strcmp(storage, "INBOX") == 0)
		return roost_fail(err, ROOST_ERR_EXISTS, "Mailbox already exists");
	return roost_name_check(storage, '/', err);
}

static int create_in(struct space *space, const char *storage, struct roost_error *err)
{
	struct root *root = space->root;

	if (check_new(space, storage, err) < 0 || root_open(space->user, root, true, err) < 0)
		return -1;
	if (space->shown.inbox && strcmp(storage, "INBOX") == 0)
		return roost_fail(err, ROOST_ERR_EXISTS, "Mailbox already exists");
	if (root->ops.create(space->user, root->location.root, storage, err) == 0)
		return 0;
	if (err->kind == ROOST_ERR_EXISTS)
		roost_fail(err, ROOST_ERR_EXISTS, "Mailbox already exists");
	return -1;
}

int roost_mailbox_create(struct roost_user *user, const char *name, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("create");
	size_t len = strlen(name);
	struct space *space;
	const char *storage;
	int result = -1;

	/* "lists/" announces children: it is made all the same. */
	for (size_t i = 0; i < user->spaces.count && len > 1; i++) {
		if (name[len - 1] == user->spaces.items[i]->shown.separator) {
			name = roost_arena_strndup(arena, name, len - 1);
			break;
		}
	}
	if (space_resolve(user, name, arena, &space, &storage, err) == 0)
		result = create_in(space, storage, err);
	roost_arena_free(arena);
	return result;
}

/* --- deleting --- */

/* The files of other software; children have directories of their own. */
static void remove_files(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		(void)unlinkat(dirfd(dir), entry->d_name, 0);	/* of directories it lets go */
	if (dir != NULL)
		closedir(dir);
}

static void delete_apart(struct space *space, const char *storage, struct roost_arena *arena)
{
	for (size_t i = 0; i < ROOST_COUNT(apart); i++) {
		const char *path = apart_path(space, i, storage, arena);
		struct roost_error err = { 0 };

		if (path == NULL)
			continue;
		if (strcmp(apart[i], "INDEX") == 0 &&
		    remove_tree(AT_FDCWD, roost_arena_printf(arena, "%s/" INDEX_DIR, path),
				&err) < 0)
			roost_log(&space->user->log, ROOST_LOG_WARN, "%s: %s", path,
				  roost_error_log(&err));
		if (strcmp(apart[i], "CONTROL") == 0)
			remove_files(path);
		(void)rmdir(path);	/* children's are in it, and stay */
	}
}

/* name: as the client spells it. */
static int delete_in(struct space *space, const char *storage, const char *name,
		     struct roost_arena *arena, struct roost_error *err)
{
	struct root *root = space->root;

	if (space->shown.inbox && strcmp(storage, "INBOX") == 0)
		return roost_fail(err, ROOST_ERR_NOPERM, "INBOX can't be deleted.");
	if (root_open(space->user, root, false, err) < 0)
		return err->kind == ROOST_ERR_NOTFOUND ?
		       roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", name) : -1;
	folders_forget(space->user, space, storage);
	if (root->ops.destroy(space->user, root->location.root, storage, err) < 0) {
		if (err->kind == ROOST_ERR_NOTFOUND)
			roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", name);
		return -1;
	}
	delete_apart(space, storage, arena);
	return 0;
}

int roost_mailbox_delete(struct roost_user *user, const char *name, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("delete");
	struct space *space;
	const char *storage;
	int result = -1;

	if (space_resolve(user, name, arena, &space, &storage, err) == 0)
		result = delete_in(space, storage, name, arena, err);
	roost_arena_free(arena);
	return result;
}

/* --- renaming --- */

static int rename_apart(struct space *space, const char *from, const char *to,
			struct roost_arena *arena, struct roost_error *err)
{
	for (size_t i = 0; i < ROOST_COUNT(apart); i++) {
		const char *old = apart_path(space, i, from, arena);
		const char *new = apart_path(space, i, to, arena), *slash;

		if (old == NULL)
			continue;
		slash = strrchr(new, '/');
		if (make_directories(roost_arena_strndup(arena, new, (size_t)(slash - new)),
				     err) < 0)
			return -1;
		if (rename(old, new) < 0 && errno != ENOENT)
			return roost_fail_errno(err, "rename %s to %s", old, new);
	}
	return 0;
}

/* INBOX stays, its messages go. RFC 9051 section 6.3.6. */
static int empty_inbox(struct space *space, const char *storage, const char *to,
		       struct roost_error *err)
{
	struct roost_range all = { 1, UINT32_MAX };
	const struct roost_set everything = { &all, 1 };
	struct roost_arena *arena;
	struct roost_mailbox *inbox;
	struct roost_copied copied;
	int result;

	if (create_in(space, storage, err) < 0)
		return -1;
	if (roost_mailbox_open(space->user, "INBOX", 0, &inbox, err) < 0)
		return -1;
	arena = roost_arena_create("rename");
	result = roost_mailbox_copy(inbox, &everything, to, true, arena, &copied, err);
	roost_arena_free(arena);
	roost_mailbox_close(inbox);
	return result;
}

static bool within(const char *name, const char *parent)
{
	size_t len = strlen(parent);

	return strncmp(name, parent, len) == 0 && name[len] == '/';
}

/* from, to: as the client spells them. */
static int rename_in(struct space *space, const char *old, const char *from, struct space *target,
		     const char *new, const char *to, struct roost_arena *arena,
		     struct roost_error *err)
{
	struct root *root = space->root;

	if (check_new(target, new, err) < 0)
		return -1;
	if (target->shown.inbox && strcmp(new, "INBOX") == 0)
		return roost_fail(err, ROOST_ERR_EXISTS, "Mailbox already exists");
	if (space->shown.inbox && strcmp(old, "INBOX") == 0)
		return empty_inbox(target, new, to, err);
	if (root != target->root)
		return roost_fail(err, ROOST_ERR_NOPERM,
				  "Renaming not supported across namespaces.");
	if (within(new, old))
		return roost_fail(err, ROOST_ERR_INVALID, "Can't rename mailbox to its own child.");
	if (root_open(space->user, root, false, err) < 0)
		return err->kind == ROOST_ERR_NOTFOUND ?
		       roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", from) : -1;
	folders_forget(space->user, space, old);
	if (root->ops.rename(space->user, root->location.root, old, new, err) < 0) {
		if (err->kind == ROOST_ERR_NOTFOUND)
			roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", from);
		return -1;
	}
	return rename_apart(space, old, new, arena, err);
}

int roost_mailbox_rename(struct roost_user *user, const char *from, const char *to,
			 struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("rename");
	struct space *space, *target;
	const char *old, *new;
	int result = -1;

	if (space_resolve(user, from, arena, &space, &old, err) == 0 &&
	    space_resolve(user, to, arena, &target, &new, err) == 0)
		result = rename_in(space, old, from, target, new, to, arena, err);
	roost_arena_free(arena);
	return result;
}
