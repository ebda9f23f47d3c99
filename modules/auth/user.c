/* A request: its user's name, its variables, its life. R-PDB-11, R-VAR-1. */
#include <stdlib.h>
#include <string.h>
#include <roost/expand.h>
#include <roost/loop.h>
#include "modules/auth/auth.h"

struct roost_auth *auth_create(const struct roost_facts *facts, const char *mechanism)
{
	struct roost_arena *arena = roost_arena_create_secret("auth request");
	struct roost_auth *auth = roost_arena_zalloc(arena, sizeof(*auth));

	auth->arena = arena;
	auth->facts = *facts;
	auth->facts.service = roost_arena_strdup(arena, facts->service);
	auth->facts.session_id = roost_arena_strdup(arena, facts->session_id);
	auth->facts.rip = roost_arena_strdup(arena, facts->rip);
	auth->facts.lip = roost_arena_strdup(arena, facts->lip);
	auth->facts.local_name = roost_arena_strdup(arena, facts->local_name);
	auth->facts.client_id = roost_arena_strdup(arena, facts->client_id);
	auth->mechanism = roost_arena_strdup(arena, mechanism);
	auth->user = auth->orig_user = "";
	auth->log.debug = auth_settings->debug;
	auth->log.prefix = "auth: ";
	return auth;
}

static void free_now(void *context)
{
	struct roost_auth *auth = context;

	roost_arena_free(auth->arena);
}

void auth_free(struct roost_auth *auth)
{
	/* A driver that has just answered may still look at it. */
	if (auth != NULL)
		roost_loop_defer(free_now, auth);
}

void auth_abandon(struct roost_auth *auth)
{
	auth->done = NULL;
}

void auth_set_password(struct roost_auth *auth, const char *password, size_t len)
{
	auth->password = roost_arena_strndup(auth->arena, password, len);
}

void auth_wipe_password(struct roost_auth *auth)
{
	if (auth->password != NULL)
		explicit_bzero(auth->password, strlen(auth->password));
	auth->password = NULL;
}

static int translate(char *name, struct roost_error *err)
{
	const char *pairs = auth_settings->username_translation;
	const char *allowed = auth_settings->username_chars;

	for (; *name != '\0'; name++) {
		if (*allowed != '\0' && strchr(allowed, *name) == NULL)
			return roost_fail_detail(err, ROOST_ERR_INVALID,
				"Username character disallowed by auth_username_chars: 0x%02x",
				(unsigned char)*name);
		for (const char *pair = pairs; pair[0] != '\0' && pair[1] != '\0'; pair += 2) {
			if (pair[0] == *name) {
				*name = pair[1];
				break;
			}
		}
	}
	return 0;
}

/* Names become parts of paths and of log lines. */
static bool name_fits(const char *name)
{
	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (; *name != '\0'; name++) {
		if ((unsigned char)*name < 0x20 || *name == 0x7f || *name == '/')
			return false;
	}
	return true;
}

static int normalize(struct roost_auth *auth, const char *given, size_t len, const char **name,
		     struct roost_error *err)
{
	char *text = roost_arena_strndup(auth->arena, given, len);

	if (translate(text, err) < 0)
		return -1;
	if (strchr(text, '@') == NULL && auth_settings->default_realm[0] != '\0')
		text = roost_arena_printf(auth->arena, "%s@%s", text,
					  auth_settings->default_realm);
	auth->user = text;
	if (auth_settings->username_format[0] != '\0' &&
	    (auth->user = roost_auth_expand(auth, auth_settings->username_format, NULL,
					    err)) == NULL) {
		auth->user = "";
		return -1;
	}
	*name = auth->user;
	if (!name_fits(auth->user))
		return roost_fail_detail(err, ROOST_ERR_INVALID, "not a user name");
	return 0;
}

int auth_set_user(struct roost_auth *auth, const char *name, const char *target,
		  struct roost_error *err)
{
	const char *separator = auth_settings->master_separator, *at = NULL;
	size_t target_len = target == NULL ? 0 : strlen(target);

	if (target_len == 0 && *separator != '\0')
		at = strstr(name, separator);
	if (at != NULL) {
		target = name;
		target_len = (size_t)(at - name);
		name = at + strlen(separator);
	}
	if (target_len > 0 && normalize(auth, target, target_len, &auth->target, err) < 0)
		return -1;
	if (normalize(auth, name, strlen(name), &auth->user, err) < 0)
		return -1;
	if (auth->target != NULL && strcmp(auth->target, auth->user) == 0)
		auth->target = NULL;
	auth->orig_user = auth->user;
	auth->log.prefix = roost_arena_printf(auth->arena, "auth(%s,%s,<%s>): ", auth->user,
					      auth->facts.rip, auth->facts.session_id);
	return 0;
}

const char *roost_auth_user(const struct roost_auth *auth)
{
	return auth->user;
}

const char *roost_auth_plaintext(const struct roost_auth *auth)
{
	return auth->password;
}

const struct roost_facts *roost_auth_facts(const struct roost_auth *auth)
{
	return &auth->facts;
}

struct roost_arena *roost_auth_arena(struct roost_auth *auth)
{
	return auth->arena;
}

const struct roost_log_scope *roost_auth_log(const struct roost_auth *auth)
{
	return &auth->log;
}

/* "user", "username" and "domain" of one of the names that a request has. */
static const char *name_part(const struct roost_auth *auth, const char *full, const char *part)
{
	const char *at = strchr(full, '@');

	if (strcmp(part, "user") == 0)
		return full;
	if (strcmp(part, "domain") == 0)
		return at == NULL ? "" : at + 1;
	if (strcmp(part, "username") != 0)
		return NULL;
	return roost_arena_strndup(auth->arena, full, strcspn(full, "@"));
}

static const char *number(const struct roost_auth *auth, unsigned value)
{
	return value == 0 ? "" : roost_arena_printf(auth->arena, "%u", value);
}

static const char *fact(const struct roost_auth *auth, const char *name)
{
	const struct roost_facts *facts = &auth->facts;
	const struct { const char *name, *value; } values[] = {
		{ "service", facts->service }, { "protocol", facts->service },
		{ "session", facts->session_id }, { "rip", facts->rip }, { "lip", facts->lip },
		{ "real_rip", facts->rip }, { "real_lip", facts->lip },
		{ "local_name", facts->local_name }, { "client_id", facts->client_id },
		{ "mech", auth->mechanism }, { "cert", "" },
		{ "password", auth->password == NULL ? "" : auth->password },
		{ "secured", facts->tls ? "TLS" : facts->secured ? "secured" : "" },
		{ "master_user", auth->master_user == NULL ? "" : auth->master_user },
		{ "login_user", auth->target == NULL ? "" : auth->target },
	};

	for (size_t i = 0; i < ROOST_COUNT(values); i++) {
		if (strcmp(values[i].name, name) == 0)
			return values[i].value;
	}
	if (strcmp(name, "rport") == 0 || strcmp(name, "real_rport") == 0)
		return number(auth, facts->rport);
	if (strcmp(name, "lport") == 0 || strcmp(name, "real_lport") == 0)
		return number(auth, facts->lport);
	return NULL;
}

static const char *field_variable(const struct auth_fields *fields, const char *name)
{
	size_t len = strcspn(name, ":");
	const char *fallback = name[len] == ':' ? name + len + 1 : "";

	for (size_t i = 0; i < fields->count; i++) {
		if (strncmp(fields->items[i].name, name, len) == 0 &&
		    fields->items[i].name[len] == '\0')
			return fields->items[i].value;
	}
	return fallback;
}

const char *roost_auth_variable(const struct roost_auth *auth, const char *name)
{
	const char *value = name_part(auth, auth->user, name);

	if (value == NULL && strncmp(name, "orig_", 5) == 0)
		value = name_part(auth, auth->orig_user, name + 5);
	if (value == NULL && strncmp(name, "auth_", 5) == 0)
		value = name_part(auth, auth->master_user == NULL ? auth->user :
				  auth->master_user, name + 5);
	if (value == NULL && strncmp(name, "passdb:", 7) == 0)
		value = field_variable(&auth->passdb, name + 7);
	if (value == NULL && strncmp(name, "userdb:", 7) == 0)
		value = field_variable(&auth->userdb, name + 7);
	if (value == NULL && (strcmp(name, "home") == 0 || strcmp(name, "uid") == 0 ||
			      strcmp(name, "gid") == 0))
		value = field_variable(&auth->userdb, name);
	return value == NULL ? fact(auth, name) : value;
}

struct escaping {
	const struct roost_auth *auth;
	void (*escape)(struct roost_str *out, const char *value);
};

static const char *expand_value(void *context, const char *name)
{
	return roost_auth_variable(((struct escaping *)context)->auth, name);
}

static void expand_escape(void *context, struct roost_str *out, const char *value)
{
	((struct escaping *)context)->escape(out, value);
}

const char *roost_auth_expand(struct roost_auth *auth, const char *text,
			      void (*escape)(struct roost_str *out, const char *value),
			      struct roost_error *err)
{
	struct escaping escaping = { auth, escape };
	struct roost_expand expand = { expand_value, escape == NULL ? NULL : expand_escape,
				       &escaping };
	struct roost_str out = ROOST_STR_INIT;
	const char *result = NULL;

	if (roost_expand(&out, text, &expand, err) == 0)
		result = roost_arena_strdup(auth->arena, roost_str_text(&out));
	if (out.len > 0)
		explicit_bzero(out.data, out.len);
	roost_str_free(&out);
	return result;
}
