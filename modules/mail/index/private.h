/* The index inside: what is known (state), where it comes from (snap, log), what is written. README has the bytes. */
#ifndef MAIL_INDEX_PRIVATE_H
#define MAIL_INDEX_PRIVATE_H

#include <roost/map.h>
#include <roost/vec.h>
#include <roost/wire.h>
#include "modules/mail/index/index.h"

enum { KEYWORDS_MAX = 64, BOOT_ID_SIZE = 16 };

/* Cold columns of one message, as they lie in snap. */
struct cold_row {
	int64_t internaldate, savedate;
	uint64_t size, vsize;
	uint8_t guid[16];
	uint64_t cache_offset, key;	/* key: offset in the pool of names */
	uint32_t cache_generation, reserved;
};

struct vanished { uint64_t modseq; uint32_t first, last; };

/* Everything that is known after reading snap and log. */
struct state {
	uint64_t generation, highestmodseq;
	uint32_t uidvalidity, uidnext, first_recent;
	uint8_t guid[16];
	uint64_t vsize_sum, vsize_unknown;	/* sum of the known ones; how many are not */
	uint32_t cache_generation, cache_dead;	/* dead: messages whose cached data nobody needs */
	uint8_t boot[BOOT_ID_SIZE];		/* of the last writer */
	bool clean;				/* nothing was written since the last clean close */
	bool fresh;				/* no transaction yet */
	uint64_t vanished_from;			/* history is complete from this modseq on */

	ROOST_VEC(uint32_t) uid;
	ROOST_VEC(uint8_t) flags;
	ROOST_VEC(uint64_t) keywords;
	ROOST_VEC(uint64_t) modseq;
	ROOST_VEC(uint32_t) row;		/* of each message: number of its cold row */

	/* Cold rows 0 .. snap_rows - 1 lie in snap until they are wanted. */
	uint32_t snap_rows;
	ROOST_VEC(struct cold_row) rows;	/* those of snap when loaded, and all later ones behind */
	struct roost_str pool;			/* NUL-terminated keys; snap's first */
	uint64_t snap_pool;			/* bytes of pool that lie in snap */
	bool loaded;

	struct roost_arena *names;		/* keyword names, attributes, unremoved keys */
	const char *keyword[KEYWORDS_MAX];
	unsigned keyword_count;
	struct roost_map *attributes;		/* of struct attribute */
	struct roost_map *unremoved;		/* key to itself */
	ROOST_VEC(struct vanished) vanished;
};
struct attribute { size_t len; unsigned char value[]; };

struct index {
	struct roost_arena *arena;
	struct bytes_store *store;
	struct index_options options;
	struct state state;
	struct bytes_object *snap;		/* until the cold rows are loaded */
	struct bytes_object *log, *cache;
	uint32_t cache_open_generation;
	uint64_t log_end;			/* everything before was read */
	uint64_t snap_size;
	uint64_t version;
	unsigned lock_depth;
	bool unsynced, wrote;
	bool damaged;				/* write a new snapshot at the next chance */
	bool broken;				/* keys are lost: begin anew at the next lock */
	bool absent;				/* readonly, and nothing is there */
	uint8_t boot[BOOT_ID_SIZE];		/* of this boot */
	struct index_header header;		/* what index_header() shows */
	uint64_t header_version;
	ROOST_VEC(const char *) unremoved;	/* what index_unremoved() shows */
	struct roost_str cache_window;		/* a piece of the cache file, read ahead */
	uint64_t cache_window_at;
};

/* --- state.c --- */
void state_init(struct state *state);
void state_free(struct state *state);
/* Position of uid or of the first above. */
uint32_t state_position(const struct state *state, uint32_t uid, bool *found);
void state_set_attribute(struct state *state, const char *name, const void *value, size_t len);

/* --- apply.c: what a transaction says --- */
enum item {
	ITEM_END = 0,			/* and padding */
	ITEM_ADD = 1,			/* u32 uid, flags, u64 keywords, cold (put_cold), bytes key */
	ITEM_FLAGS = 2,			/* u32 first, last, flags, u64 keywords: all messages between */
	ITEM_MIRRORED = 3,		/* u32 first, last */
	ITEM_KEY = 4,			/* u32 uid, bytes key: mirrored, under a new key */
	ITEM_EXPUNGE = 5,		/* u32 uid, u32 cached, u64 vsize, bytes key */
	ITEM_REMOVED = 6,		/* bytes key */
	ITEM_LEARN = 7,			/* u32 uid, cold */
	ITEM_KEYWORD = 8,		/* u32 number, bytes name */
	ITEM_ATTRIBUTE = 9,		/* u32 is set, bytes name, bytes value */
	ITEM_UIDVALIDITY = 10,		/* u32 uidvalidity, uidnext */
	ITEM_RECENT = 11,		/* u32 uid */
	ITEM_BOOT = 12,			/* bytes id */
	ITEM_CLEAN = 13,
};
void put_cold(struct roost_str *out, const struct index_mail *mail);
/* CORRUPT when it cannot mean anything; what was read up to there may have been taken over. */
int index_apply(struct index *index, uint64_t modseq, const void *items, size_t len,
		struct roost_error *err);

/* --- snap.c --- */
/* Reads header and hot columns into an empty state; keeps snap open for the cold ones. CORRUPT: marks
 * holds what survived of UIDVALIDITY and UIDNEXT (else 0). */
int snap_read(struct index *index, struct bytes_object *snap, struct state *state,
	      struct roost_error *err);
/* The cold rows into memory. */
int snap_load_cold(struct index *index, struct roost_error *err);
/* Write state as a generation of its own with an empty log, and go on with that. Under the lock. */
int snap_write(struct index *index, struct roost_error *err);

/* --- log.c --- */
/* A new log for a generation, durable; taken and locked by us. */
int log_create(struct index *index, uint64_t generation, struct bytes_object **log,
	       struct roost_error *err);
/* Take over what was appended since log_end. Under the lock a torn tail is cut. 1: something came. */
int log_read(struct index *index, bool locked, struct roost_error *err);
/* One record in one write. reserve: may use the reserve on a full disk. */
int log_append(struct index *index, uint64_t modseq, const struct roost_str *items, bool reserve,
	       struct roost_error *err);
uint64_t log_size_limit(const struct index *index);

/* --- cache.c --- */
void cache_close(struct index *index);
/* Under the lock, before a snapshot: a cache file without what is dead. Failing is no harm. */
void cache_compact(struct index *index);

/* --- change.c --- */
/* Everything is on stable storage: what index_close() says last. */
void index_mark_clean(struct index_change *change);

/* Names of files. */
void index_log_name(uint64_t generation, char name[32]);
void index_report(const struct index *index, const char *format, ...) ROOST_PRINTF(2, 3);

#endif
