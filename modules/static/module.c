/* static - passdb and userdb driver: the same fields for everybody. R-ODB-1. */
#include <string.h>
#include <roost/passdb.h>
#include <roost/str.h>

struct block {
	struct roost_arena *arena;
	const char *fields;		/* without those that are for us */
	const char *password;		/* NULL: none */
	bool all_users;
};

static int block_open(const char *args, const void *settings, void **driver,
		      struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create_secret("static");
	struct block *block = roost_arena_zalloc(arena, sizeof(*block));
	struct roost_str fields = ROOST_STR_INIT;

	block->arena = arena;
	for (args += strspn(args, " \t"); *args != '\0'; args += strspn(args, " \t")) {
		size_t len = strcspn(args, " \t");

		if (strncmp(args, "password=", 9) == 0) {
			block->password = roost_arena_strndup(arena, args + 9, len - 9);
		} else if (strncmp(args, "allow_all_users=", 16) == 0) {
			block->all_users = len == 19 && strncmp(args + 16, "yes", 3) == 0;
		} else {
			roost_str_append(&fields, args, len);
			roost_str_byte(&fields, ' ');
		}
		args += len;
	}
	block->fields = roost_arena_strdup(arena, roost_str_text(&fields));
	roost_str_free(&fields);
	*driver = block;
	return 0;
}

static void block_close(void *driver)
{
	roost_arena_free(((struct block *)driver)->arena);
}

static void passdb_lookup(struct roost_auth *auth, const void *driver)
{
	const struct block *block = driver;
	const char *password = NULL;
	struct roost_error err;

	roost_auth_default_scheme(auth, "PLAIN");
	roost_auth_add_fields(auth, block->fields);
	if (block->password != NULL &&
	    (password = roost_auth_expand(auth, block->password, NULL, &err)) == NULL) {
		roost_auth_fail(auth, "password: %s", roost_error_log(&err));
		return;
	}
	roost_auth_password(auth, password);
}

static void userdb_lookup(struct roost_auth *auth, const void *driver)
{
	const struct block *block = driver;

	roost_auth_add_fields(auth, block->fields);
	if (block->all_users)
		roost_auth_done(auth, ROOST_AUTH_OK);
	else
		roost_auth_done_if_known(auth);
}

static const struct roost_passdb_ops passdb = {
	.name = "static", .open = block_open, .lookup = passdb_lookup, .close = block_close,
};
static const struct roost_userdb_ops userdb = {
	.name = "static", .open = block_open, .lookup = userdb_lookup, .close = block_close,
};

ROOST_MODULE(static, .version = "1.0",
	     .provides = ROOST_PROVIDES(ROOST_PASSDB(&passdb), ROOST_USERDB(&userdb)));
