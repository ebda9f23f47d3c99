/*
 * Files that other programs replace too: the new one is made as NAME.lock, which keeps the others
 * out, and renamed to NAME.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "modules/maildir/maildir.h"

#define STALE 120		/* seconds after which a lock that nobody touches counts for nothing */
#define WAIT_MS 2000		/* what is written here can be written next time */
#define PAUSE_MS 20

static bool is_stale(const struct stat *st)
{
	return st->st_mtime + STALE < time(NULL);
}

/*
 * Removes a stale lock. Who removes it holds the lock on its inode: another one of us that found it
 * stale too could remove the lock that came after it.
 */
static bool break_stale(const char *lock)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(lock, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat opened, there;
	bool broken;

	if (fd < 0)
		return errno == ENOENT;
	broken = fstat(fd, &opened) == 0 && is_stale(&opened) &&
		 fcntl(fd, F_OFD_SETLK, &whole) == 0 && lstat(lock, &there) == 0 &&
		 there.st_dev == opened.st_dev && there.st_ino == opened.st_ino &&
		 unlink(lock) == 0;
	close(fd);
	return broken;
}

int maildir_dotlock(struct maildir_dotlock *lock, const struct maildir *maildir, const char *name,
		    struct roost_error *err)
{
	static const struct timespec pause = { 0, PAUSE_MS * 1000000L };
	gid_t group;
	mode_t mode;

	maildir_file_mode(maildir->dir, &mode, &group);
	snprintf(lock->path, sizeof(lock->path), "%s/%s", roost_mailbox_control_path(maildir->box),
		 name);
	if (snprintf(lock->lock, sizeof(lock->lock), "%s.lock", lock->path) >= (int)sizeof(lock->lock))
		return roost_fail_detail(err, ROOST_ERR_INVALID, "%s: path too long", lock->path);
	for (int waited = 0;; waited += PAUSE_MS) {
		lock->fd = open(lock->lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
		if (lock->fd >= 0)
			break;
		if (errno != EEXIST)
			return roost_fail_errno(err, "create %s", lock->lock);
		if (break_stale(lock->lock))
			continue;
		if (waited >= WAIT_MS)
			return roost_fail_detail(err, ROOST_ERR_INUSE, "%s is held by another program",
						 lock->lock);
		nanosleep(&pause, NULL);
	}
	maildir_file_group(lock->fd, mode, group);
	return 0;
}

int maildir_dotlock_replace(struct maildir_dotlock *lock, struct roost_error *err)
{
	if (rename(lock->lock, lock->path) < 0)
		return roost_fail_errno(err, "rename %s", lock->lock);
	close(lock->fd);
	lock->fd = -1;
	return 0;
}

void maildir_dotlock_abort(struct maildir_dotlock *lock)
{
	if (lock->fd < 0)
		return;
	unlink(lock->lock);
	close(lock->fd);
	lock->fd = -1;
}
