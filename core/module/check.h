/* Judging a module file and its descriptor. */
#ifndef CORE_MODULE_CHECK_H
#define CORE_MODULE_CHECK_H

#include <roost/module.h>
#include <roost/str.h>

/* The vtables that this host knows. */
struct module_kind {
	enum roost_kind kind;
	const char *name;		/* "storage" */
	uint16_t revision;
	size_t size;
};
const struct module_kind *module_kind_get(unsigned kind);	/* NULL: unknown */

/* [a-z0-9_]+ */
bool module_name_valid(const char *name);
/* Owned by root or us and writable by nobody else, like its directory. */
bool module_file_trusted(const char *directory, const char *file, const char *name,
			 struct roost_str *problems);
/* Magic, ABI, name, kinds and revisions. Each problem as a line in problems. */
bool module_descriptor_valid(const struct roost_module *descriptor, const char *name,
			     const char *file, struct roost_str *problems);

#endif
