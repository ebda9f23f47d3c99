/* prefetch - userdb driver: what the passdb brought along as userdb_* fields. R-ODB-1. */
#include <string.h>
#include "modules/auth/auth.h"

static void prefetch_lookup(struct roost_auth *auth, const void *driver)
{
	bool found = false;

	for (size_t i = 0; i < auth->passdb.count; i++) {
		const struct auth_field *field = &auth->passdb.items[i];

		if (strncmp(field->name, "userdb_", 7) != 0)
			continue;
		roost_auth_field(auth, strcmp(field->name, "userdb_userdb_import") == 0 ?
				 "userdb_import" : field->name + 7, field->value);
		found = true;
	}
	roost_auth_done(auth, found ? ROOST_AUTH_OK : ROOST_AUTH_NO_USER);
}

const struct roost_userdb_ops auth_prefetch = { .name = "prefetch", .lookup = prefetch_lookup };
