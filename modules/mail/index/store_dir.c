/* The bytes store over files in one directory, whose mode and group they take. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <roost/vec.h>
#include "modules/mail/index/bytes.h"

struct dir_store {
	struct bytes_store base;
	struct roost_arena *arena;
	int fd;
	mode_t mode;			/* for files: the directory's, without the x bits */
	gid_t group;
};

struct dir_object {
	struct bytes_object base;
	struct roost_arena *arena;
	const char *name;
	int fd;
	dev_t device;
	ino_t inode;
	bool unsynced_name;		/* created here, the directory was not synced since */
};

/* A new file that nobody else made meanwhile. */
static int create_file(struct dir_store *store, const char *name, struct roost_error *err)
{
	int fd = openat(store->fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat st;

	if (fd < 0)
		return roost_fail_errno(err, "create %s", name);
	/* Group first: a mode with group bits must not show to the wrong group. Not fatal: the owner works. */
	if (fstat(fd, &st) == 0 && st.st_gid != store->group &&
	    fchown(fd, (uid_t)-1, store->group) < 0)
		return fd;
	if (store->mode != 0600 && fchmod(fd, store->mode) < 0) {
		roost_fail_errno(err, "chmod %s", name);
		close(fd);
		unlinkat(store->fd, name, 0);
		return -1;
	}
	return fd;
}

static int open_file(struct dir_store *store, const char *name, bool create, bool *created,
		     struct roost_error *err)
{
	for (int tries = 0;; tries++) {
		int fd = openat(store->fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

		*created = false;
		if (fd < 0 && (errno == EACCES || errno == EROFS))
			fd = openat(store->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		if (fd >= 0 || errno != ENOENT || !create)
			return fd >= 0 ? fd : roost_fail_errno(err, "open %s", name);
		*created = true;
		fd = create_file(store, name, err);
		if (fd >= 0 || errno != EEXIST || tries == 10)
			return fd;
	}
}

static int dir_open(struct bytes_store *base, const char *name, bool create,
		    struct bytes_object **object, struct roost_error *err)
{
	struct dir_store *store = (struct dir_store *)base;
	struct roost_arena *arena;
	struct dir_object *file;
	struct stat st;
	bool created;
	int fd = open_file(store, name, create, &created, err);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return roost_fail_detail(err, ROOST_ERR_CORRUPT, "%s is not a regular file", name);
	}
	arena = roost_arena_create("index file");
	file = roost_arena_new(arena, struct dir_object);
	file->base.store = base;
	file->arena = arena;
	file->name = roost_arena_strdup(arena, name);
	file->fd = fd;
	file->device = st.st_dev;
	file->inode = st.st_ino;
	file->unsynced_name = created;
	*object = &file->base;
	return 0;
}

static void dir_close(struct bytes_object *object)
{
	struct dir_object *file = (struct dir_object *)object;

	close(file->fd);
	roost_arena_free(file->arena);
}

static bool dir_replaced(struct bytes_object *object)
{
	const struct dir_object *file = (struct dir_object *)object;
	const struct dir_store *store = (struct dir_store *)object->store;
	struct stat st;

	return fstatat(store->fd, file->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		st.st_dev != file->device || st.st_ino != file->inode;
}

static int dir_size(struct bytes_object *object, uint64_t *size, struct roost_error *err)
{
	const struct dir_object *file = (struct dir_object *)object;
	struct stat st;

	if (fstat(file->fd, &st) < 0)
		return roost_fail_errno(err, "fstat %s", file->name);
	if (st.st_nlink == 0)
		return roost_fail_detail(err, ROOST_ERR_NOTFOUND, "%s was removed", file->name);
	*size = (uint64_t)st.st_size;
	return 0;
}

static ssize_t dir_read(struct bytes_object *object, uint64_t offset, void *buffer, size_t size,
			struct roost_error *err)
{
	const struct dir_object *file = (struct dir_object *)object;
	size_t done = 0;

	while (done < size) {
		ssize_t got = pread(file->fd, (char *)buffer + done, size - done,
				    (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return roost_fail_errno(err, "read %s", file->name);
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

static int write_at(int fd, uint64_t offset, const void *data, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t wrote = pwrite(fd, (const char *)data + done, len - done,
				       (off_t)(offset + done));

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return -1;
		done += (size_t)wrote;
	}
	return 0;
}

static int dir_append(struct bytes_object *object, uint64_t expected, const void *data,
		      size_t len, struct roost_error *err)
{
	struct dir_object *file = (struct dir_object *)object;
	struct stat st;

	if (fstat(file->fd, &st) < 0)
		return roost_fail_errno(err, "fstat %s", file->name);
	if ((uint64_t)st.st_size != expected)
		return roost_fail_detail(err, ROOST_ERR_INUSE, "%s grew meanwhile", file->name);
	if (write_at(file->fd, expected, data, len) == 0)
		return 0;
	roost_fail_errno(err, "write %s", file->name);
	/* What cannot be cut off is no valid record: readers stop before it. */
	if (ftruncate(file->fd, (off_t)expected) < 0 && err != NULL)
		roost_fail_prefix(err, "not cut off again");
	return -1;
}

static int dir_truncate(struct bytes_object *object, uint64_t size, struct roost_error *err)
{
	const struct dir_object *file = (struct dir_object *)object;

	if (ftruncate(file->fd, (off_t)size) < 0)
		return roost_fail_errno(err, "truncate %s", file->name);
	return 0;
}

static int sync_directory(const struct dir_store *store, struct roost_error *err)
{
	if (fsync(store->fd) < 0)
		return roost_fail_errno(err, "fsync of the index directory");
	return 0;
}

/* Content, and the name where it is new. */
static int dir_sync(struct bytes_object *object, struct roost_error *err)
{
	struct dir_object *file = (struct dir_object *)object;

	if (fdatasync(file->fd) < 0)
		return roost_fail_errno(err, "fdatasync %s", file->name);
	if (file->unsynced_name && sync_directory((struct dir_store *)object->store, err) < 0)
		return -1;
	file->unsynced_name = false;
	return 0;
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int set_lock(int fd, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_SETLK, &lock);
}

/* Polled, because no timer may interrupt a worker: 0.1 ms at first, at most 20 ms. */
static int dir_lock(struct bytes_object *object, int64_t timeout, struct roost_error *err)
{
	const struct dir_object *file = (struct dir_object *)object;
	int64_t until = 0;
	struct timespec pause = { .tv_nsec = 100000 };

	while (set_lock(file->fd, F_WRLCK) < 0) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return roost_fail_errno(err, "lock %s", file->name);
		if (until == 0)
			until = now_us() + timeout;
		if (now_us() >= until)
			return roost_fail_detail(err, ROOST_ERR_TEMP,
						 "%s is locked by another process", file->name);
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < 20000000)
			pause.tv_nsec *= 2;
	}
	return 0;
}

static void dir_unlock(struct bytes_object *object)
{
	set_lock(((struct dir_object *)object)->fd, F_UNLCK);
}

static int write_aside(struct dir_store *store, const char *name, const void *data, size_t len,
		       bool durable, struct roost_error *err)
{
	int fd;

	unlinkat(store->fd, name, 0);		/* left by one that died */
	fd = create_file(store, name, err);
	if (fd < 0)
		return -1;
	if (write_at(fd, 0, data, len) < 0) {
		roost_fail_errno(err, "write %s", name);
		close(fd);
		return -1;
	}
	if (durable && fdatasync(fd) < 0) {
		roost_fail_errno(err, "fdatasync %s", name);
		close(fd);
		return -1;
	}
	if (close(fd) < 0)
		return roost_fail_errno(err, "close %s", name);
	return 0;
}

static int dir_replace(struct bytes_store *base, const char *name, const void *data, size_t len,
		       bool durable, struct roost_error *err)
{
	struct dir_store *store = (struct dir_store *)base;
	char aside[NAME_MAX + 1];

	snprintf(aside, sizeof(aside), "%s.tmp", name);
	if (write_aside(store, aside, data, len, durable, err) < 0) {
		unlinkat(store->fd, aside, 0);
		return -1;
	}
	if (renameat(store->fd, aside, store->fd, name) < 0) {
		roost_fail_errno(err, "rename %s", aside);
		unlinkat(store->fd, aside, 0);
		return -1;
	}
	return durable ? sync_directory(store, err) : 0;
}

static int dir_remove(struct bytes_store *base, const char *name, struct roost_error *err)
{
	if (unlinkat(((struct dir_store *)base)->fd, name, 0) < 0)
		return roost_fail_errno(err, "unlink %s", name);
	return 0;
}

static int dir_list(struct bytes_store *base, struct roost_arena *arena,
		    const char *const **names, struct roost_error *err)
{
	ROOST_VEC(const char *) found = { 0 };
	int fd = openat(((struct dir_store *)base)->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (dir == NULL) {
		roost_fail_errno(err, "list the index directory");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.')
			roost_vec_push(&found, roost_arena_strdup(arena, entry->d_name));
	}
	closedir(dir);
	roost_vec_push(&found, NULL);
	*names = roost_arena_dup(arena, found.items, found.count * sizeof(*found.items));
	roost_vec_free(&found);
	return 0;
}

static void dir_free(struct bytes_store *base)
{
	struct dir_store *store = (struct dir_store *)base;

	close(store->fd);
	roost_arena_free(store->arena);
}

static const struct bytes_ops dir_ops = {
	.open = dir_open, .close = dir_close, .replaced = dir_replaced, .size = dir_size,
	.read = dir_read, .append = dir_append, .truncate = dir_truncate, .sync = dir_sync,
	.lock = dir_lock, .unlock = dir_unlock, .replace = dir_replace, .remove = dir_remove,
	.list = dir_list, .free = dir_free,
};

int bytes_store_open_dir(int dirfd, struct bytes_store **store, struct roost_error *err)
{
	struct roost_arena *arena;
	struct dir_store *dir;
	struct stat st;
	int fd = fcntl(dirfd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return roost_fail_errno(err, "duplicate the index directory");
	if (fstat(fd, &st) < 0) {
		roost_fail_errno(err, "fstat the index directory");
		close(fd);
		return -1;
	}
	arena = roost_arena_create("index directory");
	dir = roost_arena_new(arena, struct dir_store);
	dir->base.ops = &dir_ops;
	dir->arena = arena;
	dir->fd = fd;
	dir->mode = (st.st_mode & 0666) | 0600;
	dir->group = st.st_gid;
	*store = &dir->base;
	return 0;
}
