/* A configuration as text: roostconf -a, -n, -N, -d, -S, sections. R-DCF-1..6. */
#ifndef CORE_CONF_PRINT_H
#define CORE_CONF_PRINT_H

#include <roost/str.h>
#include "core/conf/store.h"

enum conf_print_which {
	CONF_PRINT_CHANGED = 0,		/* -n: what differs from the defaults */
	CONF_PRINT_WRITTEN = 1,		/* -N: what was written */
	CONF_PRINT_ALL = 2,		/* -a */
	CONF_PRINT_DEFAULTS = 3,	/* -d */
};

struct conf_print {
	struct conf_store *store;
	enum conf_print_which which;
	bool secrets, flat, hidden, expand, bare;	/* -P -S -s -x -h */
	const struct conf_facts *facts;	/* -f; NULL: filters are printed as blocks */
	const char *module;		/* -m; NULL: all */
	struct roost_str *out;
};

void conf_print_all(const struct conf_print *print);
/*
 * One setting ("service/imap/process_limit"), or a block with all that is in it ("service/imap",
 * "passdb"). False: nothing is called so.
 */
bool conf_print_named(const struct conf_print *print, const char *path);

/* print_value.c: "name = value" after the dent, in the form that was chosen. */
void conf_print_setting(const struct conf_print *print, const struct conf_slot *slot,
			const struct conf_value *value, unsigned depth);

#endif
