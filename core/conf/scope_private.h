/* The inside of a scope, shared by the files that read settings through it. */
#ifndef CORE_CONF_SCOPE_PRIVATE_H
#define CORE_CONF_SCOPE_PRIVATE_H

#include <roost/arena.h>
#include <roost/map.h>
#include "core/conf/scope.h"

#define SCOPE_MAGIC 0x70637352u

struct scope_struct {			/* a settings struct that was made already */
	struct scope_struct *next;
	const struct roost_settings *schema;
	const void *settings;
};

struct roost_scope {
	uint32_t magic;
	const struct roost_scope *parent;
	struct roost_arena *arena;
	const struct conf_snapshot *snapshot;
	struct conf_snapshot *owned;	/* the process's */
	const char *block;		/* "namespace/inbox"; NULL outside blocks */
	struct conf_facts facts;
	struct roost_map *variables, *overrides, *fields, *texts, *blocks;	/* may be NULL */
	const struct roost_setting_pair *userdb;	/* the fields as they came */
	struct scope_struct *structs;
};

/* A setting before expansion. */
struct scope_raw {
	const char *value;
	uint32_t flags;		/* of the entry; without EXPANDED when user or -o gave it */
	const char *file;
	uint32_t line;
	bool given;		/* by the user's fields or -o */
};

/* Look in the block, then outside. False when nobody knows the name. */
bool scope_find(const struct roost_scope *scope, const char *name, struct scope_raw *raw);
/* All names "base", "base2", "base3" that have a value: in the order of their numbers, in the arena. */
const struct roost_setting_pair *scope_family(const struct roost_scope *scope, const char *base);

#endif
