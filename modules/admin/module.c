/* admin - commands of roostadm that ask the running server. */
#include "modules/admin/admin.h"

ROOST_MODULE(admin, .version = "1.0",
	     .provides = ROOST_PROVIDES(ROOST_COMMAND(&admin_who), ROOST_COMMAND(&admin_kick),
					ROOST_COMMAND(&admin_user),
					ROOST_COMMAND(&admin_auth_test),
					ROOST_COMMAND(&admin_auth_lookup)));
