/*
 * Comparators: RFC 4790 (i;octet, i;ascii-casemap, i;ascii-numeric), RFC 5051 (i;unicode-casemap).
 * Each turns a string into a prepared form once; after that equality, substring and order are plain
 * byte comparisons. Constants are prepared at load, header values once per message.
 */
#ifndef SIEVE_COMPARATOR_H
#define SIEVE_COMPARATOR_H

#include <roost/str.h>

struct sieve_comparator {
	const char *name;
	bool substring;		/* whether :contains and :matches are defined */
	bool same_length;	/* prepared byte n stands for byte n of the text */
	/* Appends the prepared form; NULL: the text is its own. */
	void (*prepare)(struct roost_str *out, const char *text, size_t len);
};

/* NULL when unknown. */
const struct sieve_comparator *sieve_comparator_find(const char *name);
/* By number 0.., in a fixed order that compiled scripts rely on; NULL beyond the last. */
const struct sieve_comparator *sieve_comparator_at(unsigned number);

/* Order of two prepared strings: negative, 0, positive. */
int sieve_compare(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
