/*
 * What tests of the same fields look at: the values, found, decoded and prepared once per message
 * for all rules that ask for the same names, address part and comparator.
 */
#ifndef SIEVE_VIEW_H
#define SIEVE_VIEW_H

#include "sieve/run.h"

struct sieve_views;

/* Collects the values of one test. */
struct sieve_gather { struct sieve_run *run; ROOST_VEC(struct sieve_text) texts; };
typedef void sieve_gather_fn(struct sieve_gather *gather, const struct sieve_args *args);

/*
 * What the test looks at, made by gather when it is not known yet. NULL: its values are its own, as its
 * names have variables, or fields of parts or by index are wanted.
 */
const struct sieve_view *sieve_view_of(const struct sieve_matcher *matcher,
				       const struct sieve_args *args, sieve_gather_fn *gather);

#endif
