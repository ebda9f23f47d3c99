/* Small zeroed pieces of an arena, for what a compilation has thousands of. */
#ifndef SIEVE_POOL_H
#define SIEVE_POOL_H

#include <roost/arena.h>

struct sieve_pool { struct roost_arena *arena; char *at, *end; };

enum { SIEVE_POOL_CHUNK = 16 << 10 };

static inline void *sieve_pool_zalloc(struct sieve_pool *pool, size_t size)
{
	char *piece = pool->at;

	size = (size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
	if ((size_t)(pool->end - piece) < size) {
		if (size > SIEVE_POOL_CHUNK / 4)
			return roost_arena_zalloc(pool->arena, size);
		piece = roost_arena_zalloc(pool->arena, SIEVE_POOL_CHUNK);
		pool->end = piece + SIEVE_POOL_CHUNK;
	}
	pool->at = piece + size;
	return piece;
}

#define sieve_pool_new(pool, type) ((type *)sieve_pool_zalloc((pool), sizeof(type)))

#endif
