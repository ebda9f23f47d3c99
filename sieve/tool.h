/* What the command line tools share. */
#ifndef SIEVE_TOOL_H
#define SIEVE_TOOL_H

#include "sieve/compile.h"

enum { TOOL_USAGE = 64 };

/* "-": standard input. -1 and a line on standard error. */
int tool_read(const char *path, struct roost_str *out);
/* The file's name without folder and ".sieve"; in arena. */
const char *tool_script_name(struct roost_arena *arena, const char *path);
/* Scripts that are included stand beside the one that includes them. */
struct sieve_loader tool_loader(struct roost_arena *arena, const char *path);
/* Compile a file; its diagnostics go to standard error. NULL: there were errors. */
struct sieve_program *tool_compile(const struct sieve_instance *instance,
				   const struct sieve_loader *loader, const char *path);
/* Write a compiled script as text; "-": to standard output. -1 and a line on standard error. */
int tool_dump(const char *path, const struct sieve_program *program);

/* Where -t writes what a run does, as much as -T says. */
struct tool_trace { struct sieve_trace trace; FILE *file; };
/* "actions", "commands", "tests", "matching"; -1 and a line on standard error: none of them. */
int tool_trace_level(struct tool_trace *trace, const char *name);
/* "-": standard output. Without a level: tests. -1 and a line on standard error. */
int tool_trace_open(struct tool_trace *trace, const char *path);
void tool_trace_close(struct tool_trace *trace);

void tool_print(const struct sieve_diag *diag, bool json);

#endif
