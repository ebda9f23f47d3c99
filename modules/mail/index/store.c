/* The bytes store over files of one directory. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <roost/vec.h>
#include "modules/mail/index/store.h"

struct bytes_store {
	int dirfd;
	mode_t mode;		/* of new files: the directory's without the search bits */
	gid_t gid;
};

struct bytes_object {
	int fd;
	bool locked;
	char name[];		/* for messages */
};

int bytes_store_open_dir(int dirfd, struct bytes_store **store, struct roost_error *err)
{
	struct stat st;
	int fd = fcntl(dirfd, F_DUPFD_CLOEXEC, 3);

	if (fd < 0)
		return roost_fail_errno(err, "dup of an index directory");
	if (fstat(fd, &st) < 0) {
		roost_fail_errno(err, "fstat of an index directory");
		close(fd);
		return -1;
	}
	*store = malloc(sizeof(**store));
	if (*store == NULL)
		abort();
	**store = (struct bytes_store){ .dirfd = fd, .mode = st.st_mode & 0666, .gid = st.st_gid };
	return 0;
}

void bytes_store_free(struct bytes_store *store)
{
	if (store == NULL)
		return;
	close(store->dirfd);
	free(store);
}

/* A new file belongs to the directory's group where we may say so; the umask does not matter. */
static void adopt_mode(const struct bytes_store *store, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return;
	if (st.st_gid != store->gid)
		(void)!fchown(fd, (uid_t)-1, store->gid);
	if ((st.st_mode & 0777) != store->mode)
		(void)fchmod(fd, store->mode);
}

static int open_new(struct bytes_store *store, const char *name, int flags)
{
	int fd = openat(store->dirfd, name,
			O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, store->mode);

	if (fd >= 0)
		adopt_mode(store, fd);
	return fd;
}

int bytes_open(struct bytes_store *store, const char *name, bool create,
	       struct bytes_object **object, struct roost_error *err)
{
	int fd = openat(store->dirfd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && create)
		fd = open_new(store, name, 0);
	if (fd < 0 && (errno == EACCES || errno == EROFS) && !create)
		fd = openat(store->dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return roost_fail_errno(err, "open %s", name);
	*object = malloc(sizeof(**object) + strlen(name) + 1);
	if (*object == NULL)
		abort();
	(*object)->fd = fd;
	(*object)->locked = false;
	memcpy((*object)->name, name, strlen(name) + 1);
	return 0;
}

void bytes_close(struct bytes_object *object)
{
	if (object == NULL)
		return;
	close(object->fd);
	free(object);
}

/* Names are only ever replaced or removed: then the file has no link left. */
bool bytes_replaced(struct bytes_object *object)
{
	struct stat st;

	return fstat(object->fd, &st) < 0 || st.st_nlink == 0;
}

int bytes_size(struct bytes_object *object, uint64_t *size, struct roost_error *err)
{
	struct stat st;

	if (fstat(object->fd, &st) < 0)
		return roost_fail_errno(err, "fstat %s", object->name);
	*size = (uint64_t)st.st_size;
	return 0;
}

ssize_t bytes_read(struct bytes_object *object, uint64_t offset, void *buffer, size_t size,
		   struct roost_error *err)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = pread(object->fd, (char *)buffer + done, size - done,
				    (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return roost_fail_errno(err, "read %s", object->name);
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

static int write_all(int fd, const void *data, size_t len, uint64_t offset)
{
	size_t done = 0;

	while (done < len) {
		ssize_t put = pwrite(fd, (const char *)data + done, len - done,
				     (off_t)(offset + done));

		if (put < 0 && errno != EINTR)
			return -1;
		if (put > 0)
			done += (size_t)put;
	}
	return 0;
}

int bytes_append(struct bytes_object *object, uint64_t expected, const void *data, size_t len,
		 struct roost_error *err)
{
	uint64_t size;

	if (bytes_size(object, &size, err) < 0)
		return -1;
	if (size != expected)
		return roost_fail_detail(err, ROOST_ERR_INUSE, "%s grew meanwhile", object->name);
	if (write_all(object->fd, data, len, expected) < 0) {
		roost_fail_errno(err, "write %s", object->name);
		(void)!ftruncate(object->fd, (off_t)expected);
		return -1;
	}
	return 0;
}

int bytes_truncate(struct bytes_object *object, uint64_t size, struct roost_error *err)
{
	if (ftruncate(object->fd, (off_t)size) < 0)
		return roost_fail_errno(err, "truncate %s", object->name);
	return 0;
}

int bytes_sync(struct bytes_object *object, struct roost_error *err)
{
	if (fdatasync(object->fd) < 0)
		return roost_fail_errno(err, "sync %s", object->name);
	return 0;
}

static int64_t steady_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* Short waits first: who holds the lock has one write to do. A blocking lock could not time out. */
int bytes_lock(struct bytes_object *object, int64_t timeout, struct roost_error *err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int64_t give_up = 0, pause = 50;

	while (fcntl(object->fd, F_OFD_SETLK, &lock) < 0) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return roost_fail_errno(err, "lock %s", object->name);
		if (give_up == 0)
			give_up = steady_now() + timeout;
		if (steady_now() >= give_up)
			return roost_fail_detail(err, ROOST_ERR_TEMP,
						 "%s is locked by another process since %d s",
						 object->name, (int)(timeout / 1000000));
		usleep((useconds_t)pause);
		pause = pause < 10000 ? pause * 2 : 10000;
	}
	object->locked = true;
	return 0;
}

void bytes_unlock(struct bytes_object *object)
{
	struct flock lock = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

	if (object->locked)
		(void)fcntl(object->fd, F_OFD_SETLK, &lock);
	object->locked = false;
}

int bytes_replace(struct bytes_store *store, const char *name, const void *data, size_t len,
		  bool durable, struct roost_error *err)
{
	char aside[64];
	int fd;

	snprintf(aside, sizeof(aside), "%s.tmp", name);
	fd = open_new(store, aside, O_TRUNC);
	if (fd < 0)
		return roost_fail_errno(err, "create %s", aside);
	if (write_all(fd, data, len, 0) < 0 || (durable && fdatasync(fd) < 0)) {
		roost_fail_errno(err, "write %s", aside);
		goto failed;
	}
	if (renameat(store->dirfd, aside, store->dirfd, name) < 0) {
		roost_fail_errno(err, "rename %s", aside);
		goto failed;
	}
	close(fd);
	if (durable && fsync(store->dirfd) < 0)
		return roost_fail_errno(err, "sync the directory of %s", name);
	return 0;
failed:
	close(fd);
	(void)unlinkat(store->dirfd, aside, 0);
	return -1;
}

int bytes_remove(struct bytes_store *store, const char *name, struct roost_error *err)
{
	if (unlinkat(store->dirfd, name, 0) < 0 && errno != ENOENT)
		return roost_fail_errno(err, "unlink %s", name);
	return 0;
}

int bytes_list(struct bytes_store *store, struct roost_arena *arena, const char *const **names,
	       struct roost_error *err)
{
	ROOST_VEC(const char *) list = { 0 };
	int fd = openat(store->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (dir == NULL) {
		roost_fail_errno(err, "list the index directory");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.')
			roost_vec_push(&list, roost_arena_strdup(arena, entry->d_name));
	}
	closedir(dir);
	roost_vec_push(&list, NULL);
	*names = roost_arena_dup(arena, list.items, list.count * sizeof(*list.items));
	roost_vec_free(&list);
	return 0;
}
