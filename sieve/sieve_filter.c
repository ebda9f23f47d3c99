/* sieve-filter - runs a script over the messages of a mailbox: a Maildir, or a folder of messages. */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sieve/delivery.h"
#include "sieve/tool.h"

enum { UNAVAILABLE = 69 };

struct filter {
	struct sieve_instance *instance;
	const struct sieve_program *program;
	const char *user, *discard;
	bool verbose, failed;
};

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void print_actions(const struct filter *filter, const char *name,
			  const struct sieve_delivery *delivery)
{
	const struct sieve_result *result = &delivery->result;

	printf("%s:", name);
	if (!result->keep_cancelled)
		printf(" keep");
	for (size_t i = 0; i < result->actions.count; i++) {
		const struct sieve_action *action = result->actions.items[i];

		if (action->kind == SIEVE_DISCARD)
			printf(" %s", filter->discard);
		else if (action->target != NULL)
			printf(" %s %.*s", action->name, (int)strcspn(action->target, "\n"), action->target);
		else
			printf(" %s", action->name);
	}
	printf("\n");
}

static void filter_message(struct filter *filter, const char *path, const char *name)
{
	static const struct sieve_host host = { 0 };
	const struct sieve_envelope envelope = { .from = "", .to = filter->user,
						 .orig_to = filter->user };
	struct roost_str text = ROOST_STR_INIT;
	struct sieve_delivery *delivery;
	struct sieve_diag diag;

	if (tool_read(path, &text) < 0) {
		filter->failed = true;
		roost_str_free(&text);
		return;
	}
	sieve_diag_init(&diag);
	delivery = sieve_delivery_create(filter->instance, &host, sieve_text_of_str(&text), &envelope);
	if (sieve_delivery_run(delivery, filter->program, &diag) < 0)
		filter->failed = true;
	tool_print(&diag, false);
	/* What stays where it is needs no line. */
	if (filter->verbose || delivery->result.actions.count > 0)
		print_actions(filter, name, delivery);
	sieve_delivery_free(delivery);
	sieve_diag_free(&diag);
	roost_str_free(&text);
}

static void filter_folder(struct filter *filter, const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, visible, alphasort);

	for (int i = 0; i < count; i++) {
		struct roost_str name = ROOST_STR_INIT;
		struct stat st;

		roost_str_printf(&name, "%s/%s", path, entries[i]->d_name);
		if (stat(name.data, &st) == 0 && S_ISREG(st.st_mode))
			filter_message(filter, name.data, entries[i]->d_name);
		roost_str_free(&name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* The parts of a Maildir, or the folder itself. */
static int filter_mailbox(struct filter *filter, const char *mailbox)
{
	static const char *const parts[] = { "new", "cur" };
	struct stat st;
	bool maildir = false;

	for (size_t i = 0; i < ROOST_COUNT(parts); i++) {
		struct roost_str path = ROOST_STR_INIT;

		roost_str_printf(&path, "%s/%s", mailbox, parts[i]);
		if (stat(path.data, &st) == 0 && S_ISDIR(st.st_mode)) {
			maildir = true;
			filter_folder(filter, path.data);
		}
		roost_str_free(&path);
	}
	if (!maildir && (stat(mailbox, &st) < 0 || !S_ISDIR(st.st_mode))) {
		fprintf(stderr, "%s: no mailbox\n", mailbox);
		return -1;
	}
	if (!maildir)
		filter_folder(filter, mailbox);
	return filter->failed ? -1 : 0;
}

static struct sieve_program *compile(struct sieve_instance *instance, const char *script)
{
	struct roost_arena *arena = roost_arena_create("sieve-filter");
	struct sieve_loader loader = tool_loader(arena, script);
	struct sieve_program *program = tool_compile(instance, &loader, script);

	roost_arena_free(arena);
	return program;
}

static int usage(void)
{
	fputs("usage: sieve-filter [-e] [-W] [-C] [-q QUEUE] [-u USER] [-v] [-x EXTENSIONS] SCRIPT MAILBOX "
	      "[DISCARD-ACTION]\n", stderr);
	return TOOL_USAGE;
}

int main(int argc, char **argv)
{
	struct filter filter = { .user = "user", .discard = "discard" };
	bool execute = false;
	struct sieve_program *program;
	struct roost_error err;
	int option, result = -1;

	filter.instance = sieve_instance_create();
	sieve_instance_imap(filter.instance);
	while ((option = getopt(argc, argv, "eWCq:u:vx:")) != -1) {
		switch (option) {
		case 'e': case 'W': execute = true; break;
		case 'u': filter.user = optarg; break;
		case 'v': filter.verbose = true; break;
		case 'x':
			if (sieve_instance_offer(filter.instance, optarg, &err) < 0)
				fprintf(stderr, "sieve-filter: %s\n", err.text);
			break;
		case '?': optind = argc + 1; break;
		default: break;
		}
	}
	if (optind + 2 > argc || argc > optind + 3) {
		sieve_instance_free(filter.instance);
		return usage();
	}
	if (execute) {
		fputs("sieve-filter: -e and -W need the mail store, which this version does not open; "
		      "nothing was done\n", stderr);
		sieve_instance_free(filter.instance);
		return UNAVAILABLE;
	}
	if (optind + 3 == argc)
		filter.discard = argv[optind + 2];
	program = compile(filter.instance, argv[optind]);
	filter.program = program;
	if (program != NULL)
		result = filter_mailbox(&filter, argv[optind + 1]);
	sieve_program_free(program);
	sieve_instance_free(filter.instance);
	return result < 0;
}
