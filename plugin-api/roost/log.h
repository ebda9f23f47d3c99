/* SPDX-License-Identifier: MIT */
/*
 * Log lines for an operator at 3 a.m. Ours; levels and shape R-LG-1, R-LG-2.
 * Never log passwords or message text.
 */
#ifndef ROOST_LOG_H
#define ROOST_LOG_H

#include <stdarg.h>
#include <roost/api.h>

enum roost_log_level {
	ROOST_LOG_DEBUG = 0, ROOST_LOG_INFO = 1, ROOST_LOG_WARN = 2, ROOST_LOG_ERROR = 3,
	ROOST_LOG_FATAL = 4, ROOST_LOG_PANIC = 5,
};

/* For whom a line is written: a session, a user, a connection. The prefix stands before the text. */
struct roost_log_scope {
	const char *prefix;		/* "imap(ann)<123><session>: "; borrowed; NULL: the process's */
	bool debug;			/* whether DEBUG lines are wanted here */
};

/* scope may be NULL: the process's own prefix. One line; control characters are escaped. */
ROOST_API void roost_log(const struct roost_log_scope *scope, enum roost_log_level level,
			 const char *format, ...) ROOST_PRINTF(3, 4);
ROOST_API void roost_vlog(const struct roost_log_scope *scope, enum roost_log_level level,
			  const char *format, va_list args) ROOST_PRINTF(3, 0);

#endif
