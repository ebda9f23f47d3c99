/* Becoming somebody else for good. DESIGN section 2. */
#ifndef CORE_PROC_PRIVILEGES_H
#define CORE_PROC_PRIVILEGES_H

#include "core/proc/control.h"

/*
 * Take on ids (chroot first when one is named), give up every capability but CAP_SETUID and
 * CAP_SETGID when keep_setid, and verify it. Also no_new_privs and non-dumpable. Without
 * privileged only the last two are done. The caller ends the process when it fails.
 */
int privileges_drop(const struct proc_ids *ids, bool privileged, bool keep_setid,
		    struct roost_error *err);

#endif
