/* Modules: loaded for their schemas, found by what names them. DESIGN section 7. */
#include <stdlib.h>
#include <string.h>
#include <roost/str.h>
#include "core/conf/wanted.h"
#include "core/module/module.h"

static struct conf_module *find_module(const struct conf_wanted *wanted, const char *name)
{
	for (size_t i = 0; i < wanted->modules.count; i++) {
		if (strcmp(wanted->modules.items[i].name, name) == 0)
			return &wanted->modules.items[i];
	}
	return NULL;
}

static void load_one(void *context, const char *name)
{
	struct conf_wanted *wanted = context;
	struct conf_store *store = wanted->store;
	struct module_name one = { .name = name };
	struct roost_str problems = ROOST_STR_INIT;
	struct conf_module module = { .name = roost_arena_strdup(store->arena, name) };
	const struct module *loaded;

	/* What it requires is judged when all are there. */
	modules_load(wanted->directory, &one, 1, &problems);
	loaded = module_find(name);
	if (loaded == NULL)
		module.problems = roost_arena_strdup(store->arena, roost_str_text(&problems));
	else
		module.file = loaded->file;
	roost_str_free(&problems);
	roost_vec_push(&wanted->modules, module);
	if (loaded == NULL || loaded->descriptor->settings == NULL)
		return;
	for (const struct roost_settings *const *schema = loaded->descriptor->settings;
	     *schema != NULL; schema++)
		conf_store_add_schema(store, *schema, module.name);
}

struct conf_wanted *conf_wanted_create(struct conf_store *store, const char *directory)
{
	struct conf_wanted *wanted = roost_arena_new(store->arena, struct conf_wanted);
	struct roost_error err;

	wanted->store = store;
	wanted->directory = directory;
	wanted->lists = roost_map_create();
	if (modules_on_disk(directory, load_one, wanted, &err) < 0)
		conf_error(store->problems, (struct conf_place){ "", 0 }, "%s",
			   roost_error_log(&err));
	return wanted;
}

void conf_wanted_free(struct conf_wanted *wanted)
{
	size_t position = 0;
	const char *key;
	void *list;

	if (wanted == NULL)
		return;
	while (roost_map_next(wanted->lists, &position, &key, &list))
		roost_vec_free(&((struct conf_list *)list)->names);
	roost_map_free(wanted->lists);
	roost_vec_free(&wanted->modules);
}

static void list_add(struct conf_wanted *wanted, enum conf_role role, const char *service,
		     const char *name)
{
	char *key = roost_arena_printf(wanted->store->arena, "%d %s", (int)role, service);
	struct conf_list *list = roost_map_get(wanted->lists, key);

	if (list == NULL) {
		list = roost_arena_new(wanted->store->arena, struct conf_list);
		roost_map_set(wanted->lists, key, list);
	}
	for (size_t i = 0; i < list->names.count; i++) {
		if (strcmp(list->names.items[i], name) == 0)
			return;
	}
	roost_vec_push(&list->names, name);
}

const char *conf_wanted_text(struct conf_wanted *wanted, enum conf_role role, const char *service)
{
	char *key = roost_arena_printf(wanted->store->arena, "%d %s", (int)role, service);
	const struct conf_list *list = roost_map_get(wanted->lists, key);
	struct roost_str out = ROOST_STR_INIT;
	const char *text;

	for (size_t i = 0; list != NULL && i < list->names.count; i++) {
		const struct conf_module *module = find_module(wanted, list->names.items[i]);

		roost_str_printf(&out, "%s\t%s\t%s\n", module->name, module->file,
				 module->named_at == NULL ? "" : module->named_at);
	}
	text = roost_arena_strdup(wanted->store->arena, roost_str_text(&out));
	roost_str_free(&out);
	return text;
}

/* Where a value was written, as module errors show it. */
static const char *named_at(struct conf_wanted *wanted, const struct conf_value *value,
			    const char *setting)
{
	if (value == NULL)
		return roost_arena_printf(wanted->store->arena, "the default of %s", setting);
	if (value->at.file[0] == '\0')
		return roost_arena_printf(wanted->store->arena, "-o %s", setting);
	return roost_arena_printf(wanted->store->arena, "%s:%u (%s)", value->at.file,
				  value->at.line, setting);
}

static void missing(struct conf_wanted *wanted, const char *name, const char *at)
{
	conf_error(wanted->store->problems, (struct conf_place){ "", 0 },
		   "module %s: not found in %s. Is the package roost-%s installed?\n"
		   "  named at %s", name, wanted->directory, name, at);
}

/* One name, wanted by one service; false: it is not installed, and that is reported. */
static bool want(struct conf_wanted *wanted, enum conf_role role, const char *service,
		 const char *name, const char *at)
{
	struct conf_module *module = find_module(wanted, name);
	const struct module *loaded;

	if (module == NULL) {
		missing(wanted, name, at);
		return false;
	}
	if (module->named_at == NULL) {
		module->named_at = at;
		if (module->problems != NULL)
			conf_error(wanted->store->problems, (struct conf_place){ "", 0 },
				   "%s  named at %s", module->problems, at);
	}
	loaded = module_find(name);
	if (loaded == NULL)
		return false;
	/* What a setting names brings along what it stands on. */
	for (const char *const *other = loaded->descriptor->requires;
	     other != NULL && *other != NULL; other++) {
		if (find_module(wanted, *other) != NULL)
			want(wanted, role, service, *other, at);
		else
			missing(wanted, *other, at);
	}
	list_add(wanted, role, service, module->name);
	return true;
}

/* The module that provides a driver, or what it would be called. */
static const char *provider_of(struct conf_wanted *wanted, enum roost_kind kind,
			       const char *driver)
{
	const struct module *provider;
	char *name;

	if (module_ops_find(kind, driver, &provider) != NULL)
		return provider->descriptor->name;
	name = roost_arena_strdup(wanted->store->arena, driver);
	for (char *p = name; *p != '\0'; p++) {
		if (*p == '-')
			*p = '_';
	}
	return name;
}

static bool is_yes(struct conf_store *store, const char *setting)
{
	bool yes = strcasecmp(conf_store_get(store, setting, NULL), "no") != 0;

	return yes;
}

/* ---- auth */

/* The back end that an SQL driver's file names: "driver = mysql". */
static void want_backend(struct conf_wanted *wanted, const char *args, const char *at)
{
	const char *path = strchr(args, '/'), *line;
	const struct conf_external *external;

	external = path == NULL ? NULL : conf_tree_external(wanted->store->tree, path);
	if (external == NULL || external->content == NULL)
		return;
	for (line = external->content; line != NULL; line = strchr(line, '\n')) {
		size_t len;

		line += strspn(line, " \t\r\n");
		if (strncmp(line, "driver", 6) != 0)
			continue;
		line += 6;
		line += strspn(line, " \t");
		if (*line != '=')
			continue;
		line += 1 + strspn(line + 1, " \t");
		len = strcspn(line, " \t\r\n#");
		if (len > 0)
			want(wanted, CONF_ROLE_AUTH, "auth",
			     roost_arena_strndup(wanted->store->arena, line, len), at);
	}
}

static void want_database(struct conf_wanted *wanted, const struct conf_store_block *block)
{
	struct conf_store *store = wanted->store;
	bool passdb = strcmp(block->type->word, "passdb") == 0;
	const struct conf_slot *slot = conf_store_slot(store,
		roost_arena_printf(store->arena, "%s/driver", block->path));
	const struct conf_value *value = conf_slot_in(store, slot, block->context);
	const struct conf_value *args = conf_slot_in(store, conf_store_slot(store,
		roost_arena_printf(store->arena, "%s/args", block->path)), block->context);
	const char *at;

	if (value == NULL || value->text[0] == '\0') {
		conf_error(store->problems, block->at, "%s is missing driver", block->type->word);
		return;
	}
	at = named_at(wanted, value, roost_arena_printf(store->arena, "%s { driver }",
							block->type->word));
	if (want(wanted, CONF_ROLE_AUTH, "auth",
		 provider_of(wanted, passdb ? ROOST_KIND_PASSDB : ROOST_KIND_USERDB, value->text),
		 at) && strcmp(value->text, "sql") == 0 && args != NULL)
		want_backend(wanted, args->text, at);
}

static void want_auth(struct conf_wanted *wanted)
{
	struct conf_store *store = wanted->store;

	want(wanted, CONF_ROLE_AUTH, "auth", "auth", "service auth");
	for (size_t i = 0; i < store->blocks.count; i++) {
		const struct conf_store_block *block = store->blocks.items[i];

		if (strcmp(block->type->word, "passdb") == 0 ||
		    strcmp(block->type->word, "userdb") == 0)
			want_database(wanted, block);
	}
}

/* ---- workers */

static void want_storage(struct conf_wanted *wanted, const char *service, const char *location,
			 const char *at)
{
	size_t len = strcspn(location, ":");
	const char *driver = roost_arena_strndup(wanted->store->arena, location, len);

	/* A path alone: found out when it is opened, like an empty one. */
	if (len == 0 || strpbrk(driver, "/~%") != NULL) {
		const struct module *provider;

		for (size_t i = 0; module_ops_at(ROOST_KIND_STORAGE, i, &provider) != NULL; i++)
			want(wanted, CONF_ROLE_MAIL, service, provider->descriptor->name, at);
		return;
	}
	if (strcmp(driver, "dbox") == 0)
		driver = "sdbox";
	want(wanted, CONF_ROLE_MAIL, service, provider_of(wanted, ROOST_KIND_STORAGE, driver), at);
}

static void want_storages(struct conf_wanted *wanted, const char *service,
			  const struct conf_facts *facts)
{
	struct conf_store *store = wanted->store;
	const struct conf_slot *slot = conf_store_slot(store, "mail_location");

	want_storage(wanted, service, conf_store_get(store, "mail_location", facts),
		     named_at(wanted, conf_slot_under(store, slot, facts), "mail_location"));
	for (size_t i = 0; i < store->blocks.count; i++) {
		const struct conf_store_block *block = store->blocks.items[i];
		const struct conf_value *value;

		if (strcmp(block->type->word, "namespace") != 0)
			continue;
		slot = conf_store_slot(store, roost_arena_printf(store->arena, "%s/location",
								 block->path));
		value = conf_slot_under(store, slot, facts);
		if (value != NULL && value->text != NULL && value->text[0] != '\0')
			want_storage(wanted, service, value->text,
				     named_at(wanted, value, "location"));
	}
}

/* zlib is the layer; what it packs and unpacks with are modules of their own. */
static void want_codecs(struct conf_wanted *wanted, const char *service, const char *at)
{
	for (size_t i = 0; i < wanted->modules.count; i++) {
		const char *name = wanted->modules.items[i].name;

		if (strncmp(name, "codec_", 6) == 0)
			want(wanted, CONF_ROLE_MAIL, service, name, at);
	}
}

static void want_plugin(struct conf_wanted *wanted, const char *service, const char *name,
			const struct conf_value *value, const char *at)
{
	const struct conf_plugin *plugin = conf_plugin_find(name);
	struct conf_place place = value == NULL ? (struct conf_place){ "", 0 } : value->at;

	if (plugin != NULL && plugin->module != NULL)
		name = plugin->module;
	if (find_module(wanted, name) != NULL || plugin == NULL ||
	    plugin->state == CONF_PLUGIN_MODULE) {
		want(wanted, CONF_ROLE_MAIL, service, name, at);
		if (strcmp(name, "zlib") == 0)
			want_codecs(wanted, service, at);
		return;
	}
	if (plugin->state == CONF_PLUGIN_EXPOSES)
		conf_error(wanted->store->problems, place, "mail_plugins: %s is not available, and "
			   "without it mail would be open to others", name);
	else if (plugin->state == CONF_PLUGIN_MISSING)
		conf_warning(wanted->store->problems, place, "mail_plugins: %s is not available; "
			     "going on without it", name);
}

static void want_plugins(struct conf_wanted *wanted, const char *service,
			 const struct conf_facts *facts)
{
	struct conf_store *store = wanted->store;
	const struct conf_value *value = conf_slot_under(store,
		conf_store_slot(store, "mail_plugins"), facts);
	const char *text = conf_store_get(store, "mail_plugins", facts);
	const char *at = named_at(wanted, value, "mail_plugins");

	for (text += strspn(text, " ,\t"); *text != '\0'; text += strspn(text, " ,\t")) {
		size_t len = strcspn(text, " ,\t");

		want_plugin(wanted, service, roost_arena_strndup(store->arena, text, len), value,
			    at);
		text += len;
	}
}

static void want_worker(struct conf_wanted *wanted, const char *service, const char *protocol)
{
	struct conf_facts facts = { .protocol = protocol };

	if (is_yes(wanted->store, "module_autoload"))
		want_storages(wanted, service, &facts);
	want_plugins(wanted, service, &facts);
}

/* ---- protocols */

static void want_protocol(struct conf_wanted *wanted, const char *protocol,
			  const struct conf_value *value)
{
	bool sieve = strcmp(protocol, "sieve") == 0, lmtp = strcmp(protocol, "lmtp") == 0;
	const char *worker = sieve ? "managesieve" : protocol;
	const char *front = lmtp ? "lmtp" :
		roost_arena_printf(wanted->store->arena, "%s-login", worker);
	const char *at = named_at(wanted, value, "protocols");
	const struct module *provider;
	const char *module = worker;

	if (module_ops_find(ROOST_KIND_PROTOCOL, protocol, &provider) != NULL)
		module = provider->descriptor->name;
	/* Nobody asked for the default ones, so those that are not installed are not missed. */
	if (value == NULL && find_module(wanted, module) == NULL)
		return;
	if (!want(wanted, CONF_ROLE_FRONT, front, module, at))
		return;
	want(wanted, CONF_ROLE_MAIL, worker, module, at);
	want_worker(wanted, worker, protocol);
}

/* "imaps" and "pop3s" stood for listeners in 1.x. */
static bool listener_name(const char *protocol)
{
	return strcmp(protocol, "imaps") == 0 || strcmp(protocol, "pop3s") == 0 ||
		strcmp(protocol, "none") == 0;
}

void conf_wanted_find(struct conf_wanted *wanted)
{
	struct conf_store *store = wanted->store;
	const struct conf_value *value = conf_slot_under(store,
		conf_store_slot(store, "protocols"), NULL);
	const char *text = conf_store_get(store, "protocols", NULL);

	want_auth(wanted);
	for (text += strspn(text, " ,\t"); *text != '\0'; text += strspn(text, " ,\t")) {
		size_t len = strcspn(text, " ,\t");
		const char *protocol = roost_arena_strndup(store->arena, text, len);

		if (!listener_name(protocol))
			want_protocol(wanted, protocol, value);
		text += len;
	}
	want_worker(wanted, "doveadm", "doveadm");
}

bool conf_wanted_named(const struct conf_wanted *wanted, const char *module)
{
	const struct conf_module *found = find_module(wanted, module);

	return found != NULL && found->named_at != NULL;
}

void conf_wanted_check_settings(struct conf_wanted *wanted)
{
	struct conf_store *store = wanted->store;
	size_t position = 0;
	const char *path;
	void *item;

	while (roost_map_next(store->slots, &position, &path, &item)) {
		const struct conf_slot *slot = item;
		const struct conf_module *module;

		if (slot->module == NULL || slot->values.count == 0 ||
		    strncmp(path, "plugin/", 7) == 0)
			continue;
		module = find_module(wanted, slot->module);
		if (module != NULL && module->named_at == NULL)
			conf_error(store->problems, slot->values.items[0].at,
				   "%s: no module that is loaded knows this setting.\n"
				   "  The module \"%s\" does: add  mail_plugins = $mail_plugins %s",
				   path, slot->module, slot->module);
	}
}
