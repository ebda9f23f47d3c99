/*
 * POSIX extended regular expressions (the "regex" match type): leftmost-longest, UTF-8, bounded work.
 * PCRE2 does the matching: which way several groups share the longest match is its choice.
 */
#ifndef SIEVE_REGEX_H
#define SIEVE_REGEX_H

#include <roost/error.h>
#include "sieve/glob.h"

struct sieve_regex;

/* Freed by the arena. INVALID: text says what is wrong with the expression. */
int sieve_regex_create(struct roost_arena *arena, const char *pattern, size_t len, bool fold_case,
		       struct sieve_regex **regex, struct roost_error *err);
/*
 * 1: matches somewhere in text, 0: does not, -1: LIMIT (too much work) or TEMP. captures as for
 * globs: [0] the whole match, then the groups; a group that took no part is empty. NULL: not wanted.
 */
int sieve_regex_match(struct sieve_regex *regex, const char *text, size_t len,
		      struct sieve_span *captures, unsigned *count, struct roost_error *err);

#endif
