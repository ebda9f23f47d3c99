/* A hash map from strings to pointers: open addressing over entries kept in order of insertion. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <roost/map.h>
#include "core/base/memory.h"

struct entry {
	char *key;			/* NULL: removed */
	void *value;
	uint64_t hash;
};

struct roost_map {
	struct entry *entries;
	size_t used, capacity;		/* entries, removed ones included */
	size_t count;
	uint32_t *slots;		/* index + 1 of an entry; 0 empty */
	size_t slot_count;		/* a power of two, over 4/3 of capacity */
};

static uint64_t hash_key[2];

/* SipHash-1-3 with a key of this process: short, and no input can aim at a bucket. */
#define ROTATE(x, b) (((x) << (b)) | ((x) >> (64 - (b))))
#define ROUND(v) do { \
	v[0] += v[1]; v[1] = ROTATE(v[1], 13); v[1] ^= v[0]; v[0] = ROTATE(v[0], 32); \
	v[2] += v[3]; v[3] = ROTATE(v[3], 16); v[3] ^= v[2]; \
	v[0] += v[3]; v[3] = ROTATE(v[3], 21); v[3] ^= v[0]; \
	v[2] += v[1]; v[1] = ROTATE(v[1], 17); v[1] ^= v[2]; v[2] = ROTATE(v[2], 32); \
} while (0)

static uint64_t hash_string(const char *key)
{
	size_t len = strlen(key), left = len;
	uint64_t v[4], word;

	if (hash_key[0] == 0 && getrandom(hash_key, sizeof(hash_key), 0) != sizeof(hash_key))
		hash_key[0] = (uintptr_t)&key | 1;
	v[0] = hash_key[0] ^ 0x736f6d6570736575;
	v[1] = hash_key[1] ^ 0x646f72616e646f6d;
	v[2] = hash_key[0] ^ 0x6c7967656e657261;
	v[3] = hash_key[1] ^ 0x7465646279746573;
	for (; left >= 8; left -= 8, key += 8) {
		memcpy(&word, key, 8);
		v[3] ^= word;
		ROUND(v);
		v[0] ^= word;
	}
	word = (uint64_t)len << 56;
	for (size_t i = 0; i < left; i++)
		word |= (uint64_t)(unsigned char)key[i] << (8 * i);
	v[3] ^= word;
	ROUND(v);
	v[0] ^= word;
	v[2] ^= 0xff;
	ROUND(v);
	ROUND(v);
	ROUND(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct roost_map *roost_map_create(void)
{
	return mem_zalloc(sizeof(struct roost_map));
}

void roost_map_free(struct roost_map *map)
{
	if (map == NULL)
		return;
	for (size_t i = 0; i < map->used; i++)
		free(map->entries[i].key);
	free(map->entries);
	free(map->slots);
	free(map);
}

/* The slot where key is, or the empty one where it would go. */
static size_t find_slot(const struct roost_map *map, const char *key, uint64_t hash)
{
	size_t slot = hash & (map->slot_count - 1);

	for (; map->slots[slot] != 0; slot = (slot + 1) & (map->slot_count - 1)) {
		const struct entry *entry = &map->entries[map->slots[slot] - 1];

		if (entry->hash == hash && entry->key != NULL && strcmp(entry->key, key) == 0)
			break;
	}
	return slot;
}

/* Drop removed entries, double when still needed, and place all again. */
static void rehash(struct roost_map *map)
{
	size_t kept = 0;

	for (size_t i = 0; i < map->used; i++) {
		if (map->entries[i].key != NULL)
			map->entries[kept++] = map->entries[i];
	}
	map->used = kept;
	if (map->capacity < 8 || kept > map->capacity / 2) {
		map->capacity = map->capacity < 8 ? 8 : map->capacity * 2;
		map->entries = mem_realloc(map->entries, map->capacity * sizeof(*map->entries));
		map->slot_count = map->capacity * 2;
	}
	free(map->slots);
	map->slots = mem_zalloc(map->slot_count * sizeof(*map->slots));
	for (size_t i = 0; i < kept; i++) {
		size_t slot = map->entries[i].hash & (map->slot_count - 1);

		while (map->slots[slot] != 0)
			slot = (slot + 1) & (map->slot_count - 1);
		map->slots[slot] = (uint32_t)i + 1;
	}
}

void *roost_map_set(struct roost_map *map, const char *key, void *value)
{
	uint64_t hash = hash_string(key);
	size_t slot;

	if (map->used == map->capacity)
		rehash(map);
	slot = find_slot(map, key, hash);
	if (map->slots[slot] != 0) {
		struct entry *entry = &map->entries[map->slots[slot] - 1];
		void *old = entry->value;

		entry->value = value;
		return old;
	}
	map->entries[map->used] = (struct entry){ mem_strdup(key), value, hash };
	map->slots[slot] = (uint32_t)++map->used;
	map->count++;
	return NULL;
}

void *roost_map_get(const struct roost_map *map, const char *key)
{
	size_t slot;

	if (map->count == 0)
		return NULL;
	slot = find_slot(map, key, hash_string(key));
	return map->slots[slot] == 0 ? NULL : map->entries[map->slots[slot] - 1].value;
}

void *roost_map_remove(struct roost_map *map, const char *key)
{
	struct entry *entry;
	size_t slot;

	if (map->count == 0)
		return NULL;
	slot = find_slot(map, key, hash_string(key));
	if (map->slots[slot] == 0)
		return NULL;
	/* The slot goes on pointing at the dead entry: probes pass over it. */
	entry = &map->entries[map->slots[slot] - 1];
	free(entry->key);
	entry->key = NULL;
	map->count--;
	return entry->value;
}

size_t roost_map_count(const struct roost_map *map)
{
	return map->count;
}

bool roost_map_next(const struct roost_map *map, size_t *position, const char **key, void **value)
{
	while (*position < map->used) {
		const struct entry *entry = &map->entries[(*position)++];

		if (entry->key == NULL)
			continue;
		if (key != NULL)
			*key = entry->key;
		if (value != NULL)
			*value = entry->value;
		return true;
	}
	return false;
}
