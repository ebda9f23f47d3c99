/* who and kick: the sessions that anvil knows. R-DA-10, R-DA-11. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <roost/map.h>
#include <roost/str.h>
#include <roost/vec.h>
#include "modules/admin/admin.h"

struct options {
	const char *socket, *mask, *network;
	bool single;
};

/* One user and protocol. */
struct line {
	char *user, *protocol;
	unsigned count;
	struct roost_str pids, addresses;
};

/* "[-a anvil] [user mask] [ip[/bits]]", the last two in any order. 0 or the exit code. */
static int take_options(struct roost_admin *admin, int argc, char **argv, const char *letters,
			struct options *options)
{
	int option;

	*options = (struct options){ .socket = "anvil", .mask = "", .network = "" };
	while ((option = getopt(argc, argv, letters)) != -1) {
		if (option == 'a')
			options->socket = optarg;
		else if (option == '1')
			options->single = true;
		else if (option != 'f')
			return roost_admin_usage(admin);
	}
	for (; optind < argc; optind++) {
		if (strcmp(argv[optind], "|") == 0)
			continue;
		if (is_network(argv[optind]) && options->network[0] == '\0')
			options->network = argv[optind];
		else if (options->mask[0] == '\0')
			options->mask = argv[optind];
		else
			return roost_admin_usage(admin);
	}
	return 0;
}

/* "a b" gets one more word, unless it is there. */
static void add_word(struct roost_str *words, const char *word)
{
	size_t len = strlen(word);
	const char *at = words->data;

	if (len == 0)
		return;
	while (at != NULL && *at != '\0') {
		size_t this = strcspn(at, " ");

		if (this == len && strncmp(at, word, len) == 0)
			return;
		at += this;
		at += strspn(at, " ");
	}
	roost_str_printf(words, "%s%s", words->len == 0 ? "" : " ", word);
}

static void add_session(struct roost_map *lines, char *const *words)
{
	struct roost_str key = ROOST_STR_INIT;
	struct line *line;

	roost_str_printf(&key, "%s\t%s", words[1], words[2]);
	line = roost_map_get(lines, key.data);
	if (line == NULL) {
		line = calloc(1, sizeof(*line));
		if (line == NULL)
			abort();
		line->user = strdup(words[1]);
		line->protocol = strdup(words[2]);
		roost_map_set(lines, key.data, line);
	}
	line->count++;
	add_word(&line->pids, words[3]);
	add_word(&line->addresses, words[4]);
	roost_str_free(&key);
}

static void print_lines(struct roost_admin *admin, struct roost_map *lines)
{
	static const char *const names[] = { "username", ">#", "proto", "(pids)", "(ips)", NULL };
	struct roost_table *table = roost_table_create(admin, "table", names);
	size_t position = 0;
	const char *key;
	void *value;

	while (roost_map_next(lines, &position, &key, &value)) {
		struct line *line = value;
		char count[16], pids[4096], addresses[4096];

		(void)snprintf(count, sizeof(count), "%u", line->count);
		(void)snprintf(pids, sizeof(pids), "(%s)", roost_str_text(&line->pids));
		(void)snprintf(addresses, sizeof(addresses), "(%s)",
			       roost_str_text(&line->addresses));
		roost_table_row(table, (const char *const[]){
			line->user, count, line->protocol, pids, addresses });
		roost_str_free(&line->pids);
		roost_str_free(&line->addresses);
		free(line->user);
		free(line->protocol);
		free(line);
	}
	roost_table_end(table);
}

/* Each answer is "+ user service pid ip"; "OK" ends them. 0 or the exit code. */
static int read_sessions(struct roost_admin *admin, struct ask *ask, struct roost_map *lines,
			 struct roost_table *singles)
{
	while (ask_read(ask)) {
		if (strcmp(ask->words[0], "OK") == 0)
			return 0;
		if (strcmp(ask->words[0], "+") != 0 || ask->words[1] == NULL ||
		    ask->words[2] == NULL || ask->words[3] == NULL || ask->words[4] == NULL)
			break;
		if (singles != NULL)
			roost_table_row(singles, (const char *const *)(void *)&ask->words[1]);
		else
			add_session(lines, ask->words);
	}
	return roost_admin_fatal(admin, ROOST_EXIT_TEMP, "anvil's answer is incomplete");
}

static int run_who(struct roost_admin *admin, int argc, char **argv)
{
	static const char *const names[] = { "username", "proto", "pid", "ip", NULL };
	struct options options;
	struct roost_table *singles = NULL;
	struct roost_map *lines;
	struct ask ask;
	int status = take_options(admin, argc, argv, "a:1", &options);

	if (status == 0)
		status = ask_open(admin, &ask, options.socket);
	if (status != 0)
		return status;
	ask_say(&ask, "WHO", options.mask, options.network, NULL);
	lines = roost_map_create();
	if (options.single)
		singles = roost_table_create(admin, "table", names);
	status = read_sessions(admin, &ask, lines, singles);
	if (singles != NULL)
		roost_table_end(singles);
	else
		print_lines(admin, lines);
	roost_map_free(lines);
	ask_close(&ask);
	return status;
}

static int run_kick(struct roost_admin *admin, int argc, char **argv)
{
	struct options options;
	struct roost_map *lines;
	size_t position = 0;
	const char *key;
	void *value;
	struct ask ask;
	int status = take_options(admin, argc, argv, "a:f", &options);

	if (status == 0 && options.mask[0] == '\0' && options.network[0] == '\0')
		status = roost_admin_usage(admin);
	if (status == 0)
		status = ask_open(admin, &ask, options.socket);
	if (status != 0)
		return status;
	ask_say(&ask, "KICK", options.mask, options.network, NULL);
	lines = roost_map_create();
	status = read_sessions(admin, &ask, lines, NULL);
	if (status == 0 && roost_map_count(lines) == 0) {
		(void)fprintf(stderr, "no users kicked\n");
		status = ROOST_EXIT_NOT_FOUND;
	} else if (status == 0) {
		(void)puts("kicked connections from the following users:");
	}
	while (roost_map_next(lines, &position, &key, &value)) {
		struct line *line = value;

		(void)printf("%s (%s, %u)\n", line->user, line->protocol, line->count);
		roost_str_free(&line->pids);
		roost_str_free(&line->addresses);
		free(line->user);
		free(line->protocol);
		free(line);
	}
	roost_map_free(lines);
	ask_close(&ask);
	return status;
}

const struct roost_command admin_who = {
	.name = "who", .usage = "[-a SOCKET] [-1] [USER MASK] [IP[/BITS]]",
	.summary = "Who is logged in", .run = run_who,
};

const struct roost_command admin_kick = {
	.name = "kick", .usage = "[-a SOCKET] [USER MASK] [IP[/BITS]]",
	.summary = "End sessions of users, from addresses", .run = run_kick,
};
