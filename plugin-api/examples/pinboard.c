/* SPDX-License-Identifier: MIT */
/* pinboard - passdb driver: lines of "user:hash" in one file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <roost/passdb.h>

struct pinboard_settings { const char *file; };

static const struct roost_setting fields[] = {
	{ "pinboard_file", ROOST_SET_PATH, offsetof(struct pinboard_settings, file),
	  "/etc/roost/pinboard", "File of user:hash lines, read at every login." },
	{ 0 },
};
static const struct roost_settings settings_schema = {
	"passdb pinboard", sizeof(struct pinboard_settings), fields, ROOST_SCOPE_PROCESS,
};

/* Ends with exactly one of roost_auth_password, _done or _fail, now or later. */
static void pinboard_lookup(struct roost_auth *auth, const void *driver)
{
	const struct pinboard_settings *settings = driver;	/* as there is no open */
	const char *user = roost_auth_user(auth);
	size_t len = strlen(user);
	char line[1024];
	FILE *file = fopen(settings->file, "re");

	if (file == NULL) {
		roost_auth_fail(auth, "open %s: %s", settings->file, strerror(errno));
		return;
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, user, len) == 0 && line[len] == ':') {
			line[strcspn(line, "\n")] = '\0';
			fclose(file);
			roost_auth_password(auth, line + len + 1);
			return;
		}
	}
	fclose(file);
	roost_auth_done(auth, ROOST_AUTH_NO_USER);
}

static const struct roost_passdb_ops pinboard = {
	.name = "pinboard", .settings = &settings_schema, .lookup = pinboard_lookup,
};

ROOST_MODULE(pinboard, .version = "1.0", .settings = ROOST_SETTINGS(&settings_schema),
	     .provides = ROOST_PROVIDES(ROOST_PASSDB(&pinboard)));
