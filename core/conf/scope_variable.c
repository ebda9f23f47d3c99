/* A scope's variables and the expansion of values by them. R-VAR-1, R-VAR-5. */
#include <string.h>
#include <roost/expand.h>
#include <roost/vec.h>
#include "core/conf/scope_private.h"
#include "core/conf/variable.h"

/* Variables that exist everywhere, if without a value. */
static const char *const known[] = {
	"auth_domain", "auth_user", "auth_username", "cert", "client_id", "domain", "domain_first",
	"domain_last", "gid", "home", "lip", "listener", "local_name", "login_domain",
	"login_user", "login_username", "lport", "master_user", "mech", "orig_domain", "orig_user",
	"orig_username", "owner_user", "password", "protocol", "real_lip", "real_lport", "real_rip",
	"real_rport", "rip", "rport", "secured", "service", "session", "session_pid", "uid", "user",
	"username",
};

bool variable_known(const char *name)
{
	for (size_t i = 0; i < ROOST_COUNT(known); i++) {
		if (strcmp(known[i], name) == 0)
			return true;
	}
	return strcmp(name, "hostname") == 0 || strcmp(name, "pid") == 0 ||
		strncmp(name, "env:", 4) == 0 || strncmp(name, "system:", 7) == 0 ||
		strncmp(name, "passdb:", 7) == 0 || strncmp(name, "userdb:", 7) == 0 ||
		strncmp(name, "forward_", 8) == 0;
}

/* Names that repeat another one until somebody sets them apart. */
static const char *stands_for(const char *name)
{
	static const char *const same[][2] = {
		{ "auth_user", "user" }, { "auth_username", "username" }, { "auth_domain", "domain" },
		{ "orig_user", "user" }, { "orig_username", "username" }, { "orig_domain", "domain" },
		{ "real_rip", "rip" }, { "real_lip", "lip" }, { "real_rport", "rport" },
		{ "real_lport", "lport" }, { "session_pid", "pid" },
	};

	for (size_t i = 0; i < ROOST_COUNT(same); i++) {
		if (strcmp(same[i][0], name) == 0)
			return same[i][1];
	}
	return NULL;
}

static const char *find_variable(const struct roost_scope *scope, const char *name)
{
	const char *value;

	for (; scope != NULL; scope = scope->parent) {
		if (scope->variables != NULL &&
		    (value = roost_map_get(scope->variables, name)) != NULL)
			return value;
	}
	return NULL;
}

static const char *lookup(const struct roost_scope *scope, const char *name)
{
	const char *value = find_variable(scope, name), *same;

	if (value == NULL && (same = stands_for(name)) != NULL)
		value = find_variable(scope, same);
	if (value == NULL)
		value = roost_expand_field(name, "userdb:", scope->userdb);
	if (value == NULL)
		value = roost_expand_field(name, "passdb:", NULL);
	return value;
}

static const char *expand_callback(void *context, const char *name)
{
	const struct roost_scope *scope = context;
	const char *value = lookup(scope, name);

	/* The expander knows these by itself. */
	if (value != NULL || strcmp(name, "hostname") == 0 || strcmp(name, "pid") == 0 ||
	    strncmp(name, "env:", 4) == 0 || strncmp(name, "system:", 7) == 0)
		return value;
	return variable_known(name) ? "" : NULL;
}

int roost_scope_expand(const struct roost_scope *scope, struct roost_str *out, const char *text,
		       struct roost_error *err)
{
	struct roost_expand expand = { .value = expand_callback, .context = (void *)scope };

	return roost_expand(out, text, &expand, err);
}

const char *roost_scope_variable(const struct roost_scope *scope, const char *name)
{
	const char *value = expand_callback((void *)scope, name);
	struct roost_str out = ROOST_STR_INIT;
	struct roost_error err;

	if (value != NULL)
		return value;
	roost_str_printf(&out, "%%{%s}", name);
	value = roost_arena_strdup(scope->arena, out.data);
	roost_str_truncate(&out, 0);
	value = roost_scope_expand(scope, &out, value, &err) < 0 ? NULL :
		roost_arena_strdup(scope->arena, roost_str_text(&out));
	roost_str_free(&out);
	return value;
}
