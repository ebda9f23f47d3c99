/* Log lines on their way to the log process: "\1", a level digit, prefix, "\1", text, LF; one write each. */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>
#include "core/base/log.h"

static int pipe_fd = -1;

static void sink_pipe(enum roost_log_level level, const char *prefix, const char *text)
{
	char line[PIPE_BUF];
	int len = snprintf(line, sizeof(line), "\1%u%s\1%s\n", (unsigned)level, prefix, text);

	if (len >= (int)sizeof(line)) {
		len = (int)sizeof(line);
		line[len - 1] = '\n';
	}
	/* Nobody is left to tell when this fails. */
	if (write(pipe_fd, line, (size_t)len) < 0)
		return;
}

void log_use_pipe(int fd)
{
	pipe_fd = fd;
	log_set_sink(sink_pipe);
}
