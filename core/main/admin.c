/* roostadm: options, configuration, the command. R-DA-1; exit codes of section 24. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <roost/str.h>
#include <roost/vec.h>
#include "core/base/log.h"
#include "core/base/memory.h"
#include "core/base/paths.h"
#include "core/conf/scope.h"
#include "core/main/admin.h"
#include "core/main/entry.h"
#include "core/module/module.h"

const char *roost_admin_base_dir(const struct roost_admin *admin)
{
	return admin->base_dir;
}

const char *roost_admin_format(const struct roost_admin *admin)
{
	return admin->format;
}

unsigned roost_admin_verbose(const struct roost_admin *admin)
{
	return admin->verbose;
}

int roost_admin_fatal(struct roost_admin *admin, int status, const char *format, ...)
{
	va_list args;

	(void)fflush(stdout);
	(void)fputs("Fatal: ", stderr);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
	return status;
}

int roost_admin_usage(struct roost_admin *admin)
{
	(void)fprintf(stderr, "usage: %s %s%s%s\n", admin->program, admin->command->name,
		      admin->command->usage[0] == '\0' ? "" : " ", admin->command->usage);
	return ROOST_EXIT_USAGE;
}

int roost_admin_connect(struct roost_admin *admin, const char *path, int *result,
			struct roost_error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, len = snprintf(address.sun_path, sizeof(address.sun_path), "%s%s%s",
			       path[0] == '/' ? "" : admin->base_dir, path[0] == '/' ? "" : "/",
			       path);

	if (len >= (int)sizeof(address.sun_path))
		return roost_fail(err, ROOST_ERR_INVALID, "The path %s is too long", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return roost_fail_errno(err, "socket");
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		roost_fail_errno(err, "connect(%s)", address.sun_path);
		close(fd);
		return -1;
	}
	*result = fd;
	return 0;
}

static const struct roost_command *command_at(size_t index)
{
	for (size_t i = 0; admin_builtin[i].name != NULL; i++) {
		if (i == index)
			return &admin_builtin[i];
		if (admin_builtin[i + 1].name == NULL)
			index -= i + 1;
	}
	return module_ops_at(ROOST_KIND_COMMAND, index, NULL);
}

/* How many words of argv are the command's name; 0: it is another one. */
static int matching_words(const struct roost_command *command, int argc, char **argv)
{
	const char *rest = command->name;
	int words = 0;

	while (*rest != '\0') {
		size_t len = strcspn(rest, " ");

		if (words >= argc || strlen(argv[words]) != len ||
		    strncmp(argv[words], rest, len) != 0)
			return 0;
		words++;
		rest += len;
		rest += strspn(rest, " ");
	}
	return words;
}

const struct roost_command *admin_find(int argc, char **argv, int *words)
{
	const struct roost_command *command, *best = NULL;

	*words = 0;
	for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
		int matched = matching_words(command, argc, argv);

		if (matched > *words) {
			*words = matched;
			best = command;
		}
	}
	return best;
}

void admin_list(const struct roost_admin *admin, bool error)
{
	FILE *out = error ? stderr : stdout;
	const struct roost_command *command;

	(void)fprintf(out, "usage: %s [-Dv] [-c FILE] [-f FORMATTER] [-o NAME=VALUE] COMMAND "
		      "[ARGUMENTS]\n\n", admin->program);
	for (size_t i = 0; (command = command_at(i)) != NULL; i++)
		(void)fprintf(out, "  %-14s %s\n", command->name, command->summary);
	(void)fprintf(out, "\n%s help COMMAND says more.\n", admin->program);
}

int admin_configure(struct roost_admin *admin)
{
	struct roost_str text = ROOST_STR_INIT;
	struct roost_error err;
	struct roost_scope *scope;
	int ret;

	ret = configure_run(admin->config_path, admin->overrides, admin->override_count,
			    &admin->configured, &text, &err);
	if (text.len > 0)
		(void)fputs(text.data, stderr);
	roost_str_free(&text);
	if (ret < 0)
		return roost_admin_fatal(admin, ROOST_EXIT_CONFIG, "%s", roost_error_log(&err));
	if (conf_scope_load(admin->configured.fds[CONF_ROLE_MAIL], "doveadm", "doveadm", &scope,
			    &err) < 0)
		return roost_admin_fatal(admin, ROOST_EXIT_CONFIG, "%s", roost_error_log(&err));
	conf_scope_set_process(scope);
	admin->base_dir = roost_scope_value(scope, "base_dir");
	return 0;
}

/* "admin" is always ours; what else the configuration gives to the service doveadm. */
static void load_modules(struct roost_admin *admin)
{
	const struct conf_snapshot *snapshot = conf_scope_snapshot(roost_scope_process());
	const char *text = conf_snapshot_get(snapshot, CONF_DERIVED_MODULES "doveadm", NULL);
	char *list = mem_strdup(text == NULL ? "" : text), *rest = list, *line;
	ROOST_VEC(struct module_name) names = { 0 };
	struct roost_str problems = ROOST_STR_INIT;

	roost_vec_push(&names, (struct module_name){ .name = "admin" });
	while ((line = strsep(&rest, "\n")) != NULL) {
		struct module_name name = { .name = strsep(&line, "\t") };

		if (name.name[0] != '\0' && strcmp(name.name, "admin") != 0)
			roost_vec_push(&names, name);
	}
	/* A module that cannot be loaded takes its own commands along, no others. */
	(void)modules_load(paths_modules(), names.items, names.count, &problems);
	(void)modules_init(&problems);
	if (problems.len > 0 && (admin->verbose > 0 || module_find("admin") == NULL))
		(void)fputs(problems.data, stderr);
	roost_str_free(&problems);
	roost_vec_free(&names);
	free(list);
}

static int run_command(struct roost_admin *admin, int argc, char **argv)
{
	int words, status = admin_configure(admin);

	if (status != 0)
		return status;
	load_modules(admin);
	admin->command = argc == 0 ? NULL : admin_find(argc, argv, &words);
	if (admin->command == NULL) {
		if (argc > 0)
			(void)fprintf(stderr, "%s: unknown command: %s\n", admin->program,
				      argv[0]);
		admin_list(admin, true);
		return ROOST_EXIT_USAGE;
	}
	optind = 1;
	return admin->command->run(admin, argc - words + 1, argv + words - 1);
}

/* "config ..." and "-h" work without a server and with a broken configuration. */
static int exec_roostconf(struct roost_admin *admin, int argc, char **argv)
{
	const char **args = mem_zalloc(((size_t)argc + 4) * sizeof(*args));
	char program[4096];
	int n = 0;

	args[n++] = strcmp(admin->program, "doveadm") == 0 ? "doveconf" : "roostconf";
	args[n++] = "-c";
	args[n++] = admin->config_path;
	for (int i = 1; i < argc; i++)
		args[n++] = argv[i];
	(void)snprintf(program, sizeof(program), "%s/roostconf", paths_bin());
	execv(program, (char *const *)(uintptr_t)args);
	return roost_admin_fatal(admin, ROOST_EXIT_TEMP, "exec %s: %s", program, strerror(errno));
}

/* 0 or the exit code. */
static int take_options(struct roost_admin *admin, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "+Dvc:f:o:h")) != -1) {
		switch (option) {
		case 'D':
			log_set_debug(true);
			admin->verbose++;
			break;
		case 'v':
			admin->verbose++;
			break;
		case 'c':
			free(admin->config_path);
			admin->config_path = mem_strdup(optarg);
			break;
		case 'f':
			admin->format = optarg;
			break;
		case 'o':
			admin->overrides[admin->override_count++] = optarg;
			break;
		case 'h':
			admin_list(admin, false);
			exit(0);
		default:
			admin_list(admin, true);
			return ROOST_EXIT_USAGE;
		}
	}
	return 0;
}

static bool known_format(const char *format)
{
	static const char *const formats[] = { "table", "tab", "flow", "pager", "json" };

	for (size_t i = 0; format != NULL && i < ROOST_COUNT(formats); i++) {
		if (strcmp(format, formats[i]) == 0)
			return true;
	}
	return format == NULL;
}

int roost_admin_main(int argc, char **argv)
{
	struct roost_admin admin = { .program = strrchr(argv[0], '/') };
	int status;

	admin.program = admin.program == NULL ? argv[0] : admin.program + 1;
	admin.overrides = mem_zalloc((size_t)argc * sizeof(*admin.overrides));
	admin.config_path = mem_strdup(strcmp(admin.program, "doveadm") == 0 ?
				       ROOST_SYSCONFDIR "/dovecot/dovecot.conf" :
				       ROOST_CONFDIR "/roost.conf");
	configured_init(&admin.configured);
	log_set_prefix("");
	status = take_options(&admin, argc, argv);
	if (status != 0)
		return status;
	if (!known_format(admin.format))
		return roost_admin_fatal(&admin, ROOST_EXIT_USAGE, "Unknown formatter: %s",
					 admin.format);
	if (optind < argc && strcmp(argv[optind], "config") == 0)
		return exec_roostconf(&admin, argc - optind, argv + optind);
	status = run_command(&admin, argc - optind, argv + optind);
	if (fflush(stdout) != 0 && status == 0)
		status = roost_admin_fatal(&admin, ROOST_EXIT_TEMP, "write: %s", strerror(errno));
	return status;
}
