/* The cache: parsed data of messages. Every byte is checked, none is needed: what is missing is parsed again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "modules/mail/index/crc.h"
#include "modules/mail/index/private.h"

#define GROUP_MAGIC 0x47686343u
#define GROUP_MAX (64u << 20)
#define WINDOW (64u << 10)
#define COMPACT_MIN (1u << 20)
enum { CHAIN_MAX = 16, LOCK_WAIT = 1000000 };

/* Pieces written together; older ones of the same message are at previous. crc: of all behind it. */
struct group { uint32_t magic, length, crc, uid; uint64_t previous; uint32_t count, reserved; };
struct piece { uint32_t kind, len; };
enum { GROUP_CRC_FROM = 12 };

static void cache_name(uint32_t generation, char name[32])
{
	snprintf(name, 32, "cache.%" PRIu32, generation);
}

void cache_close(struct index *index)
{
	bytes_close(index->cache);
	index->cache = NULL;
	roost_str_truncate(&index->cache_window, 0);
}

static int cache_open(struct index *index, bool create, struct roost_error *err)
{
	char name[32];

	if (index->cache != NULL && index->cache_open_generation == index->state.cache_generation)
		return 0;
	cache_close(index);
	cache_name(index->state.cache_generation, name);
	if (bytes_open(index->store, name, create, &index->cache, err) < 0)
		return -1;
	index->cache_open_generation = index->state.cache_generation;
	return 0;
}

/* len bytes at offset, from the window that was read ahead or else from the file; NULL: not there. */
static const char *cache_bytes(struct index *index, uint64_t offset, size_t len,
			       struct roost_error *err)
{
	struct roost_str *window = &index->cache_window;
	size_t want = len > WINDOW ? len : WINDOW;
	ssize_t got;

	if (offset < index->cache_window_at ||
	    offset + len > index->cache_window_at + window->len) {
		roost_str_truncate(window, 0);
		got = bytes_read(index->cache, offset, roost_str_reserve(window, want), want, err);
		window->len = got < 0 ? 0 : (size_t)got;
		index->cache_window_at = offset;
		if (window->len < len)
			return NULL;
	}
	return window->data + (offset - index->cache_window_at);
}

/* The whole group at offset; NULL when it is no group of uid. */
static const char *group_at(struct index *index, uint64_t offset, uint32_t uid,
			    struct group *group, struct roost_error *err)
{
	const char *data = cache_bytes(index, offset, sizeof(*group), err);

	if (data == NULL)
		return NULL;
	memcpy(group, data, sizeof(*group));
	if (group->magic != GROUP_MAGIC || group->uid != uid || group->length < sizeof(*group) ||
	    group->length > GROUP_MAX)
		return NULL;
	data = cache_bytes(index, offset, group->length, err);
	if (data == NULL ||
	    group->crc != index_crc(data + GROUP_CRC_FROM, group->length - GROUP_CRC_FROM))
		return NULL;
	return data;
}

/* A piece inside a group whose checksum fits; sizes are checked all the same. */
static const char *find_piece(const char *data, const struct group *group, uint32_t kind,
			      size_t *len)
{
	size_t at = sizeof(*group);

	for (uint32_t i = 0; i < group->count && at + sizeof(struct piece) <= group->length; i++) {
		struct piece piece;

		memcpy(&piece, data + at, sizeof(piece));
		at += sizeof(piece);
		if (piece.len > group->length - at)
			return NULL;
		if (piece.kind == kind) {
			*len = piece.len;
			return data + at;
		}
		at += piece.len;
	}
	return NULL;
}

/* Where the newest group of a message is; false: nothing is cached, or in a file that is gone. */
static bool newest(struct index *index, uint32_t uid, uint64_t *offset, struct roost_error *err)
{
	struct index_mail mail;
	uint32_t position;
	bool found;

	position = state_position(&index->state, uid, &found);
	if (!found || index_mail(index, position, &mail, err) < 0 ||
	    mail.cache_generation != index->state.cache_generation || mail.cache_offset == 0)
		return false;
	*offset = mail.cache_offset - 1;
	return cache_open(index, false, err) == 0;
}

int index_cache_get(struct index *index, uint32_t uid, enum index_cache_kind kind,
		    struct roost_arena *arena, const void **data, size_t *len,
		    struct roost_error *err)
{
	uint64_t offset;
	struct group group;

	*data = NULL;
	*len = 0;
	if (!newest(index, uid, &offset, err))
		return 0;
	for (int hop = 0; hop < CHAIN_MAX; hop++) {
		const char *at = group_at(index, offset, uid, &group, err), *piece;

		if (at == NULL)
			return 0;
		piece = find_piece(at, &group, kind, len);
		if (piece != NULL) {
			char *copy = roost_arena_alloc(arena, *len + 1);

			memcpy(copy, piece, *len);
			copy[*len] = '\0';
			*data = copy;
			return 0;
		}
		if (group.previous == 0 || group.previous - 1 >= offset)
			return 0;
		offset = group.previous - 1;
	}
	return 0;
}

static void put_group(struct roost_str *out, uint32_t uid, const struct index_cached *pieces,
		      size_t count, uint64_t previous)
{
	struct group group = { .magic = GROUP_MAGIC, .uid = uid, .previous = previous,
			       .count = (uint32_t)count };
	size_t from = out->len;

	roost_str_append(out, &group, sizeof(group));
	for (size_t i = 0; i < count; i++) {
		struct piece piece = { pieces[i].kind, (uint32_t)pieces[i].len };

		roost_str_append(out, &piece, sizeof(piece));
		roost_str_append(out, pieces[i].data, pieces[i].len);
	}
	group.length = (uint32_t)(out->len - from);
	memcpy(out->data + from, &group, sizeof(group));
	group.crc = index_crc(out->data + from + GROUP_CRC_FROM, group.length - GROUP_CRC_FROM);
	memcpy(out->data + from, &group, sizeof(group));
}

int index_cache_put(struct index *index, uint32_t uid, const struct index_cached *pieces,
		    size_t count, uint32_t *generation, uint64_t *offset, struct roost_error *err)
{
	struct roost_str out = ROOST_STR_INIT;
	uint64_t size, previous = 0, before;
	size_t total = sizeof(struct group);
	int ret = -1;

	for (size_t i = 0; i < count; i++)
		total += sizeof(struct piece) + pieces[i].len;
	if (total > GROUP_MAX)
		return roost_fail_detail(err, ROOST_ERR_LIMIT, "too much to cache for one message");
	if (newest(index, uid, &before, err))
		previous = before + 1;
	if (cache_open(index, true, err) < 0 || bytes_lock(index->cache, LOCK_WAIT, err) < 0)
		return -1;
	put_group(&out, uid, pieces, count, previous);
	if (bytes_size(index->cache, &size, err) == 0 &&
	    bytes_append(index->cache, size, out.data, out.len, err) == 0) {
		*generation = index->state.cache_generation;
		*offset = size + 1;	/* so that 0 can mean nothing */
		ret = 0;
	}
	bytes_unlock(index->cache);
	roost_str_free(&out);
	return ret;
}

/* --- without the dead --- */

static void copy_chain(struct index *index, struct cold_row *row, uint32_t uid,
		       struct roost_str *out)
{
	struct roost_error err;
	uint64_t offset = row->cache_offset - 1, previous = 0;
	ROOST_VEC(uint64_t) chain = { 0 };
	struct group group;

	for (int hop = 0; hop < CHAIN_MAX && group_at(index, offset, uid, &group, &err) != NULL;
	     hop++) {
		roost_vec_push(&chain, offset);
		if (group.previous == 0 || group.previous - 1 >= offset)
			break;
		offset = group.previous - 1;
	}
	/* Oldest first, so that each can name the one before it. */
	while (chain.count > 0) {
		const char *data = group_at(index, chain.items[--chain.count], uid, &group, &err);
		uint64_t at = out->len;

		if (data == NULL)
			continue;
		roost_str_append(out, data, group.length);
		group.previous = previous;
		memcpy(out->data + at, &group, sizeof(group));
		group.crc = index_crc(out->data + at + GROUP_CRC_FROM,
				      group.length - GROUP_CRC_FROM);
		memcpy(out->data + at, &group, sizeof(group));
		previous = at + 1;
	}
	roost_vec_free(&chain);
	row->cache_offset = previous;
}

void cache_compact(struct index *index)
{
	struct state *state = &index->state;
	uint32_t old = state->cache_generation;
	struct roost_str out = ROOST_STR_INIT;
	struct roost_error err;
	uint64_t size;
	char name[32];

	if (state->cache_dead <= state->uid.count || cache_open(index, false, &err) < 0 ||
	    bytes_size(index->cache, &size, &err) < 0 || size < COMPACT_MIN)
		return;
	for (size_t i = 0; i < state->uid.count; i++) {
		struct cold_row *row = &state->rows.items[state->row.items[i]];

		if (row->cache_generation == old && row->cache_offset != 0)
			copy_chain(index, row, state->uid.items[i], &out);
		else
			row->cache_offset = 0;
		row->cache_generation = old + 1;
	}
	cache_close(index);
	cache_name(old + 1, name);
	/* References to a file that is not there mean: parse again. */
	(void)bytes_replace(index->store, name, roost_str_text(&out), out.len, false, &err);
	roost_str_free(&out);
	state->cache_generation = old + 1;
	state->cache_dead = 0;
	cache_name(old, name);
	(void)bytes_remove(index->store, name, &err);
}
