/* Named arenas: memory freed whole. */
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <roost/arena.h>
#include "core/base/memory.h"

struct block {
	struct block *next;
	size_t size, used;		/* of data */
	alignas(max_align_t) unsigned char data[];
};

struct cleanup {
	struct cleanup *next;
	void (*run)(void *context);
	void *context;
};

struct roost_arena {
	const char *name;
	struct block *blocks;		/* the one being filled comes first */
	struct cleanup *cleanups;
	size_t total;
	bool secret;
};

enum { FIRST_BLOCK = 1024, LARGEST_BLOCK = 64 * 1024 };

static struct block *block_add(struct roost_arena *arena, size_t need)
{
	size_t size = arena->blocks == NULL ? FIRST_BLOCK : arena->blocks->size * 2;
	struct block *block;

	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < need)
		size = need;
	block = mem_alloc(sizeof(*block) + size);
	block->size = size;
	block->used = 0;
	block->next = arena->blocks;
	arena->blocks = block;
	arena->total += size;
	return block;
}

static void block_free(struct roost_arena *arena, struct block *block)
{
	if (arena->secret)
		explicit_bzero(block->data, block->used);
	arena->total -= block->size;
	free(block);
}

static struct roost_arena *arena_create(const char *name, bool secret)
{
	struct roost_arena *arena = mem_zalloc(sizeof(*arena));

	arena->name = name;
	arena->secret = secret;
	return arena;
}

struct roost_arena *roost_arena_create(const char *name)
{
	return arena_create(name, false);
}

struct roost_arena *roost_arena_create_secret(const char *name)
{
	return arena_create(name, true);
}

static void run_cleanups(struct roost_arena *arena)
{
	struct cleanup *cleanup;

	/* A cleanup may add another; its memory is still there. */
	while ((cleanup = arena->cleanups) != NULL) {
		arena->cleanups = cleanup->next;
		cleanup->run(cleanup->context);
	}
}

void roost_arena_free(struct roost_arena *arena)
{
	if (arena == NULL)
		return;
	run_cleanups(arena);
	while (arena->blocks != NULL) {
		struct block *block = arena->blocks;

		arena->blocks = block->next;
		block_free(arena, block);
	}
	free(arena);
}

void roost_arena_reset(struct roost_arena *arena)
{
	struct block *first;

	run_cleanups(arena);
	while (arena->blocks != NULL && arena->blocks->next != NULL) {
		struct block *block = arena->blocks;

		arena->blocks = block->next;
		block_free(arena, block);
	}
	first = arena->blocks;
	if (first == NULL)
		return;
	if (arena->secret)
		explicit_bzero(first->data, first->used);
	first->used = 0;
}

void *roost_arena_alloc(struct roost_arena *arena, size_t size)
{
	struct block *block = arena->blocks;
	void *result;

	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (block == NULL || block->size - block->used < size)
		block = block_add(arena, size);
	result = block->data + block->used;
	block->used += size;
	return result;
}

void *roost_arena_zalloc(struct roost_arena *arena, size_t size)
{
	return memset(roost_arena_alloc(arena, size), 0, size);
}

void *roost_arena_dup(struct roost_arena *arena, const void *data, size_t size)
{
	void *copy = roost_arena_alloc(arena, size);

	if (size > 0)
		memcpy(copy, data, size);
	return copy;
}

char *roost_arena_strdup(struct roost_arena *arena, const char *text)
{
	return text == NULL ? NULL : roost_arena_dup(arena, text, strlen(text) + 1);
}

char *roost_arena_strndup(struct roost_arena *arena, const char *text, size_t len)
{
	char *copy;

	len = strnlen(text, len);
	copy = roost_arena_alloc(arena, len + 1);
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

const char *const *roost_arena_strdupv(struct roost_arena *arena, const char *const *list)
{
	const char **copy;
	size_t count = 0;

	if (list == NULL)
		return NULL;
	while (list[count] != NULL)
		count++;
	copy = roost_arena_zalloc(arena, (count + 1) * sizeof(*copy));
	for (size_t i = 0; i < count; i++)
		copy[i] = roost_arena_strdup(arena, list[i]);
	return copy;
}

char *roost_arena_vprintf(struct roost_arena *arena, const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		len = 0;
	text = roost_arena_alloc(arena, (size_t)len + 1);
	text[0] = '\0';
	vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

char *roost_arena_printf(struct roost_arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = roost_arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

void roost_arena_cleanup(struct roost_arena *arena, void (*run)(void *context), void *context)
{
	struct cleanup *cleanup = roost_arena_alloc(arena, sizeof(*cleanup));

	cleanup->run = run;
	cleanup->context = context;
	cleanup->next = arena->cleanups;
	arena->cleanups = cleanup;
}

size_t roost_arena_size(const struct roost_arena *arena)
{
	return arena->total;
}
