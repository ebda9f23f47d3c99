/* Paths of MAIL and RCPT. RFC 5321 section 4.1.2; detail addresses R-LM-5. */
#include <string.h>
#include <strings.h>
#include "modules/lmtp/lmtp.h"

static bool has_word(const char *const *words, const char *word)
{
	for (; words != NULL && *words != NULL; words++) {
		if (strcmp(*words, word) == 0)
			return true;
	}
	return false;
}

/* The end of a path without brackets, or the closing bracket; quoted pairs and strings are passed over. */
static char *path_end(char *text, bool bracket)
{
	bool quoted = false;

	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0')
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (!quoted && (bracket ? *text == '>' : *text == ' '))
			return text;
	}
	return bracket || quoted ? NULL : text;
}

/* "@relay,@relay:user@host" is read as user@host (RFC 5321 appendix C). */
static char *skip_route(char *path)
{
	char *colon;

	if (*path != '@')
		return path;
	colon = strchr(path, ':');
	return colon == NULL ? path : colon + 1;
}

/* RFC 5321 section 4.1.2, and UTF-8 of RFC 6531. */
static bool is_dot_string(const char *text)
{
	if (*text == '\0' || *text == '.')
		return false;
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text <= ' ' || *text == 0x7f ||
		    strchr("()<>[]:;@\\,\"", *text) != NULL ||
		    (*text == '.' && (text[1] == '.' || text[1] == '\0')))
			return false;
	}
	return true;
}

/* Without quotes where the local part needs none: "ann"@host is ann@host. NULL: not an address. */
static const char *unquote_local(struct roost_arena *arena, const char *path)
{
	struct roost_str local = ROOST_STR_INIT;
	const char *from = path + 1, *result = path;

	for (; *from != '\0' && *from != '"'; from++) {
		if (*from == '\\' && from[1] != '\0')
			from++;
		roost_str_byte(&local, *from);
	}
	if (*from != '"' || (from[1] != '@' && from[1] != '\0'))
		result = NULL;
	else if (is_dot_string(roost_str_text(&local)))
		result = roost_arena_printf(arena, "%s%s", roost_str_text(&local), from + 1);
	roost_str_free(&local);
	return result;
}

/* Dots may stand anywhere: such addresses exist. NULL: not an address. */
static const char *canonical(struct roost_arena *arena, const char *path)
{
	const char *address = *path == '"' ? unquote_local(arena, path) : path;
	const char *domain = address == NULL ? NULL : strrchr(address, '@');
	size_t local = strcspn(path, " \t()<>[]:;\\,\"");

	if (address == NULL || (domain != NULL && strpbrk(domain, " \t()<>\"") != NULL))
		return NULL;
	if (*path != '"' && path[local] != '\0' && (domain == NULL || path + local < domain))
		return NULL;
	return address;
}

bool lmtp_path_parse(struct roost_arena *arena, char *text, const char *const *workarounds,
		     const char **address, char **rest)
{
	bool bracket;
	char *end;

	if (has_word(workarounds, "whitespace-before-path"))
		text += strspn(text, " ");
	bracket = *text == '<';
	if (!bracket && (*text == '\0' || !has_word(workarounds, "mailbox-for-path")))
		return false;
	text += bracket;
	end = path_end(text, bracket);
	if (end == NULL)
		return false;
	*rest = end + (*end != '\0');
	*end = '\0';
	*rest += strspn(*rest, " ");
	*address = canonical(arena, skip_route(text));
	return *address != NULL;
}

void lmtp_address_split(struct roost_arena *arena, const char *address, const char *delimiters,
			const char **user, const char **detail)
{
	const char *domain = strrchr(address, '@');
	size_t local = domain == NULL ? strlen(address) : (size_t)(domain - address);
	size_t at = strcspn(address, delimiters);

	*user = address;
	*detail = "";
	/* "+x@host" has no user before the delimiter: the address is taken as it is. So is a quoted one. */
	if (at == 0 || at >= local || *address == '"')
		return;
	*detail = roost_arena_strndup(arena, address + at + 1, local - at - 1);
	*user = roost_arena_printf(arena, "%.*s%s", (int)at, address, domain == NULL ? "" : domain);
}
