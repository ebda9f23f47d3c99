/* Where our own programs and modules are. */
#ifndef CORE_BASE_PATHS_H
#define CORE_BASE_PATHS_H

/*
 * As configured, or $ROOST_LIBEXECDIR, $ROOST_MODULEDIR and $ROOST_BINDIR: for running out of the build tree. Who
 * may set the environment of a master may also choose its program, so nothing is given away;
 * secure_getenv() covers set-id programs. Static or of the environment.
 */
const char *paths_libexec(void);
const char *paths_modules(void);
const char *paths_bin(void);

#endif
