/*
 * The snapshot: header, directory of blocks, blocks of columns, each with its CRC32C. README has the
 * bytes. Read without a lock; replaced whole.
 */
#ifndef MAIL_INDEX_SNAP_H
#define MAIL_INDEX_SNAP_H

#include "modules/mail/index/state.h"

#define SNAP_NAME "snap"

struct snap;			/* an opened snapshot: header and directory in memory */

struct snap_damage {
	uint32_t header;		/* 1: the copy at the end was used */
	uint32_t hot;			/* messages whose flags were lost */
	uint32_t lost;			/* messages of which nothing is left, at most */
	uint32_t cold;			/* messages whose cold data was lost */
	uint32_t other;			/* blocks of names, keys, history */
};

/* NOTFOUND; CORRUPT: neither header nor its copy can be used. */
int snap_open(struct bytes_store *store, struct snap **snap, struct roost_error *err);
void snap_close(struct snap *snap);		/* NULL is fine */
bool snap_replaced(const struct snap *snap);
uint64_t snap_size(const struct snap *snap);
uint64_t snap_generation(const struct snap *snap);
/* Fill in the parts of mask; what is damaged is left out and counted. */
int snap_load(struct snap *snap, struct state *state, unsigned mask,
	      struct snap_damage *damage, struct roost_error *err);
/* state with all parts loaded. */
int snap_write(struct bytes_store *store, const struct state *state, bool durable,
	       struct roost_error *err);

#endif
