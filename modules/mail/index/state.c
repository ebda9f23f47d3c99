/* The state's columns: hot ones, which all readers use, and cold ones. */
#include "modules/mail/index/state.h"

struct state *state_create(void)
{
	struct state *state = NULL;
	size_t capacity = 0;

	roost_vec_grow((void **)&state, &capacity, 0, 1, sizeof(*state));
	memset(state, 0, sizeof(*state));
	state->uidnext = 1;
	state->first_recent = 1;
	state->keys = roost_arena_create("index keys");
	return state;
}

void state_free(struct state *state)
{
	if (state == NULL)
		return;
	roost_vec_free(&state->hot.uid);
	roost_vec_free(&state->hot.flags);
	roost_vec_free(&state->hot.keywords);
	roost_vec_free(&state->hot.modseq);
	for (unsigned i = 0; i < KEYWORDS_MAX; i++)
		free(state->keywords[i]);
	for (size_t i = 0; i < state->attributes.count; i++) {
		free(state->attributes.items[i].name);
		free(state->attributes.items[i].value);
	}
	roost_vec_free(&state->attributes);
	for (size_t i = 0; i < state->unremoved.count; i++)
		free(state->unremoved.items[i]);
	roost_vec_free(&state->unremoved);
	roost_map_free(state->unremoved_map);
	roost_vec_free(&state->cold);
	roost_vec_free(&state->history);
	roost_arena_free(state->keys);
	free(state);
}

uint32_t hot_position(const struct hot *hot, uint32_t uid, bool *found)
{
	size_t low = 0, high = hot->uid.count;

	/* Appending and looking at the newest are what happens most. */
	if (high == 0 || hot->uid.items[high - 1] < uid)
		low = high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hot->uid.items[middle] < uid)
			low = middle + 1;
		else
			high = middle;
	}
	*found = low < hot->uid.count && hot->uid.items[low] == uid;
	return (uint32_t)low;
}

uint32_t cold_position(const struct state *state, uint32_t uid, bool *found)
{
	size_t low = 0, high = state->cold.count;

	if (high == 0 || state->cold.items[high - 1].uid < uid)
		low = high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (state->cold.items[middle].uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	*found = low < state->cold.count && state->cold.items[low].uid == uid;
	return (uint32_t)low;
}

#define COUNT_FLAGS(state, flags, by) do { \
	if (((flags) & ROOST_FLAG_SEEN) == 0) \
		(state)->unseen += (by); \
	if (((flags) & ROOST_FLAG_DELETED) != 0) \
		(state)->deleted += (by); \
} while (0)

/* Make room at position in one column. */
#define INSERT(vec, position, value) do { \
	roost_vec_reserve((vec), 1); \
	memmove((vec)->items + (position) + 1, (vec)->items + (position), \
		((vec)->count - (position)) * sizeof(*(vec)->items)); \
	(vec)->items[position] = (value); \
	(vec)->count++; \
} while (0)

bool state_add_hot(struct state *state, uint32_t uid, uint8_t flags, uint64_t keywords,
		   uint64_t modseq)
{
	struct hot *hot = &state->hot;
	bool found;
	uint32_t position = hot_position(hot, uid, &found);

	if (found || uid == 0 || uid == UINT32_MAX)
		return false;
	INSERT(&hot->uid, position, uid);
	INSERT(&hot->flags, position, flags);
	INSERT(&hot->keywords, position, keywords);
	INSERT(&hot->modseq, position, modseq);
	COUNT_FLAGS(state, flags, 1);
	if (state->uidnext <= uid)
		state->uidnext = uid + 1;
	return true;
}

void state_add_cold(struct state *state, const struct cold_row *row, const char *key, size_t len)
{
	bool found;
	uint32_t position = cold_position(state, row->uid, &found);
	struct cold_row copy = *row;

	if (found || row->uid == 0 || row->uid == UINT32_MAX)
		return;
	copy.key = key == NULL ? NULL : roost_arena_strndup(state->keys, key, len);
	INSERT(&state->cold, position, copy);
}

void state_set_flags(struct state *state, uint32_t position, uint8_t flags, uint64_t keywords,
		     uint64_t modseq)
{
	struct hot *hot = &state->hot;

	COUNT_FLAGS(state, hot->flags.items[position], -1u);
	COUNT_FLAGS(state, flags, 1);
	hot->flags.items[position] = flags;
	hot->keywords.items[position] = keywords;
	hot->modseq.items[position] = modseq;
}

void state_remove_hot(struct state *state, const uint32_t *uids, size_t count)
{
	struct hot *hot = &state->hot;
	bool found;
	size_t to = count == 0 ? 0 : hot_position(hot, uids[0], &found), next = 0;

	for (size_t from = to; from < hot->uid.count; from++) {
		while (next < count && uids[next] < hot->uid.items[from])
			next++;
		if (next < count && uids[next] == hot->uid.items[from]) {
			COUNT_FLAGS(state, hot->flags.items[from], -1u);
			continue;
		}
		hot->uid.items[to] = hot->uid.items[from];
		hot->flags.items[to] = hot->flags.items[from];
		hot->keywords.items[to] = hot->keywords.items[from];
		hot->modseq.items[to++] = hot->modseq.items[from];
	}
	if (count > 0)
		hot->uid.count = hot->flags.count = hot->keywords.count = hot->modseq.count = to;
}

void state_remove_cold(struct state *state, const uint32_t *uids, size_t count)
{
	bool found;
	size_t to = count == 0 ? 0 : cold_position(state, uids[0], &found), next = 0;

	for (size_t from = to; from < state->cold.count; from++) {
		const struct cold_row *row = &state->cold.items[from];

		while (next < count && uids[next] < row->uid)
			next++;
		if (next < count && uids[next] == row->uid)
			continue;
		state->cold.items[to++] = *row;
	}
	if (count > 0)
		state->cold.count = to;
}

void state_set_key(struct state *state, uint32_t uid, const char *key, size_t len)
{
	bool found;
	uint32_t position = cold_position(state, uid, &found);

	if (found)
		state->cold.items[position].key = roost_arena_strndup(state->keys, key, len);
}

void state_recount(struct state *state)
{
	state->unseen = state->deleted = 0;
	for (size_t i = 0; i < state->hot.uid.count; i++)
		COUNT_FLAGS(state, state->hot.flags.items[i], 1);
	state->vsize_sum = 0;
	state->vsize_unknown = (uint32_t)state->hot.uid.count;
	for (size_t i = 0; i < state->cold.count; i++) {
		state->vsize_sum += state->cold.items[i].vsize;
		state->vsize_unknown -= state->cold.items[i].vsize != 0;
	}
}

struct log_marks state_marks(const struct state *state)
{
	return (struct log_marks){
		.highestmodseq = state->highestmodseq, .uidvalidity = state->uidvalidity,
		.uidnext = state->uidnext, .messages = (uint32_t)state->hot.uid.count,
		.unseen = state->unseen,
	};
}
