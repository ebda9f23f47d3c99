/* What the toy storage driver's parts share. */
#ifndef TESTS_MODULES_ONEFILE_H
#define TESTS_MODULES_ONEFILE_H

#include <roost/storage.h>

#define FLAT_SUFFIX ".one"

/* onefile_tree.c: see the ops in <roost/storage.h>. */
int flat_list(struct roost_user *user, const char *root,
	      bool (*found)(void *context, const char *name, bool selectable), void *context,
	      struct roost_error *err);
int flat_create(struct roost_user *user, const char *root, const char *name, struct roost_error *err);
int flat_destroy(struct roost_user *user, const char *root, const char *name, struct roost_error *err);
int flat_rename(struct roost_user *user, const char *root, const char *from, const char *to,
		struct roost_error *err);
int flat_path(struct roost_user *user, const char *root, const char *name, struct roost_arena *arena,
	      const char **path, struct roost_error *err);

#endif
