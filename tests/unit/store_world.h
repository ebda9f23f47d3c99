/*
 * A user with mail in a temporary directory, a storage driver of the short form ("card") and a layer
 * that can be told to refuse, for tests of the mailbox toolkit.
 */
#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include <roost/layer.h>
#include <roost/user.h>
#include "tests/unit/unit.h"

struct world {
	char home[64];
	struct roost_scope *scope;
	struct roost_user *user;
};

/* What the layer does and saw. */
extern struct watcher {
	bool refuse;			/* save: OVERQUOTA */
	bool keep;			/* remove: NOPERM */
	bool shout;			/* content: stored in capitals */
	unsigned saves, added, expunged, flagged, users;
	uint64_t vsize, bytes;
} watcher;
/* Calls of the driver. */
extern struct card_calls { unsigned scans, opens, saves, removes; } card_calls;

/* settings: name, value ... NULL; "namespace/inbox/..." makes the blocks. mail_location is card:~/mail. */
void world_open(struct world *world, const char *const *settings);
/* The same in two steps, for what must not work. */
void world_prepare(struct world *world, const char *const *settings);
int world_user(struct world *world, struct roost_user **user, struct roost_error *err);
/* The same home once more, as another process would open it. */
void world_again(struct world *world);
void world_close(struct world *world);	/* removes the home */

/* The path of something in the home; static. */
const char *world_path(const struct world *world, const char *inner);
void world_put(const struct world *world, const char *inner, const char *text);
uint32_t world_save(struct world *world, const char *mailbox, const char *text, uint32_t flags);
struct roost_mailbox *world_select(struct world *world, const char *mailbox, uint32_t options);
/* Syncs, and the changes as text: "expunged 3(2) changed 1,2 exists 4". Static. */
const char *world_changes(struct roost_mailbox *box, uint32_t options);
/* "3 SA 9f" for each message: uid, flags, a line each. Static. */
const char *world_view(struct roost_mailbox *box);
#define world_ok(call) do { if ((call) < 0) fail_msg("%s", roost_error_log(&err)); } while (0)

#endif
