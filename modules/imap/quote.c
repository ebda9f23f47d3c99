/* Strings on their way out: atom, quoted, literal. RFC 9051 section 4. */
#include <string.h>
#include <strings.h>
#include "modules/imap/lex.h"

enum { QUOTED_MAX = 1000 };	/* longer strings are literals: clients' line buffers are short */

void imap_put_literal(struct roost_str *out, const char *data, size_t len)
{
	roost_str_byte(out, '{');
	roost_str_number(out, len);
	roost_str_append(out, "}\r\n", 3);
	roost_str_append(out, data, len);
}

void imap_put_string(struct roost_str *out, const char *data, size_t len)
{
	size_t escapes = 0;
	char *at;

	if (len > QUOTED_MAX) {
		imap_put_literal(out, data, len);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)data[i];

		if (c == '\r' || c == '\n' || c == '\0' || c >= 0x80) {
			imap_put_literal(out, data, len);
			return;
		}
		escapes += c == '"' || c == '\\';
	}
	at = roost_str_reserve(out, len + escapes + 2);
	*at++ = '"';
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '"' || data[i] == '\\')
			*at++ = '\\';
		*at++ = data[i];
	}
	*at++ = '"';
	*at = '\0';
	out->len += len + escapes + 2;
}

void imap_put_nstring(struct roost_str *out, const char *text)
{
	if (text == NULL)
		roost_str_append(out, "NIL", 3);
	else
		imap_put_string(out, text, strlen(text));
}

void imap_put_astring(struct roost_str *out, const char *text)
{
	size_t len = 0;

	/* "]" would be allowed, but not everybody knows. */
	while (imap_is_atom_char((unsigned char)text[len]) && strchr("%*\\]", text[len]) == NULL)
		len++;
	if (text[len] != '\0' || len == 0 || strcasecmp(text, "NIL") == 0)
		imap_put_string(out, text, len + strlen(text + len));
	else
		roost_str_append(out, text, len);
}

void imap_put_text(struct roost_str *out, const char *text)
{
	for (; *text != '\0'; text++)
		roost_str_byte(out, *text == '\r' || *text == '\n' ? ' ' : *text);
}
