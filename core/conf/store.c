/* Slots, blocks and contexts of a configuration that is being judged. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "core/conf/store.h"

static const struct conf_place nowhere = { "", 0 };

struct conf_slot *conf_store_slot(const struct conf_store *store, const char *path)
{
	return roost_map_get(store->slots, path);
}

struct conf_slot *conf_store_add_slot(struct conf_store *store, const char *path, const char *key,
				      const struct roost_setting *setting, const char *fallback)
{
	struct conf_slot *slot = roost_arena_new(store->arena, struct conf_slot);

	slot->path = roost_arena_strdup(store->arena, path);
	slot->key = slot->path + strlen(path) - strlen(key);
	slot->setting = setting;
	slot->fallback = fallback;
	roost_map_set(store->slots, slot->path, slot);
	return slot;
}

struct conf_store_block *conf_store_block(const struct conf_store *store, const char *path)
{
	return roost_map_get(store->block_map, path);
}

/* "passdb": the name of the next one without a name. */
static const char *next_number(const struct conf_store *store, const char *parent,
			       const struct conf_block_type *type)
{
	unsigned count = 1;

	for (size_t i = 0; i < store->blocks.count; i++) {
		const struct conf_store_block *block = store->blocks.items[i];

		if (block->type == type && !block->named && strcmp(block->parent, parent) == 0)
			count++;
	}
	return roost_arena_printf(store->arena, "%u", count);
}

static const char *block_path(struct conf_store *store, const char *parent,
			      const struct conf_block_type *type, const char *name)
{
	return roost_arena_printf(store->arena, "%s%s%s%s%s", parent, *parent == '\0' ? "" : "/",
				  type->word, *name == '\0' ? "" : "/", name);
}

static void add_fields(struct conf_store *store, const struct conf_store_block *block)
{
	for (const struct roost_setting *field = block->type->fields;
	     field != NULL && field->name != NULL; field++) {
		const char *path = roost_arena_printf(store->arena, "%s/%s", block->path,
						      field->name);

		conf_store_add_slot(store, path, field->name, field,
				    conf_setting_fallback(store->arena, field));
	}
}

struct conf_store_block *conf_store_enter(struct conf_store *store, const char *parent,
					  const struct conf_block_type *type, const char *name,
					  uint32_t context, struct conf_place at)
{
	struct conf_store_block *block;
	bool named = name != NULL;
	const char *path;

	if (type->naming == CONF_BLOCK_SINGLE)
		name = "";
	else if (name == NULL)
		name = next_number(store, parent, type);
	path = block_path(store, parent, type, name);
	block = conf_store_block(store, path);
	if (block != NULL)
		return block;
	block = roost_arena_new(store->arena, struct conf_store_block);
	block->parent = roost_arena_strdup(store->arena, parent);
	block->type = type;
	block->name = roost_arena_strdup(store->arena, name);
	block->path = path;
	block->named = named;
	block->context = context;
	block->at = at;
	roost_map_set(store->block_map, path, block);
	roost_vec_push(&store->blocks, block);
	add_fields(store, block);
	return block;
}

static const char *default_value(struct conf_store *store, const char *value)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (strcmp(value, "@cores") == 0)
		return roost_arena_printf(store->arena, "%ld", cores < 1 ? 1 : cores);
	return value;
}

/* "service/imap/unix_listener/login/imap/mode": enters both blocks and gives the slot its default. */
static void add_default(struct conf_store *store, const struct conf_default *row)
{
	const char *name = strchr(row->path, '/') + 1, *rest = strchr(name, '/') + 1;
	const char *slash = strchr(rest, '/'), *last = strrchr(row->path, '/');
	const struct conf_block_type *type = conf_block_type_find(conf_block_types, "service");
	struct conf_store_block *block;

	block = conf_store_enter(store, "", type, roost_arena_strndup(store->arena, name,
					(size_t)(rest - 1 - name)), 0, nowhere);
	block->built_in = true;
	if (slash != NULL) {
		type = conf_block_type_find(type->inner, roost_arena_strndup(store->arena, rest,
					    (size_t)(slash - rest)));
		block = conf_store_enter(store, block->path, type,
			roost_arena_strndup(store->arena, slash + 1, (size_t)(last - slash - 1)),
			0, nowhere);
		block->built_in = true;
	}
	conf_store_slot(store, row->path)->fallback = default_value(store, row->value);
}

struct conf_store *conf_store_create(struct conf_tree *tree)
{
	struct roost_arena *arena = roost_arena_create_secret("settings");
	struct conf_store *store = roost_arena_new(arena, struct conf_store);
	struct conf_context always = { .at = nowhere };

	store->arena = arena;
	store->tree = tree;
	store->problems = &tree->problems;
	store->slots = roost_map_create();
	store->block_map = roost_map_create();
	roost_vec_push(&store->contexts, always);
	for (size_t i = 0; i < conf_known_setting_count; i++) {
		const struct roost_setting *setting = &conf_known_settings[i];

		conf_store_add_slot(store, setting->name, setting->name, setting,
				    conf_setting_fallback(arena, setting));
	}
	for (const struct conf_default *row = conf_service_defaults; row->path != NULL; row++)
		add_default(store, row);
	return store;
}

void conf_store_free(struct conf_store *store)
{
	size_t position = 0;
	const char *path;
	void *slot;

	if (store == NULL)
		return;
	while (roost_map_next(store->slots, &position, &path, &slot))
		roost_vec_free(&((struct conf_slot *)slot)->values);
	roost_map_free(store->slots);
	roost_map_free(store->block_map);
	roost_vec_free(&store->contexts);
	roost_vec_free(&store->blocks);
	roost_arena_free(store->arena);
}

void conf_store_add_schema(struct conf_store *store, const struct roost_settings *schema,
			   const char *module)
{
	for (const struct roost_setting *field = schema->fields; field->name != NULL; field++) {
		struct conf_slot *slot = conf_store_slot(store, field->name);
		const char *key = strrchr(field->name, '/');

		/* A shared setting keeps the default that all of its users see. */
		if (slot != NULL) {
			if (slot->owner == NULL)
				slot->owner = module;
			continue;
		}
		slot = conf_store_add_slot(store, field->name, key == NULL ? field->name : key + 1,
					   field, conf_setting_fallback(store->arena, field));
		slot->module = slot->owner = module;
	}
}

void conf_slot_set(struct conf_slot *slot, struct conf_value value)
{
	for (size_t i = 0; i < slot->values.count; i++) {
		if (slot->values.items[i].context == value.context) {
			slot->values.items[i] = value;
			return;
		}
	}
	roost_vec_push(&slot->values, value);
}

const struct conf_value *conf_slot_in(const struct conf_store *store, const struct conf_slot *slot,
				      uint32_t context)
{
	for (;;) {
		for (size_t i = 0; i < slot->values.count; i++) {
			if (slot->values.items[i].context == context)
				return &slot->values.items[i];
		}
		if (context == 0)
			return NULL;
		context = store->contexts.items[context].parent;
	}
}

const struct conf_value *conf_slot_under(const struct conf_store *store,
					 const struct conf_slot *slot,
					 const struct conf_facts *facts)
{
	static const struct conf_facts none;
	const struct conf_value *best = NULL;

	for (size_t i = 0; i < slot->values.count; i++) {
		const struct conf_value *value = &slot->values.items[i];
		const struct conf_context *context = &store->contexts.items[value->context];

		if (value->context != 0 &&
		    !conf_filter_matches(&context->filter, facts == NULL ? &none : facts))
			continue;
		if (best == NULL || context->rank < store->contexts.items[best->context].rank)
			best = value;
	}
	return best;
}

const char *conf_slot_fallback(struct conf_store *store, const struct conf_slot *slot)
{
	if (slot->fallback == NULL)
		return "";
	if (slot->fallback[0] == '$')
		return conf_store_get(store, slot->fallback + 1, NULL);
	return slot->fallback;
}

const char *conf_store_get(struct conf_store *store, const char *path,
			   const struct conf_facts *facts)
{
	const struct conf_slot *slot = conf_store_slot(store, path);
	const struct conf_value *value;

	if (slot == NULL)
		return NULL;
	value = conf_slot_under(store, slot, facts);
	return value == NULL ? conf_slot_fallback(store, slot) :
		value->text == NULL ? "" : value->text;
}
