/* Talking to a program, or to the socket of one: input goes in while output comes out, until a deadline. */
#ifndef SIEVE_EXCHANGE_H
#define SIEVE_EXCHANGE_H

#include "sieve/text.h"

struct sieve_exchange {
	int in, out;			/* -1: closed; of a socket both are it */
	bool socket;			/* its end of input is a shutdown */
	struct sieve_text left;		/* of the input */
	struct roost_str *output;	/* NULL: not wanted */
	size_t most;			/* bytes of output that are wanted */
	int64_t deadline;		/* milliseconds of the monotonic clock; 0: none */
	uint64_t received;		/* bytes of output, those that are dropped too */
	char last[2];			/* of them, the latest last */
};

int64_t sieve_exchange_now(void);
/* False: time was over. Both are closed then; left tells what was not read. SIGPIPE is ignored meanwhile. */
bool sieve_exchange(struct sieve_exchange *exchange);
/* Close one side. */
void sieve_exchange_shut(int *fd);

#endif
