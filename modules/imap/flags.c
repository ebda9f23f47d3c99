/* Flags and keywords as arguments. RFC 9051 section 2.3.2, RFC 5788 for what keywords look like. */
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
