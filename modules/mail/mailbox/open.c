/* The life of a folder, one mailbox in this process, and of the views that sessions have of it. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <roost/protocol.h>
#include "modules/mail/mailbox/mailbox.h"

enum { KEPT_FOLDERS = 8 };	/* that nobody holds: deliveries and STATUS come again */

const struct roost_storage_ops *folder_ops(const struct folder *folder)
{
	return &folder->space->root->ops;
}

/* --- closing --- */

static void export_state(struct folder *folder)
{
	const struct index_header *header;
	struct index_change *change;
	struct roost_error err = { 0 };
	uint64_t exported = 0, interval;
	const void *value;
	size_t len;

	if (folder_ops(folder)->export_state == NULL || folder->index == NULL ||
	    folder->readonly || folder->stale || !folder->changed)
		return;
	header = index_header(folder->index);
	value = index_attribute(folder->index, "exported", &len);
	if (value != NULL && len == sizeof(exported))
		memcpy(&exported, value, len);
	/* The whole list is written each time: the longer it is the less often. MODSEQs are times. */
	interval = (uint64_t)(header->messages / 256) * 60 * (uint64_t)ROOST_SEC;
	if (exported == header->highestmodseq || exported + interval > header->highestmodseq)
		return;
	if (index_lock(folder->index, &err) < 0)
		goto failed;
	if (folder_ops(folder)->export_state(&folder->box, &err) < 0) {
		index_unlock(folder->index);
		goto failed;
	}
	exported = index_header(folder->index)->highestmodseq;
	change = index_begin(folder->index);
	index_set_attribute(change, "exported", &exported, sizeof(exported));
	if (index_commit(change, false, &err) < 0)
		roost_log(&folder->user->log, ROOST_LOG_WARN, "%s: %s", folder->name,
			  roost_error_log(&err));
	index_unlock(folder->index);
	return;
failed:
	roost_log(&folder->user->log, ROOST_LOG_WARN, "%s: state for other programs is not "
		  "written: %s", folder->name, roost_error_log(&err));
}

static void folder_close(struct folder *folder)
{
	struct folder **link = &folder->user->folders;

	while (*link != folder)
		link = &(*link)->next;
	*link = folder->next;
	message_learn_flush(folder);
	layers_detach(folder);
	export_state(folder);
	if (folder->opened && folder_ops(folder)->mailbox_close != NULL)
		folder_ops(folder)->mailbox_close(&folder->box, folder->state);
	index_close(folder->index);
	bytes_store_free(folder->store);
	roost_vec_free(&folder->learned);
	if (folder->dirfd >= 0)
		close(folder->dirfd);
	folder->box.magic = 0;
	roost_arena_free(folder->arena);
}

void folders_forget(struct roost_user *user, const struct space *space, const char *storage)
{
	struct folder *next;

	for (struct folder *folder = user->folders; folder != NULL; folder = next) {
		size_t len = storage == NULL ? 0 : strlen(storage);

		next = folder->next;
		if (space != NULL && folder->space->root != space->root)
			continue;
		if (storage != NULL && (strncmp(folder->storage, storage, len) != 0 ||
					(folder->storage[len] != '\0' &&
					 folder->storage[len] != '/')))
			continue;
		if (storage != NULL)
			folder->stale = true;
		if (folder->references == 0)
			folder_close(folder);
	}
}

static void close_oldest(struct roost_user *user)
{
	struct folder *oldest = NULL;
	unsigned unused = 0;

	for (struct folder *folder = user->folders; folder != NULL; folder = folder->next) {
		if (folder->references == 0) {
			unused++;
			oldest = folder;
		}
	}
	if (unused > KEPT_FOLDERS)
		folder_close(oldest);
}

void folder_unref(struct folder *folder)
{
	if (folder == NULL || --folder->references > 0)
		return;
	message_learn_flush(folder);
	if (folder->stale)
		folder_close(folder);
	else
		close_oldest(folder->user);
}

static void flush_due(void *context)
{
	struct roost_user *user = context;

	for (struct folder *folder = user->folders; folder != NULL; folder = folder->next) {
		struct roost_error err = { 0 };

		if (folder->dirty && index_sync(folder->index, &err) < 0)
			roost_log(&user->log, ROOST_LOG_ERROR, "%s: %s", folder->name,
				  roost_error_log(&err));
		folder->dirty = false;
	}
	user->flush_due = false;
}

void folder_written(struct folder *folder)
{
	struct roost_user *user = folder->user;

	folder->changed = folder->dirty = true;
	/* Users without a session (roostadm, tests) have no loop: closing syncs. */
	if (user->owned_scope == NULL || user->flush_due ||
	    user->set->fsync != INDEX_FSYNC_OPTIMIZED)
		return;
	user->flush_due = true;
	if (user->flush == NULL)
		user->flush = roost_loop_timer(ROOST_SEC, flush_due, user);
	else
		roost_loop_timer_again(user->flush, ROOST_SEC);
}

void folder_changed(struct folder *folder)
{
	const struct index_header *header = index_header(folder->index);
	char name[2 * sizeof(header->guid) + 1];

	folder_written(folder);
	for (size_t i = 0; i < sizeof(header->guid); i++)
		snprintf(name + 2 * i, 3, "%02x", header->guid[i]);
	roost_notice_send(NULL, name, header->highestmodseq);
}

/* --- opening --- */

/* Larger than any that this user's mailboxes ever had, so that a name made anew is a new mailbox. */
static uint32_t next_uidvalidity(void *context)
{
	const struct folder *folder = context;
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	uint32_t last = 0, next = (uint32_t)time(NULL);
	char text[16] = "";
	int fd = openat(folder->space->root->fd, "roost.uidvalidity",
			O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return next;	/* read-only places: as good as it gets */
	if (fcntl(fd, F_OFD_SETLKW, &lock) == 0 && pread(fd, text, sizeof(text) - 1, 0) >= 0)
		last = (uint32_t)strtoul(text, NULL, 10);
	if (next <= last)
		next = last + 1;
	snprintf(text, sizeof(text), "%010u\n", next);
	if (pwrite(fd, text, 11, 0) < 0)
		next = (uint32_t)time(NULL);
	close(fd);
	return next;
}

static const char *beneath_option(const struct folder *folder, const char *key)
{
	const char *path = location_option(&folder->space->root->location, key);

	if (path == NULL || path[0] != '/')
		return NULL;
	return roost_arena_printf(folder->arena, "%s/%s", path, folder->storage);
}

static int set_paths(struct folder *folder, struct roost_error *err)
{
	struct stat st;
	const char *elsewhere;

	folder->directory = folder->path;
	if (stat(folder->path, &st) == 0 && S_ISREG(st.st_mode)) {
		const char *slash = strrchr(folder->path, '/');

		folder->directory = roost_arena_strndup(folder->arena, folder->path,
							(size_t)(slash - folder->path));
	}
	if (open_directory(folder->space->root, folder->directory, &folder->dirfd, err) < 0)
		return -1;
	if (fstat(folder->dirfd, &st) < 0)
		return roost_fail_errno(err, "fstat %s", folder->directory);
	folder->device = st.st_dev;
	folder->inode = st.st_ino;
	elsewhere = beneath_option(folder, "INDEX");
	if (elsewhere == NULL && folder->directory != folder->path)
		elsewhere = roost_arena_printf(folder->arena, "%s/.imap/%s", folder->directory,
					       strrchr(folder->path, '/') + 1);
	folder->index_apart = elsewhere != NULL;
	folder->index_path = roost_arena_printf(folder->arena, "%s/" INDEX_DIR,
						elsewhere != NULL ? elsewhere : folder->directory);
	folder->control_path = beneath_option(folder, "CONTROL");
	if (folder->control_path == NULL)
		folder->control_path = folder->directory;
	else if (make_directories(folder->control_path, err) < 0)
		return -1;
	return 0;
}

/* As the mailbox's directory is to others. */
static mode_t index_mode(const struct folder *folder)
{
	struct stat st;

	return fstat(folder->dirfd, &st) == 0 ? st.st_mode & 0777 : 0700;
}

/* The mailbox may be renamed meanwhile: what is in its directory is not reached by its name. */
static const char *index_at(const struct folder *folder)
{
	return folder->index_apart ? folder->index_path : INDEX_DIR;
}

static int make_index_dir(const struct folder *folder, struct roost_error *err)
{
	if (mkdirat(folder->dirfd, index_at(folder), index_mode(folder)) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT || !folder->index_apart)
		return roost_fail_errno(err, "mkdir %s", folder->index_path);
	return make_directories(folder->index_path, err);
}

static int open_index_dir(struct folder *folder, int *fd, struct roost_error *err)
{
	static const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;

	*fd = openat(folder->dirfd, index_at(folder), flags);
	if (*fd < 0 && errno == ENOENT) {
		if (make_index_dir(folder, err) < 0)
			return -1;
		*fd = openat(folder->dirfd, index_at(folder), flags);
	}
	return *fd < 0 ? roost_fail_errno(err, "open %s", folder->index_path) : 0;
}

static int open_index(struct folder *folder, struct roost_error *err)
{
	struct index_options options = {
		.fsync = (enum index_fsync)folder->user->set->fsync, .label = folder->name,
		.log = &folder->user->log, .new_uidvalidity = next_uidvalidity, .context = folder,
	};
	int fd, result;

	if (open_index_dir(folder, &fd, err) < 0)
		return -1;
	result = bytes_store_open_dir(fd, &folder->store, err);
	close(fd);
	if (result < 0)
		return -1;
	if (index_open(folder->store, &options, &folder->index, err) == 0)
		return 0;
	if (err->kind != ROOST_ERR_NOPERM)
		return -1;
	options.readonly = folder->readonly = true;
	options.new_uidvalidity = NULL;
	return index_open(folder->store, &options, &folder->index, err);
}

static int open_parts(struct folder *folder, struct roost_error *err)
{
	if (set_paths(folder, err) < 0 || open_index(folder, err) < 0)
		return -1;
	if (folder_ops(folder)->mailbox_open != NULL &&
	    folder_ops(folder)->mailbox_open(&folder->box, &folder->state, err) < 0)
		return -1;
	folder->opened = true;
	layers_attach(folder);
	return 0;
}

static int create_missing(struct space *space, const char *storage, const char *name,
			  struct roost_error *err)
{
	const struct special *special = space_special(space, storage);
	struct root *root = space->root;

	if (root_open(space->user, root, true, err) < 0)
		return -1;
	if (root->ops.create(space->user, root->location.root, storage, err) < 0 &&
	    err->kind != ROOST_ERR_EXISTS)
		return -1;
	if (special != NULL && special->automatic == AUTO_SUBSCRIBE)
		return roost_mailbox_subscribe(space->user, name, true, err);
	return 0;
}

static bool made_at_once(const struct space *space, const char *storage)
{
	const struct special *special = space_special(space, storage);

	return (space->shown.inbox && strcmp(storage, "INBOX") == 0) ||
	       (special != NULL && special->automatic != AUTO_NO);
}

static int find_path(struct folder *folder, bool create, struct roost_error *err)
{
	struct space *space = folder->space;
	struct root *root = space->root;

	for (;;) {
		if (root_open(space->user, root, create, err) == 0 &&
		    root->ops.path(space->user, root->location.root, folder->storage, folder->arena,
				   &folder->path, err) == 0)
			return 0;
		if (err->kind != ROOST_ERR_NOTFOUND)
			return -1;
		if (!create)
			return roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s",
					  folder->name);
		if (create_missing(space, folder->storage, folder->name, err) < 0)
			return -1;
		create = false;
	}
}

bool folder_still_there(const struct folder *folder)
{
	struct stat st;

	return stat(folder->directory, &st) == 0 && st.st_dev == folder->device &&
	       st.st_ino == folder->inode &&
	       (folder->directory == folder->path || access(folder->path, F_OK) == 0);
}

static int open_new(struct space *space, const char *storage, const char *name, bool create,
		    struct folder **result, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("mailbox");
	struct folder *folder = roost_arena_new(arena, struct folder);

	folder->box.magic = MAILBOX_MAGIC;
	folder->box.options = ROOST_MAILBOX_SAVE_ONLY;
	folder->box.folder = folder;
	folder->box.watch = -1;
	folder->arena = arena;
	folder->user = space->user;
	folder->space = space;
	folder->name = roost_arena_strdup(arena, name);
	folder->storage = roost_arena_strdup(arena, storage);
	folder->dirfd = -1;
	folder->references = 1;
	folder->next = space->user->folders;
	space->user->folders = folder;
	if (find_path(folder, create || made_at_once(space, storage), err) < 0 ||
	    open_parts(folder, err) < 0) {
		if (folder->dirfd >= 0 && !folder_still_there(folder))
			roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", name);
		folder_close(folder);
		return -1;
	}
	*result = folder;
	return 0;
}

static struct folder *find_open(struct space *space, const char *storage)
{
	struct folder **link = &space->user->folders, *folder;

	for (; (folder = *link) != NULL; link = &folder->next) {
		if (folder->space == space && !folder->stale &&
		    strcmp(folder->storage, storage) == 0)
			break;
	}
	if (folder == NULL)
		return NULL;
	if (!folder_still_there(folder)) {
		folder->stale = true;
		if (folder->references == 0)
			folder_close(folder);
		return NULL;
	}
	*link = folder->next;
	folder->next = space->user->folders;
	space->user->folders = folder;
	folder->references++;
	return folder;
}

int folder_open(struct roost_user *user, const char *name, bool create, struct folder **result,
		struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("mailbox name");
	const char *storage, *shown;
	struct space *space;
	int status = -1;

	if (space_resolve(user, name, arena, &space, &storage, err) < 0)
		goto out;
	*result = find_open(space, storage);
	if (*result == NULL) {
		shown = space_show(space, storage, arena);
		if (open_new(space, storage, shown == NULL ? name : shown, create, result, err) < 0)
			goto out;
	}
	status = 0;
out:
	roost_arena_free(arena);
	return status;
}

/* --- views --- */

int roost_mailbox_open(struct roost_user *user, const char *name, uint32_t options,
		       struct roost_mailbox **result, struct roost_error *err)
{
	struct roost_mailbox *box;
	struct folder *folder;

	if (folder_open(user, name, (options & ROOST_MAILBOX_AUTOCREATE) != 0, &folder, err) < 0)
		return -1;
	box = calloc(1, sizeof(*box));
	if (box == NULL)
		abort();
	box->magic = MAILBOX_MAGIC;
	box->options = options | (folder->readonly ? ROOST_MAILBOX_READONLY : 0);
	box->folder = folder;
	box->watch = -1;
	box->next = folder->views;
	folder->views = box;
	if ((options & ROOST_MAILBOX_SAVE_ONLY) == 0 &&
	    (folder_refresh(folder, 0, err) < 0 || view_sync(box, false, err) < 0)) {
		roost_mailbox_close(box);
		return -1;
	}
	*result = box;
	return 0;
}

void roost_mailbox_close(struct roost_mailbox *box)
{
	struct roost_mailbox **link;
	struct folder *folder;

	if (box == NULL)
		return;
	assert(box->magic == MAILBOX_MAGIC);
	folder = box->folder;
	link = &folder->views;
	while (*link != box)
		link = &(*link)->next;
	*link = box->next;
	message_free(box->message);
	view_free(box);
	if (box->watch >= 0)
		close(box->watch);
	box->magic = 0;
	free(box);
	folder_unref(folder);
}

/* --- what drivers and layers ask --- */

const char *roost_mailbox_path(const struct roost_mailbox *box)
{
	return box->folder->path;
}

int roost_mailbox_dirfd(const struct roost_mailbox *box)
{
	return box->folder->dirfd;
}

const char *roost_mailbox_name(const struct roost_mailbox *box)
{
	return box->folder->name;
}

struct roost_user *roost_mailbox_user(const struct roost_mailbox *box)
{
	return box->folder->user;
}

uint32_t roost_mailbox_uidvalidity(const struct roost_mailbox *box)
{
	return index_header(box->folder->index)->uidvalidity;
}

uint32_t roost_mailbox_uidnext(const struct roost_mailbox *box)
{
	return index_header(box->folder->index)->uidnext;
}

const char *roost_mailbox_control_path(const struct roost_mailbox *box)
{
	return box->folder->control_path;
}

const char *roost_mailbox_root(const struct roost_mailbox *box)
{
	return box->folder->space->root->location.root;
}

const char *roost_mailbox_keyword(const struct roost_mailbox *box, unsigned number)
{
	return index_keyword(box->folder->index, number);
}

uint32_t roost_mailbox_key_next(const struct roost_mailbox *box, uint32_t after_uid,
				const char **key)
{
	struct index_columns columns = index_columns(box->folder->index);
	struct roost_error err = { 0 };
	struct index_mail mail;
	bool found;
	uint32_t at = index_position(box->folder->index, after_uid, &found);

	if (found)
		at++;
	if (at >= columns.count || index_mail(box->folder->index, at, &mail, &err) < 0)
		return 0;
	*key = mail.key;
	return columns.uid[at];
}

void *roost_storage_state(const struct roost_mailbox *box)
{
	return box->folder->state;
}
