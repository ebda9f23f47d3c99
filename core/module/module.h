/* Modules of this process: found, checked, loaded, asked for what they provide. PLUGIN ABI rules. */
#ifndef CORE_MODULE_MODULE_H
#define CORE_MODULE_MODULE_H

#include <roost/module.h>
#include <roost/str.h>

struct module {
	const struct roost_module *descriptor;
	const char *file;		/* the .so */
	const char *named_at;		/* "conf.d/90-quota.conf:1 (mail_plugins)"; "" unknown */
};

struct module_name {
	const char *name;
	const char *named_at;		/* where it was asked for; may be NULL */
};

/*
 * Load the named modules of directory in order; those loaded before are passed over, and missing
 * ones among "requires" are a problem, not a reason to load more. For each problem one paragraph,
 * its lines ending in LF, goes to problems. 0 when there was none; modules without a problem are
 * loaded either way. Modules stay for the life of the process.
 */
int modules_load(const char *directory, const struct module_name *names, size_t count,
		 struct roost_str *problems);
/* A module that is part of the program: static builds, unit tests. Checked and kept as those loaded. */
int modules_add(const struct roost_module *descriptor, struct roost_str *problems);
/* Call init of those that have one, once each. Problems as above. */
int modules_init(struct roost_str *problems);
/* deinit in reverse order. */
void modules_deinit(void);

/* In order of loading; NULL beyond the last. */
const struct module *module_at(size_t index);
const struct module *module_find(const char *name);

/*
 * Vtables of a kind, each in a copy of the host's size with ops that the module did not know as
 * NULL. In order of loading; NULL beyond the last. provider may be NULL.
 */
const void *module_ops_at(enum roost_kind kind, size_t index, const struct module **provider);
/* By the name that stands first in each vtable: a driver's, a protocol's. */
const void *module_ops_find(enum roost_kind kind, const char *name,
			    const struct module **provider);

/* "storage", "passdb"; for messages. */
const char *module_kind_name(enum roost_kind kind);

/* Call found(context, name) for each module that lies in directory, loaded or not, sorted. */
int modules_on_disk(const char *directory, void (*found)(void *context, const char *name),
		    void *context, struct roost_error *err);

#endif
