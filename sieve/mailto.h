/* mailto: URIs. RFC 6068. */
#ifndef SIEVE_MAILTO_H
#define SIEVE_MAILTO_H

#include "sieve/text.h"

enum { SIEVE_MAILTO_RECIPIENTS = 8, SIEVE_MAILTO_HEADERS = 16 };

struct sieve_mailto {
	const char *to[SIEVE_MAILTO_RECIPIENTS];	/* addresses; those of cc are not in it */
	const char *cc[SIEVE_MAILTO_RECIPIENTS];
	unsigned to_count, cc_count;
	const char *bcc[SIEVE_MAILTO_RECIPIENTS];
	unsigned bcc_count;
	const char *subject, *body;			/* NULL: none */
	struct { const char *name, *value; } headers[SIEVE_MAILTO_HEADERS];
	unsigned header_count;
	bool dropped;					/* some recipients or headers were too many */
};

/* False when it is no such URI. Texts are in arena. */
bool sieve_mailto_parse(struct roost_arena *arena, const char *uri, struct sieve_mailto *mailto);

#endif
