/* trace - lines about what a run does: "NAME: line N: what". */
#include "sieve/trace.h"

enum { SHOWN = 80 };

void sieve_trace(const struct sieve_run *run, const char *format, ...)
{
	struct sieve_message_at at = sieve_run_at(run);
	struct roost_str line = ROOST_STR_INIT;
	va_list args;

	roost_str_printf(&line, "%s: line %u: ", at.script, at.line);
	va_start(args, format);
	roost_str_vprintf(&line, format, args);
	va_end(args);
	run->trace->line(run->trace->context, line.data);
	roost_str_free(&line);
}

static const char *name_of(const struct sieve_args *args)
{
	const char *name = sieve_program_string(args->program,
						args->program->operation_names[args->code[1]]).data;
	const char *slash = strchr(name, '/');

	return slash != NULL ? slash + 1 : name;
}

void sieve_trace_command(const struct sieve_run *run, const struct sieve_args *args)
{
	if (sieve_traces(run, SIEVE_TRACE_COMMANDS) && sieve_arg_is_command(args))
		sieve_trace(run, "%s command", name_of(args));
}

void sieve_trace_test(const struct sieve_run *run, const struct sieve_args *args, int value)
{
	if (sieve_traces(run, SIEVE_TRACE_TESTS) && !sieve_arg_is_command(args))
		sieve_trace(run, "%s test: %s", name_of(args),
			    value < 0 ? "failed" : value > 0 ? "true" : "false");
}

void sieve_trace_match(const struct sieve_matcher *matcher, struct sieve_text value, int matched)
{
	static const char *const types[] = { "is", "contains", "matches", "value", "count", "regex", "list" };

	sieve_trace(matcher->run, "  value '%.*s' by :%s of %u key(s): %s",
		    (int)(value.len < SHOWN ? value.len : SHOWN), value.data,
		    matcher->type < ROOST_COUNT(types) ? types[matcher->type] : "?", matcher->count,
		    matcher->type == SIEVE_MATCH_COUNT ? "counted" : matched > 0 ? "matched" : "no match");
}
