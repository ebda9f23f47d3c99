/* Where this process's log lines go. Internal to core; modules use <roost/log.h>. */
#ifndef CORE_BASE_LOG_H
#define CORE_BASE_LOG_H

#include <roost/log.h>

/*
 * How a finished line leaves: level and text without line end. Called for each line; must not log.
 * The default writes "<prefix>Level: text" to stderr.
 */
typedef void log_sink(enum roost_log_level level, const char *prefix, const char *text);

void log_set_sink(log_sink *sink);
/* Lines go to the log process through fd from now on (log_pipe.c has their form). Borrowed. */
void log_use_pipe(int fd);
/* "imap-login: "; copied. */
void log_set_prefix(const char *prefix);
/* Whether DEBUG lines without a scope are wanted. */
void log_set_debug(bool debug);
/* "Info", "Warning", ... as R-LG-2 spells them. */
const char *log_level_name(enum roost_log_level level);

#endif
