/*
 * recover - reads on after a syntax error, respecting brackets, so that one mistake is one error.
 *
 * The grammar has an error rule for each bracket: after an error it throws tokens away up to the
 * one that ends the innermost open construct. Here we see to it that it gets there: what is nested
 * in between is skipped whole, and when an outer construct ends first, the missing end is made up.
 */
#include <stdarg.h>
#include <stdlib.h>
#include "sieve/parser.h"
#include "sieve/grammar.h"

enum { NO_TOKEN = -1 };

void sieve_parser_error(struct sieve_parser *parser, struct sieve_position at,
			const char *format, ...)
{
	struct sieve_message_at where = { parser->script, at.line, at.column };
	va_list args;

	va_start(args, format);
	sieve_diag_vadd(parser->diag, SIEVE_ERROR, where, format, args);
	va_end(args);
}

void sieve_parser_warning(struct sieve_parser *parser, const char *text)
{
	sieve_diag_add(parser->diag, SIEVE_WARNING, (struct sieve_message_at){ parser->script, parser->line, 1 },
		       "%s", text);
}

bool sieve_parser_opens(int token)
{
	return token == TESTS_OPEN || token == LIST_OPEN || token == BLOCK_OPEN;
}

static int opener_of(int token)
{
	switch (token) {
	case TESTS_CLOSE: return TESTS_OPEN;
	case LIST_CLOSE: return LIST_OPEN;
	case BLOCK_CLOSE: return BLOCK_OPEN;
	default: return 0;
	}
}

/* What ends the innermost construct; a block may begin where a ';' is wanted. */
static int goal(const struct sieve_parser *parser)
{
	switch (parser->innermost) {
	case TESTS_OPEN: return TESTS_CLOSE;
	case LIST_OPEN: return LIST_CLOSE;
	default: return SEMICOLON;
	}
}

static bool is_goal(const struct sieve_parser *parser, int token)
{
	return token == goal(parser) || (goal(parser) == SEMICOLON && token == BLOCK_OPEN);
}

/* Whether token ends a construct further out. */
static bool ends_outer(const struct sieve_parser *parser, int token)
{
	if (token == SEMICOLON)
		return goal(parser) != SEMICOLON;
	return opener_of(token) != 0 && (parser->open & 1u << opener_of(token)) != 0;
}

static void skip_nested(union SIEVE_GRAMMAR_STYPE *value, struct sieve_parser *parser)
{
	unsigned depth = 1;
	int token;

	while (depth > 0 && (token = sieve_lex(value, parser, parser->lexer)) != END) {
		if (sieve_parser_opens(token))
			depth++;
		else if (opener_of(token) != 0)
			depth--;
	}
}

/* The token before was thrown away: find one that ends the construct. */
static int find_end(union SIEVE_GRAMMAR_STYPE *value, struct sieve_parser *parser, int token)
{
	for (;;) {
		if (token == END || is_goal(parser, token))
			return token;
		if (sieve_parser_opens(token)) {
			skip_nested(value, parser);
		} else if (ends_outer(parser, token)) {
			parser->pending = token;
			return goal(parser);
		}
		token = sieve_lex(value, parser, parser->lexer);
	}
}

int sieve_parser_recover(union SIEVE_GRAMMAR_STYPE *value, struct sieve_parser *parser)
{
	int token = parser->pending;

	if (!is_goal(parser, parser->last))
		return parser->last = find_end(value, parser, parser->last);
	parser->recovering = false;
	parser->pending = NO_TOKEN;
	return token != NO_TOKEN ? token : sieve_lex(value, parser, parser->lexer);
}

bool sieve_parse(struct roost_arena *arena, const struct sieve_words *words, const char *script,
		 struct sieve_text source, struct sieve_diag *diag, struct sieve_node **commands,
		 uint64_t *identity)
{
	struct sieve_parser parser = {
		.pool = { .arena = arena }, .words = words, .script = script, .diag = diag,
		.pending = NO_TOKEN,
	};
	uint32_t before = diag->errors;
	char *copy;

	if (source.len > INT32_MAX - 2) {
		sieve_parser_error(&parser, (struct sieve_position){ 0 }, "script is too large");
		return false;
	}
	copy = roost_arena_alloc(arena, source.len + 2);
	*identity = sieve_hash_copy(0, copy, source);
	copy[source.len] = copy[source.len + 1] = '\0';
	if (sieve_lexer_begin(&parser, copy, source.len) < 0)
		abort();
	sieve_grammar_parse(&parser);
	sieve_lexer_end(&parser);
	roost_vec_free(&parser.strings);
	*commands = parser.commands;
	return diag->errors == before;
}
