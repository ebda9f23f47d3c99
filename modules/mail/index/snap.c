/* The snapshot: all columns of one generation in one file, replaced as a whole. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "modules/mail/index/crc.h"
#include "modules/mail/index/private.h"

#define SNAP_MAGIC "RoostIx1"
#define SNAP_CLEAN 1u
#define SNAP_FRESH 2u
#define MESSAGES_MAX (64u << 20)
#define SECTION_MAX (UINT64_C(8) << 30)

/* Sections in the order in which they follow the header. */
enum section {
	SECTION_NAMES, SECTION_UID, SECTION_MODSEQ, SECTION_KEYWORDS, SECTION_FLAGS,
	SECTION_COLD, SECTION_POOL, SECTION_COUNT,
};
static const char *const section_names[] = {
	"names", "UIDs", "MODSEQs", "keywords", "flags", "cold columns", "keys",
};

struct snap_header {
	char magic[8];
	uint32_t size, crc;		/* crc: of the header with this as 0 */
	uint64_t generation, highestmodseq, vsize_sum, vsize_unknown, vanished_from;
	uint32_t uidvalidity, uidnext, first_recent, messages, cache_generation, cache_dead;
	uint8_t guid[16], boot[BOOT_ID_SIZE];
	uint32_t flags, reserved;
	struct { uint64_t size; uint32_t crc, reserved; } section[SECTION_COUNT];
};

static uint64_t padded(uint64_t size)
{
	return (size + 7) & ~UINT64_C(7);
}

/* --- reading --- */

static int read_header(struct bytes_object *snap, struct snap_header *header,
		       struct roost_error *err)
{
	ssize_t got = bytes_read(snap, 0, header, sizeof(*header), err);
	uint32_t crc;

	if (got < 0)
		return -1;
	if (got < (ssize_t)sizeof(*header) || memcmp(header->magic, SNAP_MAGIC, 8) != 0 ||
	    header->size != sizeof(*header))
		goto bad;
	crc = header->crc;
	header->crc = 0;
	if (crc != index_crc(header, sizeof(*header)) || header->messages > MESSAGES_MAX)
		goto bad;
	for (int i = 0; i < SECTION_COUNT; i++) {
		if (header->section[i].size > SECTION_MAX)
			goto bad;
	}
	return 0;
bad:
	memset(header, 0, sizeof(*header));
	return roost_fail_detail(err, ROOST_ERR_CORRUPT, "the header of snap is damaged");
}

static uint64_t section_at(const struct snap_header *header, enum section section)
{
	uint64_t at = sizeof(*header);

	for (int i = 0; i < (int)section; i++)
		at += padded(header->section[i].size);
	return at;
}

/* Whether a section in memory has the size that it must have (0: any) and its checksum. */
static bool section_good(const struct snap_header *header, enum section section,
			 const void *data, uint64_t size)
{
	return (size == 0 || header->section[section].size == size) &&
	       header->section[section].crc == index_crc(data, header->section[section].size);
}

static bool read_names(struct state *state, const void *data, size_t len)
{
	struct roost_wire wire = roost_wire_read(data, len);
	uint32_t count = roost_wire_u32(&wire);

	if (count > KEYWORDS_MAX)
		return false;
	for (uint32_t i = 0; i < count; i++)
		state->keyword[i] = roost_wire_text(&wire, state->names);
	state->keyword_count = count;
	for (count = roost_wire_u32(&wire); count > 0 && !wire.broken; count--) {
		const char *name = roost_wire_text(&wire, state->names);
		size_t size;
		const void *value = roost_wire_bytes(&wire, &size);

		if (!wire.broken)
			state_set_attribute(state, name, value, size);
	}
	for (count = roost_wire_u32(&wire); count > 0 && !wire.broken; count--)
		(void)roost_map_set(state->unremoved, roost_wire_text(&wire, state->names), state);
	for (count = roost_wire_u32(&wire); count > 0 && !wire.broken; count--) {
		struct vanished gone = { .modseq = roost_wire_u64(&wire) };

		gone.first = roost_wire_u32(&wire);
		gone.last = roost_wire_u32(&wire);
		if (!wire.broken)
			roost_vec_push(&state->vanished, gone);
	}
	return roost_wire_done(&wire);
}

static bool uids_ascend(const struct state *state)
{
	uint32_t last = 0;

	for (size_t i = 0; i < state->uid.count; i++) {
		if (state->uid.items[i] <= last)
			return false;
		last = state->uid.items[i];
	}
	return last < state->uidnext;
}

/* A column out of the bytes, or false with the column zeroed. */
#define TAKE_COLUMN(column, section_) \
	(roost_vec_reserve(&state->column, n), state->column.count = n, \
	 section_good(header, section_, at, n * sizeof(*state->column.items)) ? \
	 (n == 0 || memcpy(state->column.items, at, n * sizeof(*state->column.items)) != NULL) : \
	 (n > 0 && memset(state->column.items, 0, n * sizeof(*state->column.items)) == NULL))

/* What can be missed: flags come back from the store, a MODSEQ may be newer than it was. */
static void column_lost(struct index *index, struct state *state, enum section section)
{
	index_report(index, "snap is damaged: the %s of all messages are lost",
		     section_names[section]);
	index->damaged = true;
	if (section == SECTION_MODSEQ) {
		for (size_t i = 0; i < state->modseq.count; i++)
			state->modseq.items[i] = state->highestmodseq;
	}
}

static int take_hot(struct index *index, struct state *state, const struct snap_header *header,
		    const unsigned char *data, struct roost_error *err)
{
	uint64_t from = section_at(header, SECTION_NAMES);
	const unsigned char *at = data;
	size_t n = header->messages;

	if (!section_good(header, SECTION_NAMES, at, 0) ||
	    !read_names(state, at, header->section[SECTION_NAMES].size))
		return roost_fail_detail(err, ROOST_ERR_CORRUPT, "the names of snap are damaged");
	at = data + (section_at(header, SECTION_UID) - from);
	if (!TAKE_COLUMN(uid, SECTION_UID) || !uids_ascend(state))
		return roost_fail_detail(err, ROOST_ERR_CORRUPT, "the UIDs of snap are damaged");
	at = data + (section_at(header, SECTION_MODSEQ) - from);
	if (!TAKE_COLUMN(modseq, SECTION_MODSEQ))
		column_lost(index, state, SECTION_MODSEQ);
	at = data + (section_at(header, SECTION_KEYWORDS) - from);
	if (!TAKE_COLUMN(keywords, SECTION_KEYWORDS))
		column_lost(index, state, SECTION_KEYWORDS);
	at = data + (section_at(header, SECTION_FLAGS) - from);
	if (!TAKE_COLUMN(flags, SECTION_FLAGS))
		column_lost(index, state, SECTION_FLAGS);
	roost_vec_reserve(&state->row, n);
	for (uint32_t i = 0; i < n; i++)
		roost_vec_push(&state->row, i);
	return 0;
}

static void take_header(struct state *state, const struct snap_header *header)
{
	state->generation = header->generation;
	state->highestmodseq = header->highestmodseq;
	state->uidvalidity = header->uidvalidity;
	state->uidnext = header->uidnext;
	state->first_recent = header->first_recent;
	memcpy(state->guid, header->guid, sizeof(state->guid));
	memcpy(state->boot, header->boot, sizeof(state->boot));
	state->vsize_sum = header->vsize_sum;
	state->vsize_unknown = header->vsize_unknown;
	state->vanished_from = header->vanished_from;
	state->cache_generation = header->cache_generation;
	state->cache_dead = header->cache_dead;
	state->clean = (header->flags & SNAP_CLEAN) != 0;
	state->fresh = (header->flags & SNAP_FRESH) != 0;
	state->snap_rows = header->messages;
	state->snap_pool = header->section[SECTION_POOL].size;
	state->loaded = header->messages == 0;
	if (state->loaded)
		state->snap_pool = 0;
}

int snap_read(struct index *index, struct bytes_object *snap, struct state *state,
	      struct roost_error *err)
{
	struct snap_header header;
	uint64_t from, hot, size;
	unsigned char *data;
	ssize_t got;
	int ret = -1;

	if (read_header(snap, &header, err) < 0)
		return -1;
	take_header(state, &header);
	from = sizeof(header);
	hot = section_at(&header, SECTION_COLD) - from;
	if (bytes_size(snap, &size, err) < 0)
		return -1;
	if (size < section_at(&header, SECTION_COUNT) || header.section[SECTION_COLD].size !=
	    header.messages * sizeof(struct cold_row))
		return roost_fail_detail(err, ROOST_ERR_CORRUPT, "snap is too short");
	data = malloc(hot + 1);
	if (data == NULL)
		abort();
	got = bytes_read(snap, from, data, hot, err);
	if (got == (ssize_t)hot)
		ret = take_hot(index, state, &header, data, err);
	else if (got >= 0)
		roost_fail_detail(err, ROOST_ERR_CORRUPT, "snap is too short");
	free(data);
	index->snap_size = size;
	return ret;
}

/* Keys are texts inside the pool. */
static bool keys_good(const struct cold_row *rows, size_t count, const char *pool, uint64_t size)
{
	if (count > 0 && (size == 0 || pool[size - 1] != '\0'))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].key >= size)
			return false;
	}
	return true;
}

static int read_cold(struct index *index, const struct snap_header *header, void *rows,
		     char *pool, struct roost_error *err)
{
	uint64_t rows_size = header->section[SECTION_COLD].size;
	uint64_t pool_size = header->section[SECTION_POOL].size;
	ssize_t got = bytes_read(index->snap, section_at(header, SECTION_COLD), rows, rows_size, err);
	ssize_t got_pool = bytes_read(index->snap, section_at(header, SECTION_POOL), pool,
				      pool_size, err);

	if (got < 0 || got_pool < 0)
		return -1;
	if ((uint64_t)got != rows_size || (uint64_t)got_pool != pool_size ||
	    !section_good(header, SECTION_COLD, rows, rows_size) ||
	    !section_good(header, SECTION_POOL, pool, pool_size) ||
	    !keys_good(rows, header->messages, pool, pool_size)) {
		index->broken = true;
		return roost_fail_detail(err, ROOST_ERR_CORRUPT, "the keys of snap are damaged");
	}
	return 0;
}

int snap_load_cold(struct index *index, struct roost_error *err)
{
	struct state *state = &index->state;
	struct snap_header header;
	ROOST_VEC(struct cold_row) rows = { 0 };
	struct roost_str pool = ROOST_STR_INIT;

	if (state->loaded)
		return 0;
	if (read_header(index->snap, &header, err) < 0) {
		index->broken = true;
		return -1;
	}
	roost_vec_reserve(&rows, state->snap_rows + state->rows.count);
	(void)roost_str_reserve(&pool, state->snap_pool + state->pool.len);
	if (read_cold(index, &header, rows.items, pool.data, err) < 0) {
		roost_vec_free(&rows);
		roost_str_free(&pool);
		return -1;
	}
	rows.count = state->snap_rows;
	pool.len = state->snap_pool;
	for (size_t i = 0; i < state->rows.count; i++)
		roost_vec_push(&rows, state->rows.items[i]);
	roost_str_append(&pool, roost_str_text(&state->pool), state->pool.len);
	free(state->rows.items);
	roost_str_free(&state->pool);
	memcpy(&state->rows, &rows, sizeof(rows));
	state->pool = pool;
	state->loaded = true;
	bytes_close(index->snap);
	index->snap = NULL;
	return 0;
}

/* --- writing --- */

/* Rows in the order of messages, keys without those of the dead. */
static void tidy(struct state *state)
{
	ROOST_VEC(struct cold_row) rows = { 0 };
	struct roost_str pool = ROOST_STR_INIT;

	roost_vec_reserve(&rows, state->uid.count + 1);
	(void)roost_str_reserve(&pool, state->pool.len);
	for (size_t i = 0; i < state->uid.count; i++) {
		struct cold_row row = state->rows.items[state->row.items[i]];
		const char *key = state->pool.data + row.key;

		row.key = pool.len;
		roost_str_append(&pool, key, strlen(key) + 1);
		roost_vec_push(&rows, row);
		state->row.items[i] = (uint32_t)i;
	}
	free(state->rows.items);
	roost_str_free(&state->pool);
	memcpy(&state->rows, &rows, sizeof(rows));
	state->pool = pool;
}

/* History that nobody asks for any more is forgotten: the newest stay. */
static void trim_history(struct state *state)
{
	enum { KEEP = 4096 };
	size_t drop;

	if (state->vanished.count <= KEEP)
		return;
	drop = state->vanished.count - KEEP;
	state->vanished_from = state->vanished.items[drop - 1].modseq;
	memmove(state->vanished.items, state->vanished.items + drop, KEEP * sizeof(struct vanished));
	state->vanished.count = KEEP;
}

static void put_names(struct roost_str *out, const struct state *state)
{
	const char *name;
	size_t at = 0;
	void *value;

	roost_wire_put_u32(out, state->keyword_count);
	for (unsigned i = 0; i < state->keyword_count; i++)
		roost_wire_put_text(out, state->keyword[i]);
	roost_wire_put_u32(out, (uint32_t)roost_map_count(state->attributes));
	while (roost_map_next(state->attributes, &at, &name, &value)) {
		const struct attribute *attribute = value;

		roost_wire_put_text(out, name);
		roost_wire_put_bytes(out, attribute->value, attribute->len);
	}
	roost_wire_put_u32(out, (uint32_t)roost_map_count(state->unremoved));
	at = 0;
	while (roost_map_next(state->unremoved, &at, &name, &value))
		roost_wire_put_text(out, name);
	roost_wire_put_u32(out, (uint32_t)state->vanished.count);
	for (size_t i = 0; i < state->vanished.count; i++) {
		roost_wire_put_u64(out, state->vanished.items[i].modseq);
		roost_wire_put_u32(out, state->vanished.items[i].first);
		roost_wire_put_u32(out, state->vanished.items[i].last);
	}
}

static void put_section(struct roost_str *out, struct snap_header *header, enum section section,
			const void *data, size_t len)
{
	header->section[section].size = len;
	header->section[section].crc = index_crc(data, len);
	roost_str_append(out, data, len);
	memset(roost_str_reserve(out, 8), 0, 8);
	out->len += padded(len) - len;
}

#define PUT_COLUMN(column, section) \
	put_section(out, &header, section, state->column.items, \
		    state->column.count * sizeof(*state->column.items))

static void put_snapshot(struct roost_str *out, const struct state *state)
{
	struct snap_header header = {
		.magic = SNAP_MAGIC, .size = sizeof(header), .generation = state->generation,
		.highestmodseq = state->highestmodseq, .vsize_sum = state->vsize_sum,
		.vsize_unknown = state->vsize_unknown, .vanished_from = state->vanished_from,
		.uidvalidity = state->uidvalidity, .uidnext = state->uidnext,
		.first_recent = state->first_recent, .messages = (uint32_t)state->uid.count,
		.cache_generation = state->cache_generation, .cache_dead = state->cache_dead,
		.flags = (state->clean ? SNAP_CLEAN : 0) | (state->fresh ? SNAP_FRESH : 0),
	};
	struct roost_str names = ROOST_STR_INIT;

	memcpy(header.guid, state->guid, sizeof(header.guid));
	memcpy(header.boot, state->boot, sizeof(header.boot));
	roost_str_append(out, &header, sizeof(header));
	put_names(&names, state);
	put_section(out, &header, SECTION_NAMES, names.data, names.len);
	roost_str_free(&names);
	PUT_COLUMN(uid, SECTION_UID);
	PUT_COLUMN(modseq, SECTION_MODSEQ);
	PUT_COLUMN(keywords, SECTION_KEYWORDS);
	PUT_COLUMN(flags, SECTION_FLAGS);
	PUT_COLUMN(rows, SECTION_COLD);
	put_section(out, &header, SECTION_POOL, roost_str_text(&state->pool), state->pool.len);
	header.crc = index_crc(&header, sizeof(header));
	memcpy(out->data, &header, sizeof(header));
}

/* Whether snap has this generation: a rename may have worked although the call failed. */
static bool snap_is(struct index *index, uint64_t generation)
{
	struct snap_header header = { 0 };
	struct bytes_object *snap;
	struct roost_error err;
	bool is;

	if (bytes_open(index->store, "snap", false, &snap, &err) < 0)
		return false;
	is = read_header(snap, &header, &err) == 0 && header.generation == generation;
	bytes_close(snap);
	return is;
}

/* Logs of other generations: the one before, and what crashes left. */
static void remove_old_logs(struct index *index)
{
	struct roost_arena *arena = roost_arena_create("index names");
	const char *const *names;
	struct roost_error err;
	char current[32];

	index_log_name(index->state.generation, current);
	if (bytes_list(index->store, arena, &names, &err) == 0) {
		for (; *names != NULL; names++) {
			if (strncmp(*names, "log.", 4) == 0 && strcmp(*names, current) != 0 &&
			    strcmp(*names, "log.bad") != 0)
				(void)bytes_remove(index->store, *names, &err);
		}
	}
	roost_arena_free(arena);
}

int snap_write(struct index *index, struct roost_error *err)
{
	struct state *state = &index->state;
	struct roost_str out = ROOST_STR_INIT;
	struct bytes_object *log;
	bool durable = index->options.fsync != INDEX_FSYNC_NEVER;
	int ret;

	if (snap_load_cold(index, err) < 0)
		return -1;
	cache_compact(index);
	tidy(state);
	trim_history(state);
	if (log_create(index, state->generation + 1, &log, err) < 0)
		return -1;
	state->generation++;
	put_snapshot(&out, state);
	ret = bytes_replace(index->store, "snap", out.data, out.len, durable, err);
	if (ret < 0 && !snap_is(index, state->generation)) {
		char name[32];
		struct roost_error ignored;

		index_log_name(state->generation--, name);
		bytes_close(log);
		(void)bytes_remove(index->store, name, &ignored);
		roost_str_free(&out);
		return -1;
	}
	index->snap_size = out.len;
	roost_str_free(&out);
	bytes_close(index->log);
	index->log = log;
	index->log_end = 0;
	index->unsynced = index->unsynced && (ret < 0 || !durable);
	index->damaged = index->broken = false;
	remove_old_logs(index);
	return log_read(index, true, err) < 0 ? -1 : 0;
}
