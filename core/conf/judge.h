/* From the tree to the store: what is known, of the right type, in the right place. */
#ifndef CORE_CONF_JUDGE_H
#define CORE_CONF_JUDGE_H

#include "core/conf/store.h"

/* Go through the tree; problems go to store->problems. Then ranks are there. */
void conf_judge(struct conf_store *store);

/* conflict.c: called by conf_judge(). */
void conf_find_conflicts(struct conf_store *store);

/* dollar.c: text with its $names replaced as seen from context; what is wrong is reported. */
const char *conf_dollar(struct conf_store *store, const char *text, uint32_t context,
			struct conf_place at);

/* nearest.c: the known name that looks most like this one; NULL: none does. */
const char *conf_nearest(const struct conf_store *store, const char *path);
/* The built-in service whose name is name or looks most like it; NULL: none does. */
const char *conf_nearest_service(const struct conf_store *store, const char *name);

/* "protocol", "local", "remote", "local_name" */
bool conf_is_filter(const char *word);
/* filter.c: the contexts that a filter block opens within another one; their number. */
size_t conf_open_filter(struct conf_store *store, const struct conf_node *node, uint32_t outer,
			uint32_t *contexts, size_t max);

#endif
