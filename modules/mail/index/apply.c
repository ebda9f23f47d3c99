/* What each operation of a record does to the state: the only way in which states change. */
#include "modules/mail/index/le.h"
#include "modules/mail/index/ops.h"

typedef ROOST_VEC(uint32_t) uids_vec;

/* The fields that OP_ADD and OP_LEARN share. */
static void read_cold(struct le_reader *body, struct cold_row *row)
{
	const uint8_t *guid;

	row->internaldate = (int64_t)le64(body);
	row->savedate = (int64_t)le64(body);
	row->size = le64(body);
	row->vsize = le64(body);
	row->cache_offset = le64(body);
	row->cache_generation = le32(body);
	guid = le_bytes(body, sizeof(row->guid));
	if (guid != NULL)
		memcpy(row->guid, guid, sizeof(row->guid));
}

static void apply_add(struct state *state, struct le_reader *body, uint64_t modseq, unsigned mask)
{
	struct cold_row row = { .uid = le32(body) };
	uint32_t flags = le32(body);
	uint64_t keywords = le64(body);

	read_cold(body, &row);
	if (body->broken)
		return;
	if ((mask & STATE_MAIN) != 0 &&
	    state_add_hot(state, row.uid, (uint8_t)flags, keywords, modseq)) {
		state->vsize_sum += row.vsize;
		state->vsize_unknown += row.vsize == 0;
	}
	if ((mask & STATE_COLD) != 0)
		state_add_cold(state, &row, (const char *)body->at,
			       (size_t)(body->end - body->at));
}

static void apply_flags(struct state *state, struct le_reader *body, uint64_t modseq,
			unsigned mask)
{
	while ((mask & STATE_MAIN) != 0 && (size_t)(body->end - body->at) >= OP_FLAGS_ITEM) {
		uint32_t first = le32(body), last = le32(body), flags = le32(body);
		uint64_t keywords = le64(body);
		bool found;

		for (uint32_t i = hot_position(&state->hot, first, &found);
		     i < state->hot.uid.count && state->hot.uid.items[i] <= last; i++)
			state_set_flags(state, i, (uint8_t)flags, keywords, modseq);
	}
}

static void apply_mirrored(struct state *state, struct le_reader *body, unsigned mask)
{
	uint32_t uid = le32(body), position;
	size_t len = (size_t)(body->end - body->at);
	bool found;

	if ((mask & STATE_MAIN) != 0) {
		position = hot_position(&state->hot, uid, &found);
		if (found)
			state->hot.flags.items[position] &= (uint8_t)~INDEX_MIRROR_PENDING;
	}
	if ((mask & STATE_COLD) != 0 && len > 0)
		state_set_key(state, uid, (const char *)body->at, len);
}

static int by_uid(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

static void apply_expunge(struct state *state, struct le_reader *body, uint64_t modseq,
			  unsigned mask)
{
	uids_vec uids = { 0 };
	bool sorted = true, found;

	while (body->at < body->end) {
		uint32_t uid = le32(body), key_len = le32(body);
		uint64_t vsize = le64(body);
		const uint8_t *key = le_bytes(body, key_len);

		if (body->broken)
			break;
		sorted = sorted && (uids.count == 0 || uids.items[uids.count - 1] < uid);
		roost_vec_push(&uids, uid);
		if ((mask & STATE_HISTORY) != 0)
			state_add_vanished(state, uid, modseq);
		if ((mask & STATE_MAIN) == 0)
			continue;
		state_add_unremoved(state, (const char *)key, key_len);
		hot_position(&state->hot, uid, &found);
		if (found && vsize != 0)
			state->vsize_sum -= vsize;
		else if (found)
			state->vsize_unknown--;
	}
	if (!sorted)
		qsort(uids.items, uids.count, sizeof(*uids.items), by_uid);
	if ((mask & STATE_MAIN) != 0)
		state_remove_hot(state, uids.items, uids.count);
	if ((mask & STATE_COLD) != 0)
		state_remove_cold(state, uids.items, uids.count);
	roost_vec_free(&uids);
}

static void apply_removed(struct state *state, struct le_reader *body)
{
	struct roost_arena *arena = roost_arena_create("removed keys");
	ROOST_VEC(const char *) keys = { 0 };

	while (body->at < body->end) {
		uint32_t len = le32(body);
		const uint8_t *key = le_bytes(body, len);

		if (body->broken)
			break;
		roost_vec_push(&keys, roost_arena_strndup(arena, (const char *)key, len));
	}
	roost_vec_push(&keys, NULL);
	state_drop_unremoved(state, keys.items);
	roost_vec_free(&keys);
	roost_arena_free(arena);
}

static void apply_learn(struct state *state, struct le_reader *body, unsigned mask)
{
	static const uint8_t none[16];
	uint32_t uid = le32(body), position;
	uint64_t old_vsize = le64(body);
	struct cold_row new = { 0 }, *row;
	bool found;

	read_cold(body, &new);
	if (body->broken)
		return;
	hot_position(&state->hot, uid, &found);
	if ((mask & STATE_MAIN) != 0 && found && new.vsize != 0) {
		state->vsize_unknown -= old_vsize == 0;
		state->vsize_sum += new.vsize - old_vsize;
	}
	if ((mask & STATE_COLD) == 0)
		return;
	position = cold_position(state, uid, &found);
	if (!found)
		return;
	row = &state->cold.items[position];
	row->internaldate = new.internaldate != 0 ? new.internaldate : row->internaldate;
	row->savedate = new.savedate != 0 ? new.savedate : row->savedate;
	row->size = new.size != 0 ? new.size : row->size;
	row->vsize = new.vsize != 0 ? new.vsize : row->vsize;
	if (memcmp(new.guid, none, sizeof(none)) != 0)
		memcpy(row->guid, new.guid, sizeof(none));
	if (new.cache_offset != 0) {
		row->cache_offset = new.cache_offset;
		row->cache_generation = new.cache_generation;
	}
}

static void apply_attribute(struct state *state, struct le_reader *body)
{
	uint32_t name_len = le32(body), len = le32(body);
	const uint8_t *name = le_bytes(body, name_len);
	const uint8_t *value = len == UINT32_MAX ? NULL : le_bytes(body, len);

	if (!body->broken)
		state_set_attribute(state, (const char *)name, name_len, value, len);
}

static void apply_uidvalidity(struct state *state, struct le_reader *body)
{
	uint32_t uidvalidity = le32(body), uidnext = le32(body);
	size_t count = state->hot.uid.count;
	uint32_t least = count == 0 ? 1 : state->hot.uid.items[count - 1] + 1;

	if (body->broken || uidvalidity == 0)
		return;
	if (uidvalidity == state->uidvalidity && least < state->uidnext)
		least = state->uidnext;
	state->uidvalidity = uidvalidity;
	state->uidnext = uidnext < least ? least : uidnext;
}

static void apply_boot(struct state *state, struct le_reader *body)
{
	const uint8_t *boot = le_bytes(body, sizeof(state->boot));
	uint32_t flags = le32(body);

	if (body->broken)
		return;
	memcpy(state->boot, boot, sizeof(state->boot));
	if ((flags & OP_BOOT_SCAN) != 0)
		state->scan = true;
}

static void apply_main(struct state *state, uint32_t kind, struct le_reader *body)
{
	uint32_t number;

	switch (kind) {
	case OP_REMOVED:
		apply_removed(state, body);
		break;
	case OP_KEYWORD:
		number = le32(body);
		if (!body->broken)
			state_set_keyword(state, number, (const char *)body->at,
					  (size_t)(body->end - body->at));
		break;
	case OP_ATTRIBUTE:
		apply_attribute(state, body);
		break;
	case OP_UIDVALIDITY:
		apply_uidvalidity(state, body);
		break;
	case OP_RECENT:
		number = le32(body);
		if (number > state->first_recent)
			state->first_recent = number;
		break;
	case OP_BOOT:
		apply_boot(state, body);
		break;
	case OP_SCANNED:
		state->scan = false;
		break;
	case OP_CLEAN:
		state->clean = true;
		break;
	case OP_SEAL:
		state->sealed = true;
		break;
	default:
		break;
	}
}

static void apply_op(struct state *state, uint32_t kind, struct le_reader *body, uint64_t modseq,
		     unsigned mask)
{
	switch (kind) {
	case OP_ADD:
		apply_add(state, body, modseq, mask);
		break;
	case OP_FLAGS:
		apply_flags(state, body, modseq, mask);
		break;
	case OP_MIRRORED:
		apply_mirrored(state, body, mask);
		break;
	case OP_EXPUNGE:
		apply_expunge(state, body, modseq, mask);
		break;
	case OP_LEARN:
		apply_learn(state, body, mask);
		break;
	default:
		if ((mask & STATE_MAIN) != 0)
			apply_main(state, kind, body);
	}
}

void state_apply(struct state *state, const struct log_record *record, unsigned mask)
{
	struct le_reader in = { record->payload, record->payload + record->payload_len, false };

	if (record->type != LOG_TYPE_CHANGE)
		return;
	if ((mask & STATE_MAIN) != 0) {
		state->clean = state->sealed = false;
		if (record->modseq > state->highestmodseq)
			state->highestmodseq = record->modseq;
	}
	while ((size_t)(in.end - in.at) >= OP_HEAD) {
		uint32_t kind = le32(&in), len = le32(&in);
		const uint8_t *at = le_bytes(&in, len);
		struct le_reader body = { at, at == NULL ? NULL : at + len, false };
		size_t padding = -(size_t)len & 7;

		if (in.broken)
			break;
		apply_op(state, kind, &body, record->modseq, mask);
		if ((size_t)(in.end - in.at) < padding)
			break;
		in.at += padding;
	}
}
