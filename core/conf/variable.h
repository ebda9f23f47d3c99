/* Which %-variables exist, for the check at start. */
#ifndef CORE_CONF_VARIABLE_H
#define CORE_CONF_VARIABLE_H

#include <stdbool.h>

/* By long name: known in every scope, with or without a value. */
bool variable_known(const char *name);

#endif
