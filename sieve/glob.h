/*
 * Patterns of ":matches": '*' any text, as short as possible, leftmost first; '?' one character;
 * '\' takes the next one literally. RFC 5228 section 2.7.1, RFC 5229 section 3.2 (captures).
 * Work is at most pattern length times text length, whatever the stars, and ends at a limit.
 */
#ifndef SIEVE_GLOB_H
#define SIEVE_GLOB_H

#include <roost/arena.h>

struct sieve_glob;

struct sieve_span { size_t start, len; };

enum { SIEVE_CAPTURES = 33 };	/* ${0} to ${32}; further wildcards are matched and dropped */

/* pattern is prepared by the comparator and stays the caller's until the arena goes. */
struct sieve_glob *sieve_glob_create(struct roost_arena *arena, const char *pattern, size_t len);
/*
 * 1: the whole text matches, 0: it does not, -1: to find out takes too much work.
 * captures: room for SIEVE_CAPTURES, or NULL when nobody asks;
 * [0] is the whole text, then one span per wildcard in order; *count tells how many.
 */
int sieve_glob_match(const struct sieve_glob *glob, const char *text, size_t len,
		      struct sieve_span *captures, unsigned *count);

#endif
