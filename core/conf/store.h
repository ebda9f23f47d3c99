/*
 * The judged configuration while it is made: a slot for each setting by its path, with the values
 * that were written under each filter. The bridge between the tree and snapshots or prints.
 */
#ifndef CORE_CONF_STORE_H
#define CORE_CONF_STORE_H

#include <roost/map.h>
#include "core/conf/known.h"
#include "core/conf/snapshot.h"
#include "core/conf/tree.h"

/* A filter block within its outer ones. Number 0: what holds always. */
struct conf_context {
	struct conf_filter filter;	/* all conditions, those of outer blocks too */
	uint32_t parent;
	const char *word, *name;	/* as written: "remote", "10.0.0.0/8" */
	struct conf_place at;
	uint32_t rank;			/* place among all, the most specific first */
};

struct conf_value {
	uint32_t context;
	const char *text;		/* as it is used */
	const char *written;		/* as it stands in the file, with its $names */
	enum conf_written how;
	const char *trouble;		/* the file that it names could not be read */
	struct conf_place at;
	uint32_t order;			/* counts all values as they were written */
};

struct conf_slot {
	const char *path;		/* "service/imap/process_limit" */
	const char *key;		/* its last part */
	const struct roost_setting *setting;	/* NULL: any key is fine here */
	const char *module;		/* who alone knows it; NULL: core does */
	const char *owner;		/* the first module that reads it; NULL */
	const char *fallback;		/* $names in it are replaced when it is used */
	ROOST_VEC(struct conf_value) values;	/* one for each context at most */
};

struct conf_store_block {
	const char *parent;		/* "" or "service/imap" */
	const struct conf_block_type *type;
	const char *name;		/* "" for those of which there is one */
	const char *path;
	bool named;			/* the name was written */
	bool built_in;
	uint32_t context;		/* where it was written first */
	struct conf_place at;
};

struct conf_store {
	struct roost_arena *arena;
	struct conf_tree *tree;
	struct conf_problems *problems;
	struct roost_map *slots;	/* path to slot, in order of making */
	struct roost_map *block_map;	/* path to block */
	ROOST_VEC(struct conf_context) contexts;
	ROOST_VEC(struct conf_store_block *) blocks;
	uint32_t order;
};

/* With the defaults of all settings and services. tree outlives it. */
struct conf_store *conf_store_create(struct conf_tree *tree);
void conf_store_free(struct conf_store *store);

/* Settings of a module; those that core knows already get its type and words. */
void conf_store_add_schema(struct conf_store *store, const struct roost_settings *schema,
			   const char *module);

struct conf_slot *conf_store_slot(const struct conf_store *store, const char *path);
struct conf_slot *conf_store_add_slot(struct conf_store *store, const char *path, const char *key,
				      const struct roost_setting *setting, const char *fallback);
struct conf_store_block *conf_store_block(const struct conf_store *store, const char *path);
/* name NULL: a new one with the next number, or the only one. */
struct conf_store_block *conf_store_enter(struct conf_store *store, const char *parent,
					  const struct conf_block_type *type, const char *name,
					  uint32_t context, struct conf_place at);

/* Replaces the context's earlier value. */
void conf_slot_set(struct conf_slot *slot, struct conf_value value);
/* What the context itself or the nearest outer one has; NULL: nobody wrote it. */
const struct conf_value *conf_slot_in(const struct conf_store *store, const struct conf_slot *slot,
				      uint32_t context);
/* The value that holds under facts; NULL: the default does. */
const struct conf_value *conf_slot_under(const struct conf_store *store,
					 const struct conf_slot *slot,
					 const struct conf_facts *facts);
/* The default, with $names replaced. In the arena. */
const char *conf_slot_fallback(struct conf_store *store, const struct conf_slot *slot);
/* What holds under facts, NULL: without any; never NULL for known settings. */
const char *conf_store_get(struct conf_store *store, const char *path,
			   const struct conf_facts *facts);

uint32_t conf_store_context(struct conf_store *store, const struct conf_context *context);
/* After all are known: gives each its rank. */
void conf_store_rank(struct conf_store *store);
/* Numbers of the contexts by rank, 0 last; the arena's. */
const uint32_t *conf_store_ranked(struct conf_store *store);

#endif
