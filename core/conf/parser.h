/* What lexer and grammar share while one file is read. */
#ifndef CORE_CONF_PARSER_H
#define CORE_CONF_PARSER_H

#include <roost/str.h>
#include "core/conf/tree.h"

#define CONF_DEPTH_MAX 32		/* of blocks, and of files including each other */
#define CONF_FILE_MAX (16u << 20)

struct conf_parser {
	struct conf_tree *tree;
	const char *file;
	const struct conf_parser *includer;	/* NULL: the main file */
	void *lexer;
	uint32_t line;			/* of the next byte */
	uint32_t at;			/* where the token began */

	/* lexer: the value that is being read */
	struct roost_str text;

	/* grammar: open blocks, innermost last */
	struct conf_node *open[CONF_DEPTH_MAX + 1];
	unsigned depth;
};

/* A value as it stood in the file. */
struct conf_text {
	const char *text;
	bool quoted;
};

int conf_lexer_begin(struct conf_parser *parser, const char *text, size_t len);
void conf_lexer_end(struct conf_parser *parser);

/* include.c */
void conf_parse(struct conf_parser *parser, const char *text, size_t len);
void conf_include(struct conf_parser *parser, const char *pattern, bool try, uint32_t line);
/* path: relative to the including file's directory. In the arena. */
const char *conf_path(struct conf_tree *tree, const char *file, const char *path);
/* Content in the arena, or NULL and why. */
const char *conf_read_file(struct roost_arena *arena, const char *path, size_t *len,
			   const char **trouble);

struct conf_place conf_parser_place(const struct conf_parser *parser, uint32_t line);

#endif
