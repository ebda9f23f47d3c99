/* SPDX-License-Identifier: MIT */
/*
 * Layers wrap mailboxes: quota, compression, acl, notification. An explicit chain in declared order;
 * a NULL op is passed by. Stable from 1.0. Ours; PLUGIN ABI rules in plugin-api/README.
 */
#ifndef ROOST_LAYER_H
#define ROOST_LAYER_H

#include <roost/mailbox.h>

struct roost_layer;	/* one layer on one mailbox */

#define ROOST_LAYER_ACCESS 100	/* may refuse: first */
#define ROOST_LAYER_ACCOUNT 200	/* counts what the user sees */
#define ROOST_LAYER_OBSERVE 300	/* watches */
#define ROOST_LAYER_CONTENT 400	/* transforms the bytes: next to the driver */

/* What a committed transaction did; arrays are in the order of uids. */
struct roost_layer_changes {
	const uint32_t *added, *expunged, *flagged;
	size_t added_count, expunged_count, flagged_count;
	uint64_t added_bytes, expunged_bytes;	/* sizes with CRLF */
};

struct roost_layer_ops {
	const char *name;
	int position;
	size_t state_size;	/* zeroed, per mailbox; roost_layer_state() */
	const struct roost_settings *settings;

	/* false: not interested in this mailbox. */
	bool (*attach)(struct roost_layer *self);
	void (*detach)(struct roost_layer *self);
	/* Before a message is staged; may replace *message by a stream of its own (takes and gives
	 * one reference) and change options. Ends with roost_next_save(). */
	int (*save)(struct roost_layer *self, struct roost_input **message,
		    struct roost_save_options *options, struct roost_error *err);
	/* Ends with roost_next_open(); may wrap *message. */
	int (*open)(struct roost_layer *self, const char *key, struct roost_input **message,
		    struct roost_error *err);
	int (*remove)(struct roost_layer *self, const struct roost_set *uids,
		      struct roost_error *err);
	/* After commit. */
	void (*changed)(struct roost_layer *self, const struct roost_layer_changes *changes);
	void (*user_begin)(struct roost_user *user);
	void (*user_end)(struct roost_user *user);
};

#define ROOST_LAYER_REVISION 1
#define ROOST_LAYER(ops) \
	ROOST_PROVIDE_(ROOST_KIND_LAYER, ROOST_LAYER_REVISION, struct roost_layer_ops, ops)

ROOST_API void *roost_layer_state(struct roost_layer *self);
ROOST_API struct roost_mailbox *roost_layer_mailbox(struct roost_layer *self);
ROOST_API int roost_next_save(struct roost_layer *self, struct roost_input **message,
			      struct roost_save_options *options, struct roost_error *err);
ROOST_API int roost_next_open(struct roost_layer *self, const char *key,
			      struct roost_input **message, struct roost_error *err);
ROOST_API int roost_next_remove(struct roost_layer *self, const struct roost_set *uids,
				struct roost_error *err);

#endif
