/* roostadm's inside. */
#ifndef CORE_MAIN_ADMIN_H
#define CORE_MAIN_ADMIN_H

#include <roost/command.h>
#include "core/proc/configure.h"

struct roost_admin {
	const char *program;		/* as called: "roostadm", "doveadm" */
	char *config_path;
	const char *format;
	unsigned verbose;
	const char **overrides;
	size_t override_count;
	struct configured configured;
	const char *base_dir;
	const struct roost_command *command;	/* the one that runs */
};

/* admin_builtin.c: commands of core itself; ends with name NULL. */
extern const struct roost_command admin_builtin[];

/* By what stands in argv; words: how many of it are its name. NULL: there is none. */
const struct roost_command *admin_find(int argc, char **argv, int *words);
/* All that there are, to standard output or error. */
void admin_list(const struct roost_admin *admin, bool error);
/* Have the configuration read; what is wrong with it goes to standard error. 0 or the exit code. */
int admin_configure(struct roost_admin *admin);

#endif
