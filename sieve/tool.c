/* tool - files and messages of the command line tools. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "sieve/tool.h"

int tool_read(const char *path, struct roost_str *out)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	while (fd >= 0 && (got = read(fd, roost_str_reserve(out, 65536), 65536)) > 0)
		out->len += (size_t)got;
	if (got < 0)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	if (fd > STDIN_FILENO)
		close(fd);
	roost_str_reserve(out, 1)[0] = '\0';
	return got < 0 ? -1 : 0;
}

const char *tool_script_name(struct roost_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	size_t len = strlen(name);

	if (len > 6 && strcmp(name + len - 6, ".sieve") == 0)
		len -= 6;
	return roost_arena_strndup(arena, name, len);
}

static int load_beside(void *context, enum sieve_location location, const char *name,
		       struct roost_str *source, struct roost_error *err)
{
	const char *folder = context;
	struct roost_str path = ROOST_STR_INIT;
	int result;

	roost_str_printf(&path, "%s/%s.sieve", folder, name);
	result = access(path.data, R_OK) == 0 ? tool_read(path.data, source) : -1;
	roost_str_free(&path);
	return result == 0 ? 0 : roost_fail(err, ROOST_ERR_NOTFOUND, "there is no such script");
}

struct sieve_loader tool_loader(struct roost_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return (struct sieve_loader){ load_beside, slash != NULL ?
		roost_arena_strndup(arena, path, (size_t)(slash - path)) :
		roost_arena_strdup(arena, ".") };
}

void tool_print(const struct sieve_diag *diag, bool json)
{
	struct roost_str out = ROOST_STR_INIT;

	for (size_t i = 0; i < diag->entries.count && !json; i++)
		sieve_diag_write(&out, &diag->entries.items[i]);
	if (json)
		sieve_diag_write_json(&out, diag);
	fputs(roost_str_text(&out), json ? stdout : stderr);
	roost_str_free(&out);
}

struct sieve_program *tool_compile(const struct sieve_instance *instance,
				   const struct sieve_loader *loader, const char *path)
{
	struct roost_arena *arena = roost_arena_create("sieve tool");
	struct roost_str source = ROOST_STR_INIT, bytes = ROOST_STR_INIT;
	struct sieve_program *program = NULL;
	struct roost_error err;
	struct sieve_diag diag;

	sieve_diag_init(&diag);
	if (tool_read(path, &source) == 0 &&
	    sieve_compile(instance, loader, tool_script_name(arena, path), SIEVE_MAIN,
			  sieve_text_of_str(&source), &diag, &bytes) &&
	    sieve_program_load(instance, sieve_text_of_str(&bytes), &program, &err) < 0)
		fprintf(stderr, "%s: %s\n", path, err.text);
	tool_print(&diag, false);
	sieve_diag_free(&diag);
	roost_str_free(&source);
	roost_str_free(&bytes);
	roost_arena_free(arena);
	return program;
}
