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
void tool_print(const struct sieve_diag *diag, bool json);

#endif
