/* A host for sieve-test -e: a Maildir on this machine, mail by sendmail. */
#ifndef SIEVE_TOOL_HOST_H
#define SIEVE_TOOL_HOST_H

#include <roost/vec.h>
#include "sieve/sieve.h"

struct tool_moves { char *from, *to; };

struct tool_host {
	struct sieve_host host;
	struct sieve_instance *instance;
	struct roost_arena *arena;
	const char *location;		/* the Maildir; NULL: nothing can be stored */
	const char *inbox;		/* the mailbox of keep */
	ROOST_VEC(struct tool_moves) moves;	/* stored, not yet committed */
};

/* location: a Maildir, or "maildir:" and one. All is borrowed. */
void tool_host_init(struct tool_host *host, struct sieve_instance *instance, struct roost_arena *arena,
		    const char *location, const char *inbox);
void tool_host_free(struct tool_host *host);

#endif
