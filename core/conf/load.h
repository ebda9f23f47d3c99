/* Reading and judging a whole configuration, with privileges only for the reading. DESIGN 2. */
#ifndef CORE_CONF_LOAD_H
#define CORE_CONF_LOAD_H

#include "core/conf/wanted.h"

struct conf_load_options {
	const char *path;
	const char *const *overrides;	/* "name=value" */
	size_t override_count;
	bool starting;			/* files that values name have to be there */
};

/* As whoever we are: the files to a tree. Freed by the caller. */
struct conf_tree *conf_load_tree(const struct conf_load_options *options);
/*
 * When we are root, a child that has become nobody returns from this, and the parent ends with its
 * status. Others just go on.
 */
void conf_load_drop(void);
/* With the modules' schemas: the store, judged. Problems are in tree->problems. */
struct conf_wanted *conf_load_judge(struct conf_tree *tree,
				    const struct conf_load_options *options);
/* Then, when it was without errors: which modules and files it needs, and whether they are there. */
void conf_load_modules(struct conf_wanted *wanted, const struct conf_load_options *options);

#endif
