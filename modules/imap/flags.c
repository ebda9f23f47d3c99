/* Flags and keywords, in and out. RFC 9051 section 2.3.2, RFC 5788 for what keywords look like. */
#include <string.h>
#include <strings.h>
#include "modules/imap/lex.h"

static uint32_t system_flag(const char *name)
{
	static const struct { const char *name; uint32_t flag; } names[] = {
		{ "\\Answered", ROOST_FLAG_ANSWERED }, { "\\Flagged", ROOST_FLAG_FLAGGED },
		{ "\\Deleted", ROOST_FLAG_DELETED }, { "\\Seen", ROOST_FLAG_SEEN },
		{ "\\Draft", ROOST_FLAG_DRAFT },
	};

	for (size_t i = 0; i < ROOST_COUNT(names); i++) {
		if (strcasecmp(name, names[i].name) == 0)
			return names[i].flag;
	}
	return 0;
}

static const char *check_keyword(const struct imap_session *imap, const struct imap_arg *arg)
{
	if (arg->len > imap->set->mail_max_keyword_length)
		return "Keyword is too long.";
	return strpbrk(arg->text, "\\%*]") != NULL ? "Invalid keyword name." : NULL;
}

const char *imap_flags_parse(const struct imap_session *imap, struct roost_arena *arena,
			     const struct imap_arg *arg, uint32_t *flags,
			     const char *const **keywords)
{
	const char **names, *error;
	size_t count = 0;

	if (arg->type == IMAP_ARG_LIST) {
		if (arg[1].type != IMAP_ARG_END)
			return "Invalid flags list.";
		arg = arg->list;
	} else if (arg->type == IMAP_ARG_END) {
		return "Missing flags.";
	}
	names = roost_arena_zalloc(arena, (imap_args_count(arg) + 1) * sizeof(*names));
	*flags = 0;
	for (; arg->type != IMAP_ARG_END; arg++) {
		const char *name = imap_arg_atom(arg);
		uint32_t flag;

		if (name == NULL)
			return "Flags list contains non-atoms.";
		flag = system_flag(name);
		*flags |= flag;
		if (flag != 0)
			continue;
		if (*name == '\\')
			return "Invalid system flag.";
		if ((error = check_keyword(imap, arg)) != NULL)
			return error;
		names[count++] = name;
	}
	*keywords = names;
	return NULL;
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
