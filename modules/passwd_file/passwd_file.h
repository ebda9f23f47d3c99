/* passwd-like files: lines, and a file held in memory. R-PWF-1..5. */
#ifndef MODULES_PASSWD_FILE_H
#define MODULES_PASSWD_FILE_H

#include <roost/error.h>

/* user:password:uid:gid:gecos:home:shell:extra; texts are never NULL, "" where missing. */
struct passwd_line {
	const char *user, *password;
	const char *scheme;	/* given by the password's form; NULL: not */
	const char *uid, *gid, *home, *extra;
};

/* In place: line (without LF) is cut up, the texts point into it. false: comment or no user. */
bool passwd_line_parse(char *line, struct passwd_line *parsed);

struct passwd_file;

/* Read at the first find. path is copied. */
struct passwd_file *passwd_file_create(const char *path);
void passwd_file_free(struct passwd_file *file);
/* Reads the file again when it has changed. */
int passwd_file_refresh(struct passwd_file *file, struct roost_error *err);
/* Borrowed until the next refresh; NULL: no such user. */
const struct passwd_line *passwd_file_find(const struct passwd_file *file, const char *user);
/* In the file's order; start with *position = 0. NULL at the end. */
const struct passwd_line *passwd_file_next(const struct passwd_file *file, size_t *position);

#endif
