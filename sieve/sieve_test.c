/* sieve-test - shows what a script would do with a message. */
#include <unistd.h>
#include "sieve/extensions.h"
#include "sieve/tool.h"

struct options { const char *from, *to, *orig_to, *extensions; };

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

static void print_result(const struct sieve_result *result)
{
	printf("\nPerformed actions:\n\n");
	if (result->actions.count == 0)
		printf("  (none)\n");
	for (size_t i = 0; i < result->actions.count; i++) {
		const struct sieve_action *action = result->actions.items[i];

		printf(" * %s", action->name);
		for (const char *at = action->target; at != NULL && *at != '\0';) {
			size_t len = strcspn(at, "\n");

			printf(" %.*s", (int)len, at);
			at += len + (at[len] == '\n');
		}
		print_flags(action->flags);
		printf("\n");
	}
	printf("\nImplicit keep:\n\n%s\n", result->keep_cancelled ? "  (none)" :
	       " * store message in folder: INBOX");
}

static int run(const struct sieve_instance *instance, struct sieve_program *program,
	       struct sieve_message *message, const struct sieve_envelope *envelope)
{
	static const struct sieve_host host = { 0 };
	struct sieve_result result;
	struct sieve_diag diag;
	struct sieve_run run;
	bool ok;

	sieve_diag_init(&diag);
	sieve_result_init(&result, instance);
	sieve_run_init(&run, instance, program, &host, message, envelope, &result, &diag);
	ok = sieve_run(&run);
	tool_print(&diag, false);
	if (!ok)
		sieve_result_reset(&result);
	print_result(&result);
	sieve_run_free(&run);
	sieve_result_free(&result);
	sieve_diag_free(&diag);
	return ok ? 0 : -1;
}

static int test(const struct options *options, const char *script, const char *mail)
{
	struct roost_arena *arena = roost_arena_create("sieve-test");
	struct sieve_instance *instance = sieve_instance_create();
	struct roost_str text = ROOST_STR_INIT;
	struct sieve_loader loader = tool_loader(arena, script);
	struct sieve_program *program = NULL;
	struct sieve_envelope envelope = { 0 };
	struct sieve_message *message;
	struct roost_error err = { 0 };
	int result = -1;

	if (options->extensions != NULL && sieve_instance_offer(instance, options->extensions, &err) < 0)
		fprintf(stderr, "sieve-test: %s\n", err.text);
	if (tool_read(mail, &text) < 0 || (program = tool_compile(instance, &loader, script)) == NULL)
		goto end;
	message = sieve_message_create(sieve_text_of_str(&text));
	envelope.from = options->from != NULL ? options->from :
		default_address(arena, message, "From", "sender@example.com");
	envelope.to = options->to != NULL ? options->to :
		default_address(arena, message, "To", "recipient@example.com");
	envelope.orig_to = options->orig_to != NULL ? options->orig_to : envelope.to;
	if (strcmp(envelope.from, "<>") == 0)
		envelope.from = "";
	result = run(instance, program, message, &envelope);
	sieve_message_free(message);
	sieve_program_free(program);
end:
	roost_str_free(&text);
	sieve_instance_free(instance);
	roost_arena_free(arena);
	return result;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	int option;

	while ((option = getopt(argc, argv, "a:f:r:x:D")) != -1) {
		switch (option) {
		case 'a': options.orig_to = optarg; break;
		case 'f': options.from = optarg; break;
		case 'r': options.to = optarg; break;
		case 'x': options.extensions = optarg; break;
		case '?': optind = argc; break;
		default: break;
		}
	}
	if (optind + 2 != argc) {
		fputs("usage: sieve-test [-D] [-a ORIG-RECIPIENT] [-f SENDER] [-r RECIPIENT] "
		      "[-x EXTENSIONS] SCRIPT MAIL\n", stderr);
		return TOOL_USAGE;
	}
	return test(&options, argv[optind], argv[optind + 1]) < 0;
}
