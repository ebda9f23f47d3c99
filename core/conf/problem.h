/* What is wrong with a configuration: collected, so that one run names all of it. R-CFG-14. */
#ifndef CORE_CONF_PROBLEM_H
#define CORE_CONF_PROBLEM_H

#include <roost/arena.h>
#include <roost/vec.h>

struct conf_place {
	const char *file;		/* "": built in, or the command line */
	uint32_t line;
};

struct conf_problem {
	bool warning;
	struct conf_place at;
	const char *text;
};

struct conf_problems {
	struct roost_arena *arena;
	ROOST_VEC(struct conf_problem) list;
	size_t errors;
};

/* "Error in configuration file PATH line N: TEXT"; without a file the text alone. */
void conf_error(struct conf_problems *problems, struct conf_place at, const char *format, ...)
	ROOST_PRINTF(3, 4);
void conf_warning(struct conf_problems *problems, struct conf_place at, const char *format, ...)
	ROOST_PRINTF(3, 4);

struct roost_str;
/* All of them, a line each, file by file in the order of their lines. prefix: "doveconf: ". */
void conf_problems_print(const struct conf_problems *problems, const char *prefix,
			 struct roost_str *out);

#endif
