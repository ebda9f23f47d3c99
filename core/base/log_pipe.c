/* Log lines on their way to the log process: "\1", a level digit, prefix, "\1", text, LF; one write each. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>
#include "core/base/log.h"

static int pipe_fd = -1;

/*
 * A log process that is busy is waited for; one that does not read at all (it may just be started
 * anew) costs no more than the lines that find no room.
 */
static void write_line(const char *line, size_t len)
{
	static bool stuck;
	struct pollfd room = { .fd = pipe_fd, .events = POLLOUT };

	if (write(pipe_fd, line, len) >= 0) {
		stuck = false;
		return;
	}
	if (errno != EAGAIN || stuck)
		return;
	stuck = poll(&room, 1, 1000) <= 0 || write(pipe_fd, line, len) < 0;
}

static void sink_pipe(enum roost_log_level level, const char *prefix, const char *text)
{
	char line[PIPE_BUF];
	int len = snprintf(line, sizeof(line), "\1%u%s\1%s\n", (unsigned)level, prefix, text);

	if (len >= (int)sizeof(line)) {
		len = (int)sizeof(line);
		line[len - 1] = '\n';
	}
	write_line(line, (size_t)len);
}

void log_use_pipe(int fd)
{
	pipe_fd = fd;
	log_set_sink(sink_pipe);
}
