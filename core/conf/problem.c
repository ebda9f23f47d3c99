/* Problems of a configuration, collected and printed. */
#include <roost/str.h>
#include "core/conf/problem.h"

static void add(struct conf_problems *problems, bool warning, struct conf_place at,
		const char *format, va_list args)
{
	struct conf_problem problem = { .warning = warning, .at = at };

	problem.text = roost_arena_vprintf(problems->arena, format, args);
	if (!warning)
		problems->errors++;
	roost_vec_push(&problems->list, problem);
}

void conf_error(struct conf_problems *problems, struct conf_place at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(problems, false, at, format, args);
	va_end(args);
}

void conf_warning(struct conf_problems *problems, struct conf_place at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(problems, true, at, format, args);
	va_end(args);
}

void conf_problems_print(const struct conf_problems *problems, const char *prefix,
			 struct roost_str *out)
{
	for (size_t i = 0; i < problems->list.count; i++) {
		const struct conf_problem *problem = &problems->list.items[i];

		roost_str_puts(out, prefix);
		if (problem->warning)
			roost_str_puts(out, "Warning: ");
		if (problem->at.file != NULL && problem->at.file[0] != '\0') {
			roost_str_printf(out, "%s %s line %u: ",
					 problem->warning ? "Configuration file" :
					 "Error in configuration file", problem->at.file,
					 problem->at.line);
		} else if (!problem->warning) {
			roost_str_puts(out, "Error: ");
		}
		roost_str_printf(out, "%s\n", problem->text);
	}
}
