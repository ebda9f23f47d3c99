/* Mailbox names as clients spell them: modified UTF-7, or UTF-8 when it was enabled. RFC 9051 5.1, RFC 6855. */
#include <string.h>
#include <roost/name.h>
#include <roost/utf8.h>
#include "modules/imap/session.h"

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

/* Some clients end every name with a separator (imap_client_workarounds). */
static const char *without_separator(const struct imap_session *imap, struct imap_command *cmd,
				     const char *name)
{
	size_t len = strlen(name);

	if ((imap->workarounds & IMAP_WORKAROUND_TB_EXTRA_SEP) == 0 || len < 2 ||
	    name[len - 1] != imap_separator(imap, name))
		return name;
	return roost_arena_strndup(cmd->arena, name, len - 1);
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
		return without_separator(imap, cmd, name);
	imap_reply_err(cmd, &err);
	return NULL;
}
