/* Which modules a configuration names, and which service loads which. PLUGIN ABI, section 6. */
#ifndef CORE_CONF_WANTED_H
#define CORE_CONF_WANTED_H

#include "core/conf/store.h"

/* One module on disk, loaded here for what it says of itself. */
struct conf_module {
	const char *name, *file;
	const char *problems;		/* why it could not be loaded; NULL */
	const char *named_at;		/* "FILE:LINE (SETTING)"; NULL: nothing names it */
};

struct conf_wanted {
	struct conf_store *store;
	const char *directory;
	ROOST_VEC(struct conf_module) modules;
	struct roost_map *lists;	/* "imap" of enum conf_role ROLE: "ROLE imap" to struct conf_list */
};

/* What one service loads, in order. */
struct conf_list {
	ROOST_VEC(const char *) names;
};

/* Load all modules of directory; their schemas go to the store. Before the tree is judged. */
struct conf_wanted *conf_wanted_create(struct conf_store *store, const char *directory);
void conf_wanted_free(struct conf_wanted *wanted);
/* After it was judged: who is named, by what; what is missing is an error. */
void conf_wanted_find(struct conf_wanted *wanted);
/* Whether anything names that module. */
bool conf_wanted_named(const struct conf_wanted *wanted, const char *module);
/* Settings that only modules know which nothing names. */
void conf_wanted_check_settings(struct conf_wanted *wanted);

/* The text of "@modules/SERVICE" in the snapshot of role; "" for none. In the arena. */
const char *conf_wanted_text(struct conf_wanted *wanted, enum conf_role role, const char *service);

#endif
