/* SPDX-License-Identifier: MIT */
/*
 * The descriptor: the one symbol that a module exports. Data, not code: the host can list, check
 * and document a module without running a line of it. Ours; rules in plugin-api/README.
 *
 *	ROOST_MODULE(postcard, .version = "1.0",
 *		     .provides = ROOST_PROVIDES(ROOST_STORAGE(&postcard)));
 */
#ifndef ROOST_MODULE_H
#define ROOST_MODULE_H

#include <roost/error.h>
#include <roost/settings.h>

#define ROOST_MODULE_MAGIC 0x74734f52u	/* "ROst" */

/* Values are never reused. */
enum roost_kind {
	ROOST_KIND_NONE = 0, ROOST_KIND_PROTOCOL = 1, ROOST_KIND_STORAGE = 2, ROOST_KIND_CODEC = 3,
	ROOST_KIND_AUTH_FILTER = 4, ROOST_KIND_PASSDB = 5, ROOST_KIND_USERDB = 6,
	ROOST_KIND_LAYER = 7, ROOST_KIND_DICT = 8, ROOST_KIND_SIEVE = 9, ROOST_KIND_COMMAND = 10,
	ROOST_KIND_ROLE = 11,
};

struct roost_provide {
	uint16_t kind;		/* enum roost_kind; 0 ends the list */
	uint16_t revision;	/* of that kind's vtable: equal, or the module is refused */
	uint32_t size;		/* of the vtable as the module was compiled */
	const void *ops;
};

struct roost_module {
	/* Frozen across all ABIs: enough for any host to name any module that it refuses. */
	uint32_t magic, size;
	uint16_t abi_major, abi_minor;
	uint32_t reserved;
	const char *name, *version;
	/* Since 1.0; members may be appended. */
	const struct roost_provide *provides;
	const char *const *requires;		/* module names, ends with NULL; may be NULL */
	const struct roost_settings *const *settings; /* all schemas, ends with NULL; may be NULL */
	int (*init)(struct roost_error *err);	/* once per process, after settings; may be NULL */
	void (*deinit)(void);			/* at clean exit; may be NULL */
};

#define ROOST_PROVIDES(...) (const struct roost_provide[]){ __VA_ARGS__, { 0, 0, 0, NULL } }
#define ROOST_REQUIRES(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ROOST_SETTINGS(...) (const struct roost_settings *const[]){ __VA_ARGS__, NULL }

/* For the ROOST_STORAGE() family: a vtable of another kind does not compile. */
#define ROOST_PROVIDE_(kind_, revision_, type_, pointer_) \
	{ (kind_), (revision_), sizeof(type_), _Generic((pointer_), const type_ *: (pointer_), \
							type_ *: (pointer_)) }

#define ROOST_MODULE(name_, ...) \
	extern ROOST_API const struct roost_module name_##_LTX_roost_module; \
	const struct roost_module name_##_LTX_roost_module = { \
		.magic = ROOST_MODULE_MAGIC, .size = sizeof(struct roost_module), \
		.abi_major = ROOST_ABI_MAJOR, .abi_minor = ROOST_ABI_MINOR, \
		.name = #name_, __VA_ARGS__ \
	}

/*
 * What one module offers to others by name: modules are loaded apart and never link each other.
 * publish: in init; ops lives for ever. find: NULL when nobody published it or the revision differs.
 */
ROOST_API void roost_service_publish(const char *name, uint32_t revision, const void *ops);
ROOST_API const void *roost_service_find(const char *name, uint32_t revision);

/*
 * The vtable of a loaded module by the name that stands first in it: a storage driver, a codec.
 * NULL when no module that was loaded provides it. It has the host's size: ops unknown to the module are NULL.
 */
ROOST_API const void *roost_module_ops(enum roost_kind kind, const char *name);
/* All of a kind in the order of loading; NULL beyond the last. */
ROOST_API const void *roost_module_ops_at(enum roost_kind kind, size_t index);

#endif
