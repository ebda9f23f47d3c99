/* tool_out - what tools write besides their results: compiled scripts as text, traces of runs. */
#include <errno.h>
#include "sieve/tool.h"

static FILE *open_out(const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");

	if (file == NULL)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	return file;
}

static int close_out(FILE *file, const char *path)
{
	bool failed = ferror(file) != 0;

	if (file != stdout)
		failed |= fclose(file) != 0;
	if (failed)
		fprintf(stderr, "%s: cannot be written\n", path);
	return failed ? -1 : 0;
}

int tool_dump(const char *path, const struct sieve_program *program)
{
	struct roost_str text = ROOST_STR_INIT;
	FILE *file = open_out(path);

	if (file == NULL)
		return -1;
	sieve_program_dump(&text, program);
	fputs(roost_str_text(&text), file);
	roost_str_free(&text);
	return close_out(file, path);
}

int tool_trace_level(struct tool_trace *trace, const char *name)
{
	static const char *const names[] = { "actions", "commands", "tests", "matching" };

	for (size_t i = 0; i < ROOST_COUNT(names); i++) {
		if (strcmp(names[i], name) == 0) {
			trace->trace.level = (enum sieve_trace_level)(SIEVE_TRACE_ACTIONS + i);
			return 0;
		}
	}
	fprintf(stderr, "unknown trace level '%s': it is actions, commands, tests or matching\n", name);
	return -1;
}

static void write_line(void *context, const char *text)
{
	const struct tool_trace *trace = context;

	fprintf(trace->file, "%s\n", text);
	/* Processes end by failed tests, and others write here too. */
	fflush(trace->file);
}

int tool_trace_open(struct tool_trace *trace, const char *path)
{
	trace->file = open_out(path);
	if (trace->trace.level == 0)
		trace->trace.level = SIEVE_TRACE_TESTS;
	trace->trace.line = write_line;
	trace->trace.context = trace;
	return trace->file != NULL ? 0 : -1;
}

void tool_trace_close(struct tool_trace *trace)
{
	if (trace->file != NULL && trace->file != stdout)
		fclose(trace->file);
	trace->file = NULL;
}
