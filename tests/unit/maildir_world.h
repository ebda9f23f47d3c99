/*
 * A made-up host for the Maildir driver, which keeps keys and keywords in arrays, and a Maildir in a
 * temporary directory. Other programs are played by plain file operations. R-MD-1..5.
 */
#ifndef TESTS_MAILDIR_WORLD_H
#define TESTS_MAILDIR_WORLD_H

#include <fcntl.h>
#include <unistd.h>
#include <roost/vec.h>
#include "modules/maildir/maildir.h"
#include "tests/unit/unit.h"

struct message { uint32_t uid; char *key; struct roost_found found; };

struct roost_mailbox {
	char path[256];
	int dir;
	void *state;
	const char *keywords[64];
	struct message *known;		/* what the index has */
	size_t known_count;
	uint32_t uidvalidity, uidnext;
};
struct roost_scan {
	struct roost_mailbox *box;
	ROOST_VEC(struct message) found;
	uint32_t uidvalidity, uidnext;
};
struct roost_user { const char *layout; };

extern const struct roost_storage_ops *ops;
extern struct roost_user user;
extern struct maildir_settings settings;
extern struct roost_arena *arena;
extern char root[64];
extern struct roost_mailbox box, other;
extern struct roost_error err;

int setup(void **state);
int teardown(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

void open_box(struct roost_mailbox *b, const char *name);
void close_box(struct roost_mailbox *b);
struct roost_scan scan_box(struct roost_mailbox *b, bool adopt);
/* Make what was found what the index has. */
void learn(struct roost_mailbox *b, struct roost_scan *scan);
/* Number of a keyword, made when it is new. */
int keyword(struct roost_mailbox *in, const char *name);

/* Files in the mailbox's directory. */
const char *in(const struct roost_mailbox *b, const char *name);
void put(const struct roost_mailbox *b, const char *name, const char *text);
const char *get(const struct roost_mailbox *b, const char *name);	/* NULL: none; static */
bool there(const struct roost_mailbox *b, const char *name);
/* Names in a folder, sorted, with blanks. */
const char *names_in(const struct roost_mailbox *b, const char *folder);

struct roost_staged *stage(struct roost_mailbox *b, const char *text,
			   const struct roost_save_options *options);
/* Staged, synced, committed: the key. */
const char *save(struct roost_mailbox *b, const char *text, const struct roost_save_options *options);
const char *read_key(struct roost_mailbox *b, const char *key);		/* NULL: err says why; static */

#endif
