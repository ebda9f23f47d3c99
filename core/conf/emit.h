/* From the store to snapshots, one per role. */
#ifndef CORE_CONF_EMIT_H
#define CORE_CONF_EMIT_H

#include "core/conf/wanted.h"

/* A sealed memfd, owned by the caller. */
int conf_emit(struct conf_wanted *wanted, enum conf_role role, int *fd, struct roost_error *err);

#endif
