/* SPDX-License-Identifier: MIT */
/*
 * Sets of UIDs or sequence numbers: struct roost_set, ascending ranges that neither touch nor
 * overlap. RFC 9051 section 9 (sequence-set). Toolkit libroost-mail.
 */
#ifndef ROOST_SET_H
#define ROOST_SET_H

#include <roost/mailbox.h>
#include <roost/vec.h>

#define ROOST_SET_STAR UINT32_MAX	/* '*' in ranges that are not normalised yet */

/*
 * Ranges in any order, ends swapped, overlapping, as clients write them. top: what '*' stands for,
 * the highest number in the mailbox; 0 (an empty mailbox): ranges of nothing but '*' are left out.
 * In arena.
 */
ROOST_API void roost_set_normalise(struct roost_arena *arena, const struct roost_range *ranges,
				   size_t count, uint32_t top, struct roost_set *set);
ROOST_API bool roost_set_contains(const struct roost_set *set, uint32_t number);
/* How many numbers; 1:* has 2^32 - 1. */
ROOST_API uint64_t roost_set_count(const struct roost_set *set);
/* What is in both. In arena. */
ROOST_API void roost_set_intersect(struct roost_arena *arena, const struct roost_set *a,
				   const struct roost_set *b, struct roost_set *both);
/* "1:3,5", as IMAP writes it; nothing for the empty set. Added to out. */
ROOST_API void roost_set_write(struct roost_str *out, const struct roost_set *set);

/* Sequence numbers of the messages in box's view that have these UIDs, and the reverse. In arena. */
ROOST_API void roost_set_to_seqs(struct roost_arena *arena, const struct roost_mailbox *box,
				 const struct roost_set *uids, struct roost_set *seqs);
ROOST_API void roost_set_to_uids(struct roost_arena *arena, const struct roost_mailbox *box,
				 const struct roost_set *seqs, struct roost_set *uids);

/* A set that grows at its end: numbers in ascending order, those that follow each other join. */
typedef ROOST_VEC(struct roost_range) roost_set_builder;
static inline void roost_set_add(roost_set_builder *builder, uint32_t first, uint32_t last)
{
	struct roost_range *end = builder->count > 0 ? &builder->items[builder->count - 1] : NULL;

	if (end != NULL && first <= end->last + 1)
		end->last = last > end->last ? last : end->last;
	else
		roost_vec_push(builder, (struct roost_range){ first, last });
}
/* Borrowed from builder. */
static inline struct roost_set roost_set_built(const roost_set_builder *builder)
{
	return (struct roost_set){ builder->items, builder->count };
}

#endif
