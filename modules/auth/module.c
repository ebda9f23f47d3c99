/* auth - the process that knows who may log in. R-PDB-*, R-AUP-*. */
#include "modules/auth/auth.h"
#include "modules/auth/role.h"

ROOST_MODULE(auth, .version = "1.0",
	     .provides = ROOST_PROVIDES(ROOST_ROLE(&auth_role), ROOST_USERDB(&auth_prefetch)),
	     .settings = ROOST_SETTINGS(&auth_settings_schema));
