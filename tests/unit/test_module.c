/* Loading modules: every refusal of the plugin ABI word for word, and what the good one provides. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <roost/passdb.h>
#include <roost/storage.h>
#include "core/module/module.h"
#include "tests/unit/unit.h"

static const char directory[] = "tests/modules";	/* make check runs in the build tree */
static struct roost_str problems;

static int load(const char *name, const char *named_at)
{
	roost_str_truncate(&problems, 0);
	return modules_load(directory, &(struct module_name){ name, named_at }, 1, &problems);
}

static void refusals_say_what_where_and_what_to_do(void **state)
{
	static const struct { const char *name, *text; } cases[] = {
		{ "quota", "module quota: not found in tests/modules. "
		  "Is the package roost-quota installed?\n" },
		{ "../evil", "module \"../evil\": a name has only a-z, 0-9 and _\n" },
		{ "lazy", "module lazy: tests/modules/.libs/lazy.so: "
		  "undefined symbol: roost_of_the_future\n" },
		{ "plain", "module plain: tests/modules/.libs/plain.so exports no "
		  "plain_LTX_roost_module: not a roost module?\n" },
		{ "future", "module future 1.0: tests/modules/.libs/future.so was built for "
		  "plugin ABI 1.9,\n  this roost provides 1.0: upgrade roost or rebuild the module\n" },
		{ "revision", "module revision 1.0: tests/modules/.libs/revision.so: "
		  "storage interface revision 2, this roost needs 1\n" },
		{ "alias", "module alias: tests/modules/.libs/alias.so calls itself other: "
		  "the file has to be named as the module\n" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		char want[512];

		assert_int_equal(load(cases[i].name, "conf.d/90-quota.conf:1 (mail_plugins)"), -1);
		snprintf(want, sizeof(want), "%s  named at conf.d/90-quota.conf:1 (mail_plugins)\n",
			 cases[i].text);
		assert_string_equal(roost_str_text(&problems), want);
		assert_null(module_find(cases[i].name));
	}
}

static void all_problems_come_at_once(void **state)
{
	const struct module_name names[] = { { "plain", NULL }, { "quota", NULL }, { "needy", NULL } };

	roost_str_truncate(&problems, 0);
	assert_int_equal(modules_load(directory, names, 3, &problems), -1);
	assert_non_null(strstr(problems.data, "not a roost module?\n"));
	assert_non_null(strstr(problems.data, "module quota: not found"));
	assert_non_null(strstr(problems.data, "module needy: requires module absent, "
			       "which mail_plugins does not name\n"));
}

static void the_good_one_is_there(void **state)
{
	const struct module *provider;
	const struct roost_userdb_ops *ops;

	assert_int_equal(load("good", "roost.conf:3 (mail_plugins)"), 0);
	assert_int_equal(load("good", NULL), 0);
	assert_string_equal(module_find("good")->named_at, "roost.conf:3 (mail_plugins)");
	assert_string_equal(module_find("good")->descriptor->version, "1.5");
	ops = module_ops_find(ROOST_KIND_USERDB, "nobody", &provider);
	assert_non_null(ops);
	assert_ptr_equal(provider, module_find("good"));
	/* Ops that it was compiled without read as absent. */
	assert_null(ops->lookup);
	assert_null(ops->close);
	assert_null(module_ops_find(ROOST_KIND_PASSDB, "nobody", NULL));
	assert_null(module_ops_at(ROOST_KIND_USERDB, 1, NULL));
}

static void the_same_is_not_provided_twice(void **state)
{
	assert_int_equal(load("twin", NULL), -1);
	assert_non_null(strstr(problems.data, "storage \"bad\" is already provided by module needy"));
}

static void init_runs_once_and_may_refuse(void **state)
{
	roost_str_truncate(&problems, 0);
	assert_int_equal(modules_init(&problems), 0);
	assert_int_equal(modules_init(&problems), 0);
	assert_string_equal(roost_service_find("good", 3), "service of good");
	assert_null(roost_service_find("good", 2));
	assert_null(roost_service_find("bad", 3));
	assert_int_equal(load("noinit", NULL), 0);
	assert_int_equal(modules_init(&problems), -1);
	assert_string_equal(problems.data, "module noinit 1.0: the moon is full\n");
}

static void copy_file(const char *from, const char *to, mode_t mode)
{
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, mode);
	char buffer[65536];
	ssize_t got;

	while ((got = read(in, buffer, sizeof(buffer))) > 0)
		assert_int_equal(write(out, buffer, (size_t)got), got);
	fchmod(out, mode);
	close(in);
	close(out);
}

static void installed_files_belong_to_us_alone(void **state)
{
	char temporary[] = "/tmp/roost-module-XXXXXX", path[64];
	struct module_name name = { "twin", NULL };

	assert_non_null(mkdtemp(temporary));
	snprintf(path, sizeof(path), "%s/twin.so", temporary);
	copy_file("tests/modules/.libs/twin.so", path, 0664);
	roost_str_truncate(&problems, 0);
	assert_int_equal(modules_load(temporary, &name, 1, &problems), -1);
	assert_non_null(strstr(problems.data, "twin.so is writable by group or others (mode 0664): chmod go-w\n"));
	chmod(path, 0644);
	chmod(temporary, 0777);
	roost_str_truncate(&problems, 0);
	assert_int_equal(modules_load(temporary, &name, 1, &problems), -1);
	assert_non_null(strstr(problems.data, "is writable by group or others (mode 0777)"));
	chmod(temporary, 0755);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 12345, 12345), 0);
		roost_str_truncate(&problems, 0);
		assert_int_equal(modules_load(temporary, &name, 1, &problems), -1);
		assert_non_null(strstr(problems.data, "belongs to uid 12345"));
	}
	unlink(path);
	rmdir(temporary);
}

static void collect(void *context, const char *name)
{
	roost_str_printf(context, "%s ", name);
}

static void modules_on_disk_are_listed(void **state)
{
	struct roost_str names = ROOST_STR_INIT;
	struct roost_error err;

	assert_int_equal(modules_on_disk(directory, collect, &names, &err), 0);
	/* The toy protocol may have been built between them. */
	assert_non_null(strstr(names.data, "alias "));
	assert_non_null(strstr(names.data, "future good "));
	assert_int_equal(modules_on_disk("/nowhere/at/all", collect, &names, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
	roost_str_free(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals_say_what_where_and_what_to_do),
		cmocka_unit_test(all_problems_come_at_once),
		cmocka_unit_test(the_good_one_is_there),
		cmocka_unit_test(the_same_is_not_provided_twice),
		cmocka_unit_test(init_runs_once_and_may_refuse),
		cmocka_unit_test(installed_files_belong_to_us_alone),
		cmocka_unit_test(modules_on_disk_are_listed),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	roost_str_free(&problems);
	return failed;
}
