/* Going through the tree: every setting finds its slot, or is an error. R-CFG-5..9, R-CFG-13..15. */
#include <string.h>
#include <roost/str.h>
#include "core/conf/judge.h"
#include "core/conf/value.h"

#define ADDRESSES_MAX 16	/* of a host in a filter */

/* Where in the tree we are. */
struct position {
	uint32_t context;
	const struct conf_store_block *block;	/* NULL: outside blocks */
};

static void judge_nodes(struct conf_store *store, const struct conf_node *first,
			struct position at);

/* ---- names written as paths: "service/imap/process_limit" (R-CFG-7) */

/* "login\simap" is the block "login/imap". */
static char *unescape(struct roost_arena *arena, const char *text, size_t len)
{
	char *copy = roost_arena_strndup(arena, text, len), *to = copy;

	for (const char *from = copy; *from != '\0'; from++) {
		if (from[0] == '\\' && from[1] == 's') {
			*to++ = '/';
			from++;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return copy;
}

/*
 * Enter the blocks that path names within at->block. The rest, the key, remains. Names of inner
 * blocks may have slashes of their own: they reach to the last one.
 */
static const char *enter_path(struct conf_store *store, const char *path, struct position *at,
			      struct conf_place place)
{
	const struct conf_block_type *types = at->block == NULL ? conf_block_types :
		at->block->type->inner;
	const char *slash;

	while ((slash = strchr(path, '/')) != NULL) {
		const char *word = roost_arena_strndup(store->arena, path, (size_t)(slash - path));
		const struct conf_block_type *type = conf_block_type_find(types, word);
		const char *name = NULL, *end;

		if (type == NULL)
			break;
		path = slash + 1;
		if (type->naming != CONF_BLOCK_SINGLE) {
			end = type->inner == NULL && at->block != NULL ? strrchr(path, '/') :
				strchr(path, '/');
			if (end == NULL)
				break;
			name = unescape(store->arena, path, (size_t)(end - path));
			path = end + 1;
		}
		at->block = conf_store_enter(store, at->block == NULL ? "" : at->block->path, type,
					     name, at->context, place);
		types = type->inner;
	}
	return path;
}

/* ---- settings */

static const char *full_path(struct conf_store *store, const struct position *at, const char *key)
{
	return at->block == NULL ? key :
		roost_arena_printf(store->arena, "%s/%s", at->block->path, key);
}

static void unknown(struct conf_store *store, const struct conf_node *node, const char *path)
{
	const char *near = conf_nearest(store, path);

	if (near == NULL)
		conf_error(store->problems, node->at, "Unknown setting: %s", path);
	else
		conf_error(store->problems, node->at, "Unknown setting: %s (did you mean %s?)",
			   path, near);
}

static bool key_valid(const char *key)
{
	return key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

/* A key of plugin or dict: anything goes, modules know some of them. */
static bool any_key(const struct position *at)
{
	return at->block != NULL && at->block->type->fields == NULL;
}

static struct conf_slot *find_slot(struct conf_store *store, const struct conf_node *node,
				   const char *key, const struct position *at)
{
	const char *path = full_path(store, at, key);
	struct conf_slot *slot = conf_store_slot(store, path);

	if (slot != NULL)
		return slot;
	if (any_key(at))
		return conf_store_add_slot(store, path, key, NULL, NULL);
	if (at->block == NULL && !key_valid(key) && strchr(key, '/') == NULL)
		conf_error(store->problems, node->at, "Unknown setting: %s (names have only a-z, "
			   "0-9 and _)", key);
	else
		unknown(store, node, path);
	return NULL;
}

static bool only_protocol(const struct conf_store *store, uint32_t context)
{
	const struct conf_filter *filter = &store->contexts.items[context].filter;

	return filter->local_name == NULL && filter->local.family == 0 &&
		filter->remote.family == 0;
}

/* R-CFG-9 */
static void check_place(struct conf_store *store, const struct conf_node *node,
			const struct conf_slot *slot, uint32_t context)
{
	uint32_t type = slot->setting == NULL ? 0 : slot->setting->type;
	if (context == 0)
		return;
	if (type & CONF_SET_GLOBAL)
		conf_error(store->problems, node->at, "Setting %s is global: it cannot stand in a "
			   "%s block", slot->path, store->contexts.items[context].word);
	else if (type & CONF_SET_PROTOCOL && !only_protocol(store, context))
		conf_error(store->problems, node->at, "Auth settings not supported inside "
			   "local/remote blocks: %s", slot->path);
}

static void check_type(struct conf_store *store, const struct conf_slot *slot,
		       const struct conf_value *value)
{
	const struct roost_setting *setting = slot->setting;
	struct roost_error err;

	if (setting == NULL || value->text == NULL)
		return;
	/* Empty is unset, whatever the type. */
	if (value->text[0] == '\0' && (setting->type & 0xff) != ROOST_SET_BOOL)
		return;
	if (conf_value_check(setting->type, value->text, setting->fallback, &err) < 0)
		conf_error(store->problems, value->at, "%s: %s", slot->path, err.text);
}

static void judge_setting(struct conf_store *store, const struct conf_node *node,
			  struct position at)
{
	const char *key = node->key;
	struct conf_slot *slot = NULL;
	struct conf_value value = {
		.context = at.context, .text = node->value, .written = node->written,
		.how = node->how, .trouble = node->trouble, .at = node->at,
	};

	/* A path first names the whole setting, "plugin/x" of a module. */
	if (strchr(key, '/') != NULL && at.block == NULL)
		slot = conf_store_slot(store, key);
	if (slot == NULL) {
		key = enter_path(store, key, &at, node->at);
		slot = find_slot(store, node, key, &at);
	}
	if (slot == NULL)
		return;
	check_place(store, node, slot, at.context);
	if (node->how == CONF_WRITTEN_PLAIN)
		value.text = conf_dollar(store, node->value, at.context, node->at);
	value.order = ++store->order;
	conf_slot_set(slot, value);
	check_type(store, slot, &value);
}

/* ---- blocks */

static void unknown_block(struct conf_store *store, const struct conf_node *node,
			  const struct position *at)
{
	if (at->block == NULL)
		conf_error(store->problems, node->at, "Unknown section name: %s", node->key);
	else if (conf_is_filter(node->key))
		conf_error(store->problems, node->at, "%s { %s { .. } } not allowed: put %s around "
			   "%s", at->block->type->word, node->key, node->key,
			   at->block->type->word);
	else
		conf_error(store->problems, node->at, "Unknown section name: %s (within %s)",
			   node->key, at->block->type->word);
}

static bool name_fits(struct conf_store *store, const struct conf_node *node,
		      const struct conf_block_type *type, bool outermost)
{
	if (type->naming == CONF_BLOCK_NAMED && (node->name == NULL || node->name[0] == '\0')) {
		conf_error(store->problems, node->at, "%s needs a name: %s NAME {", node->key,
			   node->key);
		return false;
	}
	if (outermost && node->name != NULL && strchr(node->name, '/') != NULL) {
		conf_error(store->problems, node->at, "%s %s: the name cannot have a '/'",
			   node->key, node->name);
		return false;
	}
	return true;
}

static void judge_filter(struct conf_store *store, const struct conf_node *node,
			 struct position at)
{
	uint32_t contexts[ADDRESSES_MAX];
	size_t count = conf_open_filter(store, node, at.context, contexts, ADDRESSES_MAX);

	for (size_t i = 0; i < count; i++) {
		struct position inner = { .context = contexts[i] };

		judge_nodes(store, node->first, inner);
	}
}

static void judge_block(struct conf_store *store, const struct conf_node *node,
			struct position at)
{
	const struct conf_block_type *types = at.block == NULL ? conf_block_types :
		at.block->type->inner;
	const struct conf_block_type *type = conf_block_type_find(types, node->key);

	if (at.block == NULL && conf_is_filter(node->key)) {
		judge_filter(store, node, at);
		return;
	}
	if (type == NULL) {
		unknown_block(store, node, &at);
		return;
	}
	if (!name_fits(store, node, type, at.block == NULL))
		return;
	if ((strcmp(node->key, "passdb") == 0 || strcmp(node->key, "userdb") == 0) &&
	    !only_protocol(store, at.context))
		conf_error(store->problems, node->at, "Auth settings not supported inside "
			   "local/remote blocks: %s", node->key);
	at.block = conf_store_enter(store, at.block == NULL ? "" : at.block->path, type, node->name,
				    at.context, node->at);
	judge_nodes(store, node->first, at);
}

static void judge_nodes(struct conf_store *store, const struct conf_node *first,
			struct position at)
{
	for (const struct conf_node *node = first; node != NULL; node = node->next) {
		if (node->type == CONF_NODE_BLOCK)
			judge_block(store, node, at);
		else if (node->type == CONF_NODE_SETTING)
			judge_setting(store, node, at);
	}
}

void conf_judge(struct conf_store *store)
{
	struct position top = { .context = 0 };

	judge_nodes(store, store->tree->root.first, top);
	conf_store_rank(store);
	conf_find_conflicts(store);
}
