/* Strings on their way out: atom, quoted, literal; names as the client spells them. RFC 9051 section 4. */
#include <string.h>
#include <strings.h>
#include <roost/name.h>
#include <roost/utf8.h>
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

/* UTF-8 in quotes: only for clients that have enabled it (RFC 6855, RFC 9051). */
static void put_utf8(struct roost_str *out, const char *text)
{
	roost_str_byte(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			roost_str_byte(out, '\\');
		roost_str_byte(out, *text);
	}
	roost_str_byte(out, '"');
}

static bool is_ascii(const char *text)
{
	while (*text != '\0' && (unsigned char)*text < 0x80)
		text++;
	return *text == '\0';
}

static bool wants_utf8(const struct imap_session *imap)
{
	return (imap->enabled & (IMAP_ENABLED_UTF8 | IMAP_ENABLED_REV2)) != 0;
}

static void put_name(struct roost_str *out, const struct imap_session *imap, const char *name,
		     void (*put)(struct roost_str *out, const char *text))
{
	struct roost_arena *arena;

	if (is_ascii(name) && (strchr(name, '&') == NULL || wants_utf8(imap))) {
		put(out, name);
	} else if (wants_utf8(imap)) {
		put_utf8(out, name);
	} else {
		arena = roost_arena_create("imap name");
		put(out, roost_name_to_utf7(arena, name));
		roost_arena_free(arena);
	}
}

void imap_put_mailbox(struct roost_str *out, const struct imap_session *imap, const char *name)
{
	put_name(out, imap, name, imap_put_astring);
}

void imap_put_mailbox_string(struct roost_str *out, const struct imap_session *imap,
			     const char *name)
{
	put_name(out, imap, name, imap_put_nstring);
}

int imap_mailbox_name(const struct imap_session *imap, struct roost_arena *arena,
		      const struct imap_arg *arg, const char **name, struct roost_error *err)
{
	const char *text = imap_arg_astring(arg);

	if (text == NULL)
		return roost_fail(err, ROOST_ERR_INVALID, "Mailbox name expected");
	if (arg->len > ROOST_NAME_MAX)
		return roost_fail(err, ROOST_ERR_INVALID, "Mailbox name is too long");
	if (wants_utf8(imap)) {
		if (!roost_utf8_valid(text, arg->len))
			return roost_fail(err, ROOST_ERR_INVALID, "Mailbox name is not valid UTF-8");
		*name = text;
		return 0;
	}
	return roost_name_from_utf7(arena, text, name, err);
}

const char *imap_mailbox_arg(struct imap_session *imap, struct imap_command *cmd,
			     const struct imap_arg *arg)
{
	struct roost_error err;
	const char *name;

	if (imap_arg_astring(arg) == NULL) {
		imap_reply_bad(cmd, "Invalid arguments.");
		return NULL;
	}
	if (imap_mailbox_name(imap, cmd->arena, arg, &name, &err) == 0)
		return name;
	imap_reply_err(cmd, &err);
	return NULL;
}

void imap_put_text(struct roost_str *out, const char *text)
{
	for (; *text != '\0'; text++)
		roost_str_byte(out, *text == '\r' || *text == '\n' ? ' ' : *text);
}

void imap_put_flags(struct roost_str *out, const struct imap_session *imap, uint32_t flags,
		    uint64_t keywords)
{
	static const struct { uint32_t flag; const char *name; } names[] = {
		{ ROOST_FLAG_ANSWERED, "\\Answered" }, { ROOST_FLAG_FLAGGED, "\\Flagged" },
		{ ROOST_FLAG_DELETED, "\\Deleted" }, { ROOST_FLAG_SEEN, "\\Seen" },
		{ ROOST_FLAG_DRAFT, "\\Draft" }, { ROOST_FLAG_RECENT, "\\Recent" },
	};
	bool first = true;

	for (size_t i = 0; i < ROOST_COUNT(names); i++) {
		if ((flags & names[i].flag) == 0)
			continue;
		if (!first)
			roost_str_byte(out, ' ');
		roost_str_puts(out, names[i].name);
		first = false;
	}
	for (unsigned number = 0; keywords != 0; number++, keywords >>= 1) {
		const char *name;

		if ((keywords & 1) == 0 ||
		    (name = roost_mailbox_keyword(imap->box, number)) == NULL)
			continue;
		if (!first)
			roost_str_byte(out, ' ');
		roost_str_puts(out, name);
		first = false;
	}
}
