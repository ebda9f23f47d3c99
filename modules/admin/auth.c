/* auth test and auth lookup: what the passdbs say. R-DA-13. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <roost/encode.h>
#include <roost/str.h>
#include "modules/admin/admin.h"

struct options {
	const char *socket, *user, *password;
	const char *info[4];
	size_t infos;
};

static int take_options(struct roost_admin *admin, int argc, char **argv, const char *socket,
			int most, struct options *options)
{
	int option;

	*options = (struct options){ .socket = socket };
	while ((option = getopt(argc, argv, "a:x:")) != -1) {
		if (option == 'a')
			options->socket = optarg;
		else if (option == 'x' && options->infos < 4)
			options->info[options->infos++] = optarg;
		else
			return roost_admin_usage(admin);
	}
	if (argc - optind < 1 || argc - optind > most)
		return roost_admin_usage(admin);
	options->user = argv[optind];
	options->password = argc - optind > 1 ? argv[optind + 1] : NULL;
	return 0;
}

static void put_extra_fields(const struct ask *ask)
{
	(void)puts("extra fields:");
	for (size_t i = 2; ask->words[i] != NULL; i++)
		(void)printf("  %s\n", ask->words[i]);
}

/* The password is shown to nobody, and to no log either: "resp" comes last and is not logged. */
static void say_test(struct ask *ask, const struct options *options, const char *password)
{
	struct roost_str plain = ROOST_STR_INIT, response = ROOST_STR_INIT;
	char pid[16];

	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	roost_str_byte(&plain, '\0');
	roost_str_puts(&plain, options->user);
	roost_str_byte(&plain, '\0');
	roost_str_puts(&plain, password);
	roost_str_puts(&response, "resp=");
	roost_base64_encode(&response, plain.data, plain.len);
	ask_say(ask, "VERSION", "1", "2", NULL);
	ask_say(ask, "CPID", pid, NULL);
	(void)fputs("AUTH\t1\tPLAIN\tservice=doveadm\tsecured", ask->out);
	for (size_t i = 0; i < options->infos; i++)
		(void)fprintf(ask->out, "\t%s", options->info[i]);
	(void)fputc('\t', ask->out);
	ask_say(ask, response.data, NULL);
	explicit_bzero(plain.data, plain.len);
	explicit_bzero(response.data, response.len);
	roost_str_free(&plain);
	roost_str_free(&response);
}

static int read_verdict(struct roost_admin *admin, struct ask *ask, const char *user)
{
	while (ask_read(ask)) {
		if (strcmp(ask->words[0], "OK") == 0) {
			(void)printf("passdb: %s auth succeeded\n", user);
			put_extra_fields(ask);
			return 0;
		}
		if (strcmp(ask->words[0], "FAIL") != 0)
			continue;
		(void)printf("passdb: %s auth failed\n", user);
		put_extra_fields(ask);
		for (size_t i = 2; ask->words[i] != NULL; i++) {
			if (strcmp(ask->words[i], "temp") == 0)
				return ROOST_EXIT_TEMP;
		}
		return ROOST_EXIT_NOPERM;
	}
	return roost_admin_fatal(admin, ROOST_EXIT_TEMP, "auth has closed the connection");
}

static int run_test(struct roost_admin *admin, int argc, char **argv)
{
	struct options options;
	struct ask ask;
	int status = take_options(admin, argc, argv, "auth-client", 2, &options);

	if (status == 0)
		status = ask_open(admin, &ask, options.socket);
	if (status != 0)
		return status;
	if (options.password == NULL)
		options.password = getpass("Password: ");
	say_test(&ask, &options, options.password == NULL ? "" : options.password);
	status = read_verdict(admin, &ask, options.user);
	ask_close(&ask);
	return status;
}

static int run_lookup(struct roost_admin *admin, int argc, char **argv)
{
	struct options options;
	struct ask ask;
	int status = take_options(admin, argc, argv, "auth-master", 1, &options);

	if (status == 0)
		status = ask_open(admin, &ask, options.socket);
	if (status != 0)
		return status;
	ask_say(&ask, "VERSION", "1", "1", NULL);
	ask_say(&ask, "PASS", "1", options.user, "service=doveadm",
		options.infos > 0 ? options.info[0] : NULL, NULL);
	status = ROOST_EXIT_TEMP;
	while (ask_read(&ask)) {
		if (strcmp(ask.words[0], "PASS") == 0) {
			(void)printf("passdb: %s\n", options.user);
			for (size_t i = 2; ask.words[i] != NULL; i++) {
				char *value = ask.words[i];
				const char *name = strsep(&value, "=");

				(void)printf("  %-9s : %s\n", name, value == NULL ? "" : value);
			}
			status = 0;
			break;
		}
		if (strcmp(ask.words[0], "NOTFOUND") == 0) {
			(void)fprintf(stderr, "passdb lookup: user %s doesn't exist\n",
				      options.user);
			status = ROOST_EXIT_NO_USER;
			break;
		}
		if (strcmp(ask.words[0], "FAIL") == 0) {
			(void)fprintf(stderr, "passdb lookup failed for %s\n", options.user);
			break;
		}
	}
	ask_close(&ask);
	return status;
}

const struct roost_command admin_auth_test = {
	.name = "auth test", .usage = "[-a SOCKET] [-x NAME=VALUE] USER [PASSWORD]",
	.summary = "Whether a password is right", .run = run_test,
};

const struct roost_command admin_auth_lookup = {
	.name = "auth lookup", .usage = "[-a SOCKET] [-x NAME=VALUE] USER",
	.summary = "What the passdbs say of a user", .run = run_lookup,
};
