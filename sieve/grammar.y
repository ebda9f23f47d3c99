/* grammar - the generic grammar: identifiers, arguments, tests, blocks. RFC 5228 section 8.2. */
%code requires {
#include "sieve/parser.h"

/* Nodes in the order in which they stand. */
struct sieve_nodes { struct sieve_node *first, *last; uint32_t depth; bool list; };
}
%define api.prefix {sieve_grammar_}
%define api.pure full
%define parse.error custom
%param { struct sieve_parser *parser }
%expect 0

%code top {
#define YYMAXDEPTH 4000
}

%union {
	struct sieve_node *node;
	struct sieve_arg *arg;
	struct sieve_nodes *nodes;
}

%code {
#define sieve_grammar_lex sieve_parser_token
static struct sieve_nodes *nodes_create(struct sieve_parser *parser, struct sieve_node *first);
static void nodes_add(struct sieve_nodes *nodes, struct sieve_node *node, uint32_t depth);
static struct sieve_node *add_arg(struct sieve_parser *parser, struct sieve_node *node,
				  struct sieve_arg *arg);
static struct sieve_arg *list_create(struct sieve_parser *parser, struct sieve_arg *last);
static struct sieve_arg *list_add(struct sieve_arg *last, struct sieve_arg *string);
static void set_block(struct sieve_parser *parser, struct sieve_node *node,
		      const struct sieve_nodes *block);
static void set_tests(struct sieve_node *node, const struct sieve_nodes *tests);
static void check_tests(struct sieve_parser *parser, struct sieve_node *test);
static void sieve_grammar_error(struct sieve_parser *parser, const char *text);
}

%token <node> IDENTIFIER "identifier"
%token <arg> TAG "tag"
%token <arg> NUMBER "number"
%token <arg> STRING "string"
%token ERROR_TOKEN "faulty token"
%token JUNK "stray characters"
%token END 0 "end of script"

%type <node> head test
%type <arg> strings
%type <nodes> commands block tests test_list

%%

script:
	commands			{ parser->commands = $1->first; }
	;

commands:
	%empty				{ $$ = nodes_create(parser, NULL); }
	| commands head ';'		{ nodes_add($1, $2, 0); }
	| commands head block		{ set_block(parser, $2, $3); nodes_add($1, $2, $2->block_depth); }
	| commands head tests ';'	{ set_tests($2, $3); nodes_add($1, $2, 0); }
	| commands head tests block	{
		set_tests($2, $3);
		set_block(parser, $2, $4);
		nodes_add($1, $2, $2->block_depth);
	}
	| commands head error end	{ yyerrok; }
	| commands error end		{ yyerrok; }
	;

block:
	'{' commands '}'		{ $$ = $2; }
	;

/* Of a command in error: what its block holds is read as if nothing had been. */
end:
	';'
	| open commands '}'
	;

open:
	'{'				{ yyerrok; }
	;

/* A command or test with the arguments that it has so far. */
head:
	IDENTIFIER
	| head TAG			{ $$ = add_arg(parser, $1, $2); }
	| head NUMBER			{ $$ = add_arg(parser, $1, $2); }
	| head STRING			{ $$ = add_arg(parser, $1, $2); }
	| head '[' strings ']'		{ $$ = add_arg(parser, $1, list_create(parser, $3)); }
	| head '[' error ']'		{ yyerrok; }
	;

tests:
	test				{ $$ = nodes_create(parser, $1); $$->depth = $1->test_depth; }
	| '(' test_list ')'		{ $$ = $2; $$->list = true; }
	| '(' error ')'			{ yyerrok; $$ = nodes_create(parser, NULL); $$->list = true; }
	;

test_list:
	test				{ $$ = nodes_create(parser, $1); $$->depth = $1->test_depth; }
	| test_list ',' test		{ nodes_add($1, $3, $3->test_depth); }
	;

test:
	head				{ $1->test_depth = 1; }
	| head tests			{ set_tests($1, $2); check_tests(parser, $1); }
	;

/* The last one; it goes round to the first. */
strings:
	STRING				{ $1->next = $1; $1->count = 1; }
	| strings ',' STRING		{ $$ = list_add($1, $3); }
	;

%%

static struct sieve_nodes *nodes_create(struct sieve_parser *parser, struct sieve_node *first)
{
	struct sieve_nodes *nodes = sieve_pool_new(&parser->pool, struct sieve_nodes);

	nodes->first = nodes->last = first;
	return nodes;
}

static void nodes_add(struct sieve_nodes *nodes, struct sieve_node *node, uint32_t depth)
{
	if (nodes->last != NULL)
		nodes->last->next = node;
	else
		nodes->first = node;
	nodes->last = node;
	if (depth > nodes->depth)
		nodes->depth = depth;
}

static struct sieve_node *add_arg(struct sieve_parser *parser, struct sieve_node *node,
				  struct sieve_arg *arg)
{
	if (node->last_arg != NULL)
		node->last_arg->next = arg;
	else
		node->args = arg;
	node->last_arg = arg;
	if (++node->arg_count == SIEVE_MAX_ARGS + 1)
		sieve_parser_error(parser, arg->at, "more than %d arguments", SIEVE_MAX_ARGS);
	return node;
}

static struct sieve_arg *list_create(struct sieve_parser *parser, struct sieve_arg *last)
{
	struct sieve_arg *list = sieve_pool_new(&parser->pool, struct sieve_arg);

	list->type = SIEVE_ARG_LIST;
	list->items = last->next;
	list->at = list->items->at;
	list->count = last->count;
	last->next = NULL;
	return list;
}

static struct sieve_arg *list_add(struct sieve_arg *last, struct sieve_arg *string)
{
	string->next = last->next;
	string->count = last->count + 1;
	last->next = string;
	return string;
}

static void set_block(struct sieve_parser *parser, struct sieve_node *node,
		      const struct sieve_nodes *block)
{
	node->block = block->first;
	node->has_block = true;
	node->block_depth = block->depth + 1;
	if (node->block_depth == SIEVE_MAX_NESTING + 1)
		sieve_parser_error(parser, node->at, "blocks are nested deeper than %d levels",
				   SIEVE_MAX_NESTING);
}

static void set_tests(struct sieve_node *node, const struct sieve_nodes *tests)
{
	node->tests = tests->first;
	node->test_list = tests->list;
	node->test_depth = tests->depth;
}

static void check_tests(struct sieve_parser *parser, struct sieve_node *test)
{
	if (++test->test_depth == SIEVE_MAX_NESTING + 1)
		sieve_parser_error(parser, test->at, "tests are nested deeper than %d levels",
				   SIEVE_MAX_NESTING);
}

static void write_expected(struct roost_str *out, const yypcontext_t *context)
{
	yysymbol_kind_t expected[5];
	int count = yypcontext_expected_tokens(context, expected, 5);

	for (int i = 0; i < count; i++)
		roost_str_printf(out, "%s%s", i == 0 ? "; expected " : " or ",
				 yysymbol_name(expected[i]));
}

static int yyreport_syntax_error(const yypcontext_t *context, struct sieve_parser *parser)
{
	yysymbol_kind_t found = yypcontext_token(context);
	struct roost_str text = ROOST_STR_INIT;

	parser->recovering = true;
	/* The lexer has told of this one. */
	if (found != YYSYMBOL_ERROR_TOKEN) {
		roost_str_printf(&text, "unexpected %s", yysymbol_name(found));
		write_expected(&text, context);
		sieve_parser_error(parser, parser->at, "%s", text.data);
		roost_str_free(&text);
	}
	return 0;
}

/* Only for a full stack: syntax errors come by yyreport_syntax_error. */
static void sieve_grammar_error(struct sieve_parser *parser, const char *text)
{
	sieve_parser_error(parser, parser->at, "nesting is too deep");
}
