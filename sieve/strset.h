/* Sets of constant strings: is a text one of them, or does it contain one of them. */
#ifndef SIEVE_STRSET_H
#define SIEVE_STRSET_H

#include "sieve/text.h"

/* For ":is": a hash set. Texts are prepared by the comparator and outlive the set. */
struct sieve_strset;
struct sieve_strset *sieve_strset_create(struct roost_arena *arena, const struct sieve_text *texts,
					 size_t count);
bool sieve_strset_has(const struct sieve_strset *set, const char *text, size_t len);

/* For ":contains": one scan of the text for all patterns. An empty pattern is in every text. */
struct sieve_multi;
struct sieve_multi *sieve_multi_create(struct roost_arena *arena, const struct sieve_text *texts,
				       size_t count);
bool sieve_multi_in(const struct sieve_multi *multi, const char *text, size_t len);
/* Bytes of the longest pattern: where one may be cut when a text is looked at in pieces. */
size_t sieve_multi_longest(const struct sieve_multi *multi);

#endif
