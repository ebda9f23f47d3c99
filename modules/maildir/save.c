/*
 * New messages: written to tmp, synced, renamed to new or cur, the folder synced. Two flushes for
 * one message; many share the second.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "modules/maildir/maildir.h"

struct roost_staged {
	char base[NAME_MAX + 1];		/* final but for the UID; tmp/BASE while it is hidden */
	char name[NAME_MAX + 1];		/* with size fields and UID, once known */
	char path[MAILDIR_PATH_MAX];		/* where it is visible, or "" */
	uint64_t size, vsize;
	bool has_size, has_vsize, linked;
	uint32_t flags;
	uint64_t keywords;
	int fd;					/* open until it is flushed; -1 closed */
};

/* So many files are kept open for their flush, others are opened again: MULTIAPPEND has thousands. */
#define OPEN_STAGED_MAX 16

/* Files are readable for whom the mailbox's directory is. */
void maildir_file_mode(int dir, mode_t *mode, gid_t *group)
{
	struct stat st;

	*mode = 0600;
	*group = (gid_t)-1;
	if (fstat(dir, &st) < 0)
		return;
	*mode = (st.st_mode & 0666) | 0600;
	if (st.st_gid != getegid() && (st.st_mode & S_ISGID) == 0)
		*group = st.st_gid;
}

/* A group that we may not give gets no rights: they were meant for others. */
void maildir_file_group(int fd, mode_t mode, gid_t group)
{
	fchmod(fd, mode);
	if (group != (gid_t)-1 && (mode & 0060) != 0 && fchown(fd, (uid_t)-1, group) < 0)
		fchmod(fd, mode & ~(mode_t)0060);
}

static int create_tmp(struct maildir *maildir, struct roost_staged *staged, struct roost_error *err)
{
	char path[MAILDIR_PATH_MAX];
	gid_t group;
	mode_t mode;
	int fd;

	maildir_file_mode(maildir->dir, &mode, &group);
	for (int tries = 0;; tries++) {
		maildir_unique(staged->base, sizeof(staged->base));
		snprintf(path, sizeof(path), "tmp/%s", staged->base);
		fd = openat(maildir->dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			    mode);
		if (fd >= 0)
			break;
		if (errno == ENOENT && tries < 10) {
			if (maildir_make_folders(maildir, err) < 0)
				return -1;
			continue;
		}
		if (tries >= 10 || errno != EEXIST)
			return roost_fail_errno(err, "create %s/%s", roost_mailbox_path(maildir->box),
						path);
	}
	maildir_file_group(fd, mode, group);
	return fd;
}

static int write_all(int fd, const unsigned char *data, size_t len, struct roost_error *err)
{
	while (len > 0) {
		ssize_t done = write(fd, data, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return roost_fail_errno(err, "write");
		data += done;
		len -= (size_t)done;
	}
	return 0;
}

/* LFs without a CR before them; last: the byte before data, then the last one of it. */
static uint64_t bare_lfs(const unsigned char *data, size_t len, unsigned char *last)
{
	const unsigned char *at = data, *end = data + len;
	uint64_t bare = 0;

	while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		bare += (at == data ? *last : at[-1]) != '\r';
		at++;
	}
	*last = end[-1];
	return bare;
}

/* Write and count at once: what is in memory now needs no second reading. */
static int write_counting(struct roost_input *message, int fd, struct roost_staged *staged,
			  struct roost_error *err)
{
	unsigned char last = '\0';
	const unsigned char *data;
	size_t len;
	int more;

	while ((more = roost_input_more(message, &data, &len, err)) > 0) {
		if (write_all(fd, data, len, err) < 0)
			return -1;
		staged->size += len;
		staged->vsize += len + bare_lfs(data, len, &last);
		roost_input_skip(message, len);
	}
	return more;
}

static int write_message(struct roost_input *message, int fd, struct roost_staged *staged,
			 const struct roost_save_options *options, struct roost_error *err)
{
	staged->has_size = staged->has_vsize = true;
	if (options->vsize == 0)
		return write_counting(message, fd, staged, err);
	staged->vsize = options->vsize;
	return roost_input_copy_to_fd(message, fd, &staged->size, err);
}

static int set_date(int fd, int64_t date)
{
	const struct timespec times[2] = {
		{ .tv_nsec = UTIME_OMIT },
		{ .tv_sec = date / 1000000, .tv_nsec = date % 1000000 * 1000 },
	};

	return date > 0 ? futimens(fd, times) : 0;
}

int maildir_stage(struct roost_mailbox *box, struct roost_input *message,
		  const struct roost_save_options *options, struct roost_staged **staged,
		  struct roost_error *err)
{
	struct maildir *maildir = roost_storage_state(box);
	struct roost_staged *fresh = calloc(1, sizeof(*fresh));
	int fd, result;

	if (fresh == NULL)
		abort();
	fresh->fd = -1;
	fresh->flags = options->flags;
	fresh->keywords = options->keywords;
	fd = create_tmp(maildir, fresh, err);
	if (fd < 0) {
		free(fresh);
		return -1;
	}
	result = write_message(message, fd, fresh, options, err);
	if (result == 0 && set_date(fd, options->internaldate) < 0)
		result = roost_fail_errno(err, "futimens");
	if (result == 0 && maildir->sync && maildir->open_staged < OPEN_STAGED_MAX) {
		maildir->open_staged++;
		fresh->fd = fd;
	} else if (close(fd) < 0 && result == 0) {
		result = roost_fail_errno(err, "close");
	}
	if (result < 0) {
		roost_fail_prefix(err, "%s/tmp/%s", roost_mailbox_path(box), fresh->base);
		maildir_abort(box, fresh);
		return -1;
	}
	*staged = fresh;
	return 0;
}

static int close_staged(struct maildir *maildir, struct roost_staged *staged)
{
	int fd = staged->fd;

	if (fd < 0)
		return 0;
	maildir->open_staged--;
	staged->fd = -1;
	return close(fd);
}

static int flush_staged(struct maildir *maildir, struct roost_staged *staged)
{
	char path[MAILDIR_PATH_MAX];
	int result;

	if (staged->fd < 0) {
		snprintf(path, sizeof(path), "tmp/%s", staged->base);
		staged->fd = openat(maildir->dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		if (staged->fd < 0)
			return -1;
		maildir->open_staged++;
	}
	result = fdatasync(staged->fd);
	/* Some file systems tell only at the end that there was no room. */
	return close_staged(maildir, staged) < 0 ? -1 : result;
}

/* On journalling file systems the first of many pays for all; a link to a message that is there pays nothing. */
int maildir_sync(struct roost_mailbox *box, struct roost_staged **staged, size_t count,
		 struct roost_error *err)
{
	struct maildir *maildir = roost_storage_state(box);

	for (size_t i = 0; maildir->sync && i < count; i++) {
		if (!staged[i]->linked && flush_staged(maildir, staged[i]) < 0)
			return roost_fail_errno(err, "fdatasync %s/tmp/%s",
						roost_mailbox_path(box), staged[i]->base);
	}
	return 0;
}

int maildir_sync_folder(struct maildir *maildir, const char *folder, struct roost_error *err)
{
	int fd = openat(maildir->dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result;

	result = fd < 0 ? -1 : fsync(fd);
	if (result < 0)
		roost_fail_errno(err, "fsync %s/%s", roost_mailbox_path(maildir->box), folder);
	if (fd >= 0)
		close(fd);
	return result;
}

/* The base name as it will stay: with the sizes, and the UID that its directory entry makes durable. */
static void final_name(struct maildir *maildir, struct roost_staged *staged, uint32_t uid)
{
	int len = snprintf(staged->name, sizeof(staged->name), "%s", staged->base);

	if (staged->has_size)
		len += snprintf(staged->name + len, sizeof(staged->name) - (size_t)len, ",S=%llu",
				(unsigned long long)staged->size);
	if (staged->has_vsize)
		len += snprintf(staged->name + len, sizeof(staged->name) - (size_t)len, ",W=%llu",
				(unsigned long long)staged->vsize);
	snprintf(staged->name + len, sizeof(staged->name) - (size_t)len, ",U=%lu-%lu",
		 (unsigned long)roost_mailbox_uidvalidity(maildir->box), (unsigned long)uid);
}

static int show_one(struct maildir *maildir, struct roost_staged *staged, uint32_t uid,
		    struct roost_error *err)
{
	uint32_t bits = maildir_bits(staged->flags) | maildir_keyword_bits(maildir, staged->keywords);
	char from[MAILDIR_PATH_MAX], to[MAILDIR_PATH_MAX];

	final_name(maildir, staged, uid);
	snprintf(from, sizeof(from), "tmp/%s", staged->base);
	if (bits == 0)
		snprintf(to, sizeof(to), "new/%s", staged->name);
	else
		maildir_path(to, staged->name, bits, NULL);
	if (renameat(maildir->dir, from, maildir->dir, to) < 0)
		return roost_fail_errno(err, "rename %s/%s to %s", roost_mailbox_path(maildir->box),
					from, to);
	memcpy(staged->path, to, sizeof(to));
	return 0;
}

static int sync_touched(struct maildir *maildir, struct roost_staged **staged, size_t count,
			struct roost_error *err)
{
	bool in_new = false, in_cur = false;

	for (size_t i = 0; i < count; i++) {
		in_new |= staged[i]->path[0] == 'n';
		in_cur |= staged[i]->path[0] == 'c';
	}
	if (!maildir->sync)
		return 0;
	if (in_new && maildir_sync_folder(maildir, "new", err) < 0)
		return -1;
	return in_cur ? maildir_sync_folder(maildir, "cur", err) : 0;
}

int maildir_commit(struct roost_mailbox *box, struct roost_staged **staged, const uint32_t *uids,
		   size_t count, struct roost_arena *arena, const char **keys,
		   struct roost_error *err)
{
	struct maildir *maildir = roost_storage_state(box);

	maildir_keywords_load(maildir);
	for (size_t i = 0; i < count; i++) {
		if (show_one(maildir, staged[i], uids[i], err) < 0)
			goto undo;
	}
	if (sync_touched(maildir, staged, count, err) < 0)
		goto undo;
	for (size_t i = 0; i < count; i++) {
		keys[i] = roost_arena_strdup(arena, staged[i]->name);
		if (maildir->loaded)
			maildir_table_put(&maildir->table, staged[i]->name, staged[i]->path, 0);
		close_staged(maildir, staged[i]);
		free(staged[i]);
	}
	maildir->uidlist_stale = true;
	return 0;
undo:
	for (size_t i = 0; i < count; i++) {
		if (staged[i]->path[0] != '\0')
			unlinkat(maildir->dir, staged[i]->path, 0);
	}
	return -1;
}

void maildir_abort(struct roost_mailbox *box, struct roost_staged *staged)
{
	struct maildir *maildir = roost_storage_state(box);
	char path[MAILDIR_PATH_MAX];

	snprintf(path, sizeof(path), "tmp/%s", staged->base);
	unlinkat(maildir->dir, path, 0);
	close_staged(maildir, staged);
	free(staged);
}

struct linking { struct maildir *target; char to[MAILDIR_PATH_MAX]; };

static int link_path(struct maildir *source, const char *path, void *context)
{
	struct linking *linking = context;

	return linkat(source->dir, path, linking->target->dir, linking->to, 0);
}

/* The link shares its date with the source: another INTERNALDATE needs a copy. */
static bool serves(struct maildir *maildir, struct roost_staged *staged, const char *tmp,
		   const struct roost_save_options *options)
{
	struct stat st;

	if (fstatat(maildir->dir, tmp, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	if (!staged->has_size) {
		staged->size = (uint64_t)st.st_size;
		staged->has_size = true;
	}
	return options->internaldate == 0 || options->internaldate / 1000000 == st.st_mtim.tv_sec;
}

int maildir_copy_from(struct roost_mailbox *box, struct roost_mailbox *source, const char *key,
		      const struct roost_save_options *options, struct roost_staged **staged,
		      struct roost_error *err)
{
	struct maildir *maildir = roost_storage_state(box);
	struct maildir_fields fields = maildir_fields(key, strlen(key));
	struct linking linking = { .target = maildir };
	struct roost_staged *fresh;
	struct roost_error local = { .kind = ROOST_ERR_NONE };

	if (!maildir->settings->hardlinks)
		return roost_fail(err, ROOST_ERR_UNSUPPORTED, "No hard links");
	fresh = calloc(1, sizeof(*fresh));
	if (fresh == NULL)
		abort();
	*fresh = (struct roost_staged){ .size = fields.size, .has_size = fields.has_size,
		.vsize = fields.has_vsize ? fields.vsize : options->vsize, .linked = true,
		.has_vsize = fields.has_vsize || options->vsize != 0, .flags = options->flags,
		.keywords = options->keywords, .fd = -1 };
	maildir_unique(fresh->base, sizeof(fresh->base));
	snprintf(linking.to, sizeof(linking.to), "tmp/%s", fresh->base);
	if (maildir_with(roost_storage_state(source), key, link_path, &linking, &local) == 0 &&
	    serves(maildir, fresh, linking.to, options)) {
		*staged = fresh;
		return 0;
	}
	maildir_abort(box, fresh);
	if (local.kind == ROOST_ERR_EXPUNGED) {
		*err = local;
		return -1;
	}
	/* Another file system, too many links, a file that is not ours: a copy does it. */
	return roost_fail(err, ROOST_ERR_UNSUPPORTED, "No hard link");
}
