/* user: what the userdbs say. R-DA-11. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <roost/settings.h>
#include <roost/str.h>
#include "modules/admin/admin.h"

struct options {
	const char *socket, *field, *expand;
	const char *info[64];		/* name=value of -x */
	size_t infos;
	bool blocks;			/* -u, or several users */
};

static int take_options(struct roost_admin *admin, int argc, char **argv, struct options *options)
{
	const char *socket = roost_scope_value(roost_scope_process(), "auth_socket_path");
	int option;

	*options = (struct options){
		.socket = socket == NULL || socket[0] == '\0' ? "auth-userdb" : socket,
	};
	while ((option = getopt(argc, argv, "a:x:f:e:u")) != -1) {
		switch (option) {
		case 'a':
			options->socket = optarg;
			break;
		case 'x':
			if (options->infos < 63)
				options->info[options->infos++] = optarg;
			break;
		case 'f':
			options->field = optarg;
			break;
		case 'e':
			options->expand = optarg;
			break;
		case 'u':
			options->blocks = true;
			break;
		default:
			return roost_admin_usage(admin);
		}
	}
	if (optind >= argc)
		return roost_admin_usage(admin);
	options->blocks |= argc - optind > 1;
	return 0;
}

/* The settings as this user has them. */
static struct roost_scope *user_scope(struct roost_arena *arena, const struct ask *ask)
{
	struct roost_setting_pair *pairs = roost_arena_zalloc(arena, 256 * sizeof(*pairs));
	size_t count = 0;

	for (size_t i = 3; ask->words[i] != NULL; i++) {
		const char *equals = strchr(ask->words[i], '=');

		pairs[count].name = equals == NULL ? ask->words[i] :
			roost_arena_strndup(arena, ask->words[i],
					    (size_t)(equals - ask->words[i]));
		pairs[count++].value = equals == NULL ? "yes" : equals + 1;
	}
	return roost_scope_user(roost_scope_process(), ask->words[2], pairs);
}

static void put_field(const struct options *options, const char *name, const char *value)
{
	if (options->field != NULL) {
		if (strcmp(options->field, name) == 0)
			(void)printf("%s\n", value);
	} else if (options->blocks) {
		(void)printf("  %-9s : %s\n", name, value);
	} else {
		(void)printf("%s\t%s\n", name, value);
	}
}

/* uid, gid, home and mail first; what else there is in its order. */
static void put_user(const struct options *options, const struct ask *ask,
		     const struct roost_scope *scope)
{
	static const char *const first[] = { "uid", "gid", "home" };
	const char *mail = roost_scope_value(scope, "mail_location"), *value;

	if (options->field == NULL && options->blocks)
		(void)printf("userdb: %s\n", ask->words[2]);
	else if (options->field == NULL)
		(void)puts("field\tvalue");
	for (size_t i = 0; i < ROOST_COUNT(first); i++) {
		value = ask_value(ask, 3, first[i]);
		if (value != NULL)
			put_field(options, first[i], value);
	}
	put_field(options, "mail", mail == NULL ? "" : mail);
	for (size_t i = 3; ask->words[i] != NULL; i++) {
		char *equals = strchr(ask->words[i], '=');
		size_t len = equals == NULL ? strlen(ask->words[i]) :
			     (size_t)(equals - ask->words[i]);
		char *name = strndup(ask->words[i], len);

		if (strcmp(name, "uid") != 0 && strcmp(name, "gid") != 0 &&
		    strcmp(name, "home") != 0 && strcmp(name, "mail") != 0)
			put_field(options, name, equals == NULL ? "" : equals + 1);
		free(name);
	}
	if (options->field == NULL && options->blocks)
		(void)putchar('\n');
}

static int answered(struct roost_admin *admin, const struct options *options,
		    const struct ask *ask)
{
	struct roost_arena *arena = roost_arena_create("user");
	struct roost_scope *scope = user_scope(arena, ask);
	struct roost_str text = ROOST_STR_INIT;
	struct roost_error err;
	int status = 0;

	if (options->expand == NULL) {
		put_user(options, ask, scope);
	} else if (roost_scope_expand(scope, &text, options->expand, &err) < 0) {
		status = roost_admin_fatal(admin, ROOST_EXIT_DATA, "%s", roost_error_log(&err));
	} else {
		(void)printf("%s\n", roost_str_text(&text));
	}
	roost_str_free(&text);
	roost_scope_free(scope);
	roost_arena_free(arena);
	return status;
}

static void say_question(struct ask *ask, const struct options *options, const char *word,
			 const char *user)
{
	(void)fprintf(ask->out, "%s\t1\t", word);
	(void)fflush(ask->out);
	/* The rest in one go: names may hold what has to be escaped. */
	ask_say(ask, user, "service=doveadm", options->infos > 0 ? options->info[0] : NULL,
		options->infos > 1 ? options->info[1] : NULL,
		options->infos > 2 ? options->info[2] : NULL,
		options->infos > 3 ? options->info[3] : NULL, NULL);
}

static int look_up(struct roost_admin *admin, struct ask *ask, const struct options *options,
		   const char *user)
{
	const char *reason;

	say_question(ask, options, "USER", user);
	while (ask_read(ask)) {
		if (strcmp(ask->words[0], "USER") == 0 && ask->words[1] != NULL &&
		    ask->words[2] != NULL)
			return answered(admin, options, ask);
		if (strcmp(ask->words[0], "NOTFOUND") == 0) {
			(void)fflush(stdout);
			(void)fprintf(stderr, "userdb lookup: user %s doesn't exist\n", user);
			return ROOST_EXIT_NO_USER;
		}
		if (strcmp(ask->words[0], "FAIL") == 0) {
			reason = ask_value(ask, 2, "reason");
			(void)fflush(stdout);
			(void)fprintf(stderr, "userdb lookup failed for %s%s%s\n", user,
				      reason == NULL ? "" : ": ", reason == NULL ? "" : reason);
			return ROOST_EXIT_TEMP;
		}
	}
	return roost_admin_fatal(admin, ROOST_EXIT_TEMP, "auth has closed the connection");
}

static int list(struct roost_admin *admin, struct ask *ask, const char *mask)
{
	char user[1024];

	(void)snprintf(user, sizeof(user), "user=%s", mask);
	ask_say(ask, "LIST", "1", user, "service=doveadm", NULL);
	while (ask_read(ask)) {
		if (strcmp(ask->words[0], "LIST") == 0 && ask->words[1] != NULL &&
		    ask->words[2] != NULL)
			(void)printf("%s\n", ask->words[2]);
		else if (strcmp(ask->words[0], "DONE") == 0 &&
			 (ask->words[2] == NULL || ask->words[2][0] == '\0'))
			return 0;
		else if (strcmp(ask->words[0], "DONE") == 0 ||
			 strcmp(ask->words[0], "FAIL") == 0)
			break;
	}
	return roost_admin_fatal(admin, ROOST_EXIT_TEMP, "user listing failed");
}

/* The last failure counts; none keeps the others from being looked up. */
static int run_user(struct roost_admin *admin, int argc, char **argv)
{
	struct options options;
	struct ask ask;
	int status = take_options(admin, argc, argv, &options), one;

	if (status == 0)
		status = ask_open(admin, &ask, options.socket);
	if (status != 0)
		return status;
	ask_say(&ask, "VERSION", "1", "1", NULL);
	for (; optind < argc; optind++) {
		one = is_mask(argv[optind]) ? list(admin, &ask, argv[optind]) :
					      look_up(admin, &ask, &options, argv[optind]);
		if (one != 0)
			status = one;
	}
	ask_close(&ask);
	return status;
}

const struct roost_command admin_user = {
	.name = "user", .usage = "[-a SOCKET] [-x NAME=VALUE] [-f FIELD] [-e TEXT] [-u] USER...",
	.summary = "What is known of users, or their names by a mask", .run = run_user,
};
