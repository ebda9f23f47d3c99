/* The tree of what was parsed. */
#include <string.h>
#include "core/conf/parser.h"

struct conf_tree *conf_tree_create(const char *path)
{
	struct roost_arena *arena = roost_arena_create_secret("configuration");
	struct conf_tree *tree = roost_arena_new(arena, struct conf_tree);

	tree->arena = tree->problems.arena = arena;
	tree->path = roost_arena_strdup(arena, path);
	tree->root.type = CONF_NODE_BLOCK;
	tree->root.key = "";
	tree->root.last = &tree->root.first;
	return tree;
}

void conf_tree_free(struct conf_tree *tree)
{
	if (tree == NULL)
		return;
	roost_vec_free(&tree->files);
	roost_vec_free(&tree->externals);
	roost_vec_free(&tree->problems.list);
	roost_arena_free(tree->arena);
}

struct conf_node *conf_tree_add(struct conf_tree *tree, struct conf_node *block,
				enum conf_node_type type, const char *key, struct conf_place at)
{
	struct conf_node *node = roost_arena_new(tree->arena, struct conf_node);

	node->type = type;
	node->key = key;
	node->at = at;
	node->last = &node->first;
	*block->last = node;
	block->last = &node->next;
	return node;
}

void conf_tree_override(struct conf_tree *tree, const char *assignment)
{
	static const struct conf_place nowhere = { "", 0 };
	const char *equals = strchr(assignment, '=');
	struct conf_node *node;

	if (equals == NULL || equals == assignment) {
		conf_error(&tree->problems, nowhere, "-o %s: expecting NAME=VALUE", assignment);
		return;
	}
	node = conf_tree_add(tree, &tree->root, CONF_NODE_SETTING,
			     roost_arena_strndup(tree->arena, assignment,
						 (size_t)(equals - assignment)), nowhere);
	node->value = node->written = roost_arena_strdup(tree->arena, equals + 1);
}

const struct conf_external *conf_tree_external(const struct conf_tree *tree, const char *path)
{
	for (size_t i = 0; i < tree->externals.count; i++) {
		if (strcmp(tree->externals.items[i].path, path) == 0)
			return &tree->externals.items[i];
	}
	return NULL;
}

static void read_external(struct conf_tree *tree, const char *path)
{
	struct conf_external external = { .path = path };
	size_t len;

	if (conf_tree_external(tree, path) != NULL)
		return;
	external.content = conf_read_file(tree->arena, path, &len, &external.trouble);
	roost_vec_push(&tree->externals, external);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

/*
 * The last word of the value, when it is a path as drivers have them: "/etc/roost/sql.conf.ext",
 * "blocking=no /etc/x.ext", "mysql:/etc/roost/dict.conf.ext". Files of users are not among them:
 * their driver reads them itself, again and again.
 */
static void external_in(struct conf_tree *tree, const char *value)
{
	const char *word = strrchr(value, ' '), *path;

	word = word == NULL ? value : word + 1;
	path = strchr(word, '/');
	if (path == NULL || (path > word && path[-1] != ':') ||
	    (!ends_with(value, ".ext") && !ends_with(value, ".conf")))
		return;
	read_external(tree, path);
}

static void externals_in(struct conf_tree *tree, const struct conf_node *block)
{
	bool database = strcmp(block->key, "passdb") == 0 || strcmp(block->key, "userdb") == 0;
	bool dict = strcmp(block->key, "dict") == 0;

	for (const struct conf_node *node = block->first; node != NULL; node = node->next) {
		if (node->type == CONF_NODE_BLOCK)
			externals_in(tree, node);
		else if (node->value != NULL &&
			 (dict || (database && strcmp(node->key, "args") == 0)))
			external_in(tree, node->value);
	}
}

void conf_tree_read_externals(struct conf_tree *tree)
{
	externals_in(tree, &tree->root);
}
