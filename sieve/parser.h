/* What lexer, grammar and error recovery share while one script is read. */
#ifndef SIEVE_PARSER_H
#define SIEVE_PARSER_H

#include "sieve/ast.h"

struct sieve_parser {
	struct roost_arena *arena;
	const char *script;
	struct sieve_diag *diag;
	void *lexer;
	struct sieve_node *commands;

	/* lexer: where the next byte is, where the token began */
	struct sieve_position next, at;
	struct sieve_text string;
	struct roost_str collected;	/* of the string that is being read */
	bool spoiled;			/* that string is in error already */

	/* recovery: see recover.c */
	int last, pending;
	bool recovering;
	char open[256];			/* brackets, innermost last */
	unsigned open_count;
};

/* The grammar's view of the lexer: passes over what an error has spoiled. */
union SIEVE_GRAMMAR_STYPE;
int sieve_parser_token(union SIEVE_GRAMMAR_STYPE *value, struct sieve_position *at,
		       struct sieve_parser *parser);
void sieve_parser_error(struct sieve_parser *parser, struct sieve_position at,
			const char *format, ...) ROOST_PRINTF(3, 4);

#endif
