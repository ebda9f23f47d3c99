/* grammar - key = value, blocks, includes; knows no setting. R-CFG-1..5, R-CFG-10. */
%code requires {
#include "core/conf/parser.h"
}
%define api.prefix {conf_grammar_}
%define api.pure full
%define parse.error custom
%param { struct conf_parser *parser }
%expect 0

%union {
	const char *word;
	struct conf_text text;
}

%code {
/* bison writes a list of expected tokens that the messages here do without. */
#pragma GCC diagnostic ignored "-Wunused-function"
static int conf_grammar_lex(union CONF_GRAMMAR_STYPE *value, struct conf_parser *parser);
static void conf_grammar_error(struct conf_parser *parser, const char *text);
static void fault(struct conf_parser *parser, const char *format, ...) ROOST_PRINTF(2, 3);
static void set(struct conf_parser *parser, const char *key, struct conf_text text);
static void open_block(struct conf_parser *parser, const char *key, const char *name);
static void garbage(struct conf_parser *parser, const char *key, const char *name,
		    const char *text);
static void unclosed(struct conf_parser *parser);
}

%token <word> KEY NAME AFTER_OPEN AFTER_CLOSE NAMELESS
%type <word> names
%token <text> VALUE_TEXT
%token INCLUDE INCLUDE_TRY OPEN CLOSE STRAY UNCLOSED END JUNK

%%

file: lines ;

lines: %empty | lines line ;

line:
	  KEY '=' VALUE_TEXT		{ set(parser, $1, $3); }
	| KEY OPEN			{ open_block(parser, $1, NULL); }
	| KEY NAME OPEN			{ open_block(parser, $1, $2); }
	| CLOSE				{ parser->depth--; }
	| INCLUDE VALUE_TEXT		{ conf_include(parser, $2.text, false, parser->at); }
	| INCLUDE_TRY VALUE_TEXT	{ conf_include(parser, $2.text, true, parser->at); }
	| wrong
	;

/* Each is one line, and the next line is read as if nothing had been. */
wrong:
	  KEY END			{ fault(parser, "Expecting '{'"); }
	| KEY names END			{ fault(parser, "Expecting '{'"); }
	| KEY names '=' VALUE_TEXT	{ fault(parser, "Expecting '{'"); }
	| KEY names NAME OPEN		{ fault(parser, "Expecting '{'");
					  open_block(parser, $1, $2); }
	| KEY AFTER_OPEN		{ garbage(parser, $1, NULL, $2); }
	| KEY names AFTER_OPEN		{ garbage(parser, $1, $2, $3); }
	| AFTER_CLOSE			{ fault(parser, "Garbage after '}'");
					  if (parser->depth > 0)
						parser->depth--; }
	| STRAY				{ fault(parser, "Unexpected '}'"); }
	| UNCLOSED			{ unclosed(parser); }
	| NAMELESS			{ fault(parser, "Missing key name ('%c' at the beginning of line)",
						$1[0]); }
	| error
	;

names: NAME | names NAME ;

%%

int conf_lex(union CONF_GRAMMAR_STYPE *value, struct conf_parser *parser, void *yyscanner);

static int conf_grammar_lex(union CONF_GRAMMAR_STYPE *value, struct conf_parser *parser)
{
	return conf_lex(value, parser, parser->lexer);
}

static void conf_grammar_error(struct conf_parser *parser, const char *text)
{
	fault(parser, "%s", text);
}

/* What the rules for wrong lines leave: control characters. */
static int yyreport_syntax_error(const yypcontext_t *context, struct conf_parser *parser)
{
	fault(parser, "Unexpected characters in line");
	return 0;
}

static void fault(struct conf_parser *parser, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	conf_error(&parser->tree->problems, conf_parser_place(parser, parser->at), "%s",
		   roost_arena_vprintf(parser->tree->arena, format, args));
	va_end(args);
}

static void set(struct conf_parser *parser, const char *key, struct conf_text text)
{
	struct conf_node *node = conf_tree_add(parser->tree, parser->open[parser->depth],
					       CONF_NODE_SETTING, key,
					       conf_parser_place(parser, parser->at));

	node->value = node->written = text.text;
	if (text.quoted)
		node->how = CONF_WRITTEN_QUOTED;
	else if (text.text[0] == '<')
		conf_node_from_file(parser->tree, node, text.text + 1);
}

static void open_block(struct conf_parser *parser, const char *key, const char *name)
{
	struct conf_node *node = conf_tree_add(parser->tree, parser->open[parser->depth],
					       CONF_NODE_BLOCK, key,
					       conf_parser_place(parser, parser->at));

	node->name = name;
	if (parser->depth == CONF_DEPTH_MAX)
		fault(parser, "More than %d blocks within each other", CONF_DEPTH_MAX);
	else
		parser->open[++parser->depth] = node;
}

/* A whole block in one line is not opened: its end stands in the garbage. */
static void garbage(struct conf_parser *parser, const char *key, const char *name,
		    const char *text)
{
	fault(parser, "Garbage after '{'");
	if (strchr(text, '}') == NULL)
		open_block(parser, key, name);
}

static void unclosed(struct conf_parser *parser)
{
	struct conf_node *block = parser->open[parser->depth--];

	conf_error(&parser->tree->problems, block->at, "Missing '}': block %s%s%s has no end",
		   block->key, block->name == NULL ? "" : " ",
		   block->name == NULL ? "" : block->name);
}
