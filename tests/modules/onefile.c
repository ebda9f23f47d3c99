/*
 * onefile - a toy storage driver: all messages of a mailbox in one file; as "flatfile" the file is the
 * mailbox (onefile_tree.c). It proves that the full form fits formats like mbox and mdbox: a message is
 * appended where it stays, one flush makes many durable, and it becomes visible by getting its UID in
 * place.
 *
 * A record is a head, "onefile STATE UIDVALIDITY UID SIZE DATE" and an LF, and the message. STATE:
 * . staged, + visible, - removed. The fields have fixed widths, so that a head is changed in place. The
 * key is the record's offset. A file that ends amid a record was cut by a crash; whoever appends next
 * cuts it to the record's start.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "tests/modules/onefile.h"

#define FILE_NAME "messages"
#define HEAD 74

struct head {
	char state;
	unsigned long validity, uid;
	unsigned long long size;
	long long date;
};
struct roost_staged { int fd; uint64_t offset; struct head head; };

static int open_file(struct roost_mailbox *box, int flags, struct roost_error *err)
{
	const char *path = roost_mailbox_path(box);
	size_t len = strlen(path);
	int fd;

	if (len > strlen(FLAT_SUFFIX) && strcmp(path + len - strlen(FLAT_SUFFIX), FLAT_SUFFIX) == 0)
		fd = open(path, (flags & ~O_CREAT) | O_CLOEXEC | O_NOFOLLOW);
	else
		fd = openat(roost_mailbox_dirfd(box), FILE_NAME, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? roost_fail_errno(err, "open the file of %s", path) : fd;
}

static void put_head(char text[HEAD + 1], const struct head *head)
{
	snprintf(text, HEAD + 1, "onefile %c %010lu %010lu %020llu %020lld\n", head->state,
		 head->validity, head->uid, head->size, head->date);
}

/* 1: a whole record, 0: the end or a cut one, -1: failed. */
static int read_head(int fd, uint64_t offset, int64_t end, struct head *head,
		     struct roost_error *err)
{
	char text[HEAD + 1] = "";
	ssize_t got = pread(fd, text, HEAD, (off_t)offset);

	if (got < 0)
		return roost_fail_errno(err, "read " FILE_NAME);
	if (got < HEAD)
		return 0;
	if (sscanf(text, "onefile %c %lu %lu %llu %lld", &head->state, &head->validity, &head->uid,
		   &head->size, &head->date) != 5)
		return roost_fail_detail(err, ROOST_ERR_CORRUPT, FILE_NAME ": no record at %llu",
					 (unsigned long long)offset);
	return head->size <= (uint64_t)end - offset - HEAD;
}

/* -1: failed. */
static int64_t file_end(int fd, struct roost_error *err)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? roost_fail_errno(err, "fstat " FILE_NAME) : st.st_size;
}

static void report(struct roost_scan *scan, uint64_t offset, const struct head *head)
{
	struct roost_found found = { .uid = (uint32_t)head->uid, .uidvalidity = (uint32_t)head->validity,
				     .internaldate = head->date, .size = head->size };
	char key[24];

	snprintf(key, sizeof(key), "%llu", (unsigned long long)offset);
	if (head->state == '+')
		roost_scan_found_details(scan, key, &found);
}

static int onefile_scan(struct roost_mailbox *box, struct roost_scan *scan, struct roost_error *err)
{
	int fd = open_file(box, O_RDONLY, err), more = 1;
	uint64_t offset = 0;
	struct head head;
	int64_t end;

	if (fd < 0)
		return err->kind == ROOST_ERR_NOTFOUND ? 0 : -1;
	end = file_end(fd, err);
	if (end < 0)
		more = -1;
	while (more > 0 && (more = read_head(fd, offset, end, &head, err)) > 0) {
		report(scan, offset, &head);
		offset += HEAD + head.size;
	}
	close(fd);
	return more;
}

static int onefile_stamp(struct roost_mailbox *box, uint64_t token[4], bool *settled,
			 struct roost_error *err)
{
	struct roost_error local = { 0 };
	int fd = open_file(box, O_RDONLY, &local);
	struct stat st = { 0 };

	if (fd >= 0) {
		fstat(fd, &st);
		close(fd);
	} else if (local.kind != ROOST_ERR_NOTFOUND) {
		*err = local;
		return -1;
	}
	token[0] = (uint64_t)st.st_size;
	token[1] = (uint64_t)st.st_mtim.tv_sec;
	token[2] = (uint64_t)st.st_mtim.tv_nsec;
	token[3] = (uint64_t)st.st_ino;
	*settled = st.st_mtim.tv_sec + 2 < time(NULL);
	return 0;
}

/* Under the file's lock: where the next record goes. */
static int append_at(int fd, uint64_t *offset, struct roost_error *err)
{
	int64_t end = file_end(fd, err);
	struct head head;
	int more;

	*offset = 0;
	if (end < 0)
		return -1;
	while ((more = read_head(fd, *offset, end, &head, err)) > 0)
		*offset += HEAD + head.size;
	if (more == 0 && *offset < (uint64_t)end && ftruncate(fd, (off_t)*offset) < 0)
		return roost_fail_errno(err, "truncate " FILE_NAME);
	return more;
}

static int write_record(struct roost_staged *staged, const struct roost_str *record,
			struct roost_error *err)
{
	ssize_t done;

	if (flock(staged->fd, LOCK_EX) < 0)
		return roost_fail_errno(err, "lock " FILE_NAME);
	if (append_at(staged->fd, &staged->offset, err) < 0)
		return -1;
	done = pwrite(staged->fd, record->data, record->len, (off_t)staged->offset);
	if (done == (ssize_t)record->len)
		return flock(staged->fd, LOCK_UN);
	if (done >= 0)
		errno = ENOSPC;
	roost_fail_errno(err, "write " FILE_NAME);
	if (ftruncate(staged->fd, (off_t)staged->offset) < 0)
		roost_fail_prefix(err, "cut by whoever appends next");
	return -1;
}

static int read_message(struct roost_input *message, const struct roost_save_options *options,
			struct head *head, struct roost_str *record, struct roost_error *err)
{
	const unsigned char *data;
	char text[HEAD + 1];
	size_t len;
	int more;

	memset(text, ' ', sizeof(text));
	roost_str_append(record, text, HEAD);
	while ((more = roost_input_more(message, &data, &len, err)) > 0) {
		roost_str_append(record, data, len);
		roost_input_skip(message, len);
	}
	*head = (struct head){ '.', 0, 0, record->len - HEAD, options->internaldate };
	put_head(text, head);
	memcpy(record->data, text, HEAD);
	return more;
}

static int onefile_stage(struct roost_mailbox *box, struct roost_input *message,
			 const struct roost_save_options *options, struct roost_staged **staged,
			 struct roost_error *err)
{
	struct roost_staged fresh = { .fd = open_file(box, O_RDWR | O_CREAT, err) };
	struct roost_str record = ROOST_STR_INIT;
	int result = -1;

	if (fresh.fd < 0)
		return -1;
	if (read_message(message, options, &fresh.head, &record, err) == 0 &&
	    write_record(&fresh, &record, err) == 0)
		result = 0;
	roost_str_free(&record);
	if (result < 0) {
		close(fresh.fd);
		return -1;
	}
	*staged = malloc(sizeof(fresh));
	if (*staged == NULL)
		abort();
	**staged = fresh;
	return 0;
}

/* All are in one file: one flush for as many as there are. */
static int onefile_sync(struct roost_mailbox *box, struct roost_staged **staged, size_t count,
			struct roost_error *err)
{
	if (count > 0 && fdatasync(staged[0]->fd) < 0)
		return roost_fail_errno(err, "fdatasync %s/" FILE_NAME, roost_mailbox_path(box));
	return 0;
}

static int set_head(int fd, uint64_t offset, const struct head *head, struct roost_error *err)
{
	char text[HEAD + 1];

	put_head(text, head);
	if (pwrite(fd, text, HEAD, (off_t)offset) != HEAD)
		return roost_fail_errno(err, "write " FILE_NAME);
	return 0;
}

static int onefile_commit(struct roost_mailbox *box, struct roost_staged **staged,
			  const uint32_t *uids, size_t count, struct roost_arena *arena,
			  const char **keys, struct roost_error *err)
{
	size_t done;

	for (done = 0; done < count; done++) {
		struct head head = staged[done]->head;

		head.state = '+';
		head.validity = roost_mailbox_uidvalidity(box);
		head.uid = uids[done];
		if (set_head(staged[done]->fd, staged[done]->offset, &head, err) < 0)
			goto undo;
		keys[done] = roost_arena_printf(arena, "%llu",
						(unsigned long long)staged[done]->offset);
	}
	if (onefile_sync(box, staged, count, err) < 0 || fsync(roost_mailbox_dirfd(box)) < 0)
		goto undo;
	for (size_t i = 0; i < count; i++) {
		close(staged[i]->fd);
		free(staged[i]);
	}
	return 0;
undo:
	while (done-- > 0)
		set_head(staged[done]->fd, staged[done]->offset, &staged[done]->head, NULL);
	return -1;
}

static void onefile_abort(struct roost_mailbox *box, struct roost_staged *staged)
{
	staged->head.state = '-';
	set_head(staged->fd, staged->offset, &staged->head, NULL);
	close(staged->fd);
	free(staged);
}

/* Of a visible record. */
static int find(int fd, const char *key, uint64_t *offset, struct head *head,
		struct roost_error *err)
{
	int64_t end = file_end(fd, err);
	int found;

	*offset = strtoull(key, NULL, 10);
	if (end < 0)
		return -1;
	found = read_head(fd, *offset, end, head, err);
	if (found == 0 || (found > 0 && head->state != '+'))
		return roost_fail_detail(err, ROOST_ERR_EXPUNGED, FILE_NAME ": nothing at %s", key);
	return found < 0 ? -1 : 0;
}

static int onefile_open(struct roost_mailbox *box, const char *key, struct roost_input **message,
			struct roost_error *err)
{
	int fd = open_file(box, O_RDONLY, err);
	struct roost_input *file;
	struct head head;
	uint64_t offset;

	if (fd < 0) {
		if (err->kind == ROOST_ERR_NOTFOUND)
			err->kind = ROOST_ERR_EXPUNGED;
		return -1;
	}
	if (find(fd, key, &offset, &head, err) < 0) {
		close(fd);
		return -1;
	}
	file = roost_input_take_fd(fd);
	*message = roost_input_range(file, offset + HEAD, head.size);
	roost_input_unref(file);
	return 0;
}

static int onefile_remove(struct roost_mailbox *box, const char *const *keys, size_t count,
			  struct roost_error *err)
{
	int fd = open_file(box, O_RDWR, err), result = 0;

	if (fd < 0)
		return err->kind == ROOST_ERR_NOTFOUND ? 0 : -1;
	for (size_t i = 0; i < count && result == 0; i++) {
		struct head head;
		uint64_t offset;

		if (find(fd, keys[i], &offset, &head, err) < 0) {
			result = err->kind == ROOST_ERR_EXPUNGED ? 0 : -1;
			continue;
		}
		head.state = '-';
		result = set_head(fd, offset, &head, err);
	}
	close(fd);
	return result;
}

#define MESSAGES \
	.features = ROOST_STORAGE_KEEPS_UID, .scan = onefile_scan, .stamp = onefile_stamp, \
	.open = onefile_open, .remove = onefile_remove, .stage = onefile_stage, \
	.sync = onefile_sync, .commit = onefile_commit, .abort = onefile_abort

static const struct roost_storage_ops onefile = { .name = "onefile", MESSAGES };
static const struct roost_storage_ops flatfile = {
	.name = "flatfile", MESSAGES, .list = flat_list, .create = flat_create,
	.destroy = flat_destroy, .rename = flat_rename, .path = flat_path,
};

ROOST_MODULE(onefile, .version = "1.0",
	     .provides = ROOST_PROVIDES(ROOST_STORAGE(&onefile), ROOST_STORAGE(&flatfile)));
