/* Rules and patterns for mailbox names. RFC 9051 section 5.1 and 6.3.9; R-IM-6. */
#include <string.h>
#include <strings.h>
#include <roost/name.h>
#include <roost/utf8.h>

bool roost_name_is_inbox(const char *name)
{
	return strcasecmp(name, "INBOX") == 0;
}

/* Control characters, and the separators of lines and paragraphs that RFC 9051 5.1 names. */
static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x2028 || code == 0x2029;
}

static int invalid(struct roost_error *err, const char *why)
{
	return roost_fail(err, ROOST_ERR_INVALID, "Invalid mailbox name: %s", why);
}

static int check_characters(const char *name, size_t len, char separator, struct roost_error *err)
{
	uint32_t code;

	for (size_t at = 0, step; at < len; at += step) {
		step = roost_utf8_decode(name + at, len - at, &code);
		if (step == 0)
			return invalid(err, "Not valid UTF-8");
		if (is_control(code))
			return invalid(err, "Contains control characters");
		if (code == '/' && separator != '/')
			return invalid(err, "Contains '/' character");
	}
	return 0;
}

static int check_level(const char *level, size_t len, struct roost_error *err)
{
	if (len == 0)
		return invalid(err, "Has adjacent hierarchy separators");
	if (len == 1 && level[0] == '.')
		return invalid(err, "Contains '.' part");
	if (len == 2 && memcmp(level, "..", 2) == 0)
		return invalid(err, "Contains '..' part");
	if (len > ROOST_NAME_LEVEL_MAX)
		return invalid(err, "Mailbox name is too long");
	return 0;
}

int roost_name_check(const char *name, char separator, struct roost_error *err)
{
	size_t len = strlen(name);

	if (len == 0)
		return invalid(err, "Name is empty");
	if (len > ROOST_NAME_MAX)
		return invalid(err, "Mailbox name is too long");
	if (separator != '\0' && name[0] == separator)
		return invalid(err, "Begins with hierarchy separator");
	if (separator != '\0' && name[len - 1] == separator)
		return invalid(err, "Ends with hierarchy separator");
	if (check_characters(name, len, separator, err) < 0)
		return -1;
	for (const char *level = name;;) {
		const char *end = separator == '\0' ? NULL : strchr(level, separator);

		if (check_level(level, end == NULL ? strlen(level) : (size_t)(end - level), err) < 0)
			return -1;
		if (end == NULL)
			return 0;
		level = end + 1;
	}
}

/*
 * Wildcards without recursion: on a mismatch go back to the last one that can take a character
 * more. A '%' cannot go beyond a separator; then the last '*' has to.
 */
struct match {
	const char *star, *star_at;		/* pattern behind '*', and where it was tried last */
	const char *percent, *percent_at;
	char separator;
	const char *folded;			/* names are the same in any case up to here */
};

static bool same(const struct match *match, const char *name, char wanted)
{
	return *name == wanted ||
	       (name < match->folded && (*name | 0x20) == (wanted | 0x20) &&
		(wanted | 0x20) >= 'a' && (wanted | 0x20) <= 'z');
}

static bool retry(struct match *match, const char **name, const char **pattern)
{
	if (match->percent != NULL && *match->percent_at != '\0' &&
	    *match->percent_at != match->separator) {
		*name = ++match->percent_at;
		*pattern = match->percent;
		return true;
	}
	match->percent = NULL;
	if (match->star != NULL && *match->star_at != '\0') {
		*name = ++match->star_at;
		*pattern = match->star;
		return true;
	}
	return false;
}

static bool matches(const char *name, const char *pattern, char separator, size_t folded,
		    bool *parent)
{
	struct match match = { .separator = separator, .folded = name + folded };

	for (;;) {
		if (*pattern == '*') {
			match.star = ++pattern;
			match.star_at = name;
			match.percent = NULL;
		} else if (*pattern == '%') {
			match.percent = ++pattern;
			match.percent_at = name;
		} else if (*name == '\0' && *pattern == '\0') {
			return true;
		} else {
			/* The name is used up, the pattern goes on with the next level. */
			if (*name == '\0' && separator != '\0' && *pattern == separator)
				*parent = true;
			if (*name != '\0' && same(&match, name, *pattern)) {
				name++;
				pattern++;
			} else if (!retry(&match, &name, &pattern)) {
				break;
			}
		}
	}
	/* A '*' that ate the whole name can eat the separator and more. */
	if (match.star != NULL && separator != '\0')
		*parent = true;
	return false;
}

bool roost_name_matches(const char *name, const char *pattern, char separator, bool *parent)
{
	bool ignored = false, found, inbox;
	size_t len = strlen("INBOX");

	if (parent == NULL)
		parent = &ignored;
	*parent = false;
	/* Its first level is the same in whatever case. */
	inbox = strncasecmp(name, "INBOX", len) == 0 && (name[len] == '\0' || name[len] == separator);
	found = matches(name, pattern, separator, inbox ? len : 0, parent);
	if (found)
		*parent = false;
	return found;
}
