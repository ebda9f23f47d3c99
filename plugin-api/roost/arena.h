/* SPDX-License-Identifier: MIT */
/*
 * Named arenas: memory freed whole. Ours.
 * Out of memory ends the process, so nothing here returns NULL. Results are aligned for any type.
 */
#ifndef ROOST_ARENA_H
#define ROOST_ARENA_H

#include <stdarg.h>
#include <roost/api.h>

struct roost_arena;

/* name: static or outliving the arena; shown in leak reports. */
ROOST_API struct roost_arena *roost_arena_create(const char *name);
/* The same, wiped before it is given back: for passwords and keys. */
ROOST_API struct roost_arena *roost_arena_create_secret(const char *name);
/* Runs the cleanups, newest first, then frees all. NULL is fine. */
ROOST_API void roost_arena_free(struct roost_arena *arena);
/* Runs the cleanups and keeps the first block for the next round. */
ROOST_API void roost_arena_reset(struct roost_arena *arena);

ROOST_API void *roost_arena_alloc(struct roost_arena *arena, size_t size);	/* not zeroed */
ROOST_API void *roost_arena_zalloc(struct roost_arena *arena, size_t size);
ROOST_API void *roost_arena_dup(struct roost_arena *arena, const void *data, size_t size);
/* NULL gives NULL. */
ROOST_API char *roost_arena_strdup(struct roost_arena *arena, const char *text);
/* Copies at most len bytes and adds a NUL. */
ROOST_API char *roost_arena_strndup(struct roost_arena *arena, const char *text, size_t len);
/* A list that ends with NULL, and its strings; NULL of NULL. */
ROOST_API const char *const *roost_arena_strdupv(struct roost_arena *arena,
						 const char *const *list);
ROOST_API char *roost_arena_printf(struct roost_arena *arena, const char *format, ...)
	ROOST_PRINTF(2, 3);
ROOST_API char *roost_arena_vprintf(struct roost_arena *arena, const char *format, va_list args)
	ROOST_PRINTF(2, 0);

/* Call run(context) when the arena is freed or reset: closes files, unrefs streams. */
ROOST_API void roost_arena_cleanup(struct roost_arena *arena, void (*run)(void *context),
				   void *context);

/* Bytes taken from the system so far. */
ROOST_API size_t roost_arena_size(const struct roost_arena *arena);

#define roost_arena_new(arena, type) ((type *)roost_arena_zalloc((arena), sizeof(type)))

#endif
