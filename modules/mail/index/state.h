/*
 * What the index of a mailbox says, in memory: what a snapshot holds and what records change.
 * No files here. Loaded in parts: what every opener needs, and two parts that few want.
 */
#ifndef MAIL_INDEX_STATE_H
#define MAIL_INDEX_STATE_H

#include <roost/map.h>
#include <roost/vec.h>
#include "modules/mail/index/index.h"
#include "modules/mail/index/log.h"

#define STATE_MAIN 1u			/* numbers, hot columns, names, attributes, unremoved keys */
#define STATE_COLD 2u
#define STATE_HISTORY 4u

#define KEYWORDS_MAX 64u
#define HISTORY_MAX 20000u		/* expunged UIDs remembered; half of them go when it is full */

struct hot {
	ROOST_VEC(uint32_t) uid;
	ROOST_VEC(uint8_t) flags;
	ROOST_VEC(uint64_t) keywords;
	ROOST_VEC(uint64_t) modseq;
};

struct cold_row {
	uint32_t uid;
	uint32_t cache_generation;
	int64_t internaldate, savedate;
	uint64_t size, vsize, cache_offset;
	uint8_t guid[16];
	const char *key;		/* NULL: its block was damaged */
};

struct vanished { uint64_t modseq; uint32_t uid; };
struct attribute { char *name; void *value; size_t len; };

struct state {
	uint64_t generation, highestmodseq;
	uint32_t uidvalidity, uidnext, first_recent;
	uint32_t unseen, deleted;
	uint32_t vsize_unknown;		/* messages without vsize */
	uint64_t vsize_sum;		/* of the others */
	uint32_t cache_generation;
	uint64_t history_floor;		/* history is complete from this MODSEQ on */
	uint8_t guid[16], boot[16];
	bool clean;			/* nothing followed the last clean close */
	bool scan;			/* something was lost: the store has to be scanned */
	bool sealed;			/* a newer generation may be there */

	struct hot hot;
	char *keywords[KEYWORDS_MAX];
	unsigned keyword_count;
	ROOST_VEC(struct attribute) attributes;
	ROOST_VEC(char *) unremoved;
	struct roost_map *unremoved_map;	/* NULL while there are none */

	bool cold_loaded, history_loaded;
	ROOST_VEC(struct cold_row) cold;	/* the same UIDs in the same order as hot */
	struct roost_arena *keys;
	ROOST_VEC(struct vanished) history;	/* ascending MODSEQ */
};

struct state *state_create(void);
void state_free(struct state *state);	/* NULL is fine */

/* Position of uid, or of the first above it. */
uint32_t hot_position(const struct hot *hot, uint32_t uid, bool *found);
uint32_t cold_position(const struct state *state, uint32_t uid, bool *found);
/* Put a message in; one that is there already stays as it is (false). */
bool state_add_hot(struct state *state, uint32_t uid, uint8_t flags, uint64_t keywords,
		   uint64_t modseq);
void state_add_cold(struct state *state, const struct cold_row *row, const char *key, size_t len);
void state_set_flags(struct state *state, uint32_t position, uint8_t flags, uint64_t keywords,
		     uint64_t modseq);
/* uids: ascending. Positions move once, however many there are. */
void state_remove_hot(struct state *state, const uint32_t *uids, size_t count);
void state_remove_cold(struct state *state, const uint32_t *uids, size_t count);
void state_set_key(struct state *state, uint32_t uid, const char *key, size_t len);

void state_set_keyword(struct state *state, uint32_t number, const char *name, size_t len);
void state_set_attribute(struct state *state, const char *name, size_t name_len,
			 const void *value, size_t len);	/* value NULL: remove */
const struct attribute *state_attribute(const struct state *state, const char *name, size_t len);
void state_add_unremoved(struct state *state, const char *key, size_t len);
bool state_is_unremoved(const struct state *state, const char *key);
/* Forget those of keys (ends with NULL). */
void state_drop_unremoved(struct state *state, const char *const *keys);
void state_add_vanished(struct state *state, uint32_t uid, uint64_t modseq);
/* Sums and counts from the columns; for what was put together from damaged parts. */
void state_recount(struct state *state);
struct log_marks state_marks(const struct state *state);

#endif
