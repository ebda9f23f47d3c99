/* SPDX-License-Identifier: MIT */
/*
 * A typed growing array: one macro, one idea. Ours.
 *	ROOST_VEC(uint32_t) uids = { 0 };
 *	roost_vec_push(&uids, 7);
 *	roost_vec_free(&uids);
 */
#ifndef ROOST_VEC_H
#define ROOST_VEC_H

#include <roost/api.h>

#define ROOST_VEC(type) struct { type *items; size_t count, capacity; }

/* Grow *items so that count + extra fit; ends the process when memory is out. */
ROOST_API void roost_vec_grow(void **items, size_t *capacity, size_t count, size_t extra,
			      size_t item_size);

#define roost_vec_reserve(vec, extra) \
	((vec)->count + (extra) > (vec)->capacity ? \
	 roost_vec_grow((void **)(void *)&(vec)->items, &(vec)->capacity, (vec)->count, (extra), \
			sizeof(*(vec)->items)) : (void)0)

#define roost_vec_push(vec, ...) \
	(roost_vec_reserve((vec), 1), (vec)->items[(vec)->count++] = (__VA_ARGS__))

#define roost_vec_free(vec) \
	(free((vec)->items), (vec)->items = NULL, (vec)->count = (vec)->capacity = 0)

#include <stdlib.h>

#endif
