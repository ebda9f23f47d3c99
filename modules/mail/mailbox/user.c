/* A mail user in this process: settings, namespaces, what is open of his. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <roost/loop.h>
#include <roost/protocol.h>
#include "modules/mail/mailbox/mailbox.h"

/* Those that sessions opened: one, unless the user database changed its mind between two of them. */
static struct roost_user *opened;

static int check_home(const struct roost_user *user, struct roost_error *err)
{
	struct stat st;

	if (user->home[0] == '\0' || stat(user->home, &st) == 0 || errno == ENOENT)
		return 0;
	return roost_fail_errno(err, "home directory %s", user->home);
}

static void free_user(struct roost_user *user)
{
	for (struct roost_user **link = &opened; *link != NULL; link = &(*link)->next) {
		if (*link != user)
			continue;
		*link = user->next;
		break;
	}
	roost_loop_timer_free(user->flush);
	folders_forget(user, NULL, NULL);
	assert(user->folders == NULL);
	for (size_t i = 0; i < user->roots.count; i++)
		root_close(user, user->roots.items[i]);
	roost_vec_free(&user->roots);
	roost_vec_free(&user->spaces);
	roost_scope_free(user->owned_scope);
	user->magic = 0;
	roost_arena_free(user->arena);
}

static struct roost_user *make_user(const char *name, const char *home)
{
	struct roost_arena *arena = roost_arena_create("mail user");
	struct roost_user *user = roost_arena_new(arena, struct roost_user);

	user->magic = USER_MAGIC;
	user->arena = arena;
	user->references = 1;
	user->name = roost_arena_strdup(arena, name);
	user->home = roost_arena_strdup(arena, home == NULL ? "" : home);
	return user;
}

static int begin_user(struct roost_user *user, struct roost_user **result,
		      struct roost_error *err)
{
	const void *set;

	if (check_home(user, err) < 0 ||
	    roost_settings_get(user->scope, &mail_settings_schema, &set, err) < 0)
		goto failed;
	user->set = set;
	if (spaces_load(user, err) < 0)
		goto failed;
	layers_user(user, true);
	*result = user;
	return 0;
failed:
	free_user(user);
	return -1;
}

int roost_user_create(const struct roost_user_options *options, struct roost_user **result,
		      struct roost_error *err)
{
	struct roost_user *user = make_user(options->name, options->home);

	user->scope = options->scope;
	if (options->log != NULL)
		user->log = *options->log;
	return begin_user(user, result, err);
}

/*
 * The session's scope goes with the session, and the user may be kept for the next one: he gets a
 * scope of his own, in which the facts of a connection have no value.
 */
static void make_scope(struct roost_user *user, struct roost_session *session)
{
	user->owned_scope = roost_scope_user(roost_scope_process(), user->name,
					     roost_setting_pairs(user->arena, user->fields));
	if (user->home[0] != '\0')
		roost_scope_set_variable(user->owned_scope, "home", user->home);
	user->scope = user->owned_scope;
	user->log.prefix = roost_arena_printf(user->arena, "%s(%s)<%d>: ",
					      roost_session_facts(session)->service, user->name,
					      (int)getpid());
	user->log.debug = roost_session_log(session)->debug;
}

static bool same_fields(const char *const *one, const char *const *two)
{
	size_t i = 0;

	while (one[i] != NULL && two[i] != NULL && strcmp(one[i], two[i]) == 0)
		i++;
	return one[i] == NULL && two[i] == NULL;
}

/* Whom auth told the same of; any field may be a setting or a right. */
static struct roost_user *find_opened(struct roost_session *session, const char *home)
{
	for (struct roost_user *user = opened; user != NULL; user = user->next) {
		if (strcmp(user->name, roost_session_user(session)) == 0 &&
		    strcmp(user->home, home) == 0 &&
		    same_fields(user->fields, roost_session_fields(session)))
			return user;
	}
	return NULL;
}

int roost_user_open(struct roost_session *session, struct roost_user **result,
		    struct roost_error *err)
{
	const char *home = roost_session_home(session) == NULL ? "" : roost_session_home(session);
	struct roost_user *user = find_opened(session, home);

	if (user != NULL) {
		user->references++;
		*result = user;
		return 0;
	}
	user = make_user(roost_session_user(session), home);
	user->fields = roost_arena_strdupv(user->arena, roost_session_fields(session));
	make_scope(user, session);
	if (begin_user(user, result, err) < 0)
		return -1;
	user->next = opened;
	opened = user;
	return 0;
}

void roost_user_unref(struct roost_user *user)
{
	if (user == NULL)
		return;
	assert(user->magic == USER_MAGIC);
	if (--user->references > 0)
		return;
	layers_user(user, false);
	free_user(user);
}

const char *roost_user_name(const struct roost_user *user)
{
	return user->name;
}

const char *roost_user_home(const struct roost_user *user)
{
	return user->home;
}

const struct roost_scope *roost_user_scope(const struct roost_user *user)
{
	return user->scope;
}

const struct roost_log_scope *roost_user_log(const struct roost_user *user)
{
	return &user->log;
}

size_t roost_user_namespaces(const struct roost_user *user,
			     const struct roost_namespace *const **list)
{
	*list = user->shown;
	return user->spaces.count;
}
