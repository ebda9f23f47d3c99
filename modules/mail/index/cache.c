/*
 * The cache: parsed data of messages, appended and never changed, each piece checked by itself. The
 * pieces of a message are a chain, newest first. Bad or missing means: parse again.
 */
#include <stdio.h>
#include "modules/mail/index/crc.h"
#include "modules/mail/index/le.h"
#include "modules/mail/index/private.h"

#define CACHE_MAGIC "roostch1"
#define CACHE_HEADER_SIZE 16u
#define PIECE_HEAD 32u			/* uid, kind, length, CRC, previous, 0 */
#define PIECE_MAX (16u << 20)
#define CHAIN_MAX 64u
#define WINDOW 65536u			/* neighbours in the file are asked for together */
#define PER_MESSAGE 32768u		/* more than this on average: most of it is of no use any more */
#define TRIM_LEAST (1u << 20)

struct cache {
	struct bytes_object *object;
	uint32_t generation;
	uint64_t at;			/* what window holds */
	struct roost_str window;
};

static void cache_name(char name[32], uint32_t generation)
{
	snprintf(name, 32, "cache.%u", generation);
}

void index_cache_close(struct index *index)
{
	if (index->cache == NULL)
		return;
	bytes_close(index->cache->object);
	roost_str_free(&index->cache->window);
	free(index->cache);
	index->cache = NULL;
}

/* The current generation's file; NOTFOUND unless create. */
static int open_cache(struct index *index, bool create, struct roost_error *err)
{
	uint32_t generation = index->state->cache_generation;
	struct bytes_object *object;
	size_t capacity = 0;
	char name[32];

	if (index->cache != NULL && index->cache->generation == generation)
		return 0;
	index_cache_close(index);
	cache_name(name, generation);
	if (bytes_open(index->store, name, create, &object, err) < 0)
		return -1;
	roost_vec_grow((void **)&index->cache, &capacity, 0, 1, sizeof(*index->cache));
	*index->cache = (struct cache){ .object = object, .generation = generation };
	return 0;
}

/* len bytes at offset, through the window; fewer at the end of the file. */
static ssize_t cache_read(struct cache *cache, uint64_t offset, size_t len, const uint8_t **data,
			  struct roost_error *err)
{
	size_t want = len < WINDOW ? WINDOW : len;
	ssize_t got;

	if (offset < cache->at || offset + len > cache->at + cache->window.len) {
		roost_str_truncate(&cache->window, 0);
		roost_str_reserve(&cache->window, want);
		got = bytes_read(cache->object, offset, cache->window.data, want, err);
		if (got < 0)
			return -1;
		cache->at = offset;
		cache->window.len = (size_t)got;
	}
	*data = (const uint8_t *)cache->window.data + (offset - cache->at);
	got = (ssize_t)(cache->at + cache->window.len - offset);
	return got < (ssize_t)len ? got : (ssize_t)len;
}

struct piece {
	uint32_t uid, kind, length;
	uint64_t previous;
	const uint8_t *data;
};

/* 1: a good piece of this message, 0: none or damaged. */
static int read_piece(struct cache *cache, uint64_t offset, uint32_t uid, struct piece *piece,
		      struct roost_error *err)
{
	const uint8_t *at;
	ssize_t got = cache_read(cache, offset, PIECE_HEAD, &at, err);

	if (got < (ssize_t)PIECE_HEAD)
		return got < 0 ? -1 : 0;
	piece->uid = le32_get(at);
	piece->length = le32_get(at + 8);
	if (piece->uid != uid || piece->length > PIECE_MAX)
		return 0;
	got = cache_read(cache, offset, PIECE_HEAD + piece->length, &at, err);
	if (got < (ssize_t)(PIECE_HEAD + piece->length))
		return got < 0 ? -1 : 0;
	if (le32_get(at + 12) != crc32c(crc32c(0, at, 12), at + 16,
					PIECE_HEAD - 16 + piece->length))
		return 0;
	piece->kind = le32_get(at + 4);
	piece->previous = le64_get(at + 16);
	piece->data = at + PIECE_HEAD;
	return 1;
}

int index_cache_get(struct index *index, uint32_t uid, enum index_cache_kind kind,
		    struct roost_arena *arena, const void **data, size_t *len,
		    struct roost_error *err)
{
	const struct cold_row *row;
	struct roost_error why;
	uint64_t offset;
	uint32_t position;
	bool found;

	*data = NULL;
	*len = 0;
	if (index_want(index, STATE_COLD, err) < 0)
		return -1;
	position = cold_position(index->state, uid, &found);
	row = found ? &index->state->cold.items[position] : NULL;
	if (row == NULL || row->cache_offset == 0 ||
	    row->cache_generation != index->state->cache_generation ||
	    open_cache(index, false, &why) < 0)
		return 0;
	offset = row->cache_offset;
	for (unsigned i = 0; i < CHAIN_MAX && offset >= CACHE_HEADER_SIZE; i++) {
		struct piece piece;
		int good = read_piece(index->cache, offset, uid, &piece, err);

		if (good <= 0)
			return good;
		if (piece.kind == (uint32_t)kind) {
			*data = roost_arena_dup(arena, piece.data, piece.length);
			*len = piece.length;
			return 0;
		}
		if (piece.previous >= offset)
			return 0;
		offset = piece.previous;
	}
	return 0;
}

/* Returns the offset of the last piece. */
static uint64_t put_pieces(struct roost_str *out, uint64_t base, uint32_t uid, uint64_t previous,
			   const struct index_cached *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t start = out->len;
		char *head;

		le32_put(out, uid);
		le32_put(out, pieces[i].kind);
		le32_put(out, (uint32_t)pieces[i].len);
		le32_put(out, 0);
		le64_put(out, previous);
		le64_put(out, 0);
		roost_str_append(out, pieces[i].data, pieces[i].len);
		head = out->data + start;
		le32_set(head + 12, crc32c(crc32c(0, head, 12), head + 16,
					   PIECE_HEAD - 16 + pieces[i].len));
		previous = base + start;
	}
	return previous;
}

/* The newest piece that is there already, for the chain. Cold data is not read for a new message. */
static uint64_t previous_piece(struct index *index, uint32_t uid)
{
	const struct cold_row *row;
	uint32_t position;
	bool found;

	hot_position(&index->state->hot, uid, &found);
	if (!found || index_want(index, STATE_COLD, NULL) < 0)
		return 0;
	position = cold_position(index->state, uid, &found);
	row = &index->state->cold.items[position];
	return found && row->cache_generation == index->state->cache_generation ?
		row->cache_offset : 0;
}

int index_cache_put(struct index *index, uint32_t uid, const struct index_cached *pieces,
		    size_t count, uint32_t *generation, uint64_t *offset, struct roost_error *err)
{
	struct roost_str out = ROOST_STR_INIT;
	uint64_t previous = previous_piece(index, uid), size, last = 0;
	int result = -1;

	for (size_t i = 0; i < count; i++) {
		if (pieces[i].len > PIECE_MAX)
			return roost_fail(err, ROOST_ERR_TOOBIG, "Too large to be cached");
	}
	if (index->options.readonly)
		return roost_fail_detail(err, ROOST_ERR_NOPERM, "the index is read-only");
	if (open_cache(index, true, err) < 0)
		return -1;
	/* Several processes append; each piece has to be whole. */
	if (bytes_lock(index->cache->object, LOCK_TIMEOUT, err) < 0)
		return -1;
	if (bytes_size(index->cache->object, &size, err) == 0) {
		if (size == 0) {
			roost_str_puts(&out, CACHE_MAGIC);
			le64_put(&out, index->cache->generation);
		}
		last = put_pieces(&out, size, uid, previous, pieces, count);
		result = bytes_append(index->cache->object, size, out.data, out.len, err);
	}
	bytes_unlock(index->cache->object);
	roost_str_free(&out);
	if (result == 0) {
		*generation = index->cache->generation;
		*offset = last;
	}
	return result;
}

void index_cache_trim(struct index *index)
{
	struct bytes_object *object;
	uint64_t size = 0;
	char name[32];

	cache_name(name, index->state->cache_generation);
	if (bytes_open(index->store, name, false, &object, NULL) < 0)
		return;
	if (bytes_size(object, &size, NULL) == 0 && size > TRIM_LEAST &&
	    size / PER_MESSAGE > index->state->hot.uid.count) {
		index->state->cache_generation++;
		bytes_remove(index->store, name, NULL);
	}
	bytes_close(object);
}
