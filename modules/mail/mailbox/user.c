/* A mail user in this process: settings, namespaces, what is open of his. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <roost/loop.h>
#include <roost/protocol.h>
#include "modules/mail/mailbox/mailbox.h"

/* The one user of a worker; sessions share him. */
static struct roost_user *current;

static int check_home(const struct roost_user *user, struct roost_error *err)
{
	struct stat st;

	if (user->home[0] == '\0' || stat(user->home, &st) == 0 || errno == ENOENT)
		return 0;
	return roost_fail_errno(err, "home directory %s", user->home);
}

static void free_user(struct roost_user *user)
{
	if (user == current)
		current = NULL;
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

/* "name=value" fields as pairs; a bare name is "yes". */
static const struct roost_setting_pair *field_pairs(struct roost_arena *arena,
						    const char *const *fields)
{
	struct roost_setting_pair *pairs;
	size_t count = 0;

	while (fields[count] != NULL)
		count++;
	pairs = roost_arena_zalloc(arena, (count + 1) * sizeof(*pairs));
	for (size_t i = 0; i < count; i++) {
		size_t len = strcspn(fields[i], "=");

		pairs[i].name = roost_arena_strndup(arena, fields[i], len);
		pairs[i].value = fields[i][len] == '=' ? fields[i] + len + 1 : "yes";
	}
	return pairs;
}

/*
 * The session's scope goes with the session, and the user may be kept for the next one: he gets a
 * scope of his own, in which the facts of a connection have no value.
 */
static void make_scope(struct roost_user *user, struct roost_session *session)
{
	const char *const *fields = roost_session_fields(session);

	user->owned_scope = roost_scope_user(roost_scope_process(), user->name,
					     field_pairs(user->arena, fields));
	if (user->home[0] != '\0')
		roost_scope_set_variable(user->owned_scope, "home", user->home);
	user->scope = user->owned_scope;
	user->log.prefix = roost_arena_printf(user->arena, "%s(%s)<%d>: ",
					      roost_session_facts(session)->service, user->name,
					      (int)getpid());
	user->log.debug = roost_session_log(session)->debug;
}

int roost_user_open(struct roost_session *session, struct roost_user **result,
		    struct roost_error *err)
{
	const char *name = roost_session_user(session), *home = roost_session_home(session);
	struct roost_user *user;

	if (current != NULL && strcmp(current->name, name) == 0 &&
	    strcmp(current->home, home == NULL ? "" : home) == 0) {
		current->references++;
		*result = current;
		return 0;
	}
	user = make_user(name, home);
	make_scope(user, session);
	if (begin_user(user, result, err) < 0)
		return -1;
	current = user;
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
