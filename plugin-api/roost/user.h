/* SPDX-License-Identifier: MIT */
/* A mail user in this process: settings, namespaces, storage. Toolkit libroost-mail. Ours; R-NS-*, R-LOC-*. */
#ifndef ROOST_USER_H
#define ROOST_USER_H

#include <roost/arena.h>
#include <roost/log.h>
#include <roost/settings.h>

struct roost_user;
struct roost_session;

/*
 * The user of a session: home, mail location, namespaces, storage driver and layers are resolved.
 * Shared by the sessions of a worker of whom the user database said the same (home, every field):
 * the second call refs the first's object.
 * Fails with CONFIG, NOPERM (home not accessible), TEMP.
 */
ROOST_API int roost_user_open(struct roost_session *session, struct roost_user **user,
			      struct roost_error *err);
/* The same without a session, for roostadm and tests. */
struct roost_user_options {
	const char *name, *home;
	const struct roost_scope *scope;
	const struct roost_log_scope *log;
};
ROOST_API int roost_user_create(const struct roost_user_options *options,
				struct roost_user **user, struct roost_error *err);
ROOST_API void roost_user_unref(struct roost_user *user);

ROOST_API const char *roost_user_name(const struct roost_user *user);
ROOST_API const char *roost_user_home(const struct roost_user *user);
ROOST_API const struct roost_scope *roost_user_scope(const struct roost_user *user);
ROOST_API const struct roost_log_scope *roost_user_log(const struct roost_user *user);

/* Namespaces in order of their prefixes' configuration. RFC 2342. */
enum roost_namespace_type {
	ROOST_NAMESPACE_PRIVATE = 0, ROOST_NAMESPACE_SHARED = 1, ROOST_NAMESPACE_PUBLIC = 2,
};
struct roost_namespace {
	const char *name, *prefix;	/* prefix as clients see it, in UTF-8 */
	char separator;
	uint32_t type;
	bool inbox, hidden, listed, list_children, subscriptions;
};
ROOST_API size_t roost_user_namespaces(const struct roost_user *user,
				       const struct roost_namespace *const **list);

#endif
