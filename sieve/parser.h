/* What lexer, grammar and error recovery share while one script is read. */
#ifndef SIEVE_PARSER_H
#define SIEVE_PARSER_H

#include <roost/vec.h>
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
	struct sieve_node *head;	/* the last identifier */
	char *semicolon;		/* of the last COMMAND */
	unsigned parentheses;		/* that are open */
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

/* --- arguments --- */

/* With room for strings; its own values are not set. */
static inline struct sieve_arg *sieve_parser_arg(struct sieve_parser *parser, enum sieve_arg_type type,
						 struct sieve_position at, uint32_t strings)
{
	struct sieve_arg *arg = sieve_pool_alloc(&parser->pool,
						 sizeof(*arg) + strings * sizeof(*arg->strings));

	arg->next = NULL;
	arg->type = type;
	arg->at = at;
	arg->count = strings;
	return arg;
}

/* Of the last strings that the lexer has read. */
static inline struct sieve_arg *sieve_parser_strings(struct sieve_parser *parser, enum sieve_arg_type type,
						     size_t count)
{
	const struct sieve_string *first = parser->strings.items + parser->strings.count - count;
	struct sieve_arg *arg = sieve_parser_arg(parser, type, first->at, (uint32_t)count);

	for (size_t i = 0; i < count; i++)
		arg->strings[i] = first[i];
	parser->strings.count = 0;
	return arg;
}

static inline void sieve_node_add_arg(struct sieve_node *node, struct sieve_arg *arg)
{
	if (node->last_arg != NULL)
		node->last_arg->next = arg;
	else
		node->args = arg;
	node->last_arg = arg;
	node->arg_count++;
}

/* --- the lexer; source has two NULs behind it, and is written to --- */
int sieve_lex(union SIEVE_GRAMMAR_STYPE *value, struct sieve_parser *parser, void *lexer);
int sieve_lexer_begin(struct sieve_parser *parser, char *source, size_t len);
/* The COMMAND that was read last is to be an identifier: the ';' is read again. */
void sieve_lexer_split(struct sieve_parser *parser);
void sieve_lexer_end(struct sieve_parser *parser);

#endif
