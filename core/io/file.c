/* Streams over files, and streams to files. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "core/base/memory.h"
#include "core/io/input.h"

struct file_state {
	int fd;
	off_t offset;
};

static ssize_t file_read(struct roost_input *self, void *buffer, size_t size,
			 struct roost_error *err)
{
	struct file_state *file = roost_input_state(self);
	ssize_t got;

	do
		got = pread(file->fd, buffer, size, file->offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return roost_fail_errno(err, "read");
	file->offset += got;
	return got;
}

static int file_seek(struct roost_input *self, uint64_t position, struct roost_error *err)
{
	struct file_state *file = roost_input_state(self);

	(void)err;
	file->offset = (off_t)position;
	return 0;
}

static int file_size(struct roost_input *self, uint64_t *size, struct roost_error *err)
{
	struct file_state *file = roost_input_state(self);
	struct stat st;

	if (fstat(file->fd, &st) < 0)
		return roost_fail_errno(err, "fstat");
	*size = (uint64_t)st.st_size;
	return 0;
}

static void file_close(struct roost_input *self)
{
	struct file_state *file = roost_input_state(self);

	close(file->fd);
}

static const struct roost_input_ops file_ops = {
	.state_size = sizeof(struct file_state), .read = file_read, .seek = file_seek,
	.size = file_size, .close = file_close,
};

struct roost_input *roost_input_take_fd(int fd)
{
	struct roost_input *input = roost_input_create(&file_ops);
	struct file_state *file = roost_input_state(input);

	file->fd = fd;
	return input;
}

int roost_input_open_at(int dirfd, const char *path, struct roost_input **input,
			struct roost_error *err)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return roost_fail_errno(err, "open %s", path);
	if (fstat(fd, &st) < 0) {
		roost_fail_errno(err, "fstat %s", path);
		close(fd);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return roost_fail_detail(err, ROOST_ERR_INVALID, "%s is not a regular file", path);
	}
	*input = roost_input_take_fd(fd);
	return 0;
}

int roost_input_fd(const struct roost_input *input)
{
	return input->ops == &file_ops ? ((const struct file_state *)input->state)->fd : -1;
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

/* Let the kernel move the bytes of a plain file. 1: done, 0: not possible here. */
static int copy_in_kernel(struct roost_input *input, int fd, struct roost_error *err)
{
	loff_t from = (loff_t)input->position;

	for (bool moved = false;; moved = true) {
		ssize_t done = copy_file_range(roost_input_fd(input), &from, fd, NULL,
					       1 << 30, 0);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && !moved && (errno == EXDEV || errno == EINVAL || errno == ENOSYS ||
					   errno == EBADF || errno == EOPNOTSUPP || errno == EPERM))
			return 0;
		if (done < 0)
			return roost_fail_errno(err, "copy_file_range");
		/* Some file systems answer 0 for files they make up as they are read. */
		if (done == 0)
			break;
	}
	if (from == (loff_t)input->position)
		return 0;
	return roost_input_seek(input, (uint64_t)from, err) < 0 ? -1 : 1;
}

int roost_input_copy_to_fd(struct roost_input *input, int fd, uint64_t *written,
			   struct roost_error *err)
{
	uint64_t start = input->position;

	if (roost_input_fd(input) >= 0) {
		int done = copy_in_kernel(input, fd, err);

		if (done < 0)
			return -1;
	}
	for (;;) {
		const unsigned char *data;
		size_t len;
		int more = roost_input_more(input, &data, &len, err);

		if (more < 0)
			return -1;
		if (more == 0)
			break;
		if (write_all(fd, data, len, err) < 0)
			return -1;
		roost_input_skip(input, len);
	}
	if (written != NULL)
		*written = input->position - start;
	return 0;
}

/* Unique on this machine: time, process, count; behind a dot. */
static char *unique_name(void)
{
	static atomic_uint counter;
	struct timespec now;
	char *name = mem_alloc(64);

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(name, 64, ".%lld.M%06ldP%ldQ%u", (long long)now.tv_sec, now.tv_nsec / 1000,
		 (long)getpid(), counter++);
	return name;
}

/* Written and on the disk, or not there. */
static int write_new(int dirfd, const char *name, struct roost_input *input,
		     struct roost_error *err)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int result;

	if (fd < 0)
		return roost_fail_errno(err, "create %s", name);
	result = roost_input_copy_to_fd(input, fd, NULL, err);
	if (result == 0 && fdatasync(fd) < 0)
		result = roost_fail_errno(err, "fdatasync %s", name);
	if (close(fd) < 0 && result == 0)
		result = roost_fail_errno(err, "close %s", name);
	if (result < 0)
		unlinkat(dirfd, name, 0);
	return result;
}

int roost_input_save_at(int dirfd, struct roost_input *input, const char **key,
			struct roost_error *err)
{
	char *hidden = unique_name(), *name = hidden + 1;

	if (write_new(dirfd, hidden, input, err) < 0)
		goto failed;
	if (renameat(dirfd, hidden, dirfd, name) < 0) {
		roost_fail_errno(err, "rename %s", hidden);
		unlinkat(dirfd, hidden, 0);
		goto failed;
	}
	if (fsync(dirfd) < 0) {
		roost_fail_errno(err, "fsync of the directory of %s", name);
		unlinkat(dirfd, name, 0);
		goto failed;
	}
	memmove(hidden, name, strlen(name) + 1);
	free(input->note);
	input->note = hidden;
	*key = hidden;
	return 0;
failed:
	free(hidden);
	return -1;
}
