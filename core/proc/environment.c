/*
 * What the master's children find in their environment: import_environment and nothing else. Names
 * alone keep their value, NAME=VALUE sets it. What leads to foreign libraries is not inherited.
 */
#include <stdio.h>
#include <stdlib.h>
#include "config.h"
#include "core/base/memory.h"
#include "core/proc/master.h"

/* Always: runs from a build tree, and builds that check themselves. */
static const char *const kept[] = {
	"ROOST_LIBEXECDIR", "ROOST_MODULEDIR", "ROOST_BINDIR",
#ifdef ROOST_SANITIZED
	"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
#endif
};

static void add(struct environment *environment, const char *name, const char *value)
{
	char *entry;

	if (value == NULL)
		return;
	if (asprintf(&entry, "%s=%s", name, value) < 0)
		abort();
	roost_vec_push(environment, entry);
}

static void import(struct environment *environment, const char *list)
{
	char *copy = mem_strdup(list), *rest = copy, *word;

	while ((word = strsep(&rest, " \t")) != NULL) {
		if (word[0] == '\0')
			continue;
		if (strchr(word, '=') != NULL)
			roost_vec_push(environment, mem_strdup(word));
		else
			add(environment, word, getenv(word));
	}
	free(copy);
}

static void empty(struct environment *environment)
{
	for (size_t i = 0; i < environment->count; i++)
		free(environment->items[i]);
	environment->count = 0;
}

void environment_make(struct master *master)
{
	struct environment *environment = &master->environment;

	empty(environment);
	add(environment, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	/* A module that calls what this host lacks fails when it is loaded, not in a session. */
	add(environment, "LD_BIND_NOW", "1");
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		add(environment, kept[i], getenv(kept[i]));
	import(environment, conf_snapshot_string(master->conf, "import_environment"));
	roost_vec_push(environment, NULL);
}
