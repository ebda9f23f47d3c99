/* Where each message is: a hash table from base names to folder and flags, 16 bytes each. */
#include <stdlib.h>
#include <string.h>
#include "modules/maildir/maildir.h"

/* Names are made by other programs on this machine, not by strangers: no key is needed. */
static uint64_t hash(const char *base)
{
	uint64_t value = 0xcbf29ce484222325u;

	for (; *base != '\0'; base++)
		value = (value ^ (unsigned char)*base) * 0x100000001b3u;
	value ^= value >> 32;
	value *= 0xd6e8feb86659fd93u;
	return value ^ (value >> 32);
}

static struct maildir_entry *slot(const struct maildir_table *table, uint64_t wanted)
{
	size_t at = (size_t)wanted & (table->capacity - 1);

	while (table->entries[at].where != 0 && table->entries[at].hash != wanted)
		at = (at + 1) & (table->capacity - 1);
	return &table->entries[at];
}

static void resize(struct maildir_table *table, size_t capacity)
{
	struct maildir_table old = *table;

	table->entries = calloc(capacity, sizeof(*table->entries));
	if (table->entries == NULL)
		abort();
	table->capacity = capacity;
	for (size_t i = 0; i < old.capacity; i++) {
		if (old.entries[i].where != 0)
			*slot(table, old.entries[i].hash) = old.entries[i];
	}
	free(old.entries);
}

void maildir_table_free(struct maildir_table *table)
{
	size_t position = 0;
	const char *base;
	void *path;

	while (table->odd != NULL && roost_map_next(table->odd, &position, &base, &path))
		free(path);
	roost_map_free(table->odd);
	free(table->entries);
	memset(table, 0, sizeof(*table));
}

struct maildir_entry *maildir_table_find(const struct maildir_table *table, const char *base)
{
	struct maildir_entry *entry;

	if (table->count == 0)
		return NULL;
	entry = slot(table, hash(base));
	return entry->where == 0 ? NULL : entry;
}

static void forget_odd(struct maildir_table *table, const char *base)
{
	if (table->odd != NULL)
		free(roost_map_remove(table->odd, base));
}

/* Backward shift, so that no tombstones pile up. */
void maildir_table_remove(struct maildir_table *table, const char *base)
{
	struct maildir_entry *entry = maildir_table_find(table, base);
	size_t mask = table->capacity - 1, hole, at;

	if (entry == NULL)
		return;
	if ((entry->where & MAILDIR_ODD) != 0)
		forget_odd(table, base);
	hole = (size_t)(entry - table->entries);
	for (at = (hole + 1) & mask; table->entries[at].where != 0; at = (at + 1) & mask) {
		size_t home = (size_t)table->entries[at].hash & mask;

		if (((at - home) & mask) >= ((at - hole) & mask)) {
			table->entries[hole] = table->entries[at];
			hole = at;
		}
	}
	table->entries[hole].where = 0;
	table->count--;
}

void maildir_table_put(struct maildir_table *table, const char *base, const char *path,
		       uint8_t pass)
{
	uint64_t wanted = hash(base);
	struct maildir_entry *entry;
	bool plain, in_new = path[0] == 'n';
	const char *info = path + 4 + strlen(base);
	uint32_t bits;

	if ((table->count + 1) * 3 > table->capacity * 2)
		resize(table, table->capacity == 0 ? 64 : table->capacity * 2);
	entry = slot(table, wanted);
	if (entry->where == 0)
		table->count++;
	else if ((entry->where & MAILDIR_ODD) != 0)
		forget_odd(table, base);
	plain = maildir_info_parse(info, &bits) ? !in_new : in_new && *info == '\0';
	*entry = (struct maildir_entry){
		wanted, bits, in_new ? MAILDIR_IN_NEW : MAILDIR_IN_CUR, pass };
	if (plain)
		return;
	entry->where |= MAILDIR_ODD;
	if (table->odd == NULL)
		table->odd = roost_map_create();
	free(roost_map_set(table->odd, base, strdup(path)));
}

void maildir_entry_path(const struct maildir_table *table, const struct maildir_entry *entry,
			const char *base, char path[MAILDIR_PATH_MAX])
{
	if ((entry->where & MAILDIR_ODD) != 0)
		snprintf(path, MAILDIR_PATH_MAX, "%s", (const char *)roost_map_get(table->odd, base));
	else if ((entry->where & MAILDIR_IN_NEW) != 0)
		snprintf(path, MAILDIR_PATH_MAX, "new/%s", base);
	else
		maildir_path(path, base, entry->bits, NULL);
}
