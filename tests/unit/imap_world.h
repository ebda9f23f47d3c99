/*
 * A worker's host and a mail toolkit in memory, for IMAP sessions as conversations. There are two
 * mailboxes to begin with, INBOX with three messages (UIDs 1, 2, 4) and an empty Trash.
 */
#ifndef IMAP_WORLD_H
#define IMAP_WORLD_H

#include <roost/vec.h>
#include "modules/imap/imap.h"

struct world_message {
	uint32_t uid, flags;
	uint64_t keywords, modseq;
	struct roost_str text;
	int64_t date;
};

struct world_box {
	char name[64];
	bool exists, subscribed;
	ROOST_VEC(struct world_message) messages;
	uint32_t uidnext;
	uint64_t modseq;
	char *keywords[64];
};

extern struct imap_settings world_settings;
extern struct roost_error world_save_error;	/* kind set: saving fails with it */
extern size_t world_pending;			/* what the peer leaves in the connection */
extern bool world_stalled;			/* it takes nothing */

void world_begin(const char *tag);
void world_end(void);
struct world_box *world_box(const char *name);
void world_deliver(const char *mailbox, const char *text);
void world_set_flags(struct world_box *box, uint32_t uid, uint32_t flags);
void world_remove(struct world_box *box, uint32_t uid);
/* Something outside has changed the selected mailbox, and a moment passes. */
void world_wake(void);
/* All timers of at most that many seconds are due. */
void world_tick(int64_t seconds);
/* The peer takes what is there. */
void world_drain(void);
void world_hang_up(void);

void say(const char *text);
void say_bytes(const char *data, size_t len);
/* Everything since the last call. */
void hear(const char *text);
const char *world_log(void);		/* the reason given at the end; NULL: still alive */
struct roost_str *world_output(void);
bool world_paused(void);

#endif
