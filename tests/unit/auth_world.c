/* The made-up world: drivers that answer from a list. */
#include <strings.h>
#include "core/loop/loop.h"
#include "tests/unit/auth_world.h"
#include "tests/unit/unit.h"

static const char *const mechanisms[] = { "plain", "login", NULL };
struct auth_settings world_settings;
static struct auth_db passdbs[8], userdbs[8];
static const char *const none[] = { NULL };

/* The rest of the user's line after "user:"; NULL: none. */
static const char *find(const void *driver, const char *user)
{
	size_t len = strlen(user);

	for (const char *const *line = driver; *line != NULL; line++) {
		if (strncmp(*line, user, len) == 0 && (*line)[len] == ':')
			return *line + len + 1;
	}
	return NULL;
}

static void passdb_lookup(struct roost_auth *auth, const void *driver)
{
	const char *rest = find(driver, roost_auth_user(auth));
	char password[64];

	if (rest == NULL) {
		roost_auth_done(auth, ROOST_AUTH_NO_USER);
	} else if (strcmp(rest, "TEMP") == 0) {
		roost_auth_fail(auth, "it does not work today");
	} else {
		snprintf(password, sizeof(password), "%.*s", (int)strcspn(rest, ":"), rest);
		rest += strlen(password);
		roost_auth_default_scheme(auth, "PLAIN");
		roost_auth_add_fields(auth, *rest == ':' ? rest + 1 : "");
		roost_auth_password(auth, password);
	}
}

static void userdb_lookup(struct roost_auth *auth, const void *driver)
{
	const char *rest = find(driver, roost_auth_user(auth));

	if (rest == NULL) {
		roost_auth_done(auth, ROOST_AUTH_NO_USER);
	} else if (strcmp(rest, "TEMP") == 0) {
		roost_auth_fail(auth, "it does not work today");
	} else {
		roost_auth_add_fields(auth, rest);
		roost_auth_done(auth, ROOST_AUTH_OK);
	}
}

static const struct roost_passdb_ops passdb = { .name = "world", .lookup = passdb_lookup };
static const struct roost_userdb_ops userdb = { .name = "world", .lookup = userdb_lookup };

static struct auth_db *add(struct auth_dbs *dbs, struct auth_db *items, const char *const *lines)
{
	struct auth_db *db = &items[dbs->count++];

	memset(db, 0, sizeof(*db));
	dbs->items = items;
	db->name = "world";
	db->object = lines;
	db->success = AUTH_RETURN_OK;
	db->failure = db->internal = AUTH_CONTINUE;
	db->mechanisms = db->filter = none;
	db->default_fields = db->override_fields = "";
	return db;
}

struct auth_db *world_passdb(const char *const *lines)
{
	struct auth_db *db = add(&auth_passdbs, passdbs, lines);

	db->passdb = &passdb;
	return db;
}

struct auth_db *world_userdb(const char *const *lines)
{
	struct auth_db *db = add(&auth_userdbs, userdbs, lines);

	db->userdb = &userdb;
	return db;
}

void world_open(void)
{
	memset(&world_settings, 0, sizeof(world_settings));
	world_settings.mechanisms = mechanisms;
	world_settings.default_realm = world_settings.username_chars = "";
	world_settings.username_translation = world_settings.master_separator = "";
	world_settings.username_format = "%Lu";
	world_settings.disable_plaintext = true;
	world_settings.first_uid = 500;
	world_settings.first_gid = 1;
	auth_settings = &world_settings;
	auth_passdbs.count = auth_userdbs.count = 0;
	loop_init();
}

void world_close(void)
{
	world_turn();
	loop_deinit();
}

static void stop(void *context)
{
	loop_stop();
}

void world_turn(void)
{
	struct roost_loop_timer *timer = roost_loop_timer(15 * ROOST_MSEC, stop, NULL);

	loop_run();
	roost_loop_timer_free(timer);
}
