/* Fields of the current part, for tests with ":mime". RFC 5703 section 4. */
#ifndef SIEVE_MIME_FIELDS_H
#define SIEVE_MIME_FIELDS_H

#include "sieve/run.h"

enum { SIEVE_MIME_TYPE = 1, SIEVE_MIME_SUBTYPE, SIEVE_MIME_CONTENTTYPE };

/* Of this name in the part that the innermost loop is at, else in the message itself. */
struct sieve_field **sieve_mime_fields(struct sieve_run *run, const struct sieve_args *args,
				       struct sieve_text name, size_t *count);
/* Match what :type, :subtype, :contenttype or :param ask for of a field. */
int sieve_mime_match(struct sieve_run *run, const struct sieve_args *args,
		     struct sieve_matcher *matcher, struct sieve_field *field);

#endif
