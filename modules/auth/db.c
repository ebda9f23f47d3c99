/* The passdb and userdb blocks of the configuration. R-PDB-1. */
#include <stdlib.h>
#include <string.h>
#include "modules/auth/auth.h"

struct auth_dbs auth_passdbs, auth_userdbs;
static struct roost_arena *arena;

static const char *text(const struct roost_scope *block, const char *name, const char *fallback)
{
	const char *value = roost_scope_value(block, name);

	return value == NULL || *value == '\0' ? fallback : value;
}

static bool yes(const struct roost_scope *block, const char *name)
{
	return strcmp(text(block, name, "no"), "yes") == 0;
}

static const char *const *words(const char *value)
{
	const char **list = roost_arena_zalloc(arena, (strlen(value) / 2 + 2) * sizeof(*list));
	const char *blanks = " ,\t";
	size_t count = 0;

	for (value += strspn(value, blanks); *value != '\0'; value += strspn(value, blanks)) {
		size_t len = strcspn(value, blanks);

		list[count++] = roost_arena_strndup(arena, value, len);
		value += len;
	}
	return list;
}

static int choice(const struct roost_scope *block, const char *name, const char *const *choices,
		  size_t count, unsigned fallback, unsigned *chosen, struct roost_error *err)
{
	const char *value = text(block, name, choices[fallback]);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(choices[i], value) == 0) {
			*chosen = (unsigned)i;
			return 0;
		}
	}
	return roost_fail_detail(err, ROOST_ERR_CONFIG, "%s: %s is not known", name, value);
}

static int action(const struct roost_scope *block, const char *name, enum auth_action fallback,
		  enum auth_action *result, struct roost_error *err)
{
	static const char *const choices[] = { "return-ok", "return-fail", "return",
					       "continue-ok", "continue-fail", "continue" };
	unsigned chosen = fallback;

	if (choice(block, name, choices, ROOST_COUNT(choices), fallback, &chosen, err) < 0)
		return -1;
	*result = (enum auth_action)chosen;
	return 0;
}

static int read_rules(const struct roost_scope *block, bool passdb, struct auth_db *db,
		      struct roost_error *err)
{
	static const char *const of_passdb[] = { "never", "authenticated", "unauthenticated" };
	static const char *const of_userdb[] = { "never", "found", "notfound" };
	unsigned skip = 0;

	db->deny = passdb && yes(block, "deny");
	db->master = passdb && yes(block, "master");
	db->mechanisms = words(text(block, "mechanisms", ""));
	db->filter = words(text(block, "username_filter", ""));
	db->default_fields = roost_arena_strdup(arena, text(block, "default_fields", ""));
	db->override_fields = roost_arena_strdup(arena, text(block, "override_fields", ""));
	if (action(block, "result_success", AUTH_RETURN_OK, &db->success, err) < 0 ||
	    action(block, "result_failure", AUTH_CONTINUE, &db->failure, err) < 0 ||
	    action(block, "result_internalfail", AUTH_CONTINUE, &db->internal, err) < 0 ||
	    choice(block, "skip", passdb ? of_passdb : of_userdb, 3, 0, &skip, err) < 0)
		return -1;
	db->skip = (enum auth_skip)skip;
	if (passdb && yes(block, "pass"))
		db->success = AUTH_CONTINUE;
	return 0;
}

static int open_driver(const struct roost_scope *block, const char *driver, struct auth_db *db,
		       struct roost_error *err)
{
	const struct roost_settings *schema = db->passdb != NULL ? db->passdb->settings :
		db->userdb->settings;
	int (*open)(const char *args, const void *settings, void **driver,
		    struct roost_error *err) = db->passdb != NULL ? db->passdb->open :
		db->userdb->open;
	const void *settings = NULL;

	if (schema != NULL && roost_settings_get(block, schema, &settings, err) < 0)
		return roost_fail_prefix(err, "%s", driver);
	db->object = settings;
	if (open == NULL)
		return 0;
	if (open(text(block, "args", ""), settings, &db->driver, err) < 0)
		return roost_fail_prefix(err, "%s", driver);
	db->object = db->driver;
	return 0;
}

static int open_db(const struct roost_scope *block, bool passdb, const char *name,
		   struct auth_db *db, struct roost_error *err)
{
	const char *driver = text(block, "driver", "");
	const void *ops = roost_module_ops(passdb ? ROOST_KIND_PASSDB : ROOST_KIND_USERDB, driver);

	if (ops == NULL)
		return roost_fail_detail(err, ROOST_ERR_CONFIG, "no loaded module has the driver %s",
					 *driver == '\0' ? "(none named)" : driver);
	if (passdb)
		db->passdb = ops;
	else
		db->userdb = ops;
	db->name = roost_arena_printf(arena, "%s %s(%s)", passdb ? "passdb" : "userdb", driver,
				      name);
	if (read_rules(block, passdb, db, err) < 0)
		return -1;
	return open_driver(block, driver, db, err);
}

static int open_all(const struct roost_scope *scope, const char *type, struct auth_dbs *dbs,
		    struct roost_error *err)
{
	const char *const *names = roost_scope_blocks(scope, type);
	size_t count = 0;

	while (names[count] != NULL)
		count++;
	dbs->items = roost_arena_zalloc(arena, (count + 1) * sizeof(*dbs->items));
	for (size_t i = 0; i < count; i++) {
		if (open_db(roost_scope_block(scope, type, names[i]), dbs == &auth_passdbs,
			    names[i], &dbs->items[dbs->count], err) < 0)
			return roost_fail_prefix(err, "%s %s", type, names[i]);
		dbs->count++;
	}
	return 0;
}

int auth_dbs_open(const struct roost_scope *scope, struct roost_error *err)
{
	arena = roost_arena_create("databases");
	if (open_all(scope, "passdb", &auth_passdbs, err) < 0)
		return -1;
	return open_all(scope, "userdb", &auth_userdbs, err);
}

static void close_all(struct auth_dbs *dbs)
{
	for (size_t i = 0; i < dbs->count; i++) {
		const struct auth_db *db = &dbs->items[i];
		void (*close)(void *driver) = db->passdb != NULL ? db->passdb->close :
			db->userdb->close;

		if (close != NULL && db->driver != NULL)
			close(db->driver);
	}
	memset(dbs, 0, sizeof(*dbs));
}

void auth_dbs_close(void)
{
	close_all(&auth_passdbs);
	close_all(&auth_userdbs);
	roost_arena_free(arena);
	arena = NULL;
}
