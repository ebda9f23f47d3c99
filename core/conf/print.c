/* A configuration as text: sorted settings and blocks, then what filters change. R-DCF-4. */
#include <stdlib.h>
#include <string.h>
#include "core/conf/print.h"
#include "core/conf/value.h"

/* What may be printed, with a key that puts a block before what is in it. */
struct item {
	const char *key;
	const struct conf_slot *slot;		/* or */
	const struct conf_store_block *block;
};

struct items {
	struct item *items;
	size_t count, capacity;
};

/* ---- which settings */

static bool same_value(uint32_t type, const char *a, const char *b)
{
	struct roost_str left = ROOST_STR_INIT, right = ROOST_STR_INIT;
	bool same;

	conf_value_print(&left, type, a);
	conf_value_print(&right, type, b);
	same = strcmp(roost_str_text(&left), roost_str_text(&right)) == 0;
	roost_str_free(&left);
	roost_str_free(&right);
	return same;
}

static bool is_default(struct conf_store *store, const struct conf_slot *slot,
		       const struct conf_value *value)
{
	const struct roost_setting *setting = slot->setting;

	if (setting == NULL || value->how == CONF_WRITTEN_FILE)
		return false;
	if (value->written != NULL && strcmp(value->written, slot->fallback) == 0)
		return true;
	if (!same_value(setting->type, value->text, conf_slot_fallback(store, slot)))
		return false;
	/* A service's own default is still shown where it is not what services have in general. */
	return same_value(setting->type, value->text, conf_setting_fallback(store->arena, setting));
}

/* A namespace is told by its prefix and location, even where they are the default. */
static bool always_shown(const struct conf_slot *slot)
{
	return strncmp(slot->path, "namespace/", 10) == 0 &&
		strchr(slot->path + 10, '/') == slot->key - 1 &&
		(strcmp(slot->key, "prefix") == 0 || strcmp(slot->key, "location") == 0);
}

static bool of_module(const struct conf_print *print, const struct conf_slot *slot)
{
	size_t len = print->module == NULL ? 0 : strlen(print->module);

	if (len == 0)
		return true;
	if (slot->owner != NULL)
		return strcmp(slot->owner, print->module) == 0;
	return strncmp(slot->path, print->module, len) == 0 && slot->path[len] == '_';
}

static bool shown(const struct conf_print *print, const struct conf_slot *slot,
		  const struct conf_value *value)
{
	uint32_t type = slot->setting == NULL ? 0 : slot->setting->type;

	if (!of_module(print, slot))
		return false;
	if (print->which == CONF_PRINT_WRITTEN)
		return value != NULL || always_shown(slot);
	if (print->which == CONF_PRINT_CHANGED)
		return (value != NULL && !is_default(print->store, slot, value)) ||
			always_shown(slot);
	if (slot->fallback == NULL && slot->setting == NULL)
		return value != NULL && print->which == CONF_PRINT_ALL;
	/* A module's plugin setting is not set by being known. */
	if (value == NULL && strncmp(slot->path, "plugin/", 7) == 0)
		return print->which == CONF_PRINT_DEFAULTS && slot->fallback[0] != '\0';
	return !(type & ROOST_SET_HIDDEN) || print->hidden || value != NULL;
}

/* ---- in which order */

/* "auth-worker" before "auth", "Sent" before "Sent Mail": a slash ends each name. */
static const char *block_key(struct conf_store *store, const struct conf_store_block *block)
{
	struct roost_str out = ROOST_STR_INIT;
	const char *result;

	if (block->parent[0] != '\0')
		roost_str_puts(&out, block_key(store, conf_store_block(store, block->parent)));
	roost_str_printf(&out, "%s/", block->type->word);
	if (!block->named && block->type->naming == CONF_BLOCK_NUMBERED)
		roost_str_printf(&out, "%08lu/", strtoul(block->name, NULL, 10));
	else if (block->name[0] != '\0') {
		for (const char *p = block->name; *p != '\0'; p++)
			roost_str_puts(&out, *p == '/' ? "\\s" : *p == ' ' ? "\\_" :
				       (char[]){ *p, '\0' });
		roost_str_byte(&out, '/');
	}
	result = roost_arena_strdup(store->arena, roost_str_text(&out));
	roost_str_free(&out);
	return result;
}

static const struct conf_store_block *block_of(const struct conf_store *store,
					       const struct conf_slot *slot)
{
	char *path;

	if (slot->key == slot->path)
		return NULL;
	path = roost_arena_strndup(store->arena, slot->path,
				   (size_t)(slot->key - slot->path - 1));
	return conf_store_block(store, path);
}

static void add_block(struct conf_store *store, struct items *items,
		      const struct conf_store_block *block)
{
	const char *key = block_key(store, block);

	for (size_t i = items->count; i > 0; i--) {
		if (items->items[i - 1].block == block)
			return;
	}
	if (block->parent[0] != '\0')
		add_block(store, items, conf_store_block(store, block->parent));
	roost_vec_push(items, (struct item){ key, NULL, block });
}

static int compare_items(const void *left, const void *right)
{
	return strcmp(((const struct item *)left)->key, ((const struct item *)right)->key);
}

/* ---- printing */

static void put_dent(const struct conf_print *print, unsigned depth)
{
	while (depth-- > 0)
		roost_str_puts(print->out, "  ");
}

static void put_name(struct roost_str *out, const char *name)
{
	if (name[0] != '\0' && strpbrk(name, " \t#\"'{}=") == NULL) {
		roost_str_puts(out, name);
		return;
	}
	roost_str_byte(out, '"');
	for (; *name != '\0'; name++) {
		if (*name == '"' || *name == '\\')
			roost_str_byte(out, '\\');
		roost_str_byte(out, *name);
	}
	roost_str_byte(out, '"');
}

static void open_block(const struct conf_print *print, const struct conf_store_block *block,
		       unsigned depth)
{
	if (print->flat || print->bare)
		return;
	put_dent(print, depth);
	roost_str_puts(print->out, block->type->word);
	if (block->named) {
		roost_str_byte(print->out, ' ');
		put_name(print->out, block->name);
	}
	roost_str_puts(print->out, " {\n");
}

static void close_blocks(const struct conf_print *print, const struct conf_store_block **open,
			 unsigned *depth, unsigned outer, const struct conf_store_block *until)
{
	while (*depth > 0 && open[*depth - 1] != until) {
		--*depth;
		if (print->flat || print->bare)
			continue;
		put_dent(print, outer + *depth);
		roost_str_puts(print->out, "}\n");
	}
}

static void print_items(const struct conf_print *print, struct items *items, uint32_t context,
			unsigned outer)
{
	const struct conf_store_block *open[8];
	unsigned depth = 0;

	if (items->count > 0)
		qsort(items->items, items->count, sizeof(*items->items), compare_items);
	for (size_t i = 0; i < items->count; i++) {
		const struct item *item = &items->items[i];
		const struct conf_store_block *parent = item->slot != NULL ?
			block_of(print->store, item->slot) :
			conf_store_block(print->store, item->block->parent);

		close_blocks(print, open, &depth, outer, parent);
		if (item->block != NULL) {
			open_block(print, item->block, outer + depth);
			open[depth++] = item->block;
			continue;
		}
		conf_print_setting(print, item->slot, print->facts != NULL ?
				   conf_slot_under(print->store, item->slot, print->facts) :
				   conf_slot_in(print->store, item->slot, context), outer + depth);
	}
	close_blocks(print, open, &depth, outer, NULL);
	roost_vec_free(items);
}

static const struct conf_value *value_in(const struct conf_slot *slot, uint32_t context)
{
	for (size_t i = 0; i < slot->values.count; i++) {
		if (slot->values.items[i].context == context)
			return &slot->values.items[i];
	}
	return NULL;
}

static void add_slot(const struct conf_print *print, struct items *items,
		     const struct conf_slot *slot)
{
	const struct conf_store_block *block = block_of(print->store, slot);
	const char *key = slot->key;

	if (block != NULL) {
		key = roost_arena_printf(print->store->arena, "%s%s",
					 block_key(print->store, block), slot->key);
		add_block(print->store, items, block);
	}
	roost_vec_push(items, (struct item){ key, slot, NULL });
}

static bool within(const char *path, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(path, prefix, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* What holds outside filters, or under the facts that were given. prefix: a block; NULL: all. */
static void print_plain(const struct conf_print *print, const char *prefix)
{
	struct items items = { 0 };
	size_t position = 0;
	const char *path;
	void *item;

	while (roost_map_next(print->store->slots, &position, &path, &item)) {
		const struct conf_slot *slot = item;
		const struct conf_store_block *block = block_of(print->store, slot);

		/* A block of a filter stands there. */
		if ((prefix != NULL && !within(path, prefix)) ||
		    (block != NULL && block->context != 0 && print->facts == NULL) ||
		    (block != NULL && print->which == CONF_PRINT_DEFAULTS && !block->built_in))
			continue;
		if (shown(print, slot, print->facts != NULL ?
			  conf_slot_under(print->store, slot, print->facts) : value_in(slot, 0)))
			add_slot(print, &items, slot);
	}
	print_items(print, &items, 0, 0);
}

/* "local 10.0.0.1 {", then "protocol imap {" within it. */
static unsigned open_filter(const struct conf_print *print, uint32_t number)
{
	const struct conf_context *context = &print->store->contexts.items[number];
	unsigned depth;

	if (number == 0)
		return 0;
	depth = open_filter(print, context->parent);
	if (print->flat)
		return depth;
	put_dent(print, depth);
	roost_str_printf(print->out, "%s ", context->word);
	put_name(print->out, context->name);
	roost_str_puts(print->out, " {\n");
	return depth + 1;
}

static void print_filter(const struct conf_print *print, uint32_t number)
{
	struct items items = { 0 };
	size_t position = 0;
	const char *path;
	unsigned depth;
	void *item;

	while (roost_map_next(print->store->slots, &position, &path, &item)) {
		if (value_in(item, number) != NULL && of_module(print, item))
			add_slot(print, &items, item);
	}
	if (items.count == 0)
		return;
	depth = open_filter(print, number);
	print_items(print, &items, number, depth);
	while (!print->flat && depth-- > 0) {
		put_dent(print, depth);
		roost_str_puts(print->out, "}\n");
	}
}

/* By the outermost condition, and in the order of the files. */
static void print_filters(const struct conf_print *print)
{
	static const char *const kinds[] = { "protocol", "remote", "local", "local_name" };
	const struct conf_context *contexts = print->store->contexts.items;

	for (size_t kind = 0; kind < ROOST_COUNT(kinds); kind++) {
		for (uint32_t i = 1; i < print->store->contexts.count; i++) {
			uint32_t outer = i;

			while (contexts[outer].parent != 0)
				outer = contexts[outer].parent;
			if (strcmp(contexts[outer].word, kinds[kind]) == 0)
				print_filter(print, i);
		}
	}
}

void conf_print_all(const struct conf_print *print)
{
	print_plain(print, NULL);
	if (print->facts == NULL && print->which != CONF_PRINT_DEFAULTS)
		print_filters(print);
}

static bool is_block(const struct conf_store *store, const char *path)
{
	for (size_t i = 0; i < store->blocks.count; i++) {
		if (within(store->blocks.items[i]->path, path))
			return true;
	}
	return false;
}

bool conf_print_named(const struct conf_print *print, const char *path)
{
	const struct conf_slot *slot = conf_store_slot(print->store, path);
	struct conf_print block = *print;

	if (slot != NULL) {
		struct conf_slot whole = *slot;

		/* As it was asked for. */
		whole.key = whole.path;
		conf_print_setting(print, &whole, conf_slot_under(print->store, slot, print->facts),
				   0);
		return true;
	}
	if (!is_block(print->store, path))
		return false;
	block.which = print->which == CONF_PRINT_DEFAULTS ? CONF_PRINT_DEFAULTS : CONF_PRINT_ALL;
	print_plain(&block, path);
	return true;
}
