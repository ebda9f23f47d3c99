/* Commands of core itself: stop, reload, help, modules. R-DA-14; DESIGN section 7. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/memory.h"
#include "core/base/paths.h"
#include "core/conf/scope.h"
#include "core/main/admin.h"
#include "core/module/module.h"
#include "core/proc/running.h"

static int run_stop(struct roost_admin *admin, int argc, char **argv)
{
	struct roost_error err;

	if (argc != 1)
		return roost_admin_usage(admin);
	if (running_stop(admin->base_dir, &err) < 0)
		return roost_admin_fatal(admin, ROOST_EXIT_TEMP, "%s", roost_error_log(&err));
	return 0;
}

/* A configuration that would be refused was so before we came here: admin_configure. */
static int run_reload(struct roost_admin *admin, int argc, char **argv)
{
	struct roost_error err;

	if (argc != 1)
		return roost_admin_usage(admin);
	if (running_signal(admin->base_dir, SIGHUP, &err) < 0)
		return roost_admin_fatal(admin, ROOST_EXIT_TEMP, "%s", roost_error_log(&err));
	return 0;
}

static int run_log_reopen(struct roost_admin *admin, int argc, char **argv)
{
	struct roost_error err;

	if (argc != 1)
		return roost_admin_usage(admin);
	if (running_signal(admin->base_dir, SIGUSR1, &err) < 0)
		return roost_admin_fatal(admin, ROOST_EXIT_TEMP, "%s", roost_error_log(&err));
	return 0;
}

/* R-LG-3: where each level goes. */
static int run_log_find(struct roost_admin *admin, int argc, char **argv)
{
	static const char *const levels[] = { "Debug", "Info", "Warning", "Error", "Fatal" };
	const struct roost_scope *scope = roost_scope_process();
	const char *errors = roost_scope_value(scope, "log_path");
	const char *info = roost_scope_value(scope, "info_log_path");
	const char *debug = roost_scope_value(scope, "debug_log_path");

	if (argc != 1)
		return roost_admin_usage(admin);
	if (errors == NULL || errors[0] == '\0')
		errors = "syslog";
	if (info == NULL || info[0] == '\0')
		info = errors;
	if (debug == NULL || debug[0] == '\0')
		debug = info;
	for (size_t i = 0; i < ROOST_COUNT(levels); i++)
		(void)printf("%s: %s\n", levels[i], i == 0 ? debug : i == 1 ? info : errors);
	return 0;
}

static int run_help(struct roost_admin *admin, int argc, char **argv)
{
	int words;

	if (argc == 1) {
		admin_list(admin, false);
		return 0;
	}
	admin->command = admin_find(argc - 1, argv + 1, &words);
	if (admin->command == NULL)
		return roost_admin_fatal(admin, ROOST_EXIT_USAGE, "unknown command: %s", argv[1]);
	(void)printf("%s %s %s\n    %s\n", admin->program, admin->command->name,
		     admin->command->usage, admin->command->summary);
	return 0;
}

/* --- module list: each service's modules, with what they say of themselves --- */

static void add_module(struct roost_table *table, const char *service, const char *name,
		       const char *named_at)
{
	struct module_name wanted = { .name = name, .named_at = named_at };
	struct roost_str problems = ROOST_STR_INIT;
	const struct module *module;
	char abi[32] = "-";

	(void)modules_load(paths_modules(), &wanted, 1, &problems);
	module = module_find(name);
	if (module != NULL)
		(void)snprintf(abi, sizeof(abi), "%u.%u", module->descriptor->abi_major,
			       module->descriptor->abi_minor);
	roost_table_row(table, (const char *const[]){
		service, name, module == NULL ? "-" : module->descriptor->version, abi,
		module == NULL ? "(cannot be loaded)" : module->file, named_at });
	roost_str_free(&problems);
}

static void add_service(struct roost_table *table, const char *service, const char *lines)
{
	char *copy = mem_strdup(lines), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		const char *name = strsep(&line, "\t");

		if (name[0] == '\0')
			continue;
		(void)strsep(&line, "\t");
		add_module(table, service, name, line == NULL ? "" : line);
	}
	free(copy);
}

/* Fronts and workers of one name load different ones: each role's snapshot has its own. */
static void add_role(struct roost_table *table, const struct conf_snapshot *snapshot)
{
	const struct conf_entry *entries;
	size_t count, prefix = strlen(CONF_DERIVED_MODULES);

	entries = conf_snapshot_entries(snapshot, &count);
	for (size_t i = conf_snapshot_lower_bound(snapshot, CONF_DERIVED_MODULES); i < count; i++) {
		if (strncmp(entries[i].name, CONF_DERIVED_MODULES, prefix) != 0)
			break;
		add_service(table, entries[i].name + prefix, entries[i].value);
	}
}

static int run_module_list(struct roost_admin *admin, int argc, char **argv)
{
	static const char *const names[] = { "service", "module", "version", "abi", "file",
					     "named at", NULL };
	struct roost_table *table;

	if (argc != 1)
		return roost_admin_usage(admin);
	table = roost_table_create(admin, "table", names);
	for (int role = CONF_ROLE_FRONT; role < CONF_ROLE_COUNT; role++) {
		struct conf_snapshot *snapshot;
		struct roost_error err;

		if (conf_snapshot_open(admin->configured.fds[role], &snapshot, &err) < 0)
			continue;
		add_role(table, snapshot);
		conf_snapshot_free(snapshot);
	}
	roost_table_end(table);
	return 0;
}

const struct roost_command admin_builtin[] = {
	{ "stop", "", "Stop the server, and wait until it has gone", run_stop },
	{ "reload", "", "Have the server read its configuration again", run_reload },
	{ "config", "[OPTIONS OF ROOSTCONF]", "Show the configuration", NULL },
	{ "module list", "", "Each service's modules, and what named them", run_module_list },
	{ "log find", "", "Where log lines go", run_log_find },
	{ "log reopen", "", "Open the log files again", run_log_reopen },
	{ "help", "[COMMAND]", "How a command is called", run_help },
	{ NULL, NULL, NULL, NULL },
};
