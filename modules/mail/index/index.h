/*
 * The index of one mailbox: UIDs, flags, MODSEQ, dates, sizes, keys and history. DESIGN section 5.
 *
 * Files beneath one directory, reached through a bytes store: snap (columns), log.N (records since),
 * cache.G (parsed data). All of it is read into private memory; nothing is mapped. One struct index
 * per mailbox and process, shared by the views of its sessions.
 *
 * Who changes something: index_lock (which refreshes), index_begin, index_add_... , index_commit,
 * index_unlock. Who only looks: index_refresh, then the columns.
 */
#ifndef MAIL_INDEX_H
#define MAIL_INDEX_H

#include <roost/arena.h>
#include <roost/mailbox.h>
#include "modules/mail/index/store.h"

struct index;
struct index_change;		/* changes being gathered: all become visible at commit, or none */

enum index_fsync { INDEX_FSYNC_OPTIMIZED = 0, INDEX_FSYNC_ALWAYS = 1, INDEX_FSYNC_NEVER = 2 };

struct index_options {
	enum index_fsync fsync;
	const char *label;		/* mailbox as log lines name it; borrowed while open */
	const struct roost_log_scope *log;
	/* Asked by who makes the index, once it is certain to be the one; NULL: seconds since the epoch. */
	uint32_t (*new_uidvalidity)(void *context);
	void *context;
	bool readonly;			/* never creates or repairs anything; empty when there is none */
};

/* Counts and marks as of the last refresh. */
struct index_header {
	uint32_t uidvalidity, uidnext;
	uint64_t highestmodseq;
	uint32_t messages, unseen, deleted, recent;	/* recent: UIDs from first_recent on */
	uint32_t first_recent;		/* messages below it were seen by some session: not \Recent */
	uint8_t guid[16];		/* of the mailbox */
	uint64_t vsize;			/* sum; UINT64_MAX while one is unknown */
	bool fresh;			/* made by this open: nothing was committed since */
	bool unclean;			/* a boot without clean close, or damage: scan the store */
};

/* Hot columns in order of UIDs; valid until the next refresh, lock or commit. */
struct index_columns {
	uint32_t count;
	const uint32_t *uid;
	const uint8_t *flags;		/* ROOST_FLAG_* without RECENT; INDEX_MIRROR_PENDING */
	const uint64_t *keywords;
	const uint64_t *modseq;
};
/* The driver has not yet been told of the newest flags: they win over what a scan finds. */
#define INDEX_MIRROR_PENDING 0x80u

/* Cold columns of one message. Zeroes are unknown. */
struct index_mail {
	int64_t internaldate, savedate;	/* microseconds */
	uint64_t size, vsize;		/* stored; with CRLF */
	uint8_t guid[16];
	const char *key;		/* the driver's; in the index's memory */
	uint32_t cache_generation;
	uint64_t cache_offset;		/* newest cache record of this message; 0: none */
};

/* Opens or makes the index. A damaged one is repaired as far as it can be, and reported in the log. */
int index_open(struct bytes_store *store, const struct index_options *options,
	       struct index **index, struct roost_error *err);
/* Clean close: synced, checkpointed when something was written. NULL is fine. */
void index_close(struct index *index);

/* Read what others appended. 1: something changed, 0: nothing did. */
int index_refresh(struct index *index, struct roost_error *err);
const struct index_header *index_header(const struct index *index);
struct index_columns index_columns(const struct index *index);
/* Changes with every change of the columns: equal numbers mean that nothing has to be compared. */
uint64_t index_version(const struct index *index);
/* Position of uid in the columns, or of the first above it; found says which. */
uint32_t index_position(const struct index *index, uint32_t uid, bool *found);
/* Cold data at a position; key stays valid until the next refresh, lock or commit. */
int index_mail(struct index *index, uint32_t position, struct index_mail *mail,
	       struct roost_error *err);
/* Name of a keyword, NULL beyond the last; its number or -1. */
const char *index_keyword(const struct index *index, unsigned number);
int index_keyword_number(const struct index *index, const char *name);
/* Small named values kept with the mailbox: "stamp", "adopted", METADATA later. NULL: not set. Raw bytes. */
const void *index_attribute(const struct index *index, const char *name, size_t *len);

/* The write lock on the log, waited for at most 30 s (TEMP); refreshes. Counted: locks nest. */
int index_lock(struct index *index, struct roost_error *err);
void index_unlock(struct index *index);

/* Gather changes; only under the lock. */
struct index_change *index_begin(struct index *index);
/*
 * A message under mail->key; uid is index_next_uid's or greater, or one below that is free and was
 * this message's before the index was damaged. options: flags, keywords.
 */
void index_add(struct index_change *change, uint32_t uid, const struct index_mail *mail,
	       uint32_t flags, uint64_t keywords);
/* The first UID that a change may use next. */
uint32_t index_next_uid(const struct index_change *change);
/* New flags of one message (the set, not a difference); mirror: mark as pending for the driver. */
void index_set_flags(struct index_change *change, uint32_t uid, uint32_t flags,
		     uint64_t keywords, bool mirror);
/* The driver shows these flags now under this key (NULL: the same). Changes no MODSEQ. */
void index_mirrored(struct index_change *change, uint32_t uid, const char *key);
/* Gone: with its key, which is remembered until index_removed says that the store let go of it. */
void index_expunge(struct index_change *change, uint32_t uid);
void index_removed(struct index_change *change, const char *const *keys, size_t count);
/* Fill in cold data that was unknown (vsize, guid, dates); zeroes leave what is there. */
void index_learn(struct index_change *change, uint32_t uid, const struct index_mail *mail);
/* Number of a keyword, made when new; -1: 64 are taken. */
int index_make_keyword(struct index_change *change, const char *name);
void index_set_attribute(struct index_change *change, const char *name, const void *value,
			 size_t len);			/* value NULL: remove */
void index_set_uidvalidity(struct index_change *change, uint32_t uidvalidity, uint32_t uidnext);
/* The store was scanned: what "unclean" asked for is done. */
void index_scanned(struct index_change *change);
/* Messages below uid are no longer \Recent for others. */
void index_take_recent(struct index_change *change, uint32_t uid);

/*
 * One write appends all of it; the columns show it afterwards. durable: synced before the return
 * whatever mail_fsync says but never (expunges before their files go). Frees change, also on failure,
 * when nothing of it is visible (but for a disk that takes neither the sync nor the way back).
 */
int index_commit(struct index_change *change, bool durable, struct roost_error *err);
void index_abort(struct index_change *change);		/* NULL is fine */

/* Keys of expunged messages that the store has not confirmed gone. Count and array borrowed. */
size_t index_unremoved(const struct index *index, const char *const **keys);
/* Whether key is among them: a scan must not import it, but remove it. */
bool index_is_unremoved(const struct index *index, const char *key);
/* UIDs expunged after modseq, ascending; in arena. complete = false: history does not reach back that far. */
int index_vanished(struct index *index, uint64_t modseq, struct roost_arena *arena,
		   struct roost_set *uids, bool *complete, struct roost_error *err);

/* Sync what is written (optimized: called within a second and at the end of a user's work). */
int index_sync(struct index *index, struct roost_error *err);

/* --- the cache: parsed data of messages, never trusted beyond its checksum, never synced --- */
enum index_cache_kind {
	INDEX_CACHE_ENVELOPE = 1, INDEX_CACHE_STRUCTURE = 2, INDEX_CACHE_BODY = 3,
	INDEX_CACHE_PARTS = 4, INDEX_CACHE_HEADER = 5,
};
/* Data in arena; *data NULL when it is not there or damaged (then parse again). */
int index_cache_get(struct index *index, uint32_t uid, enum index_cache_kind kind,
		    struct roost_arena *arena, const void **data, size_t *len,
		    struct roost_error *err);
struct index_cached { uint32_t kind; const void *data; size_t len; };
/* Write several pieces for uid with one append; *offset and *generation go to index_add or index_learn. */
int index_cache_put(struct index *index, uint32_t uid, const struct index_cached *pieces,
		    size_t count, uint32_t *generation, uint64_t *offset, struct roost_error *err);

#endif
