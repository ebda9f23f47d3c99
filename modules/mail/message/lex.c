/* Tokens of structured fields. */
#include <string.h>
#include "lex.h"

#define SEPARATES(c) ((c) == '(' || (c) == '<' || (c) == '@' || (c) == ',' || (c) == ';' || \
	(c) == ':' || (c) == '"')
#define CLOSES(c) ((c) == ')' || (c) == '>')
#define BRACKETS(c) ((c) == '[' || (c) == ']' || (c) == '\\')
#define VISIBLE(c) ((c) > ' ' && (c) != 127)
#define SPECIAL(c) (SEPARATES(c) || CLOSES(c) || BRACKETS(c))

#define CLASSES(c) \
	(((c) > ' ' && (c) < 127 && (c) != ':' ? LEX_NAME : 0) | \
	 (VISIBLE(c) && !SPECIAL(c) && (c) != '.' ? LEX_ATEXT : 0) | \
	 ((c) > ' ' && !SEPARATES(c) ? LEX_WORD : 0) | \
	 ((c) > ' ' && !SEPARATES(c) && !CLOSES(c) ? LEX_DOMAIN : 0) | \
	 (VISIBLE(c) && !SPECIAL(c) && (c) != '/' && (c) != '?' && (c) != '=' ? LEX_TOKEN : 0) | \
	 ((((c) >= ' ' && (c) < 127) || (c) == '\t') && (c) != '"' && (c) != '\\' ? \
	  LEX_QUOTED : 0))
#define FOUR(c) CLASSES(c), CLASSES((c) + 1), CLASSES((c) + 2), CLASSES((c) + 3)
#define SIXTEEN(c) FOUR(c), FOUR((c) + 4), FOUR((c) + 8), FOUR((c) + 12)
#define SIXTY_FOUR(c) SIXTEEN(c), SIXTEEN((c) + 16), SIXTEEN((c) + 32), SIXTEEN((c) + 48)

const unsigned char lex_classes[256] = {
	SIXTY_FOUR(0), SIXTY_FOUR(64), SIXTY_FOUR(128), SIXTY_FOUR(192),
};

static void skip_comment(struct roost_text *text)
{
	unsigned depth = 0;

	do {
		char c = *text->data;

		if (c == '\\' && text->len > 1)
			lex_advance(text, 1);
		else if (c == '(')
			depth++;
		else if (c == ')')
			depth--;
		lex_advance(text, 1);
	} while (depth > 0 && text->len > 0);
}

void lex_skip(struct roost_text *text)
{
	while (text->len > 0) {
		if (lex_is_space(*text->data) || *text->data == '\0')
			lex_advance(text, 1);
		else if (*text->data == '(')
			skip_comment(text);
		else
			return;
	}
}

struct roost_text lex_token(struct roost_text *text)
{
	struct roost_text token = { text->data, 0 };

	while (token.len < text->len && lex_is(token.data[token.len], LEX_TOKEN))
		token.len++;
	lex_advance(text, token.len);
	return token;
}

static bool is_kept(char c)
{
	return c != '\r' && c != '\n' && c != '\0';
}

char *lex_copy(struct roost_arena *arena, struct roost_text text)
{
	char *copy = roost_arena_alloc(arena, text.len + 1), *to = copy;

	for (size_t i = 0; i < text.len; i++) {
		if (is_kept(text.data[i]))
			*to++ = text.data[i];
	}
	*to = '\0';
	return copy;
}

/* Length with both quotes; an open one ends with the text. */
static size_t quoted_length(struct roost_text text)
{
	size_t at = 1;

	while (at < text.len && text.data[at] != '"')
		at += text.data[at] == '\\' && at + 1 < text.len ? 2 : 1;
	return at < text.len ? at + 1 : text.len;
}

char *lex_quoted(struct roost_arena *arena, struct roost_text *text)
{
	size_t len = quoted_length(*text);
	char *copy = roost_arena_alloc(arena, len), *to = copy;

	for (size_t i = 1; i < len; i++) {
		char c = text->data[i];

		if (c == '"')
			break;
		if (c == '\\' && i + 1 < len)
			c = text->data[++i];
		if (is_kept(c))
			*to++ = c;
	}
	*to = '\0';
	lex_advance(text, len);
	return copy;
}
