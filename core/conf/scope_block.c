/* Blocks within a scope: lists of them, and a scope for each. */
#include <string.h>
#include <roost/vec.h>
#include "core/conf/scope_private.h"

static const char *block_path(const struct roost_scope *scope, const char *type)
{
	if (scope->block == NULL)
		return type;
	return roost_arena_printf(scope->arena, "%s/%s", scope->block, type);
}

struct names {
	const char **items;
	size_t count, capacity;
};

static void names_add(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->items[i], name) == 0)
			return;
	}
	roost_vec_push(names, name);
}

/* User fields may bring blocks of their own: "namespace/shared/prefix". */
static void names_from_map(const struct roost_scope *scope, struct names *names,
			   const struct roost_map *map, const char *path)
{
	size_t position = 0, len = strlen(path);
	const char *name;
	void *value;

	while (map != NULL && roost_map_next(map, &position, &name, &value)) {
		const char *rest = name + len + 1, *end;

		if (strncmp(name, path, len) != 0 || name[len] != '/')
			continue;
		end = strchr(rest, '/');
		if (end != NULL)
			names_add(names, roost_arena_strndup(scope->arena, rest,
							     (size_t)(end - rest)));
	}
}

const char *const *roost_scope_blocks(const struct roost_scope *scope, const char *type)
{
	const char *path = block_path(scope, type);
	struct names names = { 0 };
	const struct conf_block *blocks;
	const char **result;
	size_t count;

	blocks = conf_snapshot_blocks(scope->snapshot, path, &count);
	for (size_t i = 0; i < count; i++)
		names_add(&names, blocks[i].name);
	for (const struct roost_scope *at = scope; at != NULL; at = at->parent) {
		names_from_map(scope, &names, at->fields, path);
		names_from_map(scope, &names, at->overrides, path);
	}
	result = roost_arena_zalloc(scope->arena, (names.count + 1) * sizeof(*result));
	if (names.count > 0)
		memcpy(result, names.items, names.count * sizeof(*result));
	roost_vec_free(&names);
	return result;
}

const struct roost_scope *roost_scope_block(const struct roost_scope *scope, const char *type,
					    const char *name)
{
	struct roost_scope *owner = (struct roost_scope *)scope, *block;
	const char *const *names;
	char *path;

	path = roost_arena_printf(scope->arena, "%s/%s", block_path(scope, type), name);
	if (owner->blocks != NULL && (block = roost_map_get(owner->blocks, path)) != NULL)
		return block;
	for (names = roost_scope_blocks(scope, type); *names != NULL; names++) {
		if (strcmp(*names, name) == 0)
			break;
	}
	if (*names == NULL)
		return NULL;
	block = roost_scope_connection(scope, NULL);
	block->block = roost_arena_strdup(block->arena, path);
	if (owner->blocks == NULL)
		owner->blocks = roost_map_create();
	roost_map_set(owner->blocks, path, block);
	return block;
}
