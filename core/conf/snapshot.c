/* Reading a snapshot: everything in it is checked once, then used in place. */
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "core/base/memory.h"
#include "core/conf/format.h"
#include "core/conf/value.h"

struct conf_snapshot {
	void *map;
	size_t size;
	enum conf_role role;
	struct conf_filter *filters;
	struct conf_entry *entries;
	struct conf_block *blocks;
	size_t filter_count, entry_count, block_count;
	const char *pool;
	uint32_t pool_size;
};

const char *conf_role_name(enum conf_role role)
{
	static const char *const names[CONF_ROLE_COUNT] = {
		"master", "front", "auth", "mail", "dict", "plain",
	};

	return (unsigned int)role < CONF_ROLE_COUNT ? names[role] : "unknown";
}

static int damaged(struct roost_error *err)
{
	return roost_fail_detail(err, ROOST_ERR_CORRUPT, "configuration snapshot is damaged");
}

/* NULL: out of bounds. The pool ends with a NUL, so that each offset in it is a string. */
static const char *pool_text(const struct conf_snapshot *snapshot, uint32_t offset)
{
	return offset < snapshot->pool_size ? snapshot->pool + offset : NULL;
}

static int load_filters(struct conf_snapshot *snapshot, const struct snapshot_filter *from)
{
	for (size_t i = 0; i < snapshot->filter_count; i++, from++) {
		struct conf_filter *filter = &snapshot->filters[i];

		if (from->protocol != 0)
			filter->protocol = pool_text(snapshot, from->protocol);
		if (from->local_name != 0)
			filter->local_name = pool_text(snapshot, from->local_name);
		if ((from->protocol != 0 && filter->protocol == NULL) ||
		    (from->local_name != 0 && filter->local_name == NULL) ||
		    from->local.bits > 128 || from->remote.bits > 128)
			return -1;
		filter->protocol_not = from->protocol_not != 0;
		filter->local = from->local;
		filter->remote = from->remote;
	}
	return 0;
}

static int load_entries(struct conf_snapshot *snapshot, const struct snapshot_entry *from)
{
	for (size_t i = 0; i < snapshot->entry_count; i++, from++) {
		struct conf_entry *entry = &snapshot->entries[i];

		entry->name = pool_text(snapshot, from->name);
		entry->value = pool_text(snapshot, from->value);
		entry->file = pool_text(snapshot, from->file);
		entry->flags = from->flags;
		entry->line = from->line;
		if (entry->name == NULL || entry->value == NULL || entry->file == NULL ||
		    from->filter > snapshot->filter_count)
			return -1;
		if (from->filter > 0)
			entry->filter = &snapshot->filters[from->filter - 1];
		if (i > 0 && strcmp(entry[-1].name, entry->name) > 0)
			return -1;
	}
	return 0;
}

static int load_blocks(struct conf_snapshot *snapshot, const struct snapshot_block *from)
{
	for (size_t i = 0; i < snapshot->block_count; i++, from++) {
		struct conf_block *block = &snapshot->blocks[i];

		block->path = pool_text(snapshot, from->path);
		block->name = pool_text(snapshot, from->name);
		block->file = pool_text(snapshot, from->file);
		block->line = from->line;
		if (block->path == NULL || block->name == NULL || block->file == NULL)
			return -1;
		if (i > 0 && strcmp(block[-1].path, block->path) > 0)
			return -1;
	}
	return 0;
}

static int load(struct conf_snapshot *snapshot)
{
	const struct snapshot_header *header = snapshot->map;
	const char *p = (const char *)(header + 1);
	uint64_t filters, entries, blocks;

	if (snapshot->size < sizeof(*header) || memcmp(header->magic, SNAPSHOT_MAGIC, 8) != 0 ||
	    header->role >= CONF_ROLE_COUNT)
		return -1;
	filters = (uint64_t)header->filter_count * sizeof(struct snapshot_filter);
	entries = (uint64_t)header->entry_count * sizeof(struct snapshot_entry);
	blocks = (uint64_t)header->block_count * sizeof(struct snapshot_block);
	if (sizeof(*header) + filters + entries + blocks + header->pool_size != snapshot->size ||
	    header->pool_size == 0)
		return -1;
	snapshot->role = (enum conf_role)header->role;
	snapshot->filter_count = header->filter_count;
	snapshot->entry_count = header->entry_count;
	snapshot->block_count = header->block_count;
	snapshot->pool = p + filters + entries + blocks;
	snapshot->pool_size = header->pool_size;
	if (snapshot->pool[snapshot->pool_size - 1] != '\0')
		return -1;
	snapshot->filters = mem_zalloc((snapshot->filter_count + 1) * sizeof(*snapshot->filters));
	snapshot->entries = mem_zalloc((snapshot->entry_count + 1) * sizeof(*snapshot->entries));
	snapshot->blocks = mem_zalloc((snapshot->block_count + 1) * sizeof(*snapshot->blocks));
	if (load_filters(snapshot, (const void *)p) < 0 ||
	    load_entries(snapshot, (const void *)(p + filters)) < 0 ||
	    load_blocks(snapshot, (const void *)(p + filters + entries)) < 0)
		return -1;
	return 0;
}

int conf_snapshot_open(int fd, struct conf_snapshot **result, struct roost_error *err)
{
	static const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	struct conf_snapshot *snapshot;
	struct stat st;
	void *map;

	if (fstat(fd, &st) < 0)
		return roost_fail_errno(err, "fstat configuration snapshot");
	if (st.st_size <= 0 || st.st_size > (off_t)SNAPSHOT_SIZE_MAX ||
	    (fcntl(fd, F_GET_SEALS) & seals) != seals)
		return damaged(err);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return roost_fail_errno(err, "mmap configuration snapshot");
	snapshot = mem_zalloc(sizeof(*snapshot));
	snapshot->map = map;
	snapshot->size = (size_t)st.st_size;
	if (load(snapshot) < 0) {
		conf_snapshot_free(snapshot);
		return damaged(err);
	}
	*result = snapshot;
	return 0;
}

void conf_snapshot_free(struct conf_snapshot *snapshot)
{
	if (snapshot == NULL)
		return;
	munmap(snapshot->map, snapshot->size);
	free(snapshot->filters);
	free(snapshot->entries);
	free(snapshot->blocks);
	free(snapshot);
}

enum conf_role conf_snapshot_role(const struct conf_snapshot *snapshot)
{
	return snapshot->role;
}

size_t conf_snapshot_lower_bound(const struct conf_snapshot *snapshot, const char *name)
{
	size_t low = 0, high = snapshot->entry_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(snapshot->entries[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct conf_entry *conf_snapshot_find(const struct conf_snapshot *snapshot, const char *name,
					    const struct conf_facts *facts)
{
	for (size_t i = conf_snapshot_lower_bound(snapshot, name); i < snapshot->entry_count; i++) {
		const struct conf_entry *entry = &snapshot->entries[i];

		if (strcmp(entry->name, name) != 0)
			break;
		if (conf_filter_matches(entry->filter, facts))
			return entry;
	}
	return NULL;
}

const char *conf_snapshot_get(const struct conf_snapshot *snapshot, const char *name,
			      const struct conf_facts *facts)
{
	const struct conf_entry *entry = conf_snapshot_find(snapshot, name, facts);

	return entry == NULL ? NULL : entry->value;
}

const struct conf_entry *conf_snapshot_entries(const struct conf_snapshot *snapshot, size_t *count)
{
	*count = snapshot->entry_count;
	return snapshot->entries;
}

const struct conf_block *conf_snapshot_blocks(const struct conf_snapshot *snapshot,
					      const char *path, size_t *count)
{
	size_t first = 0, last;

	while (first < snapshot->block_count && strcmp(snapshot->blocks[first].path, path) != 0)
		first++;
	for (last = first; last < snapshot->block_count; last++) {
		if (strcmp(snapshot->blocks[last].path, path) != 0)
			break;
	}
	*count = last - first;
	return snapshot->blocks + first;
}

const char *conf_snapshot_string(const struct conf_snapshot *snapshot, const char *name)
{
	const char *value = conf_snapshot_get(snapshot, name, NULL);

	return value == NULL ? "" : value;
}

bool conf_snapshot_bool(const struct conf_snapshot *snapshot, const char *name)
{
	bool value;

	return conf_value_bool(conf_snapshot_string(snapshot, name), &value, NULL) == 0 && value;
}

uint64_t conf_snapshot_number(const struct conf_snapshot *snapshot, const char *name)
{
	const struct conf_entry *entry = conf_snapshot_find(snapshot, name, NULL);
	uint64_t number = 0;
	uint32_t small = 0;
	int64_t time = 0;

	if (entry == NULL)
		return 0;
	switch (entry->flags & CONF_ENTRY_TYPE) {
	case ROOST_SET_OCTAL:
		return conf_value_octal(entry->value, &small, NULL) < 0 ? 0 : small;
	case ROOST_SET_SIZE:
		return conf_value_size(entry->value, &number, NULL) < 0 ? 0 : number;
	case ROOST_SET_TIME:
		return conf_value_time(entry->value, &time, NULL) < 0 ? 0 : (uint64_t)time;
	default:
		return conf_value_uint(entry->value, &number, NULL) < 0 ? 0 : number;
	}
}
