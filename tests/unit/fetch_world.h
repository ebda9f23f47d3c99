/*
 * An IMAP session with a mailbox in memory (mail_world.h): a command's text in, the output back.
 * Streams are read only when the output is looked at, after their message was closed.
 */
#ifndef FETCH_WORLD_H
#define FETCH_WORLD_H

#include "modules/imap/imap.h"
#include "tests/unit/mail_world.h"

struct fetch_world {
	struct imap_session imap;
	struct imap_settings settings;
	bool full;			/* output is always full: commands go on in steps */
	unsigned resumed;
	bool disconnected;
	const struct imap_known_flags *known;	/* when the reply came */
};

struct fetch_world *fetch_world_create(struct roost_mailbox *box);
void fetch_world_free(struct fetch_world *world);
/* Run a command; all its output, NUL-terminated. Borrowed until the next one. */
const char *fetch_world_run(struct fetch_world *world, imap_run *run, bool uid, const char *text,
			   size_t *len);

#endif
