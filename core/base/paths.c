/* Where our own programs and modules are. */
#include <stdlib.h>
#include "core/base/paths.h"

static const char *from_environment(const char *name, const char *fallback)
{
	const char *value = secure_getenv(name);

	return value == NULL || value[0] != '/' ? fallback : value;
}

const char *paths_libexec(void)
{
	return from_environment("ROOST_LIBEXECDIR", ROOST_LIBEXECDIR);
}

const char *paths_modules(void)
{
	return from_environment("ROOST_MODULEDIR", ROOST_MODULEDIR);
}

const char *paths_bin(void)
{
	return from_environment("ROOST_BINDIR", ROOST_BINDIR);
}
