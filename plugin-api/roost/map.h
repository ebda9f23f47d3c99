/* SPDX-License-Identifier: MIT */
/* A hash map from strings to pointers; hashing is keyed per process, so input cannot aim at it. Ours. */
#ifndef ROOST_MAP_H
#define ROOST_MAP_H

#include <roost/api.h>

struct roost_map;

ROOST_API struct roost_map *roost_map_create(void);
ROOST_API void roost_map_free(struct roost_map *map);	/* values are the caller's */
/* Keys are copied. Returns the value that was there before, or NULL. value is not NULL. */
ROOST_API void *roost_map_set(struct roost_map *map, const char *key, void *value);
ROOST_API void *roost_map_get(const struct roost_map *map, const char *key);
ROOST_API void *roost_map_remove(struct roost_map *map, const char *key);
ROOST_API size_t roost_map_count(const struct roost_map *map);
/* In order of insertion. Start with *position = 0; false at the end. The current entry may be removed. */
ROOST_API bool roost_map_next(const struct roost_map *map, size_t *position, const char **key,
			      void **value);

#endif
