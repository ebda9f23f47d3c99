/* What crashed deliveries left in tmp: removed after 36 hours, as cr.yp.to/proto/maildir.html has it. */
#include <dirent.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>
#include "modules/maildir/maildir.h"

#define TOO_OLD (36 * 3600)

static void remove_old(DIR *dir, time_t now)
{
	struct dirent *entry;
	struct stat st;

	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		/* Hard links bring an old mtime along; the ctime says when the entry was made. */
		if (S_ISREG(st.st_mode) && st.st_mtime + TOO_OLD < now && st.st_ctime + TOO_OLD < now)
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
}

/* The folder's atime is the time of the last look, set by hand as mounts may not keep it. */
void maildir_clean_tmp(struct maildir *maildir)
{
	const struct timespec looked[2] = { { .tv_nsec = UTIME_NOW }, { .tv_nsec = UTIME_OMIT } };
	time_t now = time(NULL);
	struct stat st;
	DIR *dir;
	int fd;

	if (maildir->settings->temp_scan_interval == 0 ||
	    fstatat(maildir->dir, "tmp", &st, 0) < 0 ||
	    st.st_atime + maildir->settings->temp_scan_interval / 1000000 > now)
		return;
	fd = openat(maildir->dir, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	remove_old(dir, now);
	futimens(fd, looked);
	closedir(dir);
}
