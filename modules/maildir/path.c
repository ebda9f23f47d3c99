/*
 * Mailbox names and directories. Maildir++: INBOX is the root, A/B is .A.B beside its new and cur;
 * LAYOUT=fs: A/B is A/B. Modified UTF-7 on disk, or UTF-8 with the location's key of that name.
 */
#include <limits.h>
#include <string.h>
#include <roost/name.h>
#include "modules/maildir/maildir.h"

struct maildir_layout maildir_layout(const struct roost_user *user, const char *root)
{
	const char *name = roost_storage_option(user, root, "LAYOUT");
	const char *inbox = roost_storage_option(user, root, "INBOX");
	const struct maildir_settings *settings;
	const void *found;

	if (roost_settings_get(roost_user_scope(user), &maildir_settings_schema, &found, NULL) < 0)
		found = NULL;
	settings = found;
	return (struct maildir_layout){
		.root = root, .inbox = inbox != NULL && *inbox != '\0' ? inbox : root,
		.fs = name != NULL && strcmp(name, "fs") == 0,
		.utf8 = roost_storage_option(user, root, "UTF-8") != NULL,
		.stat_dirs = settings != NULL && settings->stat_dirs,
	};
}

/* Directories and files of ours and of other servers, which a mailbox may not be called. */
static bool reserved(const char *level)
{
	static const char *const names[] = { "cur", "new", "tmp", "subscriptions", "maildirfolder" };

	for (size_t i = 0; i < ROOST_COUNT(names); i++) {
		if (strcmp(level, names[i]) == 0)
			return true;
	}
	return level[0] == '.' || strncmp(level, "roost.", 6) == 0 ||
		strncmp(level, "dovecot", 7) == 0 || strncmp(level, "courierimap", 11) == 0;
}

static bool level_fits(const struct maildir_layout *layout, const char *level)
{
	if (*level == '\0' || strchr(level, '\n') != NULL)
		return false;
	return layout->fs ? !reserved(level) : strchr(level, '.') == NULL;
}

int maildir_name_path(const struct maildir_layout *layout, const char *name,
		      struct roost_arena *arena, const char **path, struct roost_error *err)
{
	const char *result = layout->fs ? layout->root : "", *rest = name;
	char *level;

	if (strcmp(name, "INBOX") == 0) {
		*path = layout->inbox;
		return 0;
	}
	while (rest != NULL) {
		const char *slash = strchrnul(rest, '/');

		level = roost_arena_strndup(arena, rest, (size_t)(slash - rest));
		if (!layout->utf8)
			level = roost_arena_strdup(arena, roost_name_to_utf7(arena, level));
		if (!level_fits(layout, level))
			return roost_fail(err, ROOST_ERR_INVALID,
					  "This storage cannot have mailboxes with such a name");
		result = roost_arena_printf(arena, layout->fs ? "%s/%s" : "%s.%s", result, level);
		if (strlen(level) > NAME_MAX || (!layout->fs && strlen(result) > NAME_MAX))
			return roost_fail(err, ROOST_ERR_INVALID, "Mailbox name is too long");
		rest = *slash == '\0' ? NULL : slash + 1;
	}
	*path = layout->fs ? result : roost_arena_printf(arena, "%s/%s", layout->root, result);
	return 0;
}

const char *maildir_path_name(const struct maildir_layout *layout, const char *path,
			      struct roost_arena *arena)
{
	const char *back, *name = path;
	char *slashes;

	if (!layout->fs) {
		if (path[0] != '.' || strchr(path, '/') != NULL)
			return NULL;
		name = slashes = roost_arena_strdup(arena, path + 1);
		while ((slashes = strchr(slashes, '.')) != NULL)
			*slashes = '/';
	}
	if (!layout->utf8 && roost_name_from_utf7(arena, name, &name, NULL) < 0)
		return NULL;
	/* What would not lead back here (empty levels, other spellings of one name) is none of ours. */
	if (maildir_name_path(layout, name, arena, &back, NULL) < 0 ||
	    strcmp(back + strlen(layout->root) + 1, path) != 0)
		return NULL;
	return strcmp(name, "INBOX") == 0 ? NULL : name;
}
