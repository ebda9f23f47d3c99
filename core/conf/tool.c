/* roostconf: shows the configuration and checks it. R-DCF-1..6. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <roost/str.h>
#include "config.h"
#include "core/conf/advise.h"
#include "core/conf/load.h"
#include "core/conf/print.h"
#include "core/main/entry.h"

#define EXIT_USAGE 64
#define EXIT_WRITE 74
#define EXIT_CONFIG 89

struct tool {
	const char *called;
	struct conf_load_options load;
	ROOST_VEC(const char *) overrides;
	struct conf_print print;
	struct conf_facts facts;
	bool check;
	char *const *names;		/* sections and settings; ends with NULL */
};

enum { OPT_CHECK = 256, OPT_HELP, OPT_VERSION };

static const struct option long_options[] = {
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ 0 },
};

static void usage(FILE *out, const char *called)
{
	(void)fprintf(out,
		"usage: %s [-adnNPSsx] [-c FILE] [-f FILTER]... [-m MODULE] [SECTION]...\n"
		"       %s [-h] [-c FILE] [-f FILTER]... SETTING...\n"
		"       %s --check [-c FILE]\n"
		"  -a       all settings\n"
		"  -n       those that differ from their defaults (the default)\n"
		"  -N       those, and what was written although it is the default\n"
		"  -d       the defaults\n"
		"  -P       show passwords and keys\n"
		"  -h       values alone\n"
		"  -S       one line a setting, with its path\n"
		"  -s       hidden settings too\n"
		"  -x       replace $names and <files\n"
		"  -c FILE  another configuration file\n"
		"  -f N=V   what holds under protocol=, service=, local=, lname= or remote=\n"
		"  -m NAME  settings of one module\n"
		"  -o N=V   as if the setting stood at the end of the file\n"
		"  --check  say also what has no effect and what nobody knows\n",
		called, called, called);
}

static bool add_fact(struct tool *tool, const char *text)
{
	struct conf_facts *facts = &tool->facts;
	const char *value = strchr(text, '=');
	size_t len = value == NULL ? 0 : (size_t)(value++ - text);

	tool->print.facts = facts;
	if (len == 0)
		return false;
	if (strncmp(text, "protocol", len) == 0 || strncmp(text, "service", len) == 0)
		facts->protocol = value;
	else if (strncmp(text, "lname", len) == 0)
		facts->local_name = value;
	else if (strncmp(text, "local", len) == 0)
		return conf_net_parse(value, &facts->local) == 0;
	else if (strncmp(text, "remote", len) == 0)
		return conf_net_parse(value, &facts->remote) == 0;
	else
		return false;
	return true;
}

/* -1: go on; else the exit status. */
static int parse_options(struct tool *tool, int argc, char **argv)
{
	static const struct { int option; enum conf_print_which which; } modes[] = {
		{ 'a', CONF_PRINT_ALL }, { 'd', CONF_PRINT_DEFAULTS },
		{ 'n', CONF_PRINT_CHANGED }, { 'N', CONF_PRINT_WRITTEN },
	};
	int option;

	while ((option = getopt_long(argc, argv, "adnNPSsxhc:f:m:o:", long_options, NULL)) != -1) {
		for (size_t i = 0; i < ROOST_COUNT(modes); i++) {
			if (modes[i].option == option)
				tool->print.which = modes[i].which;
		}
		switch (option) {
		case 'P': tool->print.secrets = true; break;
		case 'S': tool->print.flat = true; break;
		case 's': tool->print.hidden = true; break;
		case 'x': tool->print.expand = true; break;
		case 'h': tool->print.bare = true; break;
		case 'c': tool->load.path = optarg; break;
		case 'm': tool->print.module = optarg; break;
		case 'o': roost_vec_push(&tool->overrides, optarg); break;
		case 'a': case 'd': case 'n': case 'N': break;
		case 'f':
			if (add_fact(tool, optarg))
				break;
			(void)fprintf(stderr, "%s: Fatal: Invalid filter: %s\n", tool->called,
				      optarg);
			return EXIT_USAGE;
		case OPT_CHECK: tool->check = true; break;
		case OPT_VERSION: (void)puts(VERSION); return 0;
		case OPT_HELP: usage(stdout, tool->called); return 0;
		default: usage(stderr, tool->called); return EXIT_USAGE;
		}
	}
	tool->names = argv + optind;
	return -1;
}

/* ---- what stands above the settings (R-DCF-3) */

static void put_distribution(struct roost_str *out)
{
	FILE *file = fopen("/etc/os-release", "re");
	char line[256], name[128] = "", version[64] = "";

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		(void)sscanf(line, "NAME=\"%127[^\" ]", name);
		(void)sscanf(line, "VERSION_ID=\"%63[^\"]", version);
	}
	if (file != NULL)
		(void)fclose(file);
	roost_str_printf(out, "%s%s%s", name, version[0] == '\0' ? "" : " ", version);
}

/* The master leaves a link to what it was started with. */
static void put_difference(struct conf_store *store, const char *path, struct roost_str *out)
{
	const char *base = conf_store_get(store, "base_dir", NULL);
	char link[4096], target[4096];
	char *ours = realpath(path, NULL), *theirs;

	(void)snprintf(link, sizeof(link), "%s/dovecot.conf", base);
	theirs = realpath(link, target);
	if (ours != NULL && theirs != NULL && strcmp(ours, theirs) != 0)
		roost_str_printf(out, "# NOTE: what runs in %s was started with %s\n", base, theirs);
	free(ours);
}

static void put_header(struct tool *tool, struct roost_str *out)
{
	char host[256] = "";
	struct utsname os;

	roost_str_printf(out, "# %s (roost): %s\n", VERSION, tool->load.path);
	if (uname(&os) == 0) {
		roost_str_printf(out, "# OS: %s %s %s ", os.sysname, os.release, os.machine);
		put_distribution(out);
		roost_str_puts(out, "\n");
	}
	(void)gethostname(host, sizeof(host) - 1);
	roost_str_printf(out, "# Hostname: %s\n", host);
	if (tool->print.which == CONF_PRINT_ALL)
		roost_str_printf(out, "# NOTE: Send %s -n output instead when asking for help.\n",
				 tool->called);
	put_difference(tool->print.store, tool->load.path, out);
}

/* ---- the work */

static void report(struct tool *tool, const struct conf_problems *problems)
{
	struct roost_str text = ROOST_STR_INIT, prefix = ROOST_STR_INIT;

	roost_str_printf(&prefix, "%s: ", tool->called);
	conf_problems_print(problems, roost_str_text(&prefix), &text);
	(void)fputs(roost_str_text(&text), stderr);
	roost_str_free(&text);
	roost_str_free(&prefix);
}

static int print_names(struct tool *tool)
{
	int status = 0;

	for (char *const *name = tool->names; *name != NULL; name++) {
		if (conf_print_named(&tool->print, *name))
			continue;
		(void)fprintf(stderr, "%s: Fatal: Unknown setting or section: %s\n", tool->called,
			      *name);
		status = EXIT_CONFIG;
	}
	return status;
}

static int run(struct tool *tool)
{
	struct conf_tree *tree = conf_load_tree(&tool->load);
	struct roost_str out = ROOST_STR_INIT;
	struct conf_wanted *wanted;
	bool named = tool->names[0] != NULL, unreadable;
	int status = 0;
	size_t errors;

	conf_load_drop();
	wanted = conf_load_judge(tree, &tool->load);
	unreadable = tree->problems.errors > 0;
	if (!unreadable && !named && tool->print.which != CONF_PRINT_DEFAULTS)
		conf_load_modules(wanted, &tool->load);
	if (tool->check && !unreadable)
		conf_advise(wanted);
	report(tool, &tree->problems);
	tool->print.store = wanted->store;
	tool->print.out = &out;
	if (named && !unreadable) {
		status = print_names(tool);
	} else if (!tool->check && !unreadable) {
		if (!tool->print.flat && !tool->print.bare)
			put_header(tool, &out);
		conf_print_all(&tool->print);
	}
	(void)fputs(roost_str_text(&out), stdout);
	roost_str_free(&out);
	errors = tree->problems.errors;
	conf_wanted_free(wanted);	/* lives in the store */
	conf_store_free(tool->print.store);
	conf_tree_free(tree);
	return errors > 0 ? EXIT_CONFIG : status;
}

int roost_conf_main(int argc, char **argv)
{
	const char *called = strrchr(argv[0], '/');
	struct tool tool = { .called = called == NULL ? argv[0] : called + 1 };
	int status;

	if (strncmp(tool.called, "lt-", 3) == 0)
		tool.called += 3;
	tool.load.path = strcmp(tool.called, "doveconf") == 0 ?
		ROOST_SYSCONFDIR "/dovecot/dovecot.conf" : ROOST_CONFDIR "/roost.conf";
	status = parse_options(&tool, argc, argv);
	if (status < 0) {
		tool.load.overrides = tool.overrides.items;
		tool.load.override_count = tool.overrides.count;
		tool.load.starting = tool.check;
		status = run(&tool);
	}
	roost_vec_free(&tool.overrides);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	(void)fprintf(stderr, "%s: Fatal: Cannot write the output\n", tool.called);
	return EXIT_WRITE;
}
