/* What auth.so names to the host. */
#ifndef MODULES_AUTH_ROLE_H
#define MODULES_AUTH_ROLE_H

#include <roost/role.h>

ROOST_API extern const struct roost_role_ops auth_role;

#endif
