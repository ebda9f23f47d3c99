/* The master that runs with a base_dir, as others see it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "core/proc/running.h"

#define STOP_TIME 60		/* seconds; the master kills its children after ten */

/* The lock tells, not the number in the file: that may have been left by a crash. */
pid_t running_pid(const char *base_dir)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[4096];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/master.pid", base_dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		lock.l_pid = 0;
	close(fd);
	return lock.l_pid;
}

static int signal_pid(pid_t pid, const char *base_dir, int number, struct roost_error *err)
{
	if (pid == 0) {
		return roost_fail_detail(err, ROOST_ERR_NOTFOUND,
			"Roost is not running (read from %s/master.pid)", base_dir);
	}
	if (kill(pid, number) < 0)
		return roost_fail_errno(err, "kill %d", (int)pid);
	return 0;
}

int running_signal(const char *base_dir, int number, struct roost_error *err)
{
	return signal_pid(running_pid(base_dir), base_dir, number, err);
}

int running_stop(const char *base_dir, struct roost_error *err)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	pid_t pid = running_pid(base_dir);

	if (signal_pid(pid, base_dir, SIGTERM, err) < 0)
		return -1;
	for (int i = 0; i < STOP_TIME * 100; i++) {
		/* Its lock is the last that it lets go. */
		if (running_pid(base_dir) != pid)
			return 0;
		(void)nanosleep(&pause, NULL);
	}
	return roost_fail_detail(err, ROOST_ERR_TEMP, "PID %d is still there after %d seconds",
				 (int)pid, STOP_TIME);
}
