/* What lexer, grammar and error recovery share while one script is read. */
#ifndef SIEVE_PARSER_H
#define SIEVE_PARSER_H

#include "sieve/ast.h"
#include <roost/vec.h>
#include "sieve/pool.h"

struct sieve_parser {
	struct sieve_pool pool;
	const struct sieve_words *words;
	const char *script;
	struct sieve_diag *diag;
	void *lexer;
	struct sieve_node *commands;

	/* lexer: the line that is being read, and where the token began */
	uint32_t line;
	const char *line_start, *end;
	struct sieve_position at;
	struct roost_str collected;	/* of the string that is being read */
	bool spoiled;			/* that string is in error already */
	ROOST_VEC(struct sieve_string) strings;	/* of the argument that is being read, last */

	/* recovery: see recover.c */
	bool recovering;
	int last, pending;
	int innermost;			/* bracket that was open at the error; 0: none was */
	unsigned open;			/* bits of all that were */
};

union SIEVE_GRAMMAR_STYPE;
/* The next token after an error: passes over what it has spoiled. */
int sieve_parser_recover(union SIEVE_GRAMMAR_STYPE *value, struct sieve_parser *parser);
bool sieve_parser_opens(int token);
void sieve_parser_error(struct sieve_parser *parser, struct sieve_position at,
			const char *format, ...) ROOST_PRINTF(3, 4);
/* Of the line that is being read. */
void sieve_parser_warning(struct sieve_parser *parser, const char *text);

/* An argument with room for strings; its own values are not set. */
struct sieve_arg *sieve_parser_arg(struct sieve_parser *parser, enum sieve_arg_type type,
				   struct sieve_position at, uint32_t strings);

/* --- the lexer; source has two NULs behind it, and is written to --- */
int sieve_lex(union SIEVE_GRAMMAR_STYPE *value, struct sieve_parser *parser, void *lexer);
int sieve_lexer_begin(struct sieve_parser *parser, char *source, size_t len);
void sieve_lexer_end(struct sieve_parser *parser);

#endif
