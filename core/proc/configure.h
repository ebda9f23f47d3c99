/* Having the configuration read and judged by roost-config. Depends on core/base alone. */
#ifndef CORE_PROC_CONFIGURE_H
#define CORE_PROC_CONFIGURE_H

#include <roost/str.h>
#include "core/conf/snapshot.h"

/* What roost-config has made of the files: a sealed snapshot for each role. */
struct configured {
	int fds[CONF_ROLE_COUNT];	/* -1: none */
};

void configured_init(struct configured *configured);
void configured_close(struct configured *configured);

/*
 * Run it for the file at path with count overrides (name=value). What it says goes to text, line by
 * line: warnings when 0 is returned; with -1 and ROOST_ERR_CONFIG, what is wrong. configured is
 * filled only on success. It gets a minute.
 */
int configure_run(const char *path, const char *const *overrides, size_t count,
		  struct configured *configured, struct roost_str *text, struct roost_error *err);

#endif
