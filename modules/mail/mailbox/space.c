/* Namespaces: prefixes, separators, and which storage a name leads to. RFC 2342; R-NS-1. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <roost/name.h>
#include "modules/mail/mailbox/mailbox.h"

static bool same_location(const struct location *a, const struct location *b)
{
	const struct roost_setting_pair *left = a->options, *right = b->options;

	if (strcmp(a->driver, b->driver) != 0 || strcmp(a->root, b->root) != 0)
		return false;
	for (; left->name != NULL && right->name != NULL; left++, right++) {
		if (strcmp(left->name, right->name) != 0 || strcmp(left->value, right->value) != 0)
			return false;
	}
	return left->name == right->name;
}

static int find_root(struct roost_user *user, const struct location *location,
		     struct root **result, struct roost_error *err)
{
	const struct roost_storage_ops *ops;
	struct root *root;

	for (size_t i = 0; i < user->roots.count; i++) {
		if (same_location(&user->roots.items[i]->location, location)) {
			*result = user->roots.items[i];
			return 0;
		}
	}
	ops = roost_module_ops(ROOST_KIND_STORAGE, location->driver);
	if (ops == NULL)
		return roost_fail_detail(err, ROOST_ERR_CONFIG, "mail_location: no module that is "
					 "loaded provides storage \"%s\"", location->driver);
	root = roost_arena_new(user->arena, struct root);
	root->location = *location;
	root->ops = *ops;
	root->fd = -1;
	layout_fill(&root->ops);
	roost_vec_push(&user->roots, root);
	*result = root;
	return 0;
}

/* Once in a process is enough: its users have one configuration. */
static void warn_of_options(const struct roost_user *user, const struct location *location)
{
	static bool told;

	if (location->instead != NULL && !told)
		roost_log(&user->log, ROOST_LOG_WARN, "mail_location: %s", location->instead);
	told |= location->instead != NULL;
}

static int load_location(struct roost_user *user, const struct space_settings *set,
			 struct root **root, struct roost_error *err)
{
	const char *text = set->location[0] != '\0' ? set->location : user->set->location;
	struct location location;

	if (text[0] == '\0') {
		if (location_detect(user->arena, user->name, user->home, &location, err) < 0)
			return -1;
	} else if (location_parse(user->arena, text, user->home, &location, err) < 0) {
		return -1;
	}
	warn_of_options(user, &location);
	return find_root(user, &location, root, err);
}

static int check_prefix(const struct space *space, struct roost_error *err)
{
	size_t len = strlen(space->shown.prefix);

	if (len > 0 && space->shown.prefix[len - 1] != space->shown.separator)
		return roost_fail_detail(err, ROOST_ERR_CONFIG, "namespace %s: prefix %s does not end "
					 "with the separator %c", space->shown.name,
					 space->shown.prefix, space->shown.separator);
	return 0;
}

static int load_space(struct roost_user *user, const char *name, const struct roost_scope *scope,
		      const struct space_settings *set, struct roost_error *err)
{
	struct space *space = roost_arena_new(user->arena, struct space);

	if (load_location(user, set, &space->root, err) < 0)
		return -1;
	space->user = user;
	space->order = set->order;
	space->alias = set->alias_for != NULL && set->alias_for[0] != '\0';
	space->shown = (struct roost_namespace){
		.name = name, .prefix = set->prefix, .type = set->type, .inbox = set->inbox,
		.hidden = set->hidden, .listed = set->list != SPACE_LIST_NO && !space->alias,
		.list_children = set->list == SPACE_LIST_CHILDREN,
		.subscriptions = set->subscriptions,
		.separator = set->separator[0] != '\0' ? set->separator[0] :
			     location_dotted(&space->root->location) ? '.' : '/',
	};
	if (check_prefix(space, err) < 0 ||
	    (scope != NULL && specials_load(space, scope, err) < 0))
		return -1;
	roost_vec_push(&user->spaces, space);
	return 0;
}

/* What stands for namespaces where none is configured. */
static int load_default(struct roost_user *user, struct roost_error *err)
{
	static const struct space_settings set = {
		.separator = "", .prefix = "", .location = "", .inbox = true,
		.subscriptions = true, .list = SPACE_LIST_YES,
	};

	return load_space(user, "inbox", NULL, &set, err);
}

static int load_block(struct roost_user *user, const char *name, struct roost_error *err)
{
	const struct roost_scope *scope = roost_scope_block(user->scope, "namespace", name);
	const struct space_settings *set;
	struct roost_error failure = { 0 };
	const void *settings;

	if (roost_settings_get(scope, &space_settings_schema, &settings, err) < 0)
		return -1;
	set = settings;
	if (set->disabled)
		return 0;
	/* Other users' mail, a namespace for each of them: there is nothing to open until one is named. */
	if (strchr(set->prefix, '%') != NULL) {
		roost_log(&user->log, ROOST_LOG_DEBUG, "namespace %s: prefix %s names other users: "
			  "left out", name, set->prefix);
		return 0;
	}
	if (load_space(user, name, scope, set, &failure) == 0)
		return 0;
	if (set->ignore_on_failure) {
		roost_log(&user->log, ROOST_LOG_WARN, "namespace %s: %s; left out", name,
			  roost_error_log(&failure));
		return 0;
	}
	*err = failure;
	return roost_fail_prefix(err, "namespace %s", name);
}

/* Stable, as the file has them where the order is equal. */
static void sort(struct roost_user *user)
{
	for (size_t i = 1; i < user->spaces.count; i++) {
		struct space *space = user->spaces.items[i];
		size_t at = i;

		for (; at > 0 && user->spaces.items[at - 1]->order > space->order; at--)
			user->spaces.items[at] = user->spaces.items[at - 1];
		user->spaces.items[at] = space;
	}
}

static int check(struct roost_user *user, struct roost_error *err)
{
	for (size_t i = 0; i < user->spaces.count; i++) {
		struct space *space = user->spaces.items[i];

		for (size_t j = 0; j < i; j++) {
			if (strcmp(user->spaces.items[j]->shown.prefix, space->shown.prefix) == 0)
				return roost_fail_detail(err, ROOST_ERR_CONFIG,
					"namespaces %s and %s have the same prefix",
					user->spaces.items[j]->shown.name, space->shown.name);
		}
		if (!space->shown.inbox)
			continue;
		if (user->inbox != NULL)
			return roost_fail_detail(err, ROOST_ERR_CONFIG,
				"namespaces %s and %s both have inbox = yes",
				user->inbox->shown.name, space->shown.name);
		user->inbox = space;
	}
	return user->inbox != NULL ? 0 :
		roost_fail_detail(err, ROOST_ERR_CONFIG, "no namespace has inbox = yes");
}

int spaces_load(struct roost_user *user, struct roost_error *err)
{
	const char *const *names = roost_scope_blocks(user->scope, "namespace");
	bool private = false;

	for (; *names != NULL; names++) {
		if (load_block(user, *names, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < user->spaces.count; i++)
		private = private || user->spaces.items[i]->shown.type == ROOST_NAMESPACE_PRIVATE;
	if (!private && load_default(user, err) < 0)
		return -1;
	sort(user);
	if (check(user, err) < 0)
		return -1;
	user->shown = roost_arena_alloc(user->arena,
					user->spaces.count * sizeof(const struct roost_namespace *));
	for (size_t i = 0; i < user->spaces.count; i++)
		user->shown[i] = &user->spaces.items[i]->shown;
	return 0;
}

/* --- names --- */

/* What follows the prefix in name, NULL when it is not beneath it. INBOX in it in any case. */
static const char *beneath(const struct space *space, const char *name)
{
	size_t len = strlen(space->shown.prefix), inbox = strlen("INBOX");

	if (strncasecmp(space->shown.prefix, "INBOX", inbox) == 0 &&
	    (len == inbox || space->shown.prefix[inbox] == space->shown.separator)) {
		if (strncasecmp(name, "INBOX", inbox) != 0 ||
		    strncmp(name + inbox, space->shown.prefix + inbox, len - inbox) != 0)
			return NULL;
		return name + len;
	}
	return strncmp(name, space->shown.prefix, len) == 0 ? name + len : NULL;
}

static struct space *find_space(struct roost_user *user, const char *name, const char **rest)
{
	struct space *best = NULL;

	if (roost_name_is_inbox(name)) {
		*rest = "INBOX";
		return user->inbox;
	}
	for (size_t i = 0; i < user->spaces.count; i++) {
		struct space *space = user->spaces.items[i];
		const char *inner = beneath(space, name);

		if (inner != NULL && (best == NULL || strlen(space->shown.prefix) >
						      strlen(best->shown.prefix))) {
			best = space;
			*rest = inner;
		}
	}
	return best;
}

/* Nothing that leads out of the root, or into what is ours there. */
static int check_levels(const char *storage, struct roost_error *err)
{
	for (const char *level = storage;; ) {
		size_t len = strcspn(level, "/");

		if (len == 0 || (len == 1 && level[0] == '.') ||
		    (len == 2 && memcmp(level, "..", 2) == 0) ||
		    (len == strlen(INDEX_DIR) && memcmp(level, INDEX_DIR, len) == 0))
			return roost_fail(err, ROOST_ERR_INVALID, "Invalid mailbox name");
		if (len > ROOST_NAME_LEVEL_MAX)
			return roost_fail(err, ROOST_ERR_INVALID, "Mailbox name is too long");
		if (level[len] == '\0')
			return 0;
		level += len + 1;
	}
}

int space_resolve(struct roost_user *user, const char *name, struct roost_arena *arena,
		  struct space **result, const char **storage, struct roost_error *err)
{
	size_t inbox = strlen("INBOX");
	const char *rest;
	struct space *space;
	char *text;

	if (strlen(name) > ROOST_NAME_MAX)
		return roost_fail(err, ROOST_ERR_INVALID, "Mailbox name is too long");
	if (name[0] == '\0')
		return roost_name_check(name, '/', err);
	space = find_space(user, name, &rest);
	/* "Public" is the namespace's own node when there is a prefix "Public/". */
	if (space == NULL || rest[0] == '\0')
		return roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", name);
	text = roost_arena_strdup(arena, rest);
	for (char *at = text; *at != '\0'; at++) {
		if (*at == '/' && space->shown.separator != '/')
			return roost_fail(err, ROOST_ERR_INVALID,
					  "Invalid mailbox name: Contains '/' character");
		if (*at == space->shown.separator)
			*at = '/';
	}
	if (space->shown.inbox && strncasecmp(text, "INBOX", inbox) == 0 &&
	    (text[inbox] == '\0' || text[inbox] == '/'))
		memcpy(text, "INBOX", inbox);
	if (check_levels(text, err) < 0)
		return -1;
	*result = space;
	*storage = text;
	return 0;
}

const char *space_show(const struct space *space, const char *storage, struct roost_arena *arena)
{
	char *text;

	if (space->shown.inbox && strcmp(storage, "INBOX") == 0)
		return "INBOX";
	if (space->shown.separator != '/' && strchr(storage, space->shown.separator) != NULL)
		return NULL;
	text = roost_arena_printf(arena, "%s%s", space->shown.prefix, storage);
	for (char *at = text + strlen(space->shown.prefix); *at != '\0'; at++) {
		if (*at == '/')
			*at = space->shown.separator;
	}
	return text;
}

/* --- what is on disk --- */

int make_directories(const char *path, struct roost_error *err)
{
	char *copy, *at;
	int result = 0;

	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT)
		return roost_fail_errno(err, "mkdir %s", path);
	copy = strdup(path);
	if (copy == NULL)
		return roost_fail_errno(err, "mkdir %s", path);
	for (at = strchr(copy + 1, '/'); at != NULL && result == 0; at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			result = roost_fail_errno(err, "mkdir %s", copy);
		*at = '/';
	}
	if (result == 0 && mkdir(path, 0700) < 0 && errno != EEXIST)
		result = roost_fail_errno(err, "mkdir %s", path);
	free(copy);
	return result;
}

/* Level by level where symlinks are on the way: those of root and of the user himself are followed. */
static int walk(int from, const char *path, struct roost_error *err)
{
	int fd = from;

	for (const char *level = path; level[0] != '\0'; ) {
		size_t len = strcspn(level, "/");
		char name[ROOST_NAME_LEVEL_MAX + 2];
		struct stat st;
		int next;

		if (len >= sizeof(name)) {
			errno = ENAMETOOLONG;
			goto failed;
		}
		memcpy(name, level, len);
		name[len] = '\0';
		if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			goto failed;
		if (S_ISLNK(st.st_mode) && st.st_uid != 0 && st.st_uid != geteuid()) {
			errno = EACCES;
			goto failed;
		}
		next = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (next < 0)
			goto failed;
		if (fd != from)
			close(fd);
		fd = next;
		level += len + strspn(level + len, "/");
	}
	return fd;
failed:
	roost_fail_errno(err, "open %s", path);
	if (fd != from)
		close(fd);
	return -1;
}

int open_directory(const struct root *root, const char *path, int *result,
		   struct roost_error *err)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	size_t len = strlen(root->location.root);
	const char *inner = path + len;
	int fd;

	/* The root itself and INBOX= are the administrator's words. */
	if (root->fd < 0 || strncmp(path, root->location.root, len) != 0 || inner[0] != '/') {
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	} else {
		inner += strspn(inner, "/");
		fd = (int)syscall(SYS_openat2, root->fd, inner, &how, sizeof(how));
		if (fd < 0 && errno != ENOENT && errno != ENOTDIR && errno != EACCES) {
			*result = walk(root->fd, inner, err);
			return *result < 0 ? -1 : 0;
		}
	}
	if (fd < 0)
		return roost_fail_errno(err, "open %s", path);
	*result = fd;
	return 0;
}

int root_open(struct roost_user *user, struct root *root, bool create, struct roost_error *err)
{
	if (root->fd < 0) {
		const char *path = root->location.root;

		root->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (root->fd < 0 && errno == ENOENT && create) {
			if (make_directories(path, err) < 0)
				return -1;
			root->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		}
		if (root->fd < 0)
			return roost_fail_errno(err, "open %s", path);
	}
	if (root->opened || root->ops.user_open == NULL)
		return 0;
	if (root->ops.user_open(user, root->location.root, &root->state, err) < 0)
		return -1;
	root->opened = true;
	return 0;
}

void root_close(struct roost_user *user, struct root *root)
{
	if (root->opened && root->ops.user_close != NULL)
		root->ops.user_close(user, root->state);
	root->opened = false;
	if (root->fd >= 0)
		close(root->fd);
	root->fd = -1;
}

const char *roost_storage_option(const struct roost_user *user, const char *root, const char *key)
{
	for (size_t i = 0; i < user->roots.count; i++) {
		if (strcmp(user->roots.items[i]->location.root, root) == 0)
			return location_option(&user->roots.items[i]->location, key);
	}
	return NULL;
}

void *roost_storage_root_state(const struct roost_user *user, const char *root)
{
	for (size_t i = 0; i < user->roots.count; i++) {
		if (user->roots.items[i]->opened &&
		    strcmp(user->roots.items[i]->location.root, root) == 0)
			return user->roots.items[i]->state;
	}
	return NULL;
}

void *roost_storage_user_state(const struct roost_user *user)
{
	return user->inbox->root->state;
}
