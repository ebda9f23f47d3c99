/*
 * What a transaction's record holds: operations, each {kind, length of the body, body, zeroes to a
 * multiple of 8}. README has the bodies. A kind that is not known is passed over.
 */
#ifndef MAIL_INDEX_OPS_H
#define MAIL_INDEX_OPS_H

#include "modules/mail/index/state.h"

#define LOG_TYPE_CHANGE 1u		/* the record's type: a list of operations */
#define OP_HEAD 8u

enum op_kind {
	OP_PAD = 0, OP_ADD = 1, OP_FLAGS = 2, OP_MIRRORED = 3, OP_EXPUNGE = 4, OP_REMOVED = 5,
	OP_LEARN = 6, OP_KEYWORD = 7, OP_ATTRIBUTE = 8, OP_UIDVALIDITY = 9, OP_RECENT = 10,
	OP_BOOT = 11, OP_SCANNED = 12, OP_CLEAN = 13, OP_SEAL = 14,
};
#define OP_FLAGS_ITEM 20u		/* first, last, flags, keywords */
#define OP_BOOT_SCAN 1u			/* something may have been lost: scan the store */

/* Bring state up to after record, in the parts of mask. Safe for any payload. */
void state_apply(struct state *state, const struct log_record *record, unsigned mask);

#endif
