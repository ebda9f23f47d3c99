/*
 * A mailbox in memory behind <roost/mailbox.h>, for tests of what reads mailboxes. It counts what is
 * read, and can lose messages or fail to read them.
 */
#ifndef MAIL_WORLD_H
#define MAIL_WORLD_H

#include <roost/mailbox.h>

struct world_mail {
	struct roost_mail mail;
	const char *text;		/* as stored */
	size_t len;
	int64_t internaldate;
	bool gone;			/* expunged meanwhile */
	bool broken;			/* the store fails */
};

struct roost_mailbox {
	struct world_mail mails[200];
	uint32_t count;
	const char *keywords[64];
	bool readonly;
	/* What was asked for. */
	unsigned opened, envelopes, structures, headers, inputs;
	unsigned stores;
	struct roost_arena *arena;
};

struct roost_mailbox *world_create(void);
void world_free(struct roost_mailbox *box);
/* text is borrowed; the UID is 10, 20, 30... */
struct world_mail *world_add(struct roost_mailbox *box, const char *text, uint32_t flags);
struct world_mail *world_add_bytes(struct roost_mailbox *box, const char *text, size_t len,
				   uint32_t flags);

#endif
