/* The log process: reads every process's pipe, writes log_path or syslog. R-LG-1, R-LG-2. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#include <roost/loop.h>
#include "core/base/log.h"
#include "core/base/memory.h"
#include "core/conf/scope.h"
#include "core/loop/loop.h"
#include "core/proc/child.h"
#include "core/proc/privileges.h"

#define LINE_MAX_BYTES 8192

/* One process that logs. */
struct source {
	struct source *next;
	char *service;
	uint32_t pid;
	int fd;
	struct roost_loop_fd *watch;
	struct roost_str line;		/* what came of an unfinished line */
};

struct target {
	const char *path;	/* "syslog", "/dev/stderr", a file */
	int fd;			/* -1: syslog, or could not be opened */
	bool syslog;
};

static struct target targets[3];	/* errors, info, debug */
static struct source *sources;
static const char *time_format;

static struct target *target_of(enum roost_log_level level)
{
	return &targets[level == ROOST_LOG_DEBUG ? 2 : level == ROOST_LOG_INFO ? 1 : 0];
}

static void open_target(struct target *target)
{
	target->syslog = strcmp(target->path, "syslog") == 0;
	if (target->syslog)
		return;
	if (strcmp(target->path, "/dev/stderr") == 0 || strcmp(target->path, "stderr") == 0) {
		target->fd = STDERR_FILENO;
		return;
	}
	target->fd = open(target->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
			  0600);
	if (target->fd < 0) {
		dprintf(STDERR_FILENO, "log: Error: open %s: %s; its lines go to syslog\n",
			target->path, strerror(errno));
		syslog(LOG_ERR, "log: Error: open %s: %m; its lines come here", target->path);
		target->syslog = true;
	}
}

static int syslog_priority(enum roost_log_level level)
{
	switch (level) {
	case ROOST_LOG_DEBUG:	return LOG_DEBUG;
	case ROOST_LOG_INFO:	return LOG_INFO;
	case ROOST_LOG_WARN:	return LOG_WARNING;
	case ROOST_LOG_ERROR:	return LOG_ERR;
	default:		return LOG_CRIT;
	}
}

static void write_line(enum roost_log_level level, const char *prefix, const char *text)
{
	struct target *target = target_of(level);
	static struct roost_str line;
	char stamp[128] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (target->syslog) {
		syslog(syslog_priority(level), "%s%s: %s", prefix, log_level_name(level), text);
		return;
	}
	if (localtime_r(&now, &tm) != NULL)
		(void)strftime(stamp, sizeof(stamp), time_format, &tm);
	/* Not dprintf, which asks the system about the file each time. */
	roost_str_truncate(&line, 0);
	roost_str_printf(&line, "%s%s%s: %s\n", stamp, prefix, log_level_name(level), text);
	while (write(target->fd, line.data, line.len) < 0 && errno == EINTR)
		;
}

/* Lines without our mark are what a library or the C runtime had to say on its last way. */
static void take_line(struct source *source, char *line)
{
	char *text;

	if (line[0] == '\1' && line[1] >= '0' && line[1] <= '5' &&
	    (text = strchr(line + 2, '\1')) != NULL) {
		*text = '\0';
		write_line((enum roost_log_level)(line[1] - '0'), line + 2, text + 1);
		return;
	}
	if (line[0] != '\0') {
		char prefix[256];

		(void)snprintf(prefix, sizeof(prefix), "%s(%u): ", source->service, source->pid);
		write_line(ROOST_LOG_ERROR, prefix, line);
	}
}

static void take_lines(struct source *source)
{
	char *start = source->line.data, *end;

	while ((end = memchr(start, '\n', source->line.len - (size_t)(start - source->line.data))) !=
	       NULL) {
		*end = '\0';
		take_line(source, start);
		start = end + 1;
	}
	roost_str_shift(&source->line, (size_t)(start - source->line.data));
	if (source->line.len > LINE_MAX_BYTES) {
		take_line(source, source->line.data);
		source->line.len = 0;
	}
}

static void free_source(struct source *source)
{
	struct source **link = &sources;

	while (*link != source)
		link = &(*link)->next;
	*link = source->next;
	if (source->line.len > 0)
		take_line(source, source->line.data);
	roost_loop_fd_free(source->watch);
	close(source->fd);
	roost_str_free(&source->line);
	free(source->service);
	free(source);
}

/* What is there now: -1: nothing will come any more; 0: nothing now. */
static int read_source(struct source *source)
{
	char *space = roost_str_reserve(&source->line, 4096);
	ssize_t len = read(source->fd, space, 4096);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (len <= 0)
		return -1;
	source->line.len += (size_t)len;
	source->line.data[source->line.len] = '\0';
	take_lines(source);
	return 1;
}

static void source_ready(void *context, unsigned events)
{
	struct source *source = context;

	if (read_source(source) < 0)
		free_source(source);
}

static void add_source(struct roost_wire *wire, int fd)
{
	struct source *source = mem_zalloc(sizeof(*source));
	struct roost_arena *arena = roost_arena_create("source");

	source->service = mem_strdup(roost_wire_text(wire, arena));
	source->pid = roost_wire_u32(wire);
	source->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	source->watch = roost_loop_fd(source->fd, ROOST_LOOP_READ, source_ready, source);
	source->next = sources;
	sources = source;
	roost_arena_free(arena);
}

/* From now on to there: the master has opened it, as we may not. */
static void set_target(struct roost_wire *wire, const int *fds, size_t fd_count)
{
	uint32_t number = roost_wire_u32(wire);
	struct target *target;

	if (number >= 3)
		return;
	target = &targets[number];
	if (target->fd > STDERR_FILENO)
		close(target->fd);
	*target = (struct target){ .path = roost_wire_text(wire, proc.arena),
				   .fd = STDERR_FILENO };
	if (fd_count == 1)
		target->fd = fcntl(fds[0], F_DUPFD_CLOEXEC, 3);
	else if (strcmp(target->path, "syslog") == 0)
		target->syslog = true;
}

static void logd_message(uint32_t type, struct roost_wire *wire, const int *fds, size_t fd_count)
{
	if (type == CONTROL_LOG_PIPE && fd_count == 1)
		add_source(wire, fds[0]);
	else if (type == CONTROL_LOG_TARGET)
		set_target(wire, fds, fd_count);
}

/* All others have ended; what they wrote last still lies in their pipes. */
static void logd_stop(bool drain, const char *why)
{
	for (struct source *source = sources; source != NULL; source = source->next) {
		while (read_source(source) > 0)
			continue;
	}
	loop_stop();
}

static const char *path_or(const char *name, const char *fallback)
{
	const char *path = roost_scope_value(roost_scope_process(), name);

	return path == NULL || path[0] == '\0' ? fallback : path;
}

static const struct proc_ops logd_ops = { .stop = logd_stop, .message = logd_message };

int logd_run(void)
{
	struct roost_error err;

	time_format = path_or("log_timestamp", "%b %d %H:%M:%S ");
	targets[0].path = path_or("log_path", "syslog");
	targets[1].path = path_or("info_log_path", targets[0].path);
	targets[2].path = path_or("debug_log_path", targets[1].path);
	/* Files are opened before privileges go: they usually lie in root's directories. */
	openlog("roost", LOG_NDELAY, LOG_MAIL);
	tzset();
	for (int i = 0; i < 3; i++)
		open_target(&targets[i]);
	if (privileges_drop(&proc.ids, proc.privileged, false, &err) < 0) {
		dprintf(STDERR_FILENO, "log: Fatal: %s\n", roost_error_log(&err));
		return 77;
	}
	loop_init();
	proc_serve(&logd_ops);
	loop_run();
	return 0;
}
