/* Parse the files named on stdin, each in one piece; print how many bytes they had. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <roost/mime.h>

static bool read_file(struct roost_str *out, const char *path)
{
	FILE *file = fopen(path, "rbe");
	char buffer[65536];
	size_t len;

	if (file == NULL) {
		perror(path);
		return false;
	}
	roost_str_truncate(out, 0);
	while ((len = fread(buffer, 1, sizeof(buffer), file)) > 0)
		roost_str_append(out, buffer, len);
	fclose(file);
	return true;
}

static uint64_t parse(const struct roost_str *text)
{
	struct roost_arena *arena = roost_arena_create("bench");
	struct roost_mime_parser *parser = roost_mime_begin(arena, NULL);
	uint64_t size;

	roost_mime_push(parser, roost_str_text(text), text->len);
	size = roost_mime_end(parser)->size;
	roost_arena_free(arena);
	return size;
}

int main(void)
{
	struct roost_str text = ROOST_STR_INIT;
	uint64_t bytes = 0;
	char path[4096];

	while (fgets(path, sizeof(path), stdin) != NULL) {
		path[strcspn(path, "\n")] = '\0';
		if (!read_file(&text, path))
			return 1;
		bytes += parse(&text);
	}
	roost_str_free(&text);
	printf("%" PRIu64 "\n", bytes);
	return 0;
}
