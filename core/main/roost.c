/* roost: the master. R-SVC-4. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include "config.h"
#include "core/base/log.h"
#include "core/base/memory.h"
#include "core/base/paths.h"
#include "core/proc/master.h"
#include "core/proc/running.h"

#define EXIT_USAGE 64
#define EXIT_TEMP 75
#define EXIT_CONFIG 89

static void usage(FILE *out)
{
	(void)fputs("usage: roost [-F] [-c FILE] [-o NAME=VALUE] [reload | stop]\n"
		    "       roost -a | -n [-c FILE]\n"
		    "       roost --version | --build-options | --hostdomain | --help\n"
		    "  -a, -n    print the configuration, all of it or what is not default\n"
		    "  -F        stay in the foreground\n"
		    "  -c FILE   configuration to use instead of " ROOST_CONFDIR "/roost.conf\n"
		    "  -o N=V    set a setting, whatever the files say\n", out);
}

static void print_host_domain(void)
{
	char name[256] = "";

	(void)gethostname(name, sizeof(name) - 1);
	(void)printf("%s\n", name);
}

enum { OPT_VERSION = 256, OPT_BUILD, OPT_DOMAIN, OPT_HELP };

static const struct option long_options[] = {
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "build-options", no_argument, NULL, OPT_BUILD },
	{ "hostdomain", no_argument, NULL, OPT_DOMAIN },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

/* "reload" and "stop": a signal to the one that runs with this base_dir. */
static int signal_running(struct master *master, const char *command)
{
	int number = strcmp(command, "reload") == 0 ? SIGHUP :
		     strcmp(command, "stop") == 0 ? SIGTERM : 0;
	struct roost_error err;
	int ret;

	if (number == 0) {
		(void)fprintf(stderr, "roost: unknown command: %s\n", command);
		usage(stderr);
		return EXIT_USAGE;
	}
	ret = number == SIGTERM ? running_stop(master->base_dir, &err) :
				  running_signal(master->base_dir, number, &err);
	if (ret == 0)
		return 0;
	(void)fprintf(stderr, "roost: Fatal: %s\n", roost_error_log(&err));
	return EXIT_TEMP;
}

/* The children inherit what we may have open: fronts need a descriptor or two for each client. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max > 1048576 ? 1048576 : limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void forbid_cores(void)
{
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
}

/* The master keeps it for reloads, wherever it goes meanwhile. */
static char *absolute(const char *path)
{
	char *real = realpath(path, NULL);

	return real == NULL ? mem_strdup(path) : real;
}

static int print_config(const char *config, const char *what)
{
	char program[4096];

	(void)snprintf(program, sizeof(program), "%s/roostconf", paths_bin());
	execl(program, "roostconf", what, "-c", config, (char *)NULL);
	(void)fprintf(stderr, "roost: Fatal: exec %s: %s\n", program, strerror(errno));
	return EXIT_TEMP;
}

static int start(struct master *master, bool foreground)
{
	raise_descriptors();
	forbid_cores();
	return master_run(master, foreground);
}

int main(int argc, char **argv)
{
	struct master master = { .root = geteuid() == 0, .log_pipe = { -1, -1 } };
	const char *config = ROOST_CONFDIR "/roost.conf";
	const char *called = strrchr(argv[0], '/'), *print = NULL;
	struct roost_error err;
	bool foreground = false;
	int option;

	called = called == NULL ? argv[0] : called + 1;
	if (strcmp(called, "dovecot") == 0)
		config = ROOST_SYSCONFDIR "/dovecot/dovecot.conf";
	while ((option = getopt_long(argc, argv, "+Fac:no:", long_options, NULL)) != -1) {
		switch (option) {
		case 'a':
		case 'n':
			print = option == 'a' ? "-a" : "-n";
			break;
		case 'F':
			foreground = true;
			break;
		case 'c':
			config = optarg;
			break;
		case 'o':
			roost_vec_push(&master.overrides, optarg);
			break;
		case OPT_VERSION:
			(void)puts(VERSION);
			return 0;
		case OPT_BUILD:
			(void)puts("Build options: ioloop=epoll openssl ipv6\n"
				   "Modules: " ROOST_MODULEDIR);
			return 0;
		case OPT_DOMAIN:
			print_host_domain();
			return 0;
		case OPT_HELP:
			usage(stdout);
			return 0;
		default:
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	if (print != NULL)
		return print_config(config, print);
	master.config_path = absolute(config);
	log_set_prefix("roost: ");
	if (master_configure(&master, &err) < 0) {
		(void)fprintf(stderr, "roost: Fatal: %s\n", roost_error_log(&err));
		return EXIT_CONFIG;
	}
	if (optind < argc)
		return signal_running(&master, argv[optind]);
	return start(&master, foreground);
}
