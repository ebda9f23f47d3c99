/* Writing snapshots: what each role may know, with defaults and what is derived. DESIGN section 2. */
#include <string.h>
#include <roost/str.h>
#include "core/conf/emit.h"
#include "core/conf/value.h"

struct emitter {
	struct conf_wanted *wanted;
	struct conf_store *store;
	struct conf_builder *builder;
	enum conf_role role;
	uint32_t *filters;		/* of the builder, by context */
};

/* Who needs a secret. */
static bool role_needs(enum conf_role role, const char *path)
{
	static const struct { const char *prefix; enum conf_role role; } needs[] = {
		{ "ssl_client_", CONF_ROLE_MAIL }, { "ssl_client_", CONF_ROLE_AUTH },
		{ "ssl_", CONF_ROLE_FRONT }, { "auth_", CONF_ROLE_AUTH },
		{ "imapc_", CONF_ROLE_MAIL }, { "pop3c_", CONF_ROLE_MAIL },
		{ "submission_", CONF_ROLE_MAIL }, { "submission_", CONF_ROLE_FRONT },
		{ "doveadm_", CONF_ROLE_MAIL }, { "doveadm_", CONF_ROLE_FRONT },
		{ "plugin/", CONF_ROLE_MAIL },
	};

	for (size_t i = 0; i < ROOST_COUNT(needs); i++) {
		if (needs[i].role == role &&
		    strncmp(path, needs[i].prefix, strlen(needs[i].prefix)) == 0)
			return strncmp(path, "ssl_client_", 11) != 0 ||
				strcmp(needs[i].prefix, "ssl_client_") == 0;
	}
	return false;
}

static bool database(const char *path)
{
	return strncmp(path, "passdb/", 7) == 0 || strncmp(path, "userdb/", 7) == 0;
}

/* Arguments of databases may be passwords; their blocks say nothing to others. */
static bool hidden_from(enum conf_role role, const char *path)
{
	if (database(path))
		return role != CONF_ROLE_AUTH;
	return strncmp(path, "dict/", 5) == 0 && role != CONF_ROLE_DICT && role != CONF_ROLE_MAIL;
}

static uint32_t entry_flags(const struct conf_slot *slot)
{
	uint32_t type = slot->setting == NULL ? ROOST_SET_STRING | ROOST_SET_EXPANDED :
		slot->setting->type;
	uint32_t flags = type & 0xff;

	if (type & ROOST_SET_EXPANDED)
		flags |= CONF_ENTRY_EXPANDED;
	if (type & ROOST_SET_SECRET)
		flags |= CONF_ENTRY_SECRET;
	return flags;
}

/* "Yes" and "1" become the one word that readers compare with. */
static const char *in_one_form(const char *text, uint32_t flags)
{
	bool yes;

	if ((flags & CONF_ENTRY_TYPE) == ROOST_SET_BOOL && conf_value_bool(text, &yes, NULL) == 0)
		return yes ? "yes" : "no";
	return text;
}

static void emit_value(struct emitter *emitter, const struct conf_slot *slot, const char *text,
		       uint32_t flags, const struct conf_value *value)
{
	if (flags & CONF_ENTRY_SECRET && !role_needs(emitter->role, slot->path))
		text = "";
	conf_builder_set(emitter->builder, slot->path, in_one_form(text, flags), flags,
			 value == NULL ? 0 : emitter->filters[value->context],
			 value == NULL ? "" : value->at.file, value == NULL ? 0 : value->at.line);
}

static void emit_slot(struct emitter *emitter, const struct conf_slot *slot)
{
	uint32_t flags = entry_flags(slot);
	bool always = false;

	if (hidden_from(emitter->role, slot->path))
		return;
	for (size_t i = 0; i < slot->values.count; i++) {
		const struct conf_value *value = &slot->values.items[i];

		if (value->text == NULL)
			continue;
		always |= value->context == 0;
		emit_value(emitter, slot, value->text, flags, value);
	}
	/* A plugin setting without a value is unset, as if nobody knew it. */
	if (!always && (slot->fallback != NULL && (slot->fallback[0] != '\0' ||
						   strncmp(slot->path, "plugin/", 7) != 0)))
		emit_value(emitter, slot, conf_slot_fallback(emitter->store, slot),
			   flags | CONF_ENTRY_DEFAULT, NULL);
}

static void emit_slots(struct emitter *emitter)
{
	size_t position = 0;
	const char *path;
	void *slot;

	while (roost_map_next(emitter->store->slots, &position, &path, &slot))
		emit_slot(emitter, slot);
}

static void emit_filters(struct emitter *emitter)
{
	struct conf_store *store = emitter->store;
	const uint32_t *ranked = conf_store_ranked(store);

	emitter->filters = roost_arena_zalloc(store->arena,
					      store->contexts.count * sizeof(*emitter->filters));
	for (size_t i = 0; i < store->contexts.count; i++) {
		if (ranked[i] != 0)
			emitter->filters[ranked[i]] = conf_builder_filter(emitter->builder,
				&store->contexts.items[ranked[i]].filter);
	}
}

static void emit_blocks(struct emitter *emitter)
{
	struct conf_store *store = emitter->store;

	for (size_t i = 0; i < store->blocks.count; i++) {
		const struct conf_store_block *block = store->blocks.items[i];

		if (block->name[0] == '\0' || hidden_from(emitter->role, block->path))
			continue;
		conf_builder_block(emitter->builder, block->parent[0] == '\0' ? block->type->word :
				   roost_arena_printf(store->arena, "%s/%s", block->parent,
						      block->type->word),
				   block->name, block->at.file, block->at.line);
	}
}

/* Which snapshot a service's processes get; fronts and workers of one name are told apart. */
static void emit_derived(struct emitter *emitter)
{
	struct conf_store *store = emitter->store;

	for (size_t i = 0; i < store->blocks.count; i++) {
		const struct conf_store_block *block = store->blocks.items[i];
		enum conf_role role = CONF_ROLE_PLAIN;
		const char *modules;

		if (strcmp(block->type->word, "service") != 0)
			continue;
		for (int each = 0; each < CONF_ROLE_COUNT; each++) {
			if (conf_wanted_text(emitter->wanted, (enum conf_role)each,
					     block->name)[0] != '\0')
				role = (enum conf_role)each;
		}
		modules = conf_wanted_text(emitter->wanted,
			emitter->role == CONF_ROLE_MASTER ? role : emitter->role, block->name);
		conf_builder_set(emitter->builder,
			roost_arena_printf(store->arena, CONF_DERIVED_ROLE "%s", block->name),
			roost_arena_printf(store->arena, "%d", (int)role), ROOST_SET_UINT, 0, "", 0);
		conf_builder_set(emitter->builder,
			roost_arena_printf(store->arena, CONF_DERIVED_MODULES "%s", block->name),
			modules, ROOST_SET_STRING, 0, "", 0);
	}
}

/* The content of files that databases name, as "@file/PATH". R-CFG-16. */
static void emit_externals(struct emitter *emitter)
{
	struct conf_tree *tree = emitter->store->tree;

	if (emitter->role != CONF_ROLE_AUTH && emitter->role != CONF_ROLE_DICT)
		return;
	for (size_t i = 0; i < tree->externals.count; i++) {
		const struct conf_external *external = &tree->externals.items[i];

		if (external->content != NULL)
			conf_builder_set(emitter->builder,
				roost_arena_printf(emitter->store->arena, CONF_DERIVED_FILE "%s",
						   external->path),
				external->content, ROOST_SET_STRING | CONF_ENTRY_SECRET, 0,
				external->path, 1);
	}
}

int conf_emit(struct conf_wanted *wanted, enum conf_role role, int *fd, struct roost_error *err)
{
	struct emitter emitter = {
		.wanted = wanted, .store = wanted->store, .role = role,
		.builder = conf_builder_create(role),
	};
	int result;

	emit_filters(&emitter);
	emit_slots(&emitter);
	emit_blocks(&emitter);
	emit_derived(&emitter);
	emit_externals(&emitter);
	result = conf_builder_seal(emitter.builder, fd, err);
	conf_builder_free(emitter.builder);
	return result;
}
