/* Tokens of a command: atoms, quoted strings, literals that are already there. RFC 9051 section 9. */
#include <string.h>
#include "modules/imap/lex.h"

bool imap_is_atom_char(unsigned char c)
{
	return c > ' ' && c < 0x7f && c != '(' && c != ')' && c != '{' && c != '"';
}

/* "\"" and "\\" lose their backslash in place; the text only gets shorter. */
static const char *lex_quoted(char *at, char *end, struct imap_token *token)
{
	char *out = at + 1;

	token->type = IMAP_ARG_QUOTED;
	token->text = out;
	for (char *in = at + 1; in < end; in++) {
		if (*in == '"') {
			token->len = (size_t)(out - token->text);
			token->next = in + 1;
			return NULL;
		}
		if (*in == '\\' && (++in == end || (*in != '"' && *in != '\\')))
			return "Escaped character in a string is neither quote nor backslash";
		if (*in == '\0' || *in == '\r' || *in == '\n')
			return "Line end or NUL in a quoted string";
		*out++ = *in;
	}
	return "Missing '\"'";
}

static const char *lex_literal(char *at, char *end, struct imap_token *token)
{
	size_t size = 0;

	token->type = IMAP_ARG_LITERAL;
	token->literal8 = *at == '~';
	at += token->literal8 ? 2 : 1;
	if (at == end || *at < '0' || *at > '9')
		return "Invalid literal size";
	for (; at < end && *at >= '0' && *at <= '9'; at++) {
		if (size > SIZE_MAX / 10 - 10)
			return "Invalid literal size";
		size = size * 10 + (size_t)(*at - '0');
	}
	if (at < end && (*at == '+' || *at == '-'))
		at++;
	if (at == end || *at++ != '}')
		return "Missing '}' of a literal";
	if (at < end && *at == '\r')
		at++;
	if (at == end || *at++ != '\n')
		return "Text after the size of a literal";
	if (size > (size_t)(end - at))
		return "Literal is incomplete";
	if (memchr(at, '\0', size) != NULL)
		return "NUL in a literal";
	token->text = at;
	token->len = size;
	token->next = at + size;
	return NULL;
}

const char *imap_lex(char *at, char *end, struct imap_token *token)
{
	char *start = at;

	token->literal8 = false;
	if (*at == '"')
		return lex_quoted(at, end, token);
	if (*at == '{' || (*at == '~' && at + 1 < end && at[1] == '{'))
		return lex_literal(at, end, token);
	while (at < end && imap_is_atom_char((unsigned char)*at))
		at++;
	if (at == start)
		return (unsigned char)*at >= 0x80 ? "8bit data in an atom" :
						    "Invalid character in an atom";
	token->type = at - start == 3 && strncasecmp(start, "NIL", 3) == 0 ? IMAP_ARG_NIL :
									     IMAP_ARG_ATOM;
	token->text = start;
	token->len = (size_t)(at - start);
	token->next = at;
	return NULL;
}
