/* Connections that speak lines of TAB-separated fields. R-AUP-1. */
#ifndef MODULES_AUTH_LINES_H
#define MODULES_AUTH_LINES_H

#include <roost/conn.h>
#include <roost/protocol.h>

#define LINE_MAX_BYTES 8192
#define LINE_ARGS_MAX 64

struct lines {
	struct roost_conn *conn;
	/* args ends with NULL, unescaped. Returns false to close the connection. */
	bool (*line)(struct lines *lines, char **args);
	/* The connection is over: frees what lines is part of. */
	void (*gone)(struct lines *lines);
	bool closing;
};

/* Takes fd. */
void lines_open(struct lines *lines, int fd);
/* After the current callback. */
void lines_close(struct lines *lines);

/* In place: cut line (without LF) at its TABs and unescape; args has room for LINE_ARGS_MAX + 1. */
bool line_split(char *line, char **args);
/* Decimal, 32 bits. */
bool line_number(const char *text, uint32_t *number);
/* TAB and the escaped field. */
void line_put(struct roost_str *out, const char *field);
/* "service=", "rip=" and so on from "name=value" words; strings are borrowed from args. */
void line_facts(char **args, struct roost_facts *facts);
/* The base64 of a "resp=" word; NULL: there is none. */
const char *line_response(char **args);

#endif
