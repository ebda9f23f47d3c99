/* Reading a snapshot: header and directory first, then the blocks that are wanted. */
#include <stdio.h>
#include "modules/mail/index/crc.h"
#include "modules/mail/index/le.h"
#include "modules/mail/index/snap.h"
#include "modules/mail/index/snap_format.h"

#define FIRST_READ 16384u		/* all that an opener needs of some hundred messages */

struct entry {
	uint32_t type, rows, length, crc;
	uint64_t offset;
};

struct snap {
	struct bytes_object *object;
	struct roost_arena *arena;
	struct roost_str head;		/* the file's beginning as far as it was read */
	const uint8_t *header;		/* in arena */
	uint64_t size, main_len;
	struct entry *entries;
	uint32_t count;
	bool from_copy;
};

static int read_exactly(struct snap *snap, uint64_t offset, void *buffer, size_t len,
			struct roost_error *err)
{
	ssize_t got = bytes_read(snap->object, offset, buffer, len, err);

	if (got < 0)
		return -1;
	if ((size_t)got < len)
		memset((char *)buffer + got, 0, len - (size_t)got);	/* fails its checksum */
	return 0;
}

/* The file up to len is in head. */
static int read_head(struct snap *snap, uint64_t len, struct roost_error *err)
{
	size_t have = snap->head.len;

	if (len > snap->size)
		len = snap->size;
	if (len <= have)
		return 0;
	roost_str_reserve(&snap->head, len - have);
	if (read_exactly(snap, have, snap->head.data + have, len - have, err) < 0)
		return -1;
	snap->head.len = len;
	return 0;
}

static bool header_good(const uint8_t *header, uint64_t size)
{
	return memcmp(header, SNAP_MAGIC, 8) == 0 && le32_get(header + 8) == 1 &&
		le32_get(header + SNAP_HEADER_SIZE - 4) ==
		crc32c(0, header, SNAP_HEADER_SIZE - 4) &&
		le64_get(header + 112) <= size;
}

/* Take over a directory when it and the header before or behind it are good. */
static bool use_directory(struct snap *snap, const uint8_t *header, const uint8_t *directory)
{
	uint32_t count = le32_get(header + 12);

	if (le32_get(header + 136) != crc32c(0, directory, (size_t)count * SNAP_ENTRY_SIZE))
		return false;
	snap->header = roost_arena_dup(snap->arena, header, SNAP_HEADER_SIZE);
	snap->main_len = le64_get(header + 104);
	snap->count = count;
	snap->entries = roost_arena_alloc(snap->arena, (count + 1) * sizeof(*snap->entries));
	for (uint32_t i = 0; i < count; i++, directory += SNAP_ENTRY_SIZE)
		snap->entries[i] = (struct entry){
			.type = le32_get(directory), .rows = le32_get(directory + 4),
			.offset = le64_get(directory + 8), .length = le32_get(directory + 16),
			.crc = le32_get(directory + 20),
		};
	return true;
}

static bool entries_fit(const uint8_t *header, uint64_t size)
{
	return (uint64_t)le32_get(header + 12) * SNAP_ENTRY_SIZE + SNAP_HEADER_SIZE <= size;
}

/* 1: used, 0: damaged. */
static int try_front(struct snap *snap, struct roost_error *err)
{
	uint64_t len;

	if (read_head(snap, FIRST_READ, err) < 0)
		return -1;
	if (snap->head.len < SNAP_HEADER_SIZE ||
	    !header_good((const uint8_t *)snap->head.data, snap->size) ||
	    !entries_fit((const uint8_t *)snap->head.data, snap->size))
		return 0;
	len = SNAP_HEADER_SIZE + (uint64_t)le32_get(snap->head.data + 12) * SNAP_ENTRY_SIZE;
	if (read_head(snap, len, err) < 0)
		return -1;
	return use_directory(snap, (const uint8_t *)snap->head.data,
			     (const uint8_t *)snap->head.data + SNAP_HEADER_SIZE);
}

static int try_copy(struct snap *snap, struct roost_error *err)
{
	uint8_t header[SNAP_HEADER_SIZE], *directory;
	uint64_t len;

	if (snap->size < SNAP_HEADER_SIZE)
		return 0;
	if (read_exactly(snap, snap->size - sizeof(header), header, sizeof(header), err) < 0)
		return -1;
	if (!header_good(header, snap->size) || !entries_fit(header, snap->size))
		return 0;
	len = (uint64_t)le32_get(header + 12) * SNAP_ENTRY_SIZE;
	directory = roost_arena_alloc(snap->arena, len + 1);
	if (read_exactly(snap, snap->size - sizeof(header) - len, directory, len, err) < 0)
		return -1;
	snap->from_copy = true;
	return use_directory(snap, header, directory);
}

int snap_open(struct bytes_store *store, struct snap **result, struct roost_error *err)
{
	struct bytes_object *object;
	struct roost_arena *arena;
	struct snap *snap;
	int used;

	if (bytes_open(store, SNAP_NAME, false, &object, err) < 0)
		return -1;
	arena = roost_arena_create("index snapshot");
	snap = roost_arena_new(arena, struct snap);
	snap->arena = arena;
	snap->object = object;
	used = bytes_size(object, &snap->size, err) < 0 ? -1 : try_front(snap, err);
	if (used == 0)
		used = try_copy(snap, err);
	if (used == 0)
		used = roost_fail_detail(err, ROOST_ERR_CORRUPT, "snap: header is damaged");
	if (used < 0) {
		snap_close(snap);
		return -1;
	}
	*result = snap;
	return 0;
}

void snap_close(struct snap *snap)
{
	if (snap == NULL)
		return;
	bytes_close(snap->object);
	roost_str_free(&snap->head);
	roost_arena_free(snap->arena);
}

bool snap_replaced(const struct snap *snap)
{
	return bytes_replaced(snap->object);
}

uint64_t snap_size(const struct snap *snap)
{
	return snap->size;
}

uint64_t snap_generation(const struct snap *snap)
{
	return le64_get(snap->header + 16);
}

static void load_header(const struct snap *snap, struct state *state)
{
	const uint8_t *header = snap->header;
	uint32_t flags = le32_get(header + 68);

	state->generation = le64_get(header + 16);
	memcpy(state->guid, header + 24, sizeof(state->guid));
	memcpy(state->boot, header + 40, sizeof(state->boot));
	state->uidvalidity = le32_get(header + 56);
	state->uidnext = le32_get(header + 60);
	state->first_recent = le32_get(header + 64);
	state->clean = (flags & SNAP_FLAG_CLEAN) != 0;
	state->scan = (flags & SNAP_FLAG_SCAN) != 0;
	state->highestmodseq = le64_get(header + 72);
	state->vsize_sum = le64_get(header + 80);
	state->vsize_unknown = le32_get(header + 88);
	state->cache_generation = le32_get(header + 92);
	state->history_floor = le64_get(header + 96);
	state->unseen = le32_get(header + 124);
	state->deleted = le32_get(header + 128);
}

/* A block's bytes when they are good; buffer is for those that are not in head. NULL: damaged. */
static int read_block(struct snap *snap, const struct entry *entry, struct roost_str *buffer,
		      const uint8_t **data, struct roost_error *err)
{
	*data = NULL;
	if (entry->offset > snap->size || entry->length > snap->size - entry->offset)
		return 0;
	if (entry->offset + entry->length <= snap->head.len) {
		*data = (const uint8_t *)snap->head.data + entry->offset;
	} else {
		roost_str_truncate(buffer, 0);
		roost_str_reserve(buffer, entry->length);
		if (read_exactly(snap, entry->offset, buffer->data, entry->length, err) < 0)
			return -1;
		*data = (const uint8_t *)buffer->data;
	}
	if (crc32c(0, *data, entry->length) != entry->crc)
		*data = NULL;
	return 0;
}

static void load_meta(struct state *state, const uint8_t *data, uint32_t length)
{
	struct le_reader in = { data, data + length, false };
	const char *name = NULL;
	size_t name_len = 0;

	while (in.at < in.end) {
		uint32_t kind = le32(&in), number = le32(&in), len = le32(&in);
		const char *bytes = (const char *)le_bytes(&in, len);

		if (in.broken)
			break;
		if (kind == META_KEYWORD)
			state_set_keyword(state, number, bytes, len);
		else if (kind == META_UNREMOVED)
			state_add_unremoved(state, bytes, len);
		else if (kind == META_ATTRIBUTE && number == UINT32_MAX && name != NULL)
			state_set_attribute(state, name, name_len, bytes, len);
		name = kind == META_ATTRIBUTE && number != UINT32_MAX ? bytes : NULL;
		name_len = len;
	}
}

/* Names for keyword bits whose names are gone, so that the bits are neither lost nor taken. */
static void name_keywords(struct state *state, uint32_t count)
{
	for (uint32_t i = 0; i < count && i < KEYWORDS_MAX; i++) {
		char name[32];

		if (state->keywords[i] != NULL)
			continue;
		snprintf(name, sizeof(name), "unknown-%u", i);
		state_set_keyword(state, i, name, strlen(name));
	}
}

static bool load_hot(struct state *state, const uint8_t *data, const struct entry *entry)
{
	const uint8_t *keywords = data + 4 * (size_t)entry->rows;
	const uint8_t *modseq = keywords + 8 * (size_t)entry->rows;
	const uint8_t *flags = modseq + 8 * (size_t)entry->rows;
	struct hot *hot = &state->hot;
	uint32_t last = hot->uid.count == 0 ? 0 : hot->uid.items[hot->uid.count - 1];

	if (entry->length != (uint64_t)entry->rows * SNAP_HOT_ROW)
		return false;
	for (uint32_t i = 0; i < entry->rows; i++) {
		uint32_t uid = le32_get(data + 4 * i);

		if (uid <= last || uid == UINT32_MAX)
			return false;
		last = uid;
	}
	roost_vec_reserve(&hot->uid, entry->rows);
	roost_vec_reserve(&hot->flags, entry->rows);
	roost_vec_reserve(&hot->keywords, entry->rows);
	roost_vec_reserve(&hot->modseq, entry->rows);
	for (uint32_t i = 0; i < entry->rows; i++) {
		hot->uid.items[hot->uid.count++] = le32_get(data + 4 * i);
		hot->keywords.items[hot->keywords.count++] = le64_get(keywords + 8 * i);
		hot->modseq.items[hot->modseq.count++] = le64_get(modseq + 8 * i);
		hot->flags.items[hot->flags.count++] = flags[i];
	}
	return true;
}

/* hot_only: the UIDs are wanted, as messages without flags, in place of a damaged hot block. */
static bool load_cold(struct state *state, const uint8_t *data, const struct entry *entry,
		      bool hot_only)
{
	size_t keys = (size_t)entry->rows * SNAP_COLD_ROW;
	uint32_t from = 0;

	if (entry->length < keys)
		return false;
	for (uint32_t i = 0; i < entry->rows; i++, data += SNAP_COLD_ROW) {
		uint32_t to = le32_get(data + 4);
		struct cold_row row = {
			.uid = le32_get(data), .cache_generation = le32_get(data + 8),
			.cache_offset = le64_get(data + 12),
			.internaldate = (int64_t)le64_get(data + 20),
			.savedate = (int64_t)le64_get(data + 28),
			.size = le64_get(data + 36), .vsize = le64_get(data + 44),
		};

		if (to < from || to > entry->length - keys)
			return false;
		memcpy(row.guid, data + 52, sizeof(row.guid));
		if (hot_only)
			state_add_hot(state, row.uid, 0, 0, state->highestmodseq);
		else
			state_add_cold(state, &row,
				       (const char *)data + (entry->rows - i) * SNAP_COLD_ROW +
				       from, to - from);
		from = to;
	}
	return true;
}

static void load_history(struct state *state, const uint8_t *data, uint32_t length)
{
	for (; length >= 12; data += 12, length -= 12)
		state_add_vanished(state, le32_get(data + 8), le64_get(data));
}

/* The block of cold rows that belongs to hot block number. */
static const struct entry *cold_entry(const struct snap *snap, uint32_t number)
{
	for (uint32_t i = 0; i < snap->count; i++) {
		if (snap->entries[i].type == SNAP_COLD && number-- == 0)
			return &snap->entries[i];
	}
	return NULL;
}

/* A hot block is lost: its messages are still known from the cold one. */
static int replace_hot(struct snap *snap, struct state *state, uint32_t number, uint32_t rows,
		       struct snap_damage *damage, struct roost_error *err)
{
	const struct entry *entry = cold_entry(snap, number);
	struct roost_str buffer = ROOST_STR_INIT;
	const uint8_t *data = NULL;
	int result = entry == NULL ? 0 : read_block(snap, entry, &buffer, &data, err);

	if (data != NULL && load_cold(state, data, entry, true))
		damage->hot += rows;
	else
		damage->lost += rows;
	roost_str_free(&buffer);
	return result;
}

struct loading {
	struct snap *snap;
	struct state *state;
	struct snap_damage *damage;
	unsigned mask;
	uint32_t hot_blocks;
	bool meta;			/* one of the two META blocks was good */
};

static int load_block(struct loading *loading, const struct entry *entry,
		      struct roost_str *buffer, struct roost_error *err)
{
	struct state *state = loading->state;
	const uint8_t *data;
	uint32_t number;

	if (read_block(loading->snap, entry, buffer, &data, err) < 0)
		return -1;
	switch (entry->type) {
	case SNAP_META:
		if (data == NULL)
			loading->damage->other++;
		else
			load_meta(state, data, entry->length);
		loading->meta = loading->meta || data != NULL;
		return 0;
	case SNAP_HOT:
		number = loading->hot_blocks++;
		if (data != NULL && load_hot(state, data, entry))
			return 0;
		return replace_hot(loading->snap, state, number, entry->rows, loading->damage,
				   err);
	case SNAP_COLD:
		if (data == NULL || !load_cold(state, data, entry, false))
			loading->damage->cold += entry->rows;
		return 0;
	default:
		if (data != NULL) {
			load_history(state, data, entry->length);
		} else {
			loading->damage->other++;
			state->history_floor = state->highestmodseq;
		}
		return 0;
	}
}

static bool wanted(const struct loading *loading, uint32_t type)
{
	switch (type) {
	case SNAP_META:	return (loading->mask & STATE_MAIN) != 0 && !loading->meta;
	case SNAP_HOT:	return (loading->mask & STATE_MAIN) != 0;
	case SNAP_COLD:	return (loading->mask & STATE_COLD) != 0;
	case SNAP_HISTORY: return (loading->mask & STATE_HISTORY) != 0;
	default:	return false;
	}
}

int snap_load(struct snap *snap, struct state *state, unsigned mask,
	      struct snap_damage *damage, struct roost_error *err)
{
	struct loading loading = { snap, state, damage, mask, 0, false };
	struct roost_str buffer = ROOST_STR_INIT;
	int result = 0;

	memset(damage, 0, sizeof(*damage));
	damage->header = snap->from_copy;
	if ((mask & STATE_MAIN) != 0) {
		load_header(snap, state);
		result = read_head(snap, snap->main_len, err);
	}
	for (uint32_t i = 0; i < snap->count && result == 0; i++) {
		if (wanted(&loading, snap->entries[i].type))
			result = load_block(&loading, &snap->entries[i], &buffer, err);
	}
	if (result == 0 && (mask & STATE_MAIN) != 0) {
		name_keywords(state, le32_get(snap->header + 132));
		if (damage->hot + damage->lost > 0)
			state_recount(state);
		roost_str_free(&snap->head);
	}
	roost_str_free(&buffer);
	return result;
}
