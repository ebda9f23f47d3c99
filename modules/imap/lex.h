/* Tokens of IMAP commands, for args.c. */
#ifndef IMAP_LEX_H
#define IMAP_LEX_H

#include <strings.h>
#include "modules/imap/imap.h"

struct imap_token {
	enum imap_arg_type type;	/* no list */
	bool literal8;
	char *text;
	size_t len;
	char *next;			/* where the text goes on; the byte at text + len is behind us or a delimiter */
};

/* Take the token at at (before end, no space or parenthesis). NULL, or what is wrong. */
const char *imap_lex(char *at, char *end, struct imap_token *token);
bool imap_is_atom_char(unsigned char c);

#endif
