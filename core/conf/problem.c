/* Problems of a configuration, collected and printed. */
#include <string.h>
#include <roost/str.h>
#include "core/conf/problem.h"

static bool same_file(struct conf_place a, struct conf_place b)
{
	return strcmp(a.file == NULL ? "" : a.file, b.file == NULL ? "" : b.file) == 0;
}

/* Behind those of the same file that are not further down in it; without any, the end. */
static size_t place_of(const struct conf_problems *problems, struct conf_place at)
{
	size_t place = problems->list.count;

	for (size_t i = place; i > 0; i--) {
		const struct conf_problem *other = &problems->list.items[i - 1];

		if (!same_file(other->at, at))
			continue;
		if (other->at.line <= at.line)
			return i;
		place = i - 1;
	}
	return place;
}

static void add(struct conf_problems *problems, bool warning, struct conf_place at,
		const char *format, va_list args)
{
	struct conf_problem problem = { .warning = warning, .at = at };
	size_t place = place_of(problems, at);

	problem.text = roost_arena_vprintf(problems->arena, format, args);
	if (!warning)
		problems->errors++;
	roost_vec_push(&problems->list, problem);
	memmove(&problems->list.items[place + 1], &problems->list.items[place],
		(problems->list.count - 1 - place) * sizeof(problem));
	problems->list.items[place] = problem;
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
