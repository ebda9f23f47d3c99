/* Small pieces of an arena, for what a compilation has thousands of. */
#ifndef SIEVE_POOL_H
#define SIEVE_POOL_H

#include <string.h>
#include <roost/arena.h>

struct sieve_pool { struct roost_arena *arena; char *at, *end; };

enum { SIEVE_POOL_CHUNK = 16 << 10 };

/* Not zeroed. */
static inline void *sieve_pool_alloc(struct sieve_pool *pool, size_t size)
{
	char *piece = pool->at;

	size = (size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
	if ((size_t)(pool->end - piece) < size) {
		if (size > SIEVE_POOL_CHUNK / 4)
			return roost_arena_alloc(pool->arena, size);
		piece = roost_arena_alloc(pool->arena, SIEVE_POOL_CHUNK);
		pool->end = piece + SIEVE_POOL_CHUNK;
	}
	pool->at = piece + size;
	return piece;
}

#define sieve_pool_new(pool, type) \
	((type *)memset(sieve_pool_alloc((pool), sizeof(type)), 0, sizeof(type)))

#endif
