/* Telling what a run does, line by line, as it does it. */
#ifndef SIEVE_TRACE_H
#define SIEVE_TRACE_H

#include "sieve/run.h"

/* Whether somebody wants to know this much: to be asked before anything is put together. */
static inline bool sieve_traces(const struct sieve_run *run, enum sieve_trace_level level)
{
	return run->trace != NULL && run->trace->level >= level;
}

void sieve_trace(const struct sieve_run *run, const char *format, ...) ROOST_PRINTF(2, 3);
/* A command before it runs, or a test with the value that it had. */
void sieve_trace_command(const struct sieve_run *run, const struct sieve_args *args);
void sieve_trace_test(const struct sieve_run *run, const struct sieve_args *args, int value);
/* A value that was looked at. */
void sieve_trace_match(const struct sieve_matcher *matcher, struct sieve_text value, int matched);

#endif
