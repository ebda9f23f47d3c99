/* Scopes from a snapshot: what the process layer calls; modules use <roost/settings.h>. */
#ifndef CORE_CONF_SCOPE_H
#define CORE_CONF_SCOPE_H

#include <roost/settings.h>
#include "core/conf/snapshot.h"

/*
 * The process's scope, from its role's snapshot. service: as in the configuration ("imap-login");
 * protocol: which protocol blocks apply ("imap"), NULL for none. fd is only read. The scope owns
 * the snapshot.
 */
int conf_scope_load(int fd, const char *service, const char *protocol, struct roost_scope **scope,
		    struct roost_error *err);
/* What roost_scope_process() gives from now on; NULL before. */
void conf_scope_set_process(struct roost_scope *scope);
/* Borrowed. */
const struct conf_snapshot *conf_scope_snapshot(const struct roost_scope *scope);

#endif
