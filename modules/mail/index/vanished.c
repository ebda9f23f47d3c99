/* QRESYNC's history: which UIDs were expunged after a MODSEQ. RFC 7162 section 3.2. */
#include "modules/mail/index/private.h"

static int by_uid(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

static void ranges(const uint32_t *uids, size_t count, struct roost_arena *arena,
		   struct roost_set *set)
{
	struct roost_range *out = roost_arena_alloc(arena, (count + 1) * sizeof(*out));
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		if (used > 0 && uids[i] <= out[used - 1].last + 1)
			out[used - 1].last = uids[i];
		else
			out[used++] = (struct roost_range){ uids[i], uids[i] };
	}
	set->ranges = out;
	set->count = used;
}

int index_vanished(struct index *index, uint64_t modseq, struct roost_arena *arena,
		   struct roost_set *uids, bool *complete, struct roost_error *err)
{
	const struct state *state;
	ROOST_VEC(uint32_t) found = { 0 };

	if (index_want(index, STATE_HISTORY, err) < 0)
		return -1;
	state = index->state;
	for (size_t i = state->history.count; i > 0; i--) {
		const struct vanished *vanished = &state->history.items[i - 1];
		bool back;

		if (vanished->modseq <= modseq)
			break;
		/* One that a repair put back is not gone. */
		hot_position(&state->hot, vanished->uid, &back);
		if (!back)
			roost_vec_push(&found, vanished->uid);
	}
	if (found.count > 0)
		qsort(found.items, found.count, sizeof(*found.items), by_uid);
	ranges(found.items, found.count, arena, uids);
	*complete = modseq >= state->history_floor;
	roost_vec_free(&found);
	return 0;
}
