/* sieve-testsuite - runs test files in the language vnd.dovecot.testsuite. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sieve/tester.h"
#include "sieve/tool.h"

struct options {
	bool print_log, expect_failure, debug;
	const char *extensions, *work, *dump;
	struct tool_trace trace;
};
struct totals { unsigned passed, failed; };

static const char default_message[] =
	"From: sender@example.com\r\nTo: recipient@example.org\r\nSubject: Frop!\r\n\r\nFriep!\r\n";

static void print_log_line(void *context, const struct sieve_diag_entry *entry)
{
	struct roost_str line = ROOST_STR_INIT;

	sieve_diag_write(&line, entry);
	printf("LOG: %s", line.data);
	roost_str_free(&line);
}

static void print_debug_line(void *context, const struct sieve_diag_entry *entry)
{
	struct roost_str line = ROOST_STR_INIT;

	sieve_diag_write(&line, entry);
	fputs(line.data, stderr);
	roost_str_free(&line);
}

static int load_script(void *context, enum sieve_location location, const char *name,
		       struct roost_str *source, struct roost_error *err)
{
	const struct tester *tester = context;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s/%s.sieve", tester->folder,
		 location == SIEVE_GLOBAL ? "included-global" : "included", name);
	if (tester_read_file(path, source) < 0)
		return roost_fail(err, ROOST_ERR_NOTFOUND, "there is no such script");
	return 0;
}

static char *folder_of(const char *path)
{
	char *real = realpath(path, NULL), *slash = real != NULL ? strrchr(real, '/') : NULL;

	if (slash != NULL)
		*slash = '\0';
	return real != NULL ? real : strdup(".");
}

/* With all that lead to it. */
static void make_folders(char *path)
{
	for (char *slash = path; slash != NULL;) {
		slash = strchr(slash + 1, '/');
		if (slash != NULL)
			*slash = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			perror(path);
		if (slash != NULL)
			*slash = '/';
	}
}

/* A new folder of our own in that of the user's choice. */
static const char *make_work(struct roost_arena *arena, const char *base)
{
	char *path;

	if (base == NULL)
		base = getenv("TMPDIR");
	if (base == NULL || *base == '\0')
		base = "/tmp";
	make_folders(roost_arena_strdup(arena, base));
	path = roost_arena_printf(arena, "%s/sieve-testsuite.XXXXXX", base);
	if (mkdtemp(path) == NULL)
		perror(path);
	return path;
}

/* All in it is files of ours. */
static void remove_work(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(folder), entry->d_name, 0);
	}
	if (folder != NULL)
		closedir(folder);
	rmdir(path);
}

static void tester_start(struct tester *tester, const struct options *options, const char *path)
{
	char *folder = folder_of(path);
	struct roost_error err = { 0 };

	*tester = (struct tester){ .arena = roost_arena_create("sieve tester") };
	tester->folder = roost_arena_strdup(tester->arena, folder);
	free(folder);
	tester->work = make_work(tester->arena, options->work);
	tester->instance = sieve_instance_create();
	sieve_instance_add(tester->instance, &tester_extension);
	if (options->extensions != NULL && sieve_instance_offer(tester->instance, options->extensions, &err) < 0)
		fprintf(stderr, "sieve-testsuite: %s\n", err.text);
	if (options->extensions == NULL)
		sieve_instance_offer_all(tester->instance);
	tester->instance->offered[sieve_instance_find(tester->instance,
						      tester_extension.name)] = true;
	sieve_instance_set(tester->instance, "postmaster_address", "postmaster@example.com");
	sieve_diag_init(&tester->log);
	if (options->print_log)
		tester->log.seen = print_log_line;
	else if (options->debug)
		tester->log.seen = print_debug_line;
	tester->trace = options->trace.file != NULL ? &options->trace.trace : NULL;
	sieve_result_init(&tester->result, tester->instance);
	tester->settings = roost_map_create();
	tester->metadata = roost_map_create();
	tester->binaries = roost_map_create();
	tester_host_init(tester);
}

static void xx_line(struct tester *tester, const char *reason)
{
	printf("XX: Test CASE FAILED: %s\n", reason);
	tester->failed++;
	tester->index++;
}

static void run_program(struct tester *tester, struct sieve_program *program)
{
	tester->run.message = NULL;
	tester->default_message = SIEVE_TEXT(default_message);
	tester_set_message(tester, tester->default_message);
	sieve_run_init(&tester->run, tester->instance, program, &tester->host, tester->message,
		       &tester->envelope, &tester->result, &tester->log);
	/* Tests have time; the scripts they run are limited. */
	tester->run.cpu_limit = 0;
	tester->run.tester = tester;
	tester->run.trace = tester->trace;
	if (!sieve_run(&tester->run))
		xx_line(tester, tester->run.timed_out ? "resource limit exceeded" :
			"test script execution aborted due to error");
	for (size_t i = 0; i < tester->log.entries.count && tester->run.failed; i++) {
		struct roost_str line = ROOST_STR_INIT;

		sieve_diag_write(&line, &tester->log.entries.items[i]);
		fputs(line.data, stderr);
		roost_str_free(&line);
	}
	sieve_run_free(&tester->run);
}

static void run_source(struct tester *tester, const char *path, const char *dump)
{
	struct roost_str source = ROOST_STR_INIT, bytes = ROOST_STR_INIT;
	struct sieve_loader loader = { load_script, tester };
	struct sieve_program *program = NULL;
	struct roost_error err = { 0 };
	bool compiled;

	tester->loader = &loader;
	if (tester_read_file(path, &source) < 0)
		sieve_diag_add(&tester->log, SIEVE_ERROR, (struct sieve_message_at){ .script = path },
			       "%s", strerror(errno));
	compiled = tester->log.errors == 0 &&
		sieve_compile(tester->instance, &loader, path, SIEVE_MAIN, sieve_text_of_str(&source),
			      &tester->log, &bytes);
	if (!compiled) {
		for (size_t i = 0; i < tester->log.entries.count; i++) {
			struct roost_str line = ROOST_STR_INIT;

			sieve_diag_write(&line, &tester->log.entries.items[i]);
			fputs(line.data, stderr);
			roost_str_free(&line);
		}
		xx_line(tester, "failed to compile testcase script");
	} else if (sieve_program_load(tester->instance, sieve_text_of_str(&bytes), &program, &err) < 0) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		xx_line(tester, "compiled test script binary is corrupt");
	} else {
		sieve_diag_clear(&tester->log);
		if (dump != NULL && tool_dump(dump, program) < 0)
			xx_line(tester, "the compiled form cannot be written");
		run_program(tester, program);
		sieve_program_free(program);
	}
	roost_str_free(&source);
	roost_str_free(&bytes);
}

static void free_settings(struct tester *tester)
{
	size_t position = 0;
	const char *key;
	void *value;

	while (roost_map_next(tester->settings, &position, &key, &value))
		free(value);
	roost_map_free(tester->settings);
	roost_map_free(tester->metadata);
	roost_map_free(tester->binaries);
}

static void tester_end(struct tester *tester)
{
	remove_work(tester->work);
	for (size_t i = 0; i < tester->messages.count; i++)
		sieve_message_free(tester->messages.items[i]);
	for (size_t i = 0; i < tester->programs.count; i++)
		sieve_program_free(tester->programs.items[i]);
	roost_vec_free(&tester->messages);
	roost_vec_free(&tester->programs);
	roost_vec_free(&tester->mailboxes);
	roost_vec_free(&tester->stored);
	roost_vec_free(&tester->sent);
	free_settings(tester);
	sieve_result_free(&tester->result);
	sieve_diag_free(&tester->log);
	sieve_instance_free(tester->instance);
	roost_arena_free(tester->arena);
}

static struct totals run_file(const char *path, const struct options *options)
{
	struct totals totals;
	struct tester tester;

	printf("Test case: %s:\n\n", path);
	tester_start(&tester, options, path);
	run_source(&tester, path, options->dump);
	totals = (struct totals){ tester.index - tester.failed, tester.failed };
	if (options->expect_failure)
		totals = (struct totals){ totals.failed, totals.passed };
	if (options->expect_failure && totals.failed == 0)
		printf("\nPASS: %u tests failed (expected to fail).\n\n", totals.passed);
	else if (options->expect_failure)
		printf("\nFAIL: Only %u of %u tests failed (all expected to fail).\n\n", totals.passed,
		       tester.index);
	else if (totals.failed == 0)
		printf("\nPASS: %u tests succeeded.\n\n", totals.passed);
	else
		printf("\nFAIL: %u of %u tests failed.\n\n", totals.failed, tester.index);
	tester_end(&tester);
	return totals;
}

/* In a process of its own: files are independent, and a crash is a failure of that file only. */
static struct totals run_apart(const char *path, const struct options *options)
{
	struct totals totals = { 0, 0 };
	int pipes[2], status = 0;
	pid_t child;

	fflush(stdout);
	if (pipe(pipes) < 0 || (child = fork()) < 0) {
		perror("sieve-testsuite");
		exit(1);
	}
	if (child == 0) {
		close(pipes[0]);
		totals = run_file(path, options);
		fflush(stdout);
		exit(write(pipes[1], &totals, sizeof(totals)) == sizeof(totals) ? 0 : 1);
	}
	close(pipes[1]);
	if (read(pipes[0], &totals, sizeof(totals)) != sizeof(totals))
		totals = (struct totals){ 0, 1 };
	close(pipes[0]);
	waitpid(child, &status, 0);
	if (status != 0) {
		printf("XX: Test CASE FAILED: the engine ended with status %d\n", status);
		totals.failed += totals.failed == 0;
	}
	return totals;
}

static int usage(void)
{
	fputs("usage: sieve-testsuite [-D] [-E] [-F] [-d DUMP] [-t TRACE] [-T LEVEL] [-P PLUGIN]\n"
	      "                       [-x EXTENSIONS] [-W WORKDIR] FILE...\n", stderr);
	return 64;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct totals sum = { 0, 0 };
	const char *trace = NULL;
	int option;

	while ((option = getopt(argc, argv, "DEFd:t:T:P:x:W:")) != -1) {
		switch (option) {
		case 'E': options.print_log = true; break;
		case 'F': options.expect_failure = true; break;
		case 'x': options.extensions = optarg; break;
		case 'W': options.work = optarg; break;
		case 'D': options.debug = true; break;
		case 'd': options.dump = optarg; break;
		case 't': trace = optarg; break;
		case 'T':
			if (tool_trace_level(&options.trace, optarg) < 0)
				return usage();
			break;
		case '?': return usage();
		default: break;
		}
	}
	if (optind == argc)
		return usage();
	if (trace != NULL && tool_trace_open(&options.trace, trace) < 0)
		return 1;
	for (int i = optind; i < argc; i++) {
		struct totals totals = run_apart(argv[i], &options);

		sum.passed += totals.passed;
		sum.failed += totals.failed;
	}
	tool_trace_close(&options.trace);
	printf("%u passed, %u failed\n", sum.passed, sum.failed);
	return sum.failed > 0;
}
