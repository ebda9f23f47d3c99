/*
 * A test's values against its keys. Constant keys were prepared by their comparator when the script
 * was compiled; sets, automata, globs and expressions of them are made once per program, when first used.
 */
#ifndef SIEVE_MATCH_H
#define SIEVE_MATCH_H

#include "sieve/comparator.h"
#include "sieve/program.h"

enum { SIEVE_MATCH_IS, SIEVE_MATCH_CONTAINS, SIEVE_MATCH_GLOB, SIEVE_MATCH_VALUE,
       SIEVE_MATCH_COUNT, SIEVE_MATCH_REGEX, SIEVE_MATCH_LIST };

struct sieve_run;
struct sieve_args;
struct sieve_def;

/* One test's; a run has one, as tests do not nest. */
struct sieve_matcher {
	struct sieve_run *run;
	const struct sieve_comparator *comparator;
	unsigned type, relation, comparator_number;
	uint32_t names, part;		/* what header and address ask for: ARG0's item, the tag's number */
	bool shared;			/* of the whole message and by constant names: see view.c */
	uint32_t count;			/* of the keys */
	const uint32_t *items;		/* constant keys: their items in the pool */
	struct sieve_text *texts;	/* others */
	void **ready, *own;		/* where what is made of the keys is remembered */
	uint64_t seen;
	bool quiet, failed;
	int matched;
};

/* A value that many tests look at, and what the comparator makes of it. */
struct sieve_value { struct sieve_text text, prepared; };
struct sieve_view { struct sieve_value *values; uint32_t count; };

/* Whether keys of this type are compared in the comparator's form. */
static inline bool sieve_match_prepares(unsigned type)
{
	return type != SIEVE_MATCH_REGEX && type != SIEVE_MATCH_LIST;
}

struct sieve_matcher *sieve_match_begin(struct sieve_run *run, const struct sieve_args *args);
/* 1: decided, no more values needed. */
int sieve_match_value(struct sieve_matcher *matcher, struct sieve_text value);
/* The test's value. */
int sieve_match_end(struct sieve_matcher *matcher);
/* All at once: value after value, then the test's value. */
int sieve_match_view(struct sieve_matcher *matcher, const struct sieve_view *view);
/* Leave the match values as they are: body. */
void sieve_match_quietly(struct sieve_matcher *matcher);

#endif
