/* grammar - the generic grammar: identifiers, arguments, tests, blocks. RFC 5228 section 8.2. */
%code requires {
#include "sieve/parser.h"
#define SIEVE_GRAMMAR_LTYPE sieve_position
}
%define api.prefix {sieve_grammar_}
%define api.pure full
%define api.location.type {struct sieve_position}
%define parse.error custom
%locations
%param { struct sieve_parser *parser }
%expect 0

%code top {
#define YYMAXDEPTH 4000
/* A symbol begins where its first part does. */
#define YYLLOC_DEFAULT(current, parts, count) \
	((current) = (count) > 0 ? YYRHSLOC(parts, 1) : YYRHSLOC(parts, 0))
}

%union {
	const char *name;
	uint64_t number;
	struct sieve_text *string;
	struct { struct sieve_text *items; uint32_t count, capacity; } strings;
	struct sieve_arg *arg;
	struct { struct sieve_arg *first, **end; uint32_t count; } args;
	struct sieve_node *node;
	struct { struct sieve_node *first, **end; uint32_t depth; bool list; } nodes;
}

%code {
#define sieve_grammar_lex sieve_parser_token
static struct sieve_arg *arg_create(struct sieve_parser *parser, enum sieve_arg_type type,
				    struct sieve_position at);
static struct sieve_node *node_create(struct sieve_parser *parser, const char *name,
				      struct sieve_position at);
static void strings_add(struct sieve_parser *parser, struct sieve_text **items, uint32_t *count,
			uint32_t *capacity, const struct sieve_text *string);
static void check_depth(struct sieve_parser *parser, struct sieve_node *node);
static void sieve_grammar_error(const struct sieve_position *at, struct sieve_parser *parser,
				const char *text);

/* Appends to a list that an empty rule began: the end pointer of an empty one is NULL, because
 * semantic values move. */
#define APPEND(list, item) do { \
		if ((list).first == NULL) \
			(list).first = (item); \
		else \
			*(list).end = (item); \
		(list).end = &(item)->next; \
	} while (0)
}

%token <name> IDENTIFIER "identifier"
%token <name> TAG "tag"
%token <number> NUMBER "number"
%token <string> STRING "string"
%token ERROR_TOKEN "faulty token"
%token JUNK "stray characters"
%token END 0 "end of script"

%type <arg> argument
%type <args> arguments
%type <strings> strings
%type <node> command test
%type <nodes> commands tests test_list end

%%

script:
	commands			{ parser->commands = $1.first; }
	;

commands:
	%empty				{ $$.first = NULL; $$.depth = 0; }
	| commands command		{
		$$ = $1;
		if ($2 != NULL) {
			APPEND($$, $2);
			if ($2->block_depth > $$.depth)
				$$.depth = $2->block_depth;
		}
	}
	;

command:
	IDENTIFIER arguments tests end	{
		$$ = node_create(parser, $1, @1);
		$$->args = $2.first;
		$$->tests = $3.first;
		$$->test_list = $3.list;
		$$->test_depth = $3.depth;
		$$->block = $4.first;
		$$->has_block = $4.list;
		$$->block_depth = $4.depth;
		check_depth(parser, $$);
	}
	| IDENTIFIER error end		{ yyerrok; $$ = NULL; }
	| error end			{ yyerrok; $$ = NULL; }
	;

end:
	';'				{ $$.first = NULL; $$.list = false; $$.depth = 0; }
	| open commands '}'		{ $$ = $2; $$.list = true; $$.depth = $2.depth + 1; }
	;

open:
	'{'				{ yyerrok; }
	;

tests:
	%empty				{ $$.first = NULL; $$.list = false; $$.depth = 0; }
	| test				{ $$.first = $1; $$.list = false; $$.depth = $1->test_depth; }
	| '(' test_list ')'		{ $$ = $2; $$.list = true; }
	| '(' error ')'			{ yyerrok; $$.first = NULL; $$.list = true; $$.depth = 0; }
	;

test_list:
	test				{ $$.first = NULL; APPEND($$, $1); $$.depth = $1->test_depth; }
	| test_list ',' test		{
		$$ = $1;
		APPEND($$, $3);
		if ($3->test_depth > $$.depth)
			$$.depth = $3->test_depth;
	}
	;

test:
	IDENTIFIER arguments tests	{
		$$ = node_create(parser, $1, @1);
		$$->args = $2.first;
		$$->tests = $3.first;
		$$->test_list = $3.list;
		$$->test_depth = $3.depth + 1;
		if ($$->test_depth == SIEVE_MAX_NESTING + 1)
			sieve_parser_error(parser, @1, "tests are nested deeper than %d levels",
					   SIEVE_MAX_NESTING);
	}
	;

arguments:
	%empty				{ $$.first = NULL; $$.count = 0; }
	| arguments argument		{
		$$ = $1;
		APPEND($$, $2);
		if (++$$.count == SIEVE_MAX_ARGS + 1)
			sieve_parser_error(parser, @2, "more than %d arguments", SIEVE_MAX_ARGS);
	}
	;

argument:
	TAG				{
		$$ = arg_create(parser, SIEVE_ARG_TAG, @1);
		$$->tag = $1;
	}
	| NUMBER			{
		$$ = arg_create(parser, SIEVE_ARG_NUMBER, @1);
		$$->number = $1;
	}
	| STRING			{
		$$ = arg_create(parser, SIEVE_ARG_STRING, @1);
		$$->strings = $1;
		$$->count = 1;
	}
	| '[' strings ']'		{
		$$ = arg_create(parser, SIEVE_ARG_LIST, @1);
		$$->strings = $2.items;
		$$->count = $2.count;
	}
	| '[' error ']'			{ yyerrok; $$ = arg_create(parser, SIEVE_ARG_LIST, @1); }
	;

strings:
	STRING				{
		$$.items = NULL;
		$$.count = $$.capacity = 0;
		strings_add(parser, &$$.items, &$$.count, &$$.capacity, $1);
	}
	| strings ',' STRING		{
		$$ = $1;
		strings_add(parser, &$$.items, &$$.count, &$$.capacity, $3);
	}
	;

%%

static struct sieve_arg *arg_create(struct sieve_parser *parser, enum sieve_arg_type type,
				    struct sieve_position at)
{
	struct sieve_arg *arg = roost_arena_new(parser->arena, struct sieve_arg);

	arg->type = type;
	arg->at = at;
	return arg;
}

static struct sieve_node *node_create(struct sieve_parser *parser, const char *name,
				      struct sieve_position at)
{
	struct sieve_node *node = roost_arena_new(parser->arena, struct sieve_node);

	node->name = name;
	node->at = at;
	return node;
}

static void strings_add(struct sieve_parser *parser, struct sieve_text **items, uint32_t *count,
			uint32_t *capacity, const struct sieve_text *string)
{
	if (*count == *capacity) {
		struct sieve_text *grown;

		*capacity = *capacity > 0 ? *capacity * 2 : 4;
		grown = roost_arena_alloc(parser->arena, *capacity * sizeof(*grown));
		if (*count > 0)
			memcpy(grown, *items, *count * sizeof(*grown));
		*items = grown;
	}
	(*items)[(*count)++] = *string;
}

static void check_depth(struct sieve_parser *parser, struct sieve_node *node)
{
	if (node->has_block && node->block_depth == SIEVE_MAX_NESTING + 1)
		sieve_parser_error(parser, node->at, "blocks are nested deeper than %d levels",
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
		sieve_parser_error(parser, *yypcontext_location(context), "%s", text.data);
		roost_str_free(&text);
	}
	return 0;
}

/* Only for a full stack: syntax errors come by yyreport_syntax_error. */
static void sieve_grammar_error(const struct sieve_position *at, struct sieve_parser *parser,
				const char *text)
{
	sieve_parser_error(parser, *at, "nesting is too deep");
}
