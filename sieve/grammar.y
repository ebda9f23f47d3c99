/* grammar - the generic grammar: identifiers, arguments, tests, blocks. RFC 5228 section 8.2. */
%code requires {
#include "sieve/parser.h"
}
%define api.prefix {sieve_grammar_}
%define api.pure full
%define api.token.raw
%define parse.error custom
%param { struct sieve_parser *parser }
%expect 0

%code top {
#define YYMAXDEPTH 4000
}

/* A list of nodes is a ring, known by its last one, until it is complete. */
%union {
	struct sieve_node *node;
	struct sieve_arg *arg;
	uint32_t count;
}

%code {
static int sieve_grammar_lex(union SIEVE_GRAMMAR_STYPE *value, struct sieve_parser *parser);
static struct sieve_node *append(struct sieve_node *last, struct sieve_node *node);
static struct sieve_node *complete(struct sieve_node *last);
static struct sieve_node *add_arg(struct sieve_parser *parser, struct sieve_node *node,
				  struct sieve_arg *arg);
static void set_block(struct sieve_parser *parser, struct sieve_node *node, struct sieve_node *last);
static void set_tests(struct sieve_node *node, struct sieve_node *last, bool list);
static void check_tests(struct sieve_parser *parser, struct sieve_node *test, const struct sieve_node *last);
static void sieve_grammar_error(struct sieve_parser *parser, const char *text);
}

%token END 0 "end of script"
%token <node> IDENTIFIER "identifier"
%token <node> COMMAND "identifier with a ';'"
%token <arg> TAG "tag"
%token <arg> NUMBER "number"
%token STRING "string"
%token ERROR_TOKEN "faulty token"
%token JUNK "stray characters"
%token SEMICOLON "';'" BLOCK_OPEN "'{'" BLOCK_CLOSE "'}'" LIST_OPEN "'['" LIST_CLOSE "']'"
%token TESTS_OPEN "'('" TESTS_CLOSE "')'" COMMA "','"

%type <node> commands head test last_test tests test_list
%type <count> strings

%%

script:
	commands			{ parser->commands = complete($1); }
	;

commands:
	%empty				{ $$ = NULL; }
	| commands COMMAND		{ $$ = append($1, $2); }
	| commands head SEMICOLON	{ $$ = append($1, $2); }
	| commands head last_test {
		set_tests($2, $3, false);
		$$ = append($1, $2);
	}
	| commands head BLOCK_OPEN commands BLOCK_CLOSE {
		set_block(parser, $2, $4);
		$$ = append($1, $2);
	}
	| commands head test SEMICOLON {
		set_tests($2, $3, false);
		$$ = append($1, $2);
	}
	| commands head test BLOCK_OPEN commands BLOCK_CLOSE {
		set_tests($2, $3, false);
		set_block(parser, $2, $5);
		$$ = append($1, $2);
	}
	| commands head tests SEMICOLON {
		set_tests($2, $3, true);
		$$ = append($1, $2);
	}
	| commands head tests BLOCK_OPEN commands BLOCK_CLOSE {
		set_tests($2, $3, true);
		set_block(parser, $2, $5);
		$$ = append($1, $2);
	}
	| commands head error end	{ yyerrok; }
	| commands error end		{ yyerrok; }
	;

/* Of a command in error: what its block holds is read as if nothing had been. */
end:
	SEMICOLON
	| open commands BLOCK_CLOSE
	;

open:
	BLOCK_OPEN			{ yyerrok; }
	;

/* A command or test with the arguments that it has so far; those that are plain come with IDENTIFIER. */
head:
	IDENTIFIER
	| head TAG			{ $$ = add_arg(parser, $1, $2); }
	| head NUMBER			{ $$ = add_arg(parser, $1, $2); }
	| head STRING			{ $$ = add_arg(parser, $1, sieve_parser_strings(parser, SIEVE_ARG_STRING, 1)); }
	| head LIST_OPEN strings LIST_CLOSE {
		$$ = add_arg(parser, $1, sieve_parser_strings(parser, SIEVE_ARG_LIST, $3));
	}
	| head LIST_OPEN error LIST_CLOSE	{ yyerrok; }
	;

strings:
	STRING				{ $$ = 1; }
	| strings COMMA STRING		{ $$ = $1 + 1; }
	;

test:
	head				{ $1->depth = 1; }
	| head test			{ check_tests(parser, $1, $2); set_tests($1, $2, false); }
	| head tests			{ check_tests(parser, $1, $2); set_tests($1, $2, true); }
	;

/* With the ';' of its command. */
last_test:
	COMMAND				{ $1->depth = 1; }
	| head last_test		{ check_tests(parser, $1, $2); set_tests($1, $2, false); }
	;

tests:
	TESTS_OPEN test_list TESTS_CLOSE	{ $$ = $2; }
	| TESTS_OPEN error TESTS_CLOSE	{ yyerrok; $$ = NULL; }
	;

test_list:
	test				{ $$ = append(NULL, $1); }
	| test_list COMMA test		{ $$ = append($1, $3); }
	;

%%

static int sieve_grammar_lex(union SIEVE_GRAMMAR_STYPE *value, struct sieve_parser *parser)
{
	return parser->recovering ? sieve_parser_recover(value, parser) :
		sieve_lex(value, parser, parser->lexer);
}

static struct sieve_node *append(struct sieve_node *last, struct sieve_node *node)
{
	if (last == NULL) {
		node->next = node;
		return node;
	}
	node->next = last->next;
	last->next = node;
	if (node->depth < last->depth)
		node->depth = last->depth;
	return node;
}

/* The first one. */
static struct sieve_node *complete(struct sieve_node *last)
{
	struct sieve_node *first;

	if (last == NULL)
		return NULL;
	first = last->next;
	last->next = NULL;
	return first;
}

static struct sieve_node *add_arg(struct sieve_parser *parser, struct sieve_node *node,
				  struct sieve_arg *arg)
{
	sieve_node_add_arg(node, arg);
	if (node->arg_count == SIEVE_MAX_ARGS + 1)
		sieve_parser_error(parser, arg->at, "more than %d arguments", SIEVE_MAX_ARGS);
	return node;
}

static void set_block(struct sieve_parser *parser, struct sieve_node *node, struct sieve_node *last)
{
	node->depth = last != NULL ? last->depth + 1 : 1;
	node->block = complete(last);
	node->has_block = true;
	if (node->depth == SIEVE_MAX_NESTING + 1)
		sieve_parser_error(parser, node->at, "blocks are nested deeper than %d levels",
				   SIEVE_MAX_NESTING);
}

/* last: of a list, or the only test. */
static void set_tests(struct sieve_node *node, struct sieve_node *last, bool list)
{
	node->tests = list ? complete(last) : last;
	node->test_list = list;
}

static void check_tests(struct sieve_parser *parser, struct sieve_node *test, const struct sieve_node *last)
{
	test->depth = last != NULL ? last->depth + 1 : 1;
	if (test->depth == SIEVE_MAX_NESTING + 1)
		sieve_parser_error(parser, test->at, "tests are nested deeper than %d levels",
				   SIEVE_MAX_NESTING);
}

/* At most this many are named, COMMAND never: where it can be an identifier can. */
enum { MAX_EXPECTED = 5 };

static void write_expected(struct roost_str *out, const yypcontext_t *context)
{
	yysymbol_kind_t expected[MAX_EXPECTED + 1];
	int count = yypcontext_expected_tokens(context, expected, MAX_EXPECTED + 1), named = 0;

	for (int i = 0; i < count; i++)
		named += expected[i] != YYSYMBOL_COMMAND;
	for (int i = 0, at = 0; i < count && named <= MAX_EXPECTED; i++) {
		if (expected[i] != YYSYMBOL_COMMAND)
			roost_str_printf(out, "%s%s", at++ == 0 ? "; expected " : " or ",
					 yysymbol_name(expected[i]));
	}
}

/* The brackets that are open at an error are on the stack. */
static void find_open(struct sieve_parser *parser, const yy_state_t *top)
{
	parser->innermost = parser->open = 0;
	for (; *top != 0; top--) {
		int token = YY_ACCESSING_SYMBOL(*top);

		if (token == YYSYMBOL_open)
			token = BLOCK_OPEN;
		if (!sieve_parser_opens(token))
			continue;
		parser->open |= 1u << token;
		if (parser->innermost == 0)
			parser->innermost = token;
	}
}

static int yyreport_syntax_error(const yypcontext_t *context, struct sieve_parser *parser)
{
	yysymbol_kind_t found = yypcontext_token(context);
	struct roost_str text = ROOST_STR_INIT;

	if (found == YYSYMBOL_COMMAND) {
		sieve_lexer_split(parser);
		found = YYSYMBOL_IDENTIFIER;
	}
	parser->recovering = true;
	parser->last = (int)found;
	find_open(parser, context->yyssp);
	/* The lexer has told of this one. */
	if (found != YYSYMBOL_ERROR_TOKEN) {
		roost_str_printf(&text, "unexpected %s", yysymbol_name(found));
		write_expected(&text, context);
		sieve_parser_error(parser, found == YYSYMBOL_IDENTIFIER ? parser->head->at : parser->at,
				   "%s", text.data);
		roost_str_free(&text);
	}
	return 0;
}

/* Only for a full stack: syntax errors come by yyreport_syntax_error. */
static void sieve_grammar_error(struct sieve_parser *parser, const char *text)
{
	sieve_parser_error(parser, parser->at, "nesting is too deep");
}
