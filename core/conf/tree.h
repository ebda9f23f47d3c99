/* What was parsed, unjudged: settings and blocks with their places. Knows no setting. */
#ifndef CORE_CONF_TREE_H
#define CORE_CONF_TREE_H

#include <roost/arena.h>
#include <roost/vec.h>
#include "core/conf/problem.h"

enum conf_node_type {
	CONF_NODE_NOTHING = 0,		/* was dropped */
	CONF_NODE_SETTING = 1,
	CONF_NODE_BLOCK = 2,
};

/* How the value was written. */
enum conf_written {
	CONF_WRITTEN_PLAIN = 0,		/* its $names are still to be replaced */
	CONF_WRITTEN_QUOTED = 1,
	CONF_WRITTEN_FILE = 2,		/* "<path": value is the content, written the path */
};

struct conf_node {
	struct conf_node *next;		/* in the order of the files */
	enum conf_node_type type;
	struct conf_place at;
	const char *key;		/* "mail_location", "service", "plugin/quota" */
	/* of a setting */
	enum conf_written how;
	const char *value;		/* NULL: the file could not be read */
	const char *written;		/* the path in full; for PLAIN and QUOTED as value */
	const char *trouble;		/* why the file could not be read; NULL */
	/* of a block */
	const char *name;		/* NULL: it has none */
	struct conf_node *first, **last;
};

/* A file that settings name and that is read before privileges are dropped (R-CFG-16). */
struct conf_external {
	const char *path;
	const char *content;		/* NULL: unreadable */
	const char *trouble;
};

struct conf_tree {
	struct roost_arena *arena;	/* secret: values may be passwords */
	const char *path;		/* the main file */
	struct conf_node root;
	ROOST_VEC(const char *) files;	/* all that were read, the main one first */
	ROOST_VEC(struct conf_external) externals;
	struct conf_problems problems;
	bool obsolete;			/* an old name was met */
};

struct conf_tree *conf_tree_create(const char *path);
void conf_tree_free(struct conf_tree *tree);

struct conf_node *conf_tree_add(struct conf_tree *tree, struct conf_node *block,
				enum conf_node_type type, const char *key, struct conf_place at);

/* "<path": the content is the value, read now. path: relative to the node's file. */
void conf_node_from_file(struct conf_tree *tree, struct conf_node *node, const char *path);

/* Read the main file and all it includes. What is wrong is in tree->problems. */
void conf_tree_read(struct conf_tree *tree);
/* The same from memory, as if it stood in tree->path. */
void conf_tree_read_text(struct conf_tree *tree, const char *text, size_t len);
/* "-o name=value": behind all that the files say. */
void conf_tree_override(struct conf_tree *tree, const char *assignment);
/* The files that passdb, userdb and dict blocks name. */
void conf_tree_read_externals(struct conf_tree *tree);
/* NULL: it was not read. */
const struct conf_external *conf_tree_external(const struct conf_tree *tree, const char *path);

#endif
