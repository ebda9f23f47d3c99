/* Scopes: a process, a connection, a user, a block, and how a setting's value is found in them. */
#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <roost/str.h>
#include <roost/vec.h>
#include "core/conf/scope_private.h"

static struct roost_scope *process_scope;

const struct roost_scope *roost_scope_process(void)
{
	return process_scope;
}

void conf_scope_set_process(struct roost_scope *scope)
{
	process_scope = scope;
}

const struct conf_snapshot *conf_scope_snapshot(const struct roost_scope *scope)
{
	return scope->snapshot;
}

static struct roost_scope *scope_create(const struct roost_scope *parent)
{
	struct roost_arena *arena = roost_arena_create("scope");
	struct roost_scope *scope = roost_arena_new(arena, struct roost_scope);

	scope->magic = SCOPE_MAGIC;
	scope->arena = arena;
	scope->parent = parent;
	if (parent != NULL) {
		assert(parent->magic == SCOPE_MAGIC);
		scope->snapshot = parent->snapshot;
		scope->facts = parent->facts;
		scope->userdb = parent->userdb;
	}
	return scope;
}

void roost_scope_free(struct roost_scope *scope)
{
	size_t position = 0;
	const char *name;
	void *block;

	if (scope == NULL)
		return;
	assert(scope->magic == SCOPE_MAGIC);
	if (scope == process_scope)
		process_scope = NULL;
	while (scope->blocks != NULL && roost_map_next(scope->blocks, &position, &name, &block))
		roost_scope_free(block);
	roost_map_free(scope->blocks);
	roost_map_free(scope->variables);
	roost_map_free(scope->overrides);
	roost_map_free(scope->fields);
	roost_map_free(scope->texts);
	conf_snapshot_free(scope->owned);
	scope->magic = 0;
	roost_arena_free(scope->arena);
}

static void scope_put(struct roost_scope *scope, struct roost_map **map, const char *name,
		      const char *value)
{
	if (*map == NULL)
		*map = roost_map_create();
	roost_map_set(*map, name, roost_arena_strdup(scope->arena, value == NULL ? "" : value));
}

void roost_scope_set_variable(struct roost_scope *scope, const char *name, const char *value)
{
	scope_put(scope, &scope->variables, name, value);
}

void roost_scope_override(struct roost_scope *scope, const char *name, const char *value)
{
	scope_put(scope, &scope->overrides, name, value);
}

int conf_scope_load(int fd, const char *service, const char *protocol, struct roost_scope **result,
		    struct roost_error *err)
{
	struct conf_snapshot *snapshot;
	struct roost_scope *scope;

	if (conf_snapshot_open(fd, &snapshot, err) < 0)
		return -1;
	scope = scope_create(NULL);
	scope->snapshot = scope->owned = snapshot;
	scope->facts.protocol = roost_arena_strdup(scope->arena, protocol);
	if (service != NULL)
		roost_scope_set_variable(scope, "service", service);
	*result = scope;
	return 0;
}

struct roost_scope *roost_scope_connection(const struct roost_scope *parent,
					   const struct roost_setting_pair *facts)
{
	struct roost_scope *scope = scope_create(parent);
	const char *value;

	for (; facts != NULL && facts->name != NULL; facts++)
		roost_scope_set_variable(scope, facts->name, facts->value);
	if (scope->variables == NULL)
		return scope;
	if ((value = roost_map_get(scope->variables, "protocol")) != NULL ||
	    (value = roost_map_get(scope->variables, "service")) != NULL)
		scope->facts.protocol = value;
	if ((value = roost_map_get(scope->variables, "local_name")) != NULL && *value != '\0')
		scope->facts.local_name = value;
	if ((value = roost_map_get(scope->variables, "lip")) != NULL)
		conf_net_parse(value, &scope->facts.local);
	if ((value = roost_map_get(scope->variables, "rip")) != NULL)
		conf_net_parse(value, &scope->facts.remote);
	return scope;
}

static bool snapshot_knows(const struct conf_snapshot *snapshot, const char *name)
{
	size_t count, at = conf_snapshot_lower_bound(snapshot, name);
	const struct conf_entry *entries = conf_snapshot_entries(snapshot, &count);

	return at < count && strcmp(entries[at].name, name) == 0;
}

/* The setting that a userdb field means. */
static const char *field_setting(struct roost_scope *scope, const char *name)
{
	static const char *const meanings[][2] = {
		{ "mail", "mail_location" }, { "home", "mail_home" }, { "uid", "mail_uid" },
		{ "gid", "mail_gid" }, { "chroot", "mail_chroot" },
	};

	for (size_t i = 0; i < ROOST_COUNT(meanings); i++) {
		if (strcmp(name, meanings[i][0]) == 0)
			return meanings[i][1];
	}
	if (strchr(name, '/') != NULL || snapshot_knows(scope->snapshot, name))
		return name;
	return roost_arena_printf(scope->arena, "plugin/%s", name);
}

static void user_variables(struct roost_scope *scope, const char *user)
{
	const char *at = strchr(user, '@'), *last = strrchr(user, '@');

	roost_scope_set_variable(scope, "user", user);
	roost_scope_set_variable(scope, "username", at == NULL ? user :
		roost_arena_strndup(scope->arena, user, (size_t)(at - user)));
	roost_scope_set_variable(scope, "domain", at == NULL ? "" : at + 1);
	roost_scope_set_variable(scope, "domain_last", last == NULL ? "" : last + 1);
	roost_scope_set_variable(scope, "domain_first", at == NULL ? "" :
		roost_arena_strndup(scope->arena, at + 1, strcspn(at + 1, "@")));
}

struct roost_scope *roost_scope_user(const struct roost_scope *parent, const char *user,
				     const struct roost_setting_pair *fields)
{
	struct roost_scope *scope = scope_create(parent);
	struct roost_setting_pair *copy;
	size_t count = 0;

	user_variables(scope, user);
	while (fields != NULL && fields[count].name != NULL)
		count++;
	copy = roost_arena_zalloc(scope->arena, (count + 1) * sizeof(*copy));
	for (size_t i = 0; i < count; i++) {
		const char *name = fields[i].name;

		copy[i].name = roost_arena_strdup(scope->arena, name);
		copy[i].value = roost_arena_strdup(scope->arena,
						   fields[i].value == NULL ? "" : fields[i].value);
		scope_put(scope, &scope->fields, field_setting(scope, name), fields[i].value);
		if (strcmp(name, "home") == 0 || strcmp(name, "uid") == 0 ||
		    strcmp(name, "gid") == 0)
			roost_scope_set_variable(scope, name, fields[i].value);
	}
	scope->userdb = copy;
	return scope;
}

/* One name, exactly as spelt. */
static bool find_exact(const struct roost_scope *scope, const char *name, struct scope_raw *raw)
{
	const struct conf_entry *entry;

	memset(raw, 0, sizeof(*raw));
	raw->file = "";
	raw->given = true;
	for (const struct roost_scope *at = scope; at != NULL; at = at->parent) {
		if (at->overrides != NULL &&
		    (raw->value = roost_map_get(at->overrides, name)) != NULL)
			return true;
	}
	for (const struct roost_scope *at = scope; at != NULL; at = at->parent) {
		if (at->fields != NULL && (raw->value = roost_map_get(at->fields, name)) != NULL)
			return true;
	}
	raw->given = false;
	entry = conf_snapshot_find(scope->snapshot, name, &scope->facts);
	if (entry == NULL)
		return false;
	raw->value = entry->value;
	raw->flags = entry->flags;
	raw->file = entry->file;
	raw->line = entry->line;
	return true;
}

bool scope_find(const struct roost_scope *scope, const char *name, struct scope_raw *raw)
{
	assert(scope->magic == SCOPE_MAGIC);
	if (scope->block != NULL) {
		char *inside = roost_arena_printf(scope->arena, "%s/%s", scope->block, name);

		if (find_exact(scope, inside, raw))
			return true;
	}
	return find_exact(scope, name, raw);
}

/* "quota_rule2" of family "quota_rule": 2; the name itself: 1; 0: another name. */
static unsigned long family_number(const char *name, const char *base)
{
	size_t len = strlen(base);
	unsigned long number;
	char *end;

	if (strncmp(name, base, len) != 0)
		return 0;
	if (name[len] == '\0')
		return 1;
	if (!isdigit((unsigned char)name[len]))
		return 0;
	number = strtoul(name + len, &end, 10);
	return *end == '\0' && number > 0 && number < 1000000 ? number : 0;
}

struct family {
	const char *base;
	ROOST_VEC(const char *) names;
};

static void family_add(struct family *family, const char *name)
{
	if (family_number(name, family->base) == 0)
		return;
	for (size_t i = 0; i < family->names.count; i++) {
		if (strcmp(family->names.items[i], name) == 0)
			return;
	}
	roost_vec_push(&family->names, name);
}

static void family_add_map(struct family *family, const struct roost_map *map)
{
	size_t position = 0;
	const char *name;
	void *value;

	while (map != NULL && roost_map_next(map, &position, &name, &value))
		family_add(family, name);
}

static int family_order(const void *left, const void *right, void *base)
{
	unsigned long a = family_number(*(const char *const *)left, base);
	unsigned long b = family_number(*(const char *const *)right, base);

	return a < b ? -1 : a > b;
}

const struct roost_setting_pair *scope_family(const struct roost_scope *scope, const char *base)
{
	struct family family = { .base = base };
	struct roost_setting_pair *pairs;
	const struct conf_entry *entries;
	struct scope_raw raw;
	size_t total, count = 0;

	entries = conf_snapshot_entries(scope->snapshot, &total);
	for (size_t i = conf_snapshot_lower_bound(scope->snapshot, base); i < total; i++) {
		if (strncmp(entries[i].name, base, strlen(base)) != 0)
			break;
		family_add(&family, entries[i].name);
	}
	for (const struct roost_scope *at = scope; at != NULL; at = at->parent) {
		family_add_map(&family, at->overrides);
		family_add_map(&family, at->fields);
	}
	if (family.names.count > 0)
		qsort_r(family.names.items, family.names.count, sizeof(char *), family_order,
			(void *)base);
	pairs = roost_arena_zalloc(scope->arena, (family.names.count + 1) * sizeof(*pairs));
	for (size_t i = 0; i < family.names.count; i++) {
		const char *name = family.names.items[i];

		if (!scope_find(scope, name, &raw) || *raw.value == '\0')
			continue;
		pairs[count].name = roost_arena_strdup(scope->arena, name);
		pairs[count++].value = roost_scope_value(scope, name);
	}
	roost_vec_free(&family.names);
	return pairs;
}

const struct roost_setting_pair *roost_setting_pairs(struct roost_arena *arena,
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
