/* Files: the main one, those it includes, those whose content is a value. R-CFG-10, R-CFG-11. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/conf/parser.h"
#include "core/conf/grammar.h"

struct conf_place conf_parser_place(const struct conf_parser *parser, uint32_t line)
{
	return (struct conf_place){ parser->file, line };
}

static const char *read_all(struct roost_arena *arena, int fd, size_t *len, const char **trouble)
{
	size_t capacity = 64 * 1024, used = 0;
	char *data = roost_arena_alloc(arena, capacity);
	ssize_t got;

	while ((got = read(fd, data + used, capacity - used - 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			*trouble = roost_arena_printf(arena, "%m");
			return NULL;
		}
		used += (size_t)got;
		if (used + 1 < capacity)
			continue;
		if (capacity >= CONF_FILE_MAX) {
			*trouble = "larger than 16 MB";
			return NULL;
		}
		data = memcpy(roost_arena_alloc(arena, capacity * 2), data, used);
		capacity *= 2;
	}
	data[used] = '\0';
	*len = used;
	return data;
}

const char *conf_read_file(struct roost_arena *arena, const char *path, size_t *len,
			   const char **trouble)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	const char *data;
	struct stat st;

	if (fd < 0) {
		*trouble = roost_arena_printf(arena, "%m");
		return NULL;
	}
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		*trouble = "Is a directory";
		close(fd);
		return NULL;
	}
	data = read_all(arena, fd, len, trouble);
	close(fd);
	return data;
}

const char *conf_path(struct conf_tree *tree, const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');

	if (path[0] == '/' || slash == NULL)
		return roost_arena_strdup(tree->arena, path);
	return roost_arena_printf(tree->arena, "%.*s/%s", (int)(slash - file), file, path);
}

void conf_parse(struct conf_parser *parser, const char *text, size_t len)
{
	if (conf_lexer_begin(parser, text, len) < 0) {
		conf_error(&parser->tree->problems, conf_parser_place(parser, 1), "%m");
		return;
	}
	if (conf_grammar_parse(parser) == 2) {
		conf_error(&parser->tree->problems, conf_parser_place(parser, parser->at),
			   "Out of memory");
	}
	conf_lexer_end(parser);
}

/* Read now, with the rights that the reader has. R-CFG-11. */
void conf_node_from_file(struct conf_tree *tree, struct conf_node *node, const char *path)
{
	size_t len;

	path += strspn(path, " \t");
	node->how = CONF_WRITTEN_FILE;
	node->written = conf_path(tree, node->at.file, path);
	node->value = conf_read_file(tree->arena, node->written, &len, &node->trouble);
}

static bool includes_itself(const struct conf_parser *parser, const char *path)
{
	for (; parser != NULL; parser = parser->includer) {
		if (strcmp(parser->file, path) == 0)
			return true;
	}
	return false;
}

static void include_file(const struct conf_parser *parser, const char *path, bool try,
			 struct conf_place at)
{
	struct conf_tree *tree = parser->tree;
	struct conf_parser inner = {
		.tree = tree, .file = roost_arena_strdup(tree->arena, path), .includer = parser,
		.open = { parser->open[parser->depth] },
	};
	const char *text, *trouble;
	unsigned depth = 0;
	size_t len;

	for (const struct conf_parser *up = parser; up != NULL; up = up->includer)
		depth++;
	if (includes_itself(parser, path) || depth >= CONF_DEPTH_MAX) {
		conf_error(&tree->problems, at, "Recursive include of %s", path);
		return;
	}
	text = conf_read_file(tree->arena, path, &len, &trouble);
	if (text == NULL) {
		if (!try)
			conf_error(&tree->problems, at, "Couldn't open include file %s: %s", path,
				   trouble);
		return;
	}
	roost_vec_push(&tree->files, inner.file);
	conf_parse(&inner, text, len);
}

void conf_include(struct conf_parser *parser, const char *pattern, bool try, uint32_t line)
{
	struct conf_place at = conf_parser_place(parser, line);
	const char *path = conf_path(parser->tree, parser->file, pattern);
	glob_t found;
	int code = glob(path, 0, NULL, &found);

	if (code == GLOB_NOMATCH) {
		/* A pattern may match nothing; a plain name is meant. */
		if (!try && strpbrk(pattern, "*?[") == NULL)
			conf_error(&parser->tree->problems, at, "Couldn't open include file %s: "
				   "No matches", path);
		return;
	}
	if (code != 0) {
		if (!try)
			conf_error(&parser->tree->problems, at, "Couldn't read include files %s",
				   path);
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		include_file(parser, found.gl_pathv[i], try, at);
	globfree(&found);
}

void conf_tree_read_text(struct conf_tree *tree, const char *text, size_t len)
{
	struct conf_parser parser = {
		.tree = tree, .file = tree->path, .open = { &tree->root },
	};

	roost_vec_push(&tree->files, tree->path);
	conf_parse(&parser, text, len);
}

void conf_tree_read(struct conf_tree *tree)
{
	const char *text, *trouble;
	size_t len;

	text = conf_read_file(tree->arena, tree->path, &len, &trouble);
	if (text == NULL) {
		conf_error(&tree->problems, (struct conf_place){ "", 0 },
			   "Cannot read configuration file %s: %s", tree->path, trouble);
		return;
	}
	conf_tree_read_text(tree, text, len);
}
