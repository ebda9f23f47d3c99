/* sievec - compiles Sieve scripts. */
#include <dirent.h>
#include <getopt.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "sieve/cache.h"
#include "sieve/tool.h"

struct options { bool dump, json; const struct sieve_instance *instance; };

static int put_out(const struct options *options, const char *path, struct sieve_text bytes)
{
	struct roost_str text = ROOST_STR_INIT;
	struct sieve_program *program;
	struct roost_error err;

	if (!options->dump && sieve_cache_save(path, bytes, &err) == 0)
		return 0;
	if (!options->dump) {
		fprintf(stderr, "%s: %s\n", path, roost_error_log(&err));
		return -1;
	}
	if (sieve_program_load(options->instance, bytes, &program, &err) < 0) {
		fprintf(stderr, "sievec: %s\n", err.text);
		return -1;
	}
	sieve_program_dump(&text, program);
	fputs(roost_str_text(&text), stdout);
	roost_str_free(&text);
	sieve_program_free(program);
	return 0;
}

/* out NULL: beside the script, NAME.svbin. */
static int compile_file(const struct options *options, const char *path, const char *out)
{
	struct roost_arena *arena = roost_arena_create("sievec");
	struct roost_str source = ROOST_STR_INIT, bytes = ROOST_STR_INIT;
	struct sieve_loader loader = tool_loader(arena, path);
	struct sieve_diag diag;
	size_t len = strlen(path);
	int result = -1;

	sieve_diag_init(&diag);
	if (len > 6 && strcmp(path + len - 6, ".sieve") == 0)
		len -= 6;
	if (out == NULL)
		out = roost_arena_printf(arena, "%.*s.svbin", (int)len, path);
	if (tool_read(path, &source) == 0) {
		if (sieve_compile(options->instance, &loader, tool_script_name(arena, path), SIEVE_MAIN,
				  sieve_text_of_str(&source), &diag, &bytes))
			result = put_out(options, out, sieve_text_of_str(&bytes));
		tool_print(&diag, options->json);
	}
	sieve_diag_free(&diag);
	roost_str_free(&source);
	roost_str_free(&bytes);
	roost_arena_free(arena);
	return result;
}

static int is_script(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 6 && strcmp(entry->d_name + len - 6, ".sieve") == 0;
}

static int compile_folder(const struct options *options, const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_script, alphasort), result = count < 0 ? -1 : 0;

	if (count < 0)
		perror(path);
	for (int i = 0; i < count; i++) {
		struct roost_str name = ROOST_STR_INIT;

		roost_str_printf(&name, "%s/%s", path, entries[i]->d_name);
		if (compile_file(options, name.data, NULL) < 0)
			result = -1;
		roost_str_free(&name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return result;
}

static int usage(void)
{
	fputs("usage: sievec [-d] [-D] [--json] [-c CONF] [-x EXTENSIONS] SCRIPT|DIR [OUT]\n", stderr);
	return TOOL_USAGE;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = { { "json", no_argument, NULL, 'J' }, { 0 } };
	struct sieve_instance *instance = sieve_instance_create();
	struct options options = { .instance = instance };
	struct roost_error err;
	struct stat st;
	int option, result;

	while ((option = getopt_long(argc, argv, "dDc:x:", longs, NULL)) != -1) {
		if (option == 'd')
			options.dump = true;
		else if (option == 'J')
			options.json = true;
		else if (option == 'x' && sieve_instance_offer(instance, optarg, &err) < 0)
			fprintf(stderr, "sievec: %s\n", err.text);
		else if (option == '?')
			return usage();
	}
	if (optind >= argc || argc > optind + 2)
		return usage();
	if (stat(argv[optind], &st) == 0 && S_ISDIR(st.st_mode) && optind + 1 == argc)
		result = compile_folder(&options, argv[optind]);
	else
		result = compile_file(&options, argv[optind], optind + 1 < argc ? argv[optind + 1] : NULL);
	sieve_instance_free(instance);
	return result < 0;
}
