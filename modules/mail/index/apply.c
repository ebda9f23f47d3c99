/* A transaction's items, taken over into the state. What they say is foreign: it came from a disk. */
#include <string.h>
#include "modules/mail/index/private.h"

#define ROW_GONE UINT32_MAX	/* expunged by this transaction, not yet squeezed out */

struct apply {
	struct index *index;
	struct state *state;
	struct roost_wire wire;
	struct roost_arena *arena;
	uint64_t modseq;
	bool squeeze, changed;
	struct roost_error *err;
};

void put_cold(struct roost_str *out, const struct index_mail *mail)
{
	roost_wire_put_u64(out, (uint64_t)mail->internaldate);
	roost_wire_put_u64(out, (uint64_t)mail->savedate);
	roost_wire_put_u64(out, mail->size);
	roost_wire_put_u64(out, mail->vsize);
	roost_str_append(out, mail->guid, sizeof(mail->guid));
	roost_wire_put_u32(out, mail->cache_generation);
	roost_wire_put_u64(out, mail->cache_offset);
}

static struct cold_row get_cold(struct roost_wire *wire)
{
	struct cold_row row = { 0 };

	row.internaldate = (int64_t)roost_wire_u64(wire);
	row.savedate = (int64_t)roost_wire_u64(wire);
	row.size = roost_wire_u64(wire);
	row.vsize = roost_wire_u64(wire);
	if (wire->broken || wire->len < sizeof(row.guid)) {
		wire->broken = true;
		return row;
	}
	memcpy(row.guid, wire->data, sizeof(row.guid));
	wire->data += sizeof(row.guid);
	wire->len -= sizeof(row.guid);
	row.cache_generation = roost_wire_u32(wire);
	row.cache_offset = roost_wire_u64(wire);
	return row;
}

static bool broken(struct apply *apply)
{
	apply->wire.broken = true;
	return false;
}

static uint64_t add_key(struct state *state, const char *key)
{
	uint64_t at = state->snap_pool + state->pool.len;

	if (state->loaded)
		at = state->pool.len;
	roost_str_append(&state->pool, key, strlen(key) + 1);
	return at;
}

static bool apply_add(struct apply *apply)
{
	struct state *state = apply->state;
	uint32_t uid = roost_wire_u32(&apply->wire), flags = roost_wire_u32(&apply->wire);
	uint64_t keywords = roost_wire_u64(&apply->wire);
	struct cold_row row = get_cold(&apply->wire);
	const char *key = roost_wire_text(&apply->wire, apply->arena);
	size_t rows = state->rows.count + (state->loaded ? 0 : state->snap_rows);

	if (apply->wire.broken || uid < state->uidnext || uid == UINT32_MAX || rows >= ROW_GONE)
		return broken(apply);
	row.key = add_key(state, key);
	roost_vec_push(&state->uid, uid);
	roost_vec_push(&state->flags, (uint8_t)flags);
	roost_vec_push(&state->keywords, keywords);
	roost_vec_push(&state->modseq, apply->modseq);
	roost_vec_push(&state->row, (uint32_t)rows);
	roost_vec_push(&state->rows, row);
	state->uidnext = uid + 1;
	if (row.vsize != 0)
		state->vsize_sum += row.vsize;
	else
		state->vsize_unknown++;
	return true;
}

static bool apply_flags(struct apply *apply)
{
	struct state *state = apply->state;
	uint32_t first = roost_wire_u32(&apply->wire), last = roost_wire_u32(&apply->wire);
	uint32_t flags = roost_wire_u32(&apply->wire);
	uint64_t keywords = roost_wire_u64(&apply->wire);
	bool found;

	if (apply->wire.broken)
		return false;
	for (uint32_t i = state_position(state, first, &found);
	     i < state->uid.count && state->uid.items[i] <= last; i++) {
		state->flags.items[i] = (uint8_t)flags;
		state->keywords.items[i] = keywords;
		state->modseq.items[i] = apply->modseq;
	}
	return true;
}

static bool apply_mirrored(struct apply *apply)
{
	struct state *state = apply->state;
	uint32_t first = roost_wire_u32(&apply->wire), last = roost_wire_u32(&apply->wire);
	bool found;

	if (apply->wire.broken)
		return false;
	for (uint32_t i = state_position(state, first, &found);
	     i < state->uid.count && state->uid.items[i] <= last; i++)
		state->flags.items[i] &= (uint8_t)~INDEX_MIRROR_PENDING;
	return true;
}

/* The cold row of a message in memory; NULL: it cannot be read (err is set). */
static struct cold_row *row_of(struct apply *apply, uint32_t position)
{
	struct state *state = apply->state;
	uint32_t row = state->row.items[position];

	if (row == ROW_GONE)
		return NULL;
	if (!state->loaded) {
		if (row >= state->snap_rows)
			return &state->rows.items[row - state->snap_rows];
		if (snap_load_cold(apply->index, apply->err) < 0)
			return NULL;
	}
	return &state->rows.items[row];
}

static bool apply_key(struct apply *apply)
{
	uint32_t uid = roost_wire_u32(&apply->wire);
	const char *key = roost_wire_text(&apply->wire, apply->arena);
	struct cold_row *row;
	uint32_t position;
	bool found;

	if (apply->wire.broken)
		return false;
	position = state_position(apply->state, uid, &found);
	if (!found)
		return true;
	row = row_of(apply, position);
	if (row == NULL)
		return broken(apply);
	row->key = add_key(apply->state, key);
	apply->state->flags.items[position] &= (uint8_t)~INDEX_MIRROR_PENDING;
	return true;
}

static bool apply_expunge(struct apply *apply)
{
	struct state *state = apply->state;
	uint32_t uid = roost_wire_u32(&apply->wire), cached = roost_wire_u32(&apply->wire);
	uint64_t vsize = roost_wire_u64(&apply->wire);
	const char *key = roost_wire_text(&apply->wire, state->names);
	struct vanished *last = state->vanished.count == 0 ? NULL :
				&state->vanished.items[state->vanished.count - 1];
	uint32_t position;
	bool found;

	if (apply->wire.broken)
		return false;
	position = state_position(state, uid, &found);
	if (!found || state->row.items[position] == ROW_GONE)
		return true;
	state->row.items[position] = ROW_GONE;
	apply->squeeze = true;
	if (vsize != 0 && vsize <= state->vsize_sum)
		state->vsize_sum -= vsize;
	else if (vsize == 0 && state->vsize_unknown > 0)
		state->vsize_unknown--;
	state->cache_dead += cached != 0;
	if (key[0] != '\0')
		(void)roost_map_set(state->unremoved, key, state);
	if (last != NULL && last->modseq == apply->modseq && last->last + 1 == uid)
		last->last = uid;
	else
		roost_vec_push(&state->vanished, (struct vanished){ apply->modseq, uid, uid });
	return true;
}

/* Zeroes say nothing. */
static void learn(struct state *state, struct cold_row *row, const struct cold_row *more)
{
	static const uint8_t nothing[16];

	if (more->internaldate != 0)
		row->internaldate = more->internaldate;
	if (more->savedate != 0)
		row->savedate = more->savedate;
	if (more->size != 0)
		row->size = more->size;
	if (more->vsize != 0 && row->vsize == 0) {
		row->vsize = more->vsize;
		state->vsize_sum += more->vsize;
		if (state->vsize_unknown > 0)
			state->vsize_unknown--;
	}
	if (memcmp(more->guid, nothing, sizeof(nothing)) != 0)
		memcpy(row->guid, more->guid, sizeof(row->guid));
	if (more->cache_generation != 0) {
		row->cache_generation = more->cache_generation;
		row->cache_offset = more->cache_offset;
	}
}

static bool apply_learn(struct apply *apply)
{
	uint32_t uid = roost_wire_u32(&apply->wire);
	struct cold_row more = get_cold(&apply->wire), *row;
	uint32_t position;
	bool found;

	if (apply->wire.broken)
		return false;
	position = state_position(apply->state, uid, &found);
	if (!found)
		return true;
	row = row_of(apply, position);
	if (row == NULL)
		return broken(apply);
	learn(apply->state, row, &more);
	return true;
}

static bool apply_keyword(struct apply *apply)
{
	struct state *state = apply->state;
	uint32_t number = roost_wire_u32(&apply->wire);
	const char *name = roost_wire_text(&apply->wire, state->names);

	if (apply->wire.broken || number != state->keyword_count || number >= KEYWORDS_MAX)
		return broken(apply);
	state->keyword[state->keyword_count++] = name;
	return true;
}

static bool apply_attribute(struct apply *apply)
{
	bool set = roost_wire_u32(&apply->wire) != 0;
	const char *name = roost_wire_text(&apply->wire, apply->arena);
	size_t len;
	const void *value = roost_wire_bytes(&apply->wire, &len);

	if (apply->wire.broken)
		return false;
	state_set_attribute(apply->state, name, set ? value : NULL, len);
	return true;
}

static bool apply_boot(struct apply *apply)
{
	size_t len;
	const void *id = roost_wire_bytes(&apply->wire, &len);

	if (apply->wire.broken || len != BOOT_ID_SIZE)
		return broken(apply);
	memcpy(apply->state->boot, id, BOOT_ID_SIZE);
	apply->state->clean = false;
	return true;
}

static bool apply_item(struct apply *apply, uint32_t item)
{
	struct state *state = apply->state;

	switch (item) {
	case ITEM_ADD:
		return apply_add(apply);
	case ITEM_FLAGS:
		return apply_flags(apply);
	case ITEM_MIRRORED:
		return apply_mirrored(apply);
	case ITEM_KEY:
		return apply_key(apply);
	case ITEM_EXPUNGE:
		return apply_expunge(apply);
	case ITEM_REMOVED:
		(void)roost_map_remove(state->unremoved,
				       roost_wire_text(&apply->wire, apply->arena));
		return !apply->wire.broken;
	case ITEM_LEARN:
		return apply_learn(apply);
	case ITEM_KEYWORD:
		return apply_keyword(apply);
	case ITEM_ATTRIBUTE:
		return apply_attribute(apply);
	case ITEM_UIDVALIDITY:
		state->uidvalidity = roost_wire_u32(&apply->wire);
		state->uidnext = roost_wire_u32(&apply->wire);
		if (state->uid.count > 0 && state->uidnext <= state->uid.items[state->uid.count - 1])
			state->uidnext = state->uid.items[state->uid.count - 1] + 1;
		return !apply->wire.broken;
	case ITEM_RECENT:
		state->first_recent = roost_wire_u32(&apply->wire);
		return !apply->wire.broken;
	case ITEM_BOOT:
		return apply_boot(apply);
	case ITEM_CLEAN:
		state->clean = true;
		return true;
	default:
		return broken(apply);
	}
}

/* Once a transaction, however many went: the columns close up. */
static void squeeze(struct state *state)
{
	size_t to = 0;

	for (size_t from = 0; from < state->uid.count; from++) {
		if (state->row.items[from] == ROW_GONE)
			continue;
		state->uid.items[to] = state->uid.items[from];
		state->flags.items[to] = state->flags.items[from];
		state->keywords.items[to] = state->keywords.items[from];
		state->modseq.items[to] = state->modseq.items[from];
		state->row.items[to++] = state->row.items[from];
	}
	state->uid.count = state->flags.count = state->keywords.count = to;
	state->modseq.count = state->row.count = to;
}

int index_apply(struct index *index, uint64_t modseq, const void *items, size_t len,
		struct roost_error *err)
{
	struct roost_error failed = { 0 };
	struct apply apply = {
		.index = index, .state = &index->state, .wire = roost_wire_read(items, len),
		.arena = roost_arena_create("index transaction"), .modseq = modseq, .err = &failed,
	};
	bool good = true;

	while (good && apply.wire.len >= 4) {
		uint32_t item = roost_wire_u32(&apply.wire);

		if (item == ITEM_END)
			break;
		good = apply_item(&apply, item);
	}
	if (apply.squeeze)
		squeeze(apply.state);
	if (modseq > apply.state->highestmodseq)
		apply.state->highestmodseq = modseq;
	apply.state->fresh = false;
	index->version++;
	roost_arena_free(apply.arena);
	if (good)
		return 0;
	if (failed.kind != ROOST_ERR_NONE) {
		if (err != NULL)
			*err = failed;
		return -1;
	}
	return roost_fail_detail(err, ROOST_ERR_CORRUPT, "a transaction makes no sense");
}
