/* Fields that databases answer with. R-PDB-6, R-PDB-7. */
#include <string.h>
#include "modules/auth/auth.h"

static struct auth_field *find(const struct auth_fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->count; i++) {
		if (strcmp(fields->items[i].name, name) == 0)
			return &fields->items[i];
	}
	return NULL;
}

const char *auth_fields_get(const struct auth_fields *fields, const char *name)
{
	const struct auth_field *field = find(fields, name);

	return field == NULL ? NULL : field->value;
}

void auth_fields_set(struct roost_arena *arena, struct auth_fields *fields, const char *name,
		     const char *value)
{
	struct auth_field *field = find(fields, name), *grown;

	if (field != NULL) {
		field->value = roost_arena_strdup(arena, value);
		return;
	}
	if (fields->count == fields->capacity) {
		fields->capacity = fields->capacity == 0 ? 8 : 2 * fields->capacity;
		grown = roost_arena_alloc(arena, fields->capacity * sizeof(*grown));
		if (fields->count > 0)
			memcpy(grown, fields->items, fields->count * sizeof(*grown));
		fields->items = grown;
	}
	field = &fields->items[fields->count++];
	field->name = roost_arena_strdup(arena, name);
	field->value = roost_arena_strdup(arena, value);
}

struct auth_fields auth_fields_copy(struct roost_arena *arena, const struct auth_fields *fields)
{
	struct auth_fields copy = { NULL, fields->count, fields->count };

	if (copy.count > 0)
		copy.items = roost_arena_dup(arena, fields->items,
					     copy.count * sizeof(*copy.items));
	return copy;
}

void auth_fields_remove(struct auth_fields *fields, const char *name)
{
	struct auth_field *field = find(fields, name);

	if (field == NULL)
		return;
	memmove(field, field + 1, (size_t)(fields->items + fields->count - field - 1) *
		sizeof(*field));
	fields->count--;
}

/* Fields that change who the user is. Returns whether name was one. */
static bool rename_user(struct roost_auth *auth, const char *name, const char *value)
{
	const char *at = strchr(auth->user, '@');

	if (strcmp(name, "user") == 0)
		auth->user = roost_arena_strdup(auth->arena, value);
	else if (strcmp(name, "username") == 0 && (at == NULL || strchr(value, '@') != NULL))
		auth->user = roost_arena_strdup(auth->arena, value);
	else if (strcmp(name, "username") == 0)
		auth->user = roost_arena_printf(auth->arena, "%s%s", value, at);
	else if (strcmp(name, "domain") == 0)
		auth->user = roost_arena_printf(auth->arena, "%.*s@%s",
			(int)strcspn(auth->user, "@"), auth->user, value);
	else
		return false;
	return true;
}

/* "a=b<TAB>c=d" as fields of their own. */
static void import(struct roost_auth *auth, const char *text)
{
	char *copy = roost_arena_strdup(auth->arena, text), *word, *value;

	while ((word = strsep(&copy, "\t")) != NULL) {
		value = strchr(word, '=');
		if (value != NULL)
			*value++ = '\0';
		if (*word != '\0')
			roost_auth_field(auth, word, value == NULL ? "" : value);
	}
}

void roost_auth_field(struct roost_auth *auth, const char *name, const char *value)
{
	bool userdb = auth->dbs == &auth_userdbs;
	struct auth_fields *fields = userdb ? &auth->userdb : &auth->passdb;
	const char *suffix = strrchr(name, ':');

	if (value == NULL)
		return;
	if (suffix != NULL && strcmp(suffix, ":remove") == 0) {
		auth_fields_remove(fields, roost_arena_strndup(auth->arena, name,
							       (size_t)(suffix - name)));
		return;
	}
	if (suffix != NULL && strcmp(suffix, ":protected") == 0) {
		name = roost_arena_strndup(auth->arena, name, (size_t)(suffix - name));
		if (auth_fields_get(fields, name) != NULL)
			return;
	}
	if (userdb && strcmp(name, "userdb_import") == 0)
		import(auth, value);
	else if (!rename_user(auth, name, value))
		auth_fields_set(auth->arena, fields, name, value);
}

void roost_auth_add_fields(struct roost_auth *auth, const char *text)
{
	const char *blanks = " \t", *value;
	struct roost_error err;

	for (text += strspn(text, blanks); *text != '\0'; text += strspn(text, blanks)) {
		size_t len = strcspn(text, blanks);
		char *word = roost_arena_strndup(auth->arena, text, len), *equals;

		text += len;
		equals = strchr(word, '=');
		if (equals != NULL)
			*equals++ = '\0';
		value = roost_auth_expand(auth, equals == NULL ? "" : equals, NULL, &err);
		if (value == NULL)
			roost_log(&auth->log, ROOST_LOG_ERROR, "field %s: %s", word,
				  roost_error_log(&err));
		else
			roost_auth_field(auth, word, value);
	}
}

/* For nobody but us: what the client sees must not tell more than it needs. */
static bool private_field(const char *name)
{
	static const char *const names[] = { "password", "nopassword", "allow_nets", "nodelay",
					     "noauthenticate", "fail", "login_user" };

	for (size_t i = 0; i < ROOST_COUNT(names); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return strncmp(name, "userdb_", 7) == 0;
}

const char *const *auth_public_fields(struct roost_auth *auth)
{
	const char **list = roost_arena_zalloc(auth->arena,
					       (auth->passdb.count + 3) * sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; i < auth->passdb.count; i++) {
		const struct auth_field *field = &auth->passdb.items[i];

		if (private_field(field->name))
			continue;
		list[count++] = *field->value == '\0' ? field->name :
			roost_arena_printf(auth->arena, "%s=%s", field->name, field->value);
	}
	if (strcmp(auth->user, auth->orig_user) != 0)
		list[count++] = roost_arena_printf(auth->arena, "original_user=%s",
						   auth->orig_user);
	if (auth->master_user != NULL)
		list[count++] = roost_arena_printf(auth->arena, "auth_user=%s", auth->master_user);
	return list;
}
