/* A connection's lines, one after the other. */
#include <string.h>
#include <roost/loop.h>
#include "modules/auth/lines.h"

static void close_now(void *context)
{
	struct lines *lines = context;

	roost_conn_free(lines->conn);
	lines->gone(lines);
}

void lines_close(struct lines *lines)
{
	if (lines->closing)
		return;
	lines->closing = true;
	roost_loop_defer(close_now, lines);
}

/* One line is taken out of the buffer before it is worked on. false: there is no whole one. */
static bool next_line(struct lines *lines, char *line)
{
	size_t len, whole;
	const char *data = roost_conn_input(lines->conn, &len);
	const char *end = memchr(data, '\n', len);

	if (end == NULL) {
		if (len > LINE_MAX_BYTES)
			lines_close(lines);
		return false;
	}
	whole = (size_t)(end - data);
	if (whole > LINE_MAX_BYTES || memchr(data, '\0', whole) != NULL) {
		lines_close(lines);
		return false;
	}
	memcpy(line, data, whole);
	line[whole] = '\0';
	roost_conn_consume(lines->conn, whole + 1);
	return true;
}

static void input(struct roost_conn *conn, void *context)
{
	struct lines *lines = context;
	char line[LINE_MAX_BYTES + 1], *args[LINE_ARGS_MAX + 1];

	while (!lines->closing && next_line(lines, line)) {
		if (!line_split(line, args) || !lines->line(lines, args))
			lines_close(lines);
	}
	explicit_bzero(line, sizeof(line));
	if (roost_conn_eof(conn))
		lines_close(lines);
}

static void closed(struct roost_conn *conn, void *context, const struct roost_error *err)
{
	lines_close(context);
}

static const struct roost_conn_ops ops = { .input = input, .closed = closed };

void lines_open(struct lines *lines, int fd)
{
	lines->conn = roost_conn_create(fd, &ops, lines);
	roost_conn_input_limit(lines->conn, 2 * LINE_MAX_BYTES);
}
