/* What lexer, grammar and error recovery share while one script is read. */
#ifndef SIEVE_PARSER_H
#define SIEVE_PARSER_H

#include "sieve/ast.h"
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
	bool dollar;			/* in that string */
	bool spoiled;			/* that string is in error already */

	/* recovery: see recover.c */
	int last, pending;
	bool recovering;
	char open[256];			/* brackets, innermost last */
	unsigned open_count;
};

/* The grammar's view of the lexer: passes over what an error has spoiled. */
union SIEVE_GRAMMAR_STYPE;
int sieve_parser_token(union SIEVE_GRAMMAR_STYPE *value, struct sieve_parser *parser);
void sieve_parser_error(struct sieve_parser *parser, struct sieve_position at,
			const char *format, ...) ROOST_PRINTF(3, 4);
/* Of the line that is being read. */
void sieve_parser_warning(struct sieve_parser *parser, const char *text);

/* --- the lexer; source has two NULs behind it, and is written to --- */
int sieve_lex(union SIEVE_GRAMMAR_STYPE *value, struct sieve_parser *parser, void *lexer);
int sieve_lexer_begin(struct sieve_parser *parser, char *source, size_t len);
void sieve_lexer_end(struct sieve_parser *parser);

#endif
