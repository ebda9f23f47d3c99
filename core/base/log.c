/* Log lines: levels, prefix, escaping; the sink decides where they go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/base/log.h"

static char process_prefix[128];
static bool process_debug;

static void sink_stderr(enum roost_log_level level, const char *prefix, const char *text)
{
	dprintf(STDERR_FILENO, "%s%s: %s\n", prefix, log_level_name(level), text);
}

static log_sink *current_sink = sink_stderr;

void log_set_sink(log_sink *sink)
{
	current_sink = sink == NULL ? sink_stderr : sink;
}

void log_set_prefix(const char *prefix)
{
	snprintf(process_prefix, sizeof(process_prefix), "%s", prefix);
}

void log_set_debug(bool debug)
{
	process_debug = debug;
}

const char *log_level_name(enum roost_log_level level)
{
	switch (level) {
	case ROOST_LOG_DEBUG:	return "Debug";
	case ROOST_LOG_INFO:	return "Info";
	case ROOST_LOG_WARN:	return "Warning";
	case ROOST_LOG_ERROR:	return "Error";
	case ROOST_LOG_FATAL:	return "Fatal";
	default:		return "Panic";
	}
}

/* A stranger's bytes end up in log lines: nobody may start a line of his own. */
static void escape_controls(char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
	}
}

void roost_vlog(const struct roost_log_scope *scope, enum roost_log_level level,
		const char *format, va_list args)
{
	const char *prefix = scope != NULL && scope->prefix != NULL ?
		scope->prefix : process_prefix;
	char text[2048];

	if (level == ROOST_LOG_DEBUG && !(scope != NULL ? scope->debug : process_debug))
		return;
	vsnprintf(text, sizeof(text), format, args);
	escape_controls(text);
	current_sink(level, prefix, text);
}

void roost_log(const struct roost_log_scope *scope, enum roost_log_level level,
	       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	roost_vlog(scope, level, format, args);
	va_end(args);
}
