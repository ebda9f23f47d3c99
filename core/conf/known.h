/* Every setting, block and built-in service by name, type and default. R-SET-1, R-SVC-1, R-SVC-2. */
#ifndef CORE_CONF_KNOWN_H
#define CORE_CONF_KNOWN_H

#include <roost/settings.h>

/* Beside the flags of <roost/settings.h>: */
#define CONF_SET_GLOBAL 0x10000u	/* not in filters (R-CFG-9) */
#define CONF_SET_PROTOCOL 0x20000u	/* only in protocol filters */

#define CONF_SET_PORT 0x40000u		/* of UINT: at most 65535 */

/* Those outside blocks, sorted; offset is unused. */
extern const struct roost_setting conf_known_settings[];
extern const size_t conf_known_setting_count;

enum conf_naming {
	CONF_BLOCK_NAMED = 1,		/* service imap { */
	CONF_BLOCK_NUMBERED = 2,	/* passdb {: each without a name is a new one */
	CONF_BLOCK_SINGLE = 3,		/* plugin {: always the same one */
};

struct conf_block_type {
	const char *word;
	enum conf_naming naming;
	const struct roost_setting *fields;	/* ends with name NULL; NULL: any key */
	const struct conf_block_type *inner;	/* ends with word NULL; may be NULL */
};
/* Those of the top level; ends with word NULL. */
extern const struct conf_block_type conf_block_types[];
const struct conf_block_type *conf_block_type_find(const struct conf_block_type *types,
						   const char *word);

/* What built-in services have in place of the fields' fallback. Ends with path NULL. */
struct conf_default {
	const char *path, *value;
};
extern const struct conf_default conf_service_defaults[];

/* The fallback as one would write it: an enum's first word; "" when unset. In the arena or static. */
struct roost_arena;
const char *conf_setting_fallback(struct roost_arena *arena, const struct roost_setting *setting);

/* Where a plugin of other servers' configurations went. */
enum conf_plugin_state {
	CONF_PLUGIN_MODULE = 1,		/* a module of ours has that name or the one given */
	CONF_PLUGIN_BUILT_IN = 2,
	CONF_PLUGIN_MISSING = 3,	/* warned about */
	CONF_PLUGIN_EXPOSES = 4,	/* without it data is open to others: an error */
};
struct conf_plugin {
	const char *name;
	enum conf_plugin_state state;
	const char *module;		/* of MODULE, NULL: as name */
};
const struct conf_plugin *conf_plugin_find(const char *name);

#endif
