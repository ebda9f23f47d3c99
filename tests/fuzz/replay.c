/*
 * Run a fuzz target over files without a fuzzer: those given, or the target's corpus directory,
 * which is found by the program's name.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "fuzz.h"

/* In a block of exactly its size, so that a sanitizer sees every step beyond it. */
static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rbe");
	struct stat st;
	uint8_t *data;
	size_t len;

	if (file == NULL || fstat(fileno(file), &st) < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		if (file != NULL)
			fclose(file);
		return -1;
	}
	data = malloc((size_t)st.st_size);
	len = data == NULL ? 0 : fread(data, 1, (size_t)st.st_size, file);
	fclose(file);
	printf("%s\n", path);
	fflush(stdout);		/* the last line names the culprit */
	LLVMFuzzerTestOneInput(data, len);
	free(data);
	return 0;
}

static int replay_directory(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int files = 0, result = 0;

	if (dir == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	while ((entry = readdir(dir)) != NULL) {
		char name[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		result |= replay_file(name);
		files++;
	}
	closedir(dir);
	if (files == 0)
		fprintf(stderr, "%s: no files\n", path);
	return files == 0 ? -1 : result;
}

static int replay(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? replay_file(path) :
		replay_directory(path);
}

int main(int argc, char **argv)
{
	const char *source = getenv("srcdir");	/* set by make check */
	const char *name = strstr(program_invocation_short_name, "fuzz_");
	char path[4096];
	int result = 0;

	for (int i = 1; i < argc; i++)
		result |= replay(argv[i]);
	if (argc == 1) {
		snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s",
			 source == NULL ? "." : source, name == NULL ? "" : name + 5);
		result = replay(path);
	}
	return result == 0 ? 0 : 1;
}
