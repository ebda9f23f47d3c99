/* Arguments of a command as a tree, in one pass and without recursion. RFC 9051 section 9. */
#include <string.h>
#include <roost/vec.h>
#include "modules/imap/lex.h"

struct parser {
	struct roost_arena *arena;
	ROOST_VEC(struct imap_arg) stack;	/* members of the lists that are open, outermost first */
	size_t open[IMAP_LIST_DEPTH_MAX];	/* where in stack each open list's members begin */
	size_t depth;
	char *end_text;		/* where the last token's NUL goes, once the byte there was looked at */
};

/* The members from start on leave the stack. */
static const struct imap_arg *take_members(struct parser *parser, size_t start, size_t *count)
{
	struct imap_arg *members;

	*count = parser->stack.count - start;
	members = roost_arena_alloc(parser->arena, (*count + 1) * sizeof(*members));
	if (*count > 0)
		memcpy(members, parser->stack.items + start, *count * sizeof(*members));
	members[*count] = (struct imap_arg){ .type = IMAP_ARG_END };
	parser->stack.count = start;
	return members;
}

static const char *open_list(struct parser *parser)
{
	if (parser->depth == IMAP_LIST_DEPTH_MAX)
		return "Too many '('";
	parser->open[parser->depth++] = parser->stack.count;
	return NULL;
}

static const char *close_list(struct parser *parser)
{
	struct imap_arg arg = { .type = IMAP_ARG_LIST };

	if (parser->depth == 0)
		return "Unexpected ')'";
	arg.list = take_members(parser, parser->open[--parser->depth], &arg.len);
	roost_vec_push(&parser->stack, arg);
	return NULL;
}

static void end_token(struct parser *parser)
{
	if (parser->end_text != NULL)
		*parser->end_text = '\0';
	parser->end_text = NULL;
}

static const char *parse(struct parser *parser, char *at, char *end)
{
	enum { START, TOKEN, LIST } before = START;	/* what stands right before at */
	struct imap_token token;
	const char *error;

	while (at < end) {
		char c = *at;

		end_token(parser);
		if (c == ' ') {
			before = START;
			at++;
		} else if (c == '(' && before != TOKEN) {
			if ((error = open_list(parser)) != NULL)
				return error;
			before = START;
			at++;
		} else if (c == ')') {
			if ((error = close_list(parser)) != NULL)
				return error;
			before = LIST;
			at++;
		} else if (before == START || (before == LIST && c == ']')) {
			if ((error = imap_lex(at, end, &token)) != NULL)
				return error;
			roost_vec_push(&parser->stack, (struct imap_arg){
				.type = token.type, .literal8 = token.literal8,
				.text = token.text, .len = token.len });
			parser->end_text = token.text + token.len;
			before = TOKEN;
			at = token.next;
		} else {
			return "Missing space between arguments";
		}
	}
	end_token(parser);
	return parser->depth > 0 ? "Missing ')'" : NULL;
}

const char *imap_args_parse(struct roost_arena *arena, char *text, size_t len,
			    const struct imap_arg **args)
{
	struct parser parser = { .arena = arena };
	const char *error = parse(&parser, text, text + len);
	size_t count;

	if (error == NULL)
		*args = take_members(&parser, 0, &count);
	roost_vec_free(&parser.stack);
	return error;
}

bool imap_arg_is(const struct imap_arg *arg, const char *atom)
{
	return (arg->type == IMAP_ARG_ATOM || arg->type == IMAP_ARG_NIL) &&
		strcasecmp(arg->text, atom) == 0;
}

const char *imap_arg_atom(const struct imap_arg *arg)
{
	return arg->type == IMAP_ARG_ATOM || arg->type == IMAP_ARG_NIL ? arg->text : NULL;
}

const char *imap_arg_astring(const struct imap_arg *arg)
{
	return arg->text;
}

const char *imap_arg_string(const struct imap_arg *arg)
{
	return arg->type == IMAP_ARG_QUOTED || arg->type == IMAP_ARG_LITERAL ? arg->text : NULL;
}

const char *imap_arg_nstring(const struct imap_arg *arg)
{
	return arg->type == IMAP_ARG_NIL ? "" : imap_arg_string(arg);
}

bool imap_text_number(const char *text, uint64_t *number)
{
	uint64_t value = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		unsigned digit = (unsigned)(*text - '0');

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*number = value;
	return true;
}

bool imap_arg_number(const struct imap_arg *arg, uint64_t *number)
{
	return arg->type == IMAP_ARG_ATOM && imap_text_number(arg->text, number);
}

size_t imap_args_count(const struct imap_arg *args)
{
	size_t count = 0;

	while (args[count].type != IMAP_ARG_END)
		count++;
	return count;
}
