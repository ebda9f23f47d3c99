/* SPDX-License-Identifier: MIT */
/*
 * Provisional: may change in a minor version.
 * Commands of roostadm. Each runs in roostadm's own process with its caller's rights, says what it
 * found on standard output, and what failed on standard error. Ours; exit codes as sysexits.h.
 */
#ifndef ROOST_COMMAND_H
#define ROOST_COMMAND_H

#include <roost/module.h>

struct roost_admin;	/* this run of roostadm */

/* Exit codes. */
#define ROOST_EXIT_OK 0
#define ROOST_EXIT_USAGE 64
#define ROOST_EXIT_DATA 65
#define ROOST_EXIT_NO_USER 67
#define ROOST_EXIT_NOT_FOUND 68		/* mailbox, host, session */
#define ROOST_EXIT_TEMP 75
#define ROOST_EXIT_NOPERM 77
#define ROOST_EXIT_CONFIG 89

struct roost_command {
	const char *name;		/* "who"; "auth test": words parted by a blank */
	const char *usage;		/* its arguments: "[-1] [user mask] [ip[/bits]]" */
	const char *summary;		/* one line, without full stop */
	/* argv[0] is the last word of name, as for getopt; optind is 1. Returns the exit code. */
	int (*run)(struct roost_admin *admin, int argc, char **argv);
};

#define ROOST_COMMAND_REVISION 1
#define ROOST_COMMAND(ops) \
	ROOST_PROVIDE_(ROOST_KIND_COMMAND, ROOST_COMMAND_REVISION, struct roost_command, ops)

/* Of the configuration in use; roost_scope_process() has its settings. Borrowed. */
ROOST_API const char *roost_admin_base_dir(const struct roost_admin *admin);
/* The formatter that -f asked for: "table", "tab", "flow", "pager", "json"; NULL: the command's own. */
ROOST_API const char *roost_admin_format(const struct roost_admin *admin);
/* How often -v and -D were given. */
ROOST_API unsigned roost_admin_verbose(const struct roost_admin *admin);
/* Connect to a unix socket, relative to base_dir: a blocking descriptor. */
ROOST_API int roost_admin_connect(struct roost_admin *admin, const char *socket, int *fd,
				  struct roost_error *err);
/* "Fatal: " and the text to standard error; returns status. */
ROOST_API int roost_admin_fatal(struct roost_admin *admin, int status, const char *format, ...)
	ROOST_PRINTF(3, 4);
/* How a command is called, to standard error; returns ROOST_EXIT_USAGE. */
ROOST_API int roost_admin_usage(struct roost_admin *admin);

/*
 * Rows of equal columns, printed as the formatter says. names: one per column, ends with NULL; a '>'
 * in front puts the column's values to the right in tables.
 */
struct roost_table;
ROOST_API struct roost_table *roost_table_create(struct roost_admin *admin, const char *fallback,
						 const char *const *names);
/* values: as many as there are names; copied. */
ROOST_API void roost_table_row(struct roost_table *table, const char *const *values);
/* Print what is not yet, and free. */
ROOST_API void roost_table_end(struct roost_table *table);

#endif
