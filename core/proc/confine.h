/* What a process may ask of the kernel from now on: seccomp and landlock. DESIGN sections 2 and 8. */
#ifndef CORE_PROC_CONFINE_H
#define CORE_PROC_CONFINE_H

#include <roost/error.h>

/*
 * Refuse (EPERM) exec, ptrace and reading of others' memory or descriptors, mounts, modules,
 * namespaces, and ids below first_uid and first_gid. Threads and forks to come inherit it.
 */
int confine_calls(uint32_t first_uid, uint32_t first_gid, struct roost_error *err);
/* Refuse signals to others; not inherited sensibly, so each process does it for itself. */
int confine_signals(struct roost_error *err);
/*
 * No file can be opened by name any more, but beneath dirfd (-1: nowhere), where files may be
 * made. Does nothing on kernels without landlock.
 */
int confine_files(int dirfd, struct roost_error *err);

#endif
