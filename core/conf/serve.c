/*
 * roost-config: what core/proc/config.c starts. One message for each role on descriptor 3, problems
 * to standard error, 89 when there are errors among them.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <roost/str.h>
#include "core/conf/emit.h"
#include "core/conf/load.h"
#include "core/main/entry.h"
#include "core/proc/ipc.h"

#define CONFIG_FD 3
#define EXIT_CONFIG 89

static int send_snapshot(struct conf_wanted *wanted, enum conf_role role, struct roost_error *err)
{
	uint32_t message = role;
	int fd, sent;

	if (conf_emit(wanted, role, &fd, err) < 0)
		return -1;
	sent = ipc_send(CONFIG_FD, &message, sizeof(message), &fd, 1, err);
	close(fd);
	return sent == 1 ? 0 : -1;
}

static int serve(struct conf_load_options *options)
{
	struct conf_tree *tree = conf_load_tree(options);
	struct roost_str text = ROOST_STR_INIT;
	struct conf_wanted *wanted;
	struct roost_error err;
	int status = 0;

	conf_load_drop();
	wanted = conf_load_judge(tree, options);
	if (tree->problems.errors == 0)
		conf_load_modules(wanted, options);
	conf_problems_print(&tree->problems, "", &text);
	(void)fputs(roost_str_text(&text), stderr);
	roost_str_free(&text);
	if (tree->problems.errors > 0)
		return EXIT_CONFIG;
	for (int role = 0; role < CONF_ROLE_COUNT && status == 0; role++) {
		if (send_snapshot(wanted, (enum conf_role)role, &err) < 0) {
			(void)fprintf(stderr, "%s\n", roost_error_log(&err));
			status = 71;
		}
	}
	return status;
}

int roost_config_main(int argc, char **argv)
{
	ROOST_VEC(const char *) overrides = { 0 };
	struct conf_load_options options = { .starting = true };
	int option;

	while ((option = getopt(argc, argv, "c:o:")) != -1) {
		if (option == 'c')
			options.path = optarg;
		else if (option == 'o')
			roost_vec_push(&overrides, optarg);
	}
	if (options.path == NULL || fcntl(CONFIG_FD, F_SETFD, FD_CLOEXEC) < 0) {
		(void)fprintf(stderr, "roost-config is started by roost, not by hand: "
			      "see roostconf\n");
		return 64;
	}
	options.overrides = overrides.items;
	options.override_count = overrides.count;
	return serve(&options);
}
