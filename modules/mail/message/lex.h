/*
 * Tokens of structured fields, for addresses and parameters: RFC 5322 section 3.2, RFC 2045
 * section 5.1.
 */
#ifndef MESSAGE_LEX_H
#define MESSAGE_LEX_H

#include <roost/header.h>

/* What a byte can be part of; a table, because every byte of a header is asked. */
enum {
	LEX_NAME = 1,		/* a field's name */
	LEX_ATEXT = 2,		/* an atom; bytes above 127 are fine (RFC 6532) */
	LEX_WORD = 4,		/* a phrase: all that has no meaning for an address list */
	LEX_DOMAIN = 8,
	LEX_TOKEN = 16,		/* RFC 2045's */
	LEX_QUOTED = 32,	/* IMAP's quoted string, without a backslash */
};
extern const unsigned char lex_classes[256];

static inline bool lex_is(char c, unsigned char class)
{
	return (lex_classes[(unsigned char)c] & class) != 0;
}

static inline bool lex_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline void lex_advance(struct roost_text *text, size_t n)
{
	text->data += n;
	text->len -= n;
}

/* Value of a hexadecimal digit, -1 for other bytes. */
static inline int lex_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Beyond spaces, folds, NULs and (nested) comments. */
void lex_skip(struct roost_text *text);
/* A token of RFC 2045, with bytes above 127; may be empty. */
struct roost_text lex_token(struct roost_text *text);
/* A NUL-terminated copy without line ends and NULs. */
char *lex_copy(struct roost_arena *arena, struct roost_text text);
/* The quoted string at text, which starts with '"', unquoted; text moves beyond it. */
char *lex_quoted(struct roost_arena *arena, struct roost_text *text);

#endif
