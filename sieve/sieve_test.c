/* sieve-test - shows what scripts would do with a message, or lets them do it. */
#include <unistd.h>
#include "sieve/delivery.h"
#include "sieve/extensions.h"
#include "sieve/tool.h"
#include "sieve/tool_host.h"

enum { MAX_SCRIPTS = 32 };

struct options {
	const char *from, *to, *orig_to, *extensions, *dump, *trace_to, *location, *inbox;
	const char *scripts[MAX_SCRIPTS];	/* those before, then the main one */
	unsigned script_count;
	struct tool_trace trace;
	bool execute, debug;
};

static const char *default_address(struct roost_arena *arena, struct sieve_message *message,
				   const char *name, const char *fallback)
{
	size_t position = 0;
	struct sieve_field *field = sieve_message_field(message, sieve_text_of(name), &position);
	const struct roost_address_list *list;
	struct roost_str out = ROOST_STR_INIT;

	if (field == NULL)
		return fallback;
	list = sieve_field_addresses(message, field);
	if (list->count == 0 || list->items[0].kind != ROOST_ADDRESS_MAILBOX)
		return fallback;
	roost_address_write(&out, &list->items[0]);
	fallback = roost_arena_strdup(arena, roost_str_text(&out));
	roost_str_free(&out);
	return fallback;
}

static void print_flags(const char *const *flags)
{
	if (flags == NULL || flags[0] == NULL)
		return;
	printf("\n        + add IMAP flags:");
	while (*flags != NULL)
		printf(" %s", *flags++);
}

static void print_action(const struct options *options, const struct sieve_action *action)
{
	const char *target = action->kind == SIEVE_KEEP ? options->inbox : action->target;

	printf(" * %s", action->name);
	while (target != NULL && *target != '\0') {
		size_t len = strcspn(target, "\n");

		printf(" %.*s", (int)len, target);
		target += len + (target[len] == '\n');
	}
	print_flags(action->flags);
	printf("\n");
}

static void print_result(const struct options *options, const struct sieve_result *result)
{
	printf("\nPerformed actions:\n\n");
	if (result->actions.count == 0)
		printf("  (none)\n");
	for (size_t i = 0; i < result->actions.count; i++)
		print_action(options, result->actions.items[i]);
	if (result->keep_cancelled)
		printf("\nImplicit keep:\n\n  (none)\n");
	else
		printf("\nImplicit keep:\n\n * store message in folder: %s\n", options->inbox);
}

/* One script after the other, as long as a keep is in effect. -1: one failed. */
static int run_scripts(const struct options *options, struct sieve_instance *instance,
		       struct sieve_delivery *delivery, struct sieve_diag *diag)
{
	struct roost_arena *arena = roost_arena_create("sieve-test");
	int result = 1;

	for (unsigned i = 0; i < options->script_count && result > 0; i++) {
		struct sieve_loader loader = tool_loader(arena, options->scripts[i]);
		struct sieve_program *program = tool_compile(instance, &loader, options->scripts[i]);

		result = program == NULL || (options->dump != NULL && tool_dump(options->dump, program) < 0) ?
			-1 : sieve_delivery_run(delivery, program, diag);
		sieve_program_free(program);
	}
	roost_arena_free(arena);
	return result < 0 ? -1 : 0;
}

static int run(const struct options *options, struct sieve_instance *instance, struct tool_host *host,
	       struct sieve_text text, const struct sieve_envelope *envelope)
{
	static const struct sieve_host nothing = { 0 };
	struct sieve_delivery *delivery = sieve_delivery_create(instance,
		options->execute ? &host->host : &nothing, text, envelope);
	struct sieve_diag diag;
	bool kept = true;
	int result;

	sieve_diag_init(&diag);
	if (options->trace.file != NULL)
		sieve_delivery_trace(delivery, &options->trace.trace);
	result = run_scripts(options, instance, delivery, &diag);
	if (options->execute && !sieve_delivery_finish(delivery, &diag, &kept))
		result = -1;
	tool_print(&diag, false);
	if (!kept)
		fputs("sieve-test: the message was not kept anywhere\n", stderr);
	print_result(options, &delivery->result);
	sieve_delivery_free(delivery);
	sieve_diag_free(&diag);
	return result;
}

static void set_envelope(const struct options *options, struct roost_arena *arena, struct sieve_text text,
			 struct sieve_envelope *envelope)
{
	struct sieve_message *message = sieve_message_create(text);

	envelope->from = options->from != NULL ? options->from :
		default_address(arena, message, "From", "sender@example.com");
	envelope->to = options->to != NULL ? options->to :
		default_address(arena, message, "To", "recipient@example.com");
	envelope->orig_to = options->orig_to != NULL ? options->orig_to : envelope->to;
	if (strcmp(envelope->from, "<>") == 0)
		envelope->from = "";
	sieve_message_free(message);
}

static int test(struct options *options, const char *mail)
{
	struct roost_arena *arena = roost_arena_create("sieve-test");
	struct sieve_instance *instance = sieve_instance_create();
	struct roost_str text = ROOST_STR_INIT;
	struct sieve_envelope envelope = { 0 };
	struct roost_error err = { 0 };
	struct tool_host host;
	int result = -1;

	if (options->extensions != NULL && sieve_instance_offer(instance, options->extensions, &err) < 0)
		fprintf(stderr, "sieve-test: %s\n", err.text);
	if (options->debug)
		sieve_instance_offer(instance, "+vnd.dovecot.debug", &err);
	tool_host_init(&host, instance, arena, options->location, options->inbox);
	if (tool_read(mail, &text) == 0 &&
	    (options->trace_to == NULL || tool_trace_open(&options->trace, options->trace_to) == 0)) {
		set_envelope(options, arena, sieve_text_of_str(&text), &envelope);
		result = run(options, instance, &host, sieve_text_of_str(&text), &envelope);
	}
	tool_trace_close(&options->trace);
	tool_host_free(&host);
	roost_str_free(&text);
	sieve_instance_free(instance);
	roost_arena_free(arena);
	return result;
}

static int usage(void)
{
	fputs("usage: sieve-test [-D] [-a ORIG-RECIPIENT] [-d DUMP] [-e] [-f SENDER] [-l MAILDIR] [-m MAILBOX]\n"
	      "                  [-r RECIPIENT] [-s SCRIPT]... [-t TRACE] [-T LEVEL] [-x EXTENSIONS]\n"
	      "                  SCRIPT MAIL\n", stderr);
	return TOOL_USAGE;
}

/* False: wrong usage. */
static bool take_option(struct options *options, int option)
{
	switch (option) {
	case 'a': options->orig_to = optarg; return true;
	case 'd': options->dump = optarg; return true;
	case 'e': options->execute = true; return true;
	case 'f': options->from = optarg; return true;
	case 'l': options->location = optarg; return true;
	case 'm': options->inbox = optarg; return true;
	case 'r': options->to = optarg; return true;
	case 't': options->trace_to = optarg; return true;
	case 'T': return tool_trace_level(&options->trace, optarg) == 0;
	case 'x': options->extensions = optarg; return true;
	case 'D': options->debug = true; return true;
	case 's':
		if (options->script_count + 1 >= MAX_SCRIPTS)
			return false;
		options->scripts[options->script_count++] = optarg;
		return true;
	default: return false;
	}
}

int main(int argc, char **argv)
{
	struct options options = { .inbox = "INBOX" };
	int option;

	while ((option = getopt(argc, argv, "a:d:ef:l:m:r:s:t:T:x:D")) != -1) {
		if (!take_option(&options, option))
			return usage();
	}
	if (optind + 2 != argc)
		return usage();
	options.scripts[options.script_count++] = argv[optind];
	return test(&options, argv[optind + 1]) < 0;
}
