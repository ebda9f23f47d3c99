/* base_dir/master.pid: locked by a running master, so that it is never started twice. R-SVC-4. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "core/proc/master.h"
#include "core/proc/running.h"

static void pid_path(const char *base_dir, char *path, size_t size)
{
	(void)snprintf(path, size, "%s/master.pid", base_dir);
}

int pid_file_check(struct master *master, struct roost_error *err)
{
	pid_t owner = running_pid(master->base_dir);

	if (owner == 0)
		return 0;
	return roost_fail_detail(err, ROOST_ERR_INUSE,
				 "roost is already running with PID %d (read from %s/master.pid)",
				 (int)owner, master->base_dir);
}

int pid_file_take(struct master *master, struct roost_error *err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[4096], text[32];
	int len;

	pid_path(master->base_dir, path, sizeof(path));
	master->pid_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (master->pid_file < 0)
		return roost_fail_errno(err, "open %s", path);
	if (fcntl(master->pid_file, F_SETLK, &lock) < 0)
		return pid_file_check(master, err) < 0 ? -1 : roost_fail_errno(err, "lock %s", path);
	len = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(master->pid_file, 0) < 0 ||
	    pwrite(master->pid_file, text, (size_t)len, 0) != len)
		return roost_fail_errno(err, "write %s", path);
	return 0;
}

void pid_file_drop(struct master *master)
{
	char path[4096];

	pid_path(master->base_dir, path, sizeof(path));
	(void)unlink(path);
	close(master->pid_file);
}
