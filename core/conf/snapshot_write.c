/* Making a snapshot: collect, sort, write to a memfd, seal. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <roost/map.h>
#include <roost/str.h>
#include <roost/vec.h>
#include "core/base/memory.h"
#include "core/conf/format.h"

struct conf_builder {
	enum conf_role role;
	ROOST_VEC(struct snapshot_filter) filters;
	ROOST_VEC(struct snapshot_entry) entries;
	ROOST_VEC(struct snapshot_block) blocks;
	struct roost_str pool;
	struct roost_map *interned;	/* text to its offset */
};

struct conf_builder *conf_builder_create(enum conf_role role)
{
	struct conf_builder *builder = mem_zalloc(sizeof(*builder));

	builder->role = role;
	builder->interned = roost_map_create();
	roost_str_byte(&builder->pool, '\0');
	return builder;
}

void conf_builder_free(struct conf_builder *builder)
{
	if (builder == NULL)
		return;
	if (builder->pool.data != NULL)
		explicit_bzero(builder->pool.data, builder->pool.len);
	roost_str_free(&builder->pool);
	roost_vec_free(&builder->filters);
	roost_vec_free(&builder->entries);
	roost_vec_free(&builder->blocks);
	roost_map_free(builder->interned);
	free(builder);
}

static uint32_t intern(struct conf_builder *builder, const char *text)
{
	uintptr_t offset;

	if (text == NULL || *text == '\0')
		return 0;
	offset = (uintptr_t)roost_map_get(builder->interned, text);
	if (offset == 0) {
		offset = builder->pool.len;
		roost_str_append(&builder->pool, text, strlen(text) + 1);
		roost_map_set(builder->interned, text, (void *)offset);
	}
	return (uint32_t)offset;
}

/* A secret is not found again through the map, whose memory is not wiped. */
static uint32_t intern_secret(struct conf_builder *builder, const char *text)
{
	uint32_t offset = (uint32_t)builder->pool.len;

	roost_str_append(&builder->pool, text, strlen(text) + 1);
	return offset;
}

uint32_t conf_builder_filter(struct conf_builder *builder, const struct conf_filter *filter)
{
	struct snapshot_filter out = {
		.protocol = intern(builder, filter->protocol),
		.local_name = intern(builder, filter->local_name),
		.protocol_not = filter->protocol_not, .local = filter->local,
		.remote = filter->remote,
	};

	roost_vec_push(&builder->filters, out);
	return (uint32_t)builder->filters.count;
}

void conf_builder_set(struct conf_builder *builder, const char *name, const char *value,
		      uint32_t flags, uint32_t filter, const char *file, uint32_t line)
{
	struct snapshot_entry entry = {
		.name = intern(builder, name), .filter = filter, .flags = flags,
		.value = flags & CONF_ENTRY_SECRET && *value != '\0' ?
			intern_secret(builder, value) : intern(builder, value),
		.file = intern(builder, file), .line = line,
	};

	roost_vec_push(&builder->entries, entry);
}

void conf_builder_block(struct conf_builder *builder, const char *path, const char *name,
			const char *file, uint32_t line)
{
	struct snapshot_block block = {
		.path = intern(builder, path), .name = intern(builder, name),
		.file = intern(builder, file), .line = line,
	};

	roost_vec_push(&builder->blocks, block);
}

/* By name; then filters in their order, "always" last. */
static int compare_entries(const void *left, const void *right, void *pool)
{
	const struct snapshot_entry *a = left, *b = right;
	int order = strcmp((char *)pool + a->name, (char *)pool + b->name);

	if (order != 0)
		return order;
	return a->filter - 1 < b->filter - 1 ? -1 : a->filter - 1 > b->filter - 1;
}

/* By path; within one, in the order in which they came. */
static int compare_blocks(const void *left, const void *right, void *context)
{
	const struct conf_builder *builder = context;
	const struct snapshot_block *a = left, *b = right;

	return strcmp(builder->pool.data + a->path, builder->pool.data + b->path);
}

static void sort_blocks(struct conf_builder *builder)
{
	struct snapshot_block *items = builder->blocks.items;

	/* Few, nearly in order, and it has to be stable. */
	for (size_t i = 1; i < builder->blocks.count; i++) {
		struct snapshot_block block = items[i];
		size_t j = i;

		for (; j > 0 && compare_blocks(&items[j - 1], &block, builder) > 0; j--)
			items[j] = items[j - 1];
		items[j] = block;
	}
}

static int write_all(int fd, const void *data, size_t len)
{
	while (len > 0) {
		ssize_t done = write(fd, data, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		data = (const char *)data + done;
		len -= (size_t)done;
	}
	return 0;
}

int conf_builder_seal(struct conf_builder *builder, int *result, struct roost_error *err)
{
	struct snapshot_header header = {
		.role = builder->role,
		.filter_count = (uint32_t)builder->filters.count,
		.entry_count = (uint32_t)builder->entries.count,
		.block_count = (uint32_t)builder->blocks.count,
		.pool_size = (uint32_t)builder->pool.len,
	};
	int fd = memfd_create("roost-config", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return roost_fail_errno(err, "memfd_create");
	memcpy(header.magic, SNAPSHOT_MAGIC, sizeof(header.magic));
	if (builder->entries.count > 0)
		qsort_r(builder->entries.items, builder->entries.count,
			sizeof(*builder->entries.items), compare_entries, builder->pool.data);
	sort_blocks(builder);
	if (write_all(fd, &header, sizeof(header)) < 0 ||
	    write_all(fd, builder->filters.items,
		      builder->filters.count * sizeof(*builder->filters.items)) < 0 ||
	    write_all(fd, builder->entries.items,
		      builder->entries.count * sizeof(*builder->entries.items)) < 0 ||
	    write_all(fd, builder->blocks.items,
		      builder->blocks.count * sizeof(*builder->blocks.items)) < 0 ||
	    write_all(fd, builder->pool.data, builder->pool.len) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0) {
		roost_fail_errno(err, "write configuration snapshot");
		close(fd);
		return -1;
	}
	*result = fd;
	return 0;
}
