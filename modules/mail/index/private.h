/* What the files of the index share about an opened one. */
#ifndef MAIL_INDEX_PRIVATE_H
#define MAIL_INDEX_PRIVATE_H

#include <roost/log.h>
#include "modules/mail/index/ops.h"
#include "modules/mail/index/snap.h"

#define LOCK_TIMEOUT 30000000		/* microseconds */
#define RESERVE_NAME "reserve"
#define RESERVE_SIZE 16384u		/* some 200 expunges on a full disk */
#define COMPACT_LEAST 65536u		/* bytes of log */

struct cache;

struct index {
	struct roost_arena *arena;
	struct bytes_store *store;
	struct index_options options;
	struct index_header header;
	struct state *state;
	struct snap *snap;
	struct bytes_object *log;
	uint64_t position;		/* of the log: what state contains */
	uint32_t last_crc;		/* of the record that ends there */
	uint64_t compact_after;		/* not again before the log is that long: it has failed */
	unsigned locks;
	uint64_t version;
	bool absent;			/* read-only, and there is none */
	bool stale;			/* memory and files may differ: read all again */
	bool damaged;			/* to be written anew by whoever holds the lock */
	bool keep_bad;			/* and the damaged log to be kept */
	bool unsynced;			/* something was written since the last sync */
	bool wrote;			/* and since the last clean mark */
	bool reserve_used;
	struct cache *cache;
	struct roost_str buffer;	/* for reading the log */
};

/* --- load.c: from files to memory --- */
/* Read everything; makes, repairs what is missing unless readonly. */
int index_load(struct index *index, struct roost_error *err);
/* Parts that are read when first wanted. */
int index_want(struct index *index, unsigned parts, struct roost_error *err);
/* Apply the log from position on. Under the lock, also cuts off what is not whole. 1: something new. */
int index_replay(struct index *index, struct roost_error *err);
void index_update_header(struct index *index);
/* What a log without its snapshot still tells: the numbers for certain, and its own messages. */
int index_salvage_log(struct index *index, struct state *state, struct bytes_object *log,
		      struct roost_error *err);
void index_log_name(char name[32], uint64_t generation);
void index_warn(const struct index *index, const char *format, ...) ROOST_PRINTF(2, 3);

/* --- make.c: none there, or no snapshot that can be used (existed) --- */
/* 0: made, or somebody else did or has begun to: load again. */
int index_make(struct index *index, bool existed, struct roost_error *err);
/* Of a new one: GUID, UIDVALIDITY, MODSEQ; what state has already stays. */
void index_choose_identity(struct index *index, struct state *state);

/* --- commit.c --- */
#define WRITE_MODSEQ 1u			/* what it changes gets a new MODSEQ */
#define WRITE_RESERVE 2u		/* on a full disk it may use what is kept for it */
/* One record with this payload (begun with log_record_begin): applied and appended. */
int index_write(struct index *index, struct roost_str *record, unsigned options,
		struct roost_error *err);
/* A record of one operation. */
int index_write_op(struct index *index, enum op_kind kind, const void *body, size_t len,
		   struct roost_error *err);
void index_put_op(struct roost_str *record, enum op_kind kind, const void *body, size_t len);

/* --- compact.c --- */
/* A new generation: snapshot and empty log. Under the lock, with all of the log applied. */
int index_compact(struct index *index, struct roost_error *err);
/* When the log has grown enough, or damage is to be mended; failing is reported only. */
void index_compact_when_due(struct index *index);
void index_make_reserve(struct index *index);

/* --- boot.c --- */
/* Of this boot of the machine; zeroes when it cannot be known. */
const uint8_t *index_boot_id(void);
/* For tests: as if the machine had been started anew. */
void index_set_boot_id(const uint8_t boot[16]);

/* --- cache.c --- */
void index_cache_close(struct index *index);
/* Under the lock: start a new generation when too little of the file is in use. */
void index_cache_trim(struct index *index);

#endif
