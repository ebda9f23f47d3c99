/* Mail locations: DRIVER:PATH[:KEY=VALUE...] read, and guessed where none is configured. R-LOC-1..2. */
#include <errno.h>
#include <stdio.h>
#include <strings.h>
#include <sys/stat.h>
#include "modules/mail/mailbox/mailbox.h"

enum value { NOTHING, TEXT, PATH, REFUSED };

/* instead: what the administrator is told when an option has no effect here that somebody might miss. */
static const struct { const char *key; enum value value; const char *instead; } known[] = {
	{ "INDEX", PATH, NULL }, { "INDEXCACHE", PATH, NULL }, { "CONTROL", PATH, NULL },
	{ "INDEXPVT", PATH, "all users of a mailbox share its flags" },
	{ "INBOX", PATH, NULL }, { "ALT", PATH, NULL }, { "VOLATILEDIR", PATH, NULL },
	{ "LAYOUT", TEXT, NULL }, { "SUBSCRIPTIONS", TEXT, NULL }, { "MAILBOXDIR", TEXT, NULL },
	{ "DIRNAME", TEXT, NULL }, { "LISTINDEX", TEXT, NULL },
	{ "BROKENCHAR", TEXT, "mailboxes with broken names are not shown" },
	/* Mailboxes would be looked for in the wrong place. */
	{ "FULLDIRNAME", REFUSED, NULL },
	{ "UTF-8", NOTHING, NULL }, { "NO-NOSELECT", NOTHING, NULL }, { "ITERINDEX", NOTHING, NULL },
};
#define INSTEAD_OF_MEMORY "the index is kept on disk, in the mailbox's directory"

/* The next member, "::" standing for a colon in it; NULL at the end. */
static const char *take(struct roost_arena *arena, const char **text)
{
	const char *from = *text;
	char *part, *to;

	if (from == NULL)
		return NULL;
	part = to = roost_arena_alloc(arena, strlen(from) + 1);
	for (;; from++) {
		if (*from == ':' && from[1] == ':')
			from++;
		else if (*from == ':' || *from == '\0')
			break;
		*to++ = *from;
	}
	*to = '\0';
	*text = *from == '\0' ? NULL : from + 1;
	return part;
}

/* Absolute, without slashes at its end. */
static int expand(struct roost_arena *arena, const char *path, const char *home,
		  const char **result, struct roost_error *err)
{
	char *text;
	size_t len;

	if (path[0] == '/')
		text = roost_arena_strdup(arena, path);
	else if (home[0] == '\0')
		return roost_fail_detail(err, ROOST_ERR_CONFIG,
					 "mail_location: %s needs a home directory", path);
	else if (path[0] == '~' && (path[1] == '/' || path[1] == '\0'))
		text = roost_arena_printf(arena, "%s%s", home, path + 1);
	else
		text = roost_arena_printf(arena, "%s/%s", home, path);
	len = strlen(text);
	while (len > 1 && text[len - 1] == '/')
		text[--len] = '\0';
	*result = text;
	return 0;
}

static int check_value(int option, const char *value, struct roost_error *err)
{
	if (known[option].value == REFUSED)
		return roost_fail_detail(err, ROOST_ERR_CONFIG, "mail_location: %s is not supported",
					 known[option].key);
	if (strcmp(known[option].key, "LAYOUT") == 0 && strcasecmp(value, "maildir++") != 0 &&
	    strcasecmp(value, "fs") != 0)
		return roost_fail_detail(err, ROOST_ERR_CONFIG, "mail_location: LAYOUT=%s is not "
					 "supported: maildir++ or fs", value);
	return 0;
}

static int known_option(const char *part, size_t len, struct roost_error *err)
{
	for (size_t i = 0; i < ROOST_COUNT(known); i++) {
		if (strlen(known[i].key) == len && strncasecmp(part, known[i].key, len) == 0)
			return (int)i;
	}
	return roost_fail_detail(err, ROOST_ERR_CONFIG, "mail_location: %.*s is not known",
				 (int)len, part);
}

static int read_option(struct roost_arena *arena, const char *part, const char *home,
		       struct location *location, struct roost_setting_pair *pair,
		       struct roost_error *err)
{
	size_t len = strcspn(part, "=");
	const char *value = part[len] == '=' ? part + len + 1 : "";
	const char *instead;
	int option = known_option(part, len, err);

	if (option < 0 || check_value(option, value, err) < 0)
		return -1;
	instead = known[option].instead;
	if (strcmp(value, "MEMORY") == 0 && strcmp(known[option].key, "INDEX") == 0)
		instead = INSTEAD_OF_MEMORY;
	if (instead != NULL)
		location->instead = roost_arena_printf(arena, "%s has no effect: %s", part, instead);
	pair->name = known[option].key;
	pair->value = value;
	if (known[option].value != PATH || value[0] == '\0' || strcmp(value, "MEMORY") == 0)
		return 0;
	return expand(arena, value, home, &pair->value, err);
}

int location_parse(struct roost_arena *arena, const char *text, const char *home,
		   struct location *location, struct roost_error *err)
{
	ROOST_VEC(struct roost_setting_pair) pairs = { 0 };
	const char *driver = take(arena, &text), *path = take(arena, &text), *part;
	int result = -1;

	if (path == NULL || path[0] == '\0')
		return roost_fail_detail(err, ROOST_ERR_CONFIG,
					 "mail_location: %s is not DRIVER:PATH", driver);
	if (expand(arena, path, home, &location->root, err) < 0)
		return -1;
	location->driver = strcmp(driver, "dbox") == 0 ? "sdbox" : driver;
	location->instead = NULL;
	while ((part = take(arena, &text)) != NULL) {
		struct roost_setting_pair pair;

		if (part[0] == '\0')
			continue;
		if (read_option(arena, part, home, location, &pair, err) < 0)
			goto out;
		roost_vec_push(&pairs, pair);
	}
	roost_vec_push(&pairs, (struct roost_setting_pair){ NULL, NULL });
	location->options = roost_arena_dup(arena, pairs.items, pairs.count * sizeof(*pairs.items));
	result = 0;
out:
	roost_vec_free(&pairs);
	return result;
}

int location_detect(struct roost_arena *arena, const char *user, const char *home,
		    struct location *location, struct roost_error *err)
{
	static const char *const places[][2] = {
		{ "mdbox", "mdbox" }, { "sdbox", "sdbox" }, { "maildir", "Maildir" },
		{ "mbox", "mail" }, { "mbox", "Mail" },
	};
	struct roost_str tried = ROOST_STR_INIT;
	struct stat st;

	for (size_t i = 0; home[0] != '\0' && i < ROOST_COUNT(places); i++) {
		const char *path = roost_arena_printf(arena, "%s/%s", home, places[i][1]);

		roost_str_printf(&tried, " %s:%s", places[i][0], path);
		if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode) ||
		    roost_module_ops(ROOST_KIND_STORAGE, places[i][0]) == NULL)
			continue;
		roost_str_free(&tried);
		return location_parse(arena, roost_arena_printf(arena,
				strcmp(places[i][0], "mbox") == 0 ? "%s:~/%s:INBOX=/var/mail/%s" :
								    "%s:~/%s",
				places[i][0], places[i][1], user), home, location, err);
	}
	roost_fail_detail(err, ROOST_ERR_CONFIG, "mail_location is not set, and no mail is there "
			  "in the usual places:%s", tried.len == 0 ? " the user has no home" :
						    roost_str_text(&tried));
	roost_str_free(&tried);
	return -1;
}

const char *location_option(const struct location *location, const char *key)
{
	for (const struct roost_setting_pair *pair = location->options; pair->name != NULL; pair++) {
		if (strcmp(pair->name, key) == 0)
			return pair->value;
	}
	return NULL;
}

bool location_dotted(const struct location *location)
{
	const char *layout = location_option(location, "LAYOUT");

	if (layout == NULL)
		return strcmp(location->driver, "maildir") == 0;
	return strcasecmp(layout, "maildir++") == 0;
}
