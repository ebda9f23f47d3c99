/* passdb and userdb blocks as configured, answered by the real passwd-file and static. R-PDB-1, R-PWF-*, R-ODB-1. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/conf/scope.h"
#include "tests/unit/auth_world.h"
#include "tests/unit/unit.h"

static char directory[] = "/tmp/roost-test-XXXXXX", path[64];
static struct roost_scope *scope;

static const struct roost_facts facts = {
	.service = "imap", .session_id = "s", .rip = "192.0.2.1", .lip = "", .local_name = "",
	.client_id = "", .secured = true,
};

static void put(const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

extern const struct roost_module passwd_file_LTX_roost_module, static_LTX_roost_module;

/* The drivers are part of this program, as if they had been loaded. */
const void *roost_module_ops(enum roost_kind kind, const char *name)
{
	static const struct roost_module *const modules[] = { &passwd_file_LTX_roost_module,
							      &static_LTX_roost_module };

	for (size_t i = 0; i < ROOST_COUNT(modules); i++) {
		const struct roost_provide *provide = modules[i]->provides;

		for (; provide->kind != ROOST_KIND_NONE; provide++) {
			if (provide->kind == kind && strcmp(*(char *const *)provide->ops, name) == 0)
				return provide->ops;
		}
	}
	return NULL;
}

static int group_setup(void **state)
{
	if (mkdtemp(directory) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/users", directory);
	return 0;
}

static int group_teardown(void **state)
{
	unlink(path);
	return rmdir(directory);
}

static int setup(void **state)
{
	world_open();
	return 0;
}

static int teardown(void **state)
{
	auth_dbs_close();
	roost_scope_free(scope);
	scope = NULL;
	world_close();
	return 0;
}

/* Settings as "passdb/1/driver", "static" ... ends with NULL; blocks are made of the names. */
static int configure(const char *const *settings, struct roost_error *err)
{
	struct conf_builder *builder = conf_builder_create(CONF_ROLE_AUTH);
	int fd;

	for (; *settings != NULL; settings += 2) {
		const char *name = strstr(settings[0], "/driver");

		if (name != NULL) {
			char number[2] = { name[-1], '\0' };
			char type[7];

			snprintf(type, sizeof(type), "%s", settings[0]);
			conf_builder_block(builder, type, number, "c", 1);
		}
		conf_builder_set(builder, settings[0], settings[1], ROOST_SET_STRING, 0, "c", 1);
	}
	assert_int_equal(conf_builder_seal(builder, &fd, err), 0);
	conf_builder_free(builder);
	assert_int_equal(conf_scope_load(fd, "auth", NULL, &scope, err), 0);
	close(fd);
	return auth_dbs_open(scope, err);
}

static enum roost_auth_result got;
static const char *const *fields;
static char refused[256];

static void userdb_done(struct roost_auth *auth, enum roost_auth_result result, void *context)
{
	struct auth_identity identity;
	struct roost_error err;

	got = result;
	if (result != ROOST_AUTH_OK)
		return;
	if (auth_identity(auth, &identity, &err) == 0) {
		fields = identity.fields;
		return;
	}
	got = ROOST_AUTH_TEMP;
	snprintf(refused, sizeof(refused), "%s", roost_error_log(&err));
}

static void passdb_done(struct roost_auth *auth, enum roost_auth_result result, void *context)
{
	got = result;
	if (result == ROOST_AUTH_OK)
		auth_ask_userdbs(auth, userdb_done, NULL);
}

/* Log in, or look up without a password; fields are those of the userdb. */
static enum roost_auth_result ask(const char *user, const char *password)
{
	struct roost_auth *auth;
	struct roost_error err;

	auth = auth_create(&facts, password == NULL ? "" : "PLAIN");
	fields = NULL;
	assert_int_equal(auth_set_user(auth, user, NULL, &err), 0);
	if (password == NULL) {
		auth_ask_userdbs(auth, userdb_done, NULL);
	} else {
		auth_set_password(auth, password, strlen(password));
		auth_ask_passdbs(auth, passdb_done, NULL);
	}
	auth_free(auth);	/* with the next turn of the loop */
	return got;
}

static void a_file_of_users(void **state)
{
	const char *const settings[] = {
		"passdb/1/driver", "passwd-file", "passdb/1/args", path,
		"userdb/1/driver", "passwd-file", "userdb/1/args", path,
		"userdb/1/default_fields", "gid=1234 home=/home/%n", NULL,
	};
	struct roost_error err;

	put("ann:{PLAIN}a:1000:1000::/srv/ann::userdb_quota_rule=*:storage=1G nice=1\n"
	    "bob:{SHA1}W6ph5Mm5Pz8GgiULbPgzG37mj9g=:1001\n");
	assert_int_equal(configure(settings, &err), 0);
	assert_int_equal(ask("ann", "a"), ROOST_AUTH_OK);
	assert_string_equal(fields[0], "gid=1000");
	assert_string_equal(fields[1], "home=/srv/ann");
	assert_string_equal(fields[2], "uid=1000");
	assert_string_equal(fields[3], "quota_rule=*:storage=1G");
	assert_null(fields[4]);
	world_turn();
	assert_int_equal(ask("ann", "b"), ROOST_AUTH_FAILED);
	assert_int_equal(ask("bob", "password"), ROOST_AUTH_OK);
	assert_string_equal(fields[1], "home=/home/bob");
	world_turn();
	assert_int_equal(ask("eve", NULL), ROOST_AUTH_NO_USER);
	put("eve:{PLAIN}e:1002\n");
	assert_int_equal(ask("eve", NULL), ROOST_AUTH_OK);
	assert_int_equal(ask("ann", "a"), ROOST_AUTH_FAILED);
	unlink(path);
	assert_int_equal(ask("eve", "e"), ROOST_AUTH_TEMP);
}

static int listed;

static bool found(void *context, const char *user)
{
	listed++;
	return true;
}

static void ended(void *context, const struct roost_error *err)
{
	*(int *)context = err == NULL ? 1 : -1;
}

static void paths_and_formats(void **state)
{
	char with_domain[96];
	const char *const settings[] = {
		"passdb/1/driver", "passwd-file", "passdb/1/args", with_domain,
		"userdb/1/driver", "passwd-file", "userdb/1/args", path,
		"userdb/2/driver", "passwd-file", "userdb/2/args", with_domain, NULL,
	};
	struct roost_error err;
	int end = 0;

	snprintf(with_domain, sizeof(with_domain), "scheme=PLAIN username_format=%%n %s/%%d",
		 directory);
	put("ann:a:1000:1000\n#x\nbob:b\n");
	assert_int_equal(configure(settings, &err), 0);
	assert_int_equal(ask("ann@users", "a"), ROOST_AUTH_OK);
	assert_int_equal(ask("ann@nowhere", "a"), ROOST_AUTH_TEMP);
	auth_userdbs.items[0].userdb->iterate(auth_userdbs.items[0].object, found, ended, &end);
	assert_int_equal(end, 1);
	assert_int_equal(listed, 2);
	auth_userdbs.items[1].userdb->iterate(auth_userdbs.items[1].object, found, ended, &end);
	assert_int_equal(end, -1);
}

static void static_blocks(void **state)
{
	const char *const settings[] = {
		"passdb/1/driver", "static", "passdb/1/args", "password=p%n",
		"passdb/1/username_filter", "ann bob", "userdb/1/driver", "static",
		"userdb/1/args", "uid=1000 gid=1000 home=/home/%u", NULL,
	};
	struct roost_error err;

	assert_int_equal(configure(settings, &err), 0);
	assert_int_equal(ask("ann", "pann"), ROOST_AUTH_OK);
	assert_string_equal(fields[2], "home=/home/ann");
	world_turn();
	assert_int_equal(ask("ann", "p"), ROOST_AUTH_FAILED);
	/* known to a passdb, or not */
	assert_int_equal(ask("bob", NULL), ROOST_AUTH_OK);
	assert_int_equal(ask("eve", NULL), ROOST_AUTH_NO_USER);
	assert_null(auth_userdbs.items[0].userdb->iterate);
}

/* R-PDB-8: what the userdb does not say comes from settings, with the user's variables. */
static void settings_fill_gaps(void **state)
{
	const char *const settings[] = {
		"passdb/1/driver", "static", "passdb/1/args", "nopassword=y",
		"userdb/1/driver", "static", "userdb/1/args", "allow_all_users=yes quota_rule=x",
		"mail_uid", "1000", "mail_gid", "root", "mail_chroot", "", NULL,
	};
	struct roost_error err;

	assert_int_equal(configure(settings, &err), 0);
	conf_scope_set_process(scope);
	assert_int_equal(ask("ann", NULL), ROOST_AUTH_TEMP);	/* gid 0 is below first_valid_gid */
	assert_string_equal(refused, "gid 0 is outside first_valid_gid = 1 and last_valid_gid = 0");
	world_turn();
	world_settings.first_gid = 0;
	assert_int_equal(ask("ann", "whatever"), ROOST_AUTH_OK);
	assert_string_equal(fields[0], "quota_rule=x");
	assert_string_equal(fields[1], "uid=1000");
	assert_string_equal(fields[2], "gid=0");
	world_turn();
	world_settings.last_uid = 999;
	assert_int_equal(ask("ann", NULL), ROOST_AUTH_TEMP);
}

static void bad_blocks_are_named(void **state)
{
	static const struct { const char *settings[5], *error; } rows[] = {
		{ { "passdb/1/driver", "nosuch", NULL },
		  "passdb 1: no loaded module has the driver nosuch" },
		{ { "userdb/1/driver", "passwd-file", NULL },
		  "userdb 1: passwd-file: args name no file" },
		{ { "passdb/1/driver", "static", "passdb/1/result_success", "maybe", NULL },
		  "passdb 1: result_success: maybe is not known" },
		{ { "passdb/1/driver", "static", "passdb/1/skip", "found", NULL },
		  "passdb 1: skip: found is not known" },
	};

	for (size_t i = 0; i < ROOST_COUNT(rows); i++) {
		struct roost_error err;

		assert_int_equal(configure(rows[i].settings, &err), -1);
		assert_string_equal(roost_error_log(&err), rows[i].error);
		auth_dbs_close();
		roost_scope_free(scope);
		scope = NULL;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_of_users, setup, teardown),
		cmocka_unit_test_setup_teardown(paths_and_formats, setup, teardown),
		cmocka_unit_test_setup_teardown(static_blocks, setup, teardown),
		cmocka_unit_test_setup_teardown(settings_fill_gaps, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_blocks_are_named, setup, teardown),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
