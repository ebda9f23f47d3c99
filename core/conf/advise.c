/* Warnings of roostconf --check: no effect, nobody knows it, a trap. R-SVC-3, R-CFG-15, R-PDB-9a. */
#include <string.h>
#include "core/conf/advise.h"
#include "core/conf/judge.h"
#include "core/module/module.h"

/* ---- services: DESIGN section 2 says which processes there are */

/* Keys that mean nothing, whatever the service. */
static const char *service_key(const char *key)
{
	static const struct { const char *key, *why; } keys[] = {
		{ "executable", "services run roost's own programs" },
		{ "chroot", "each process has the root directory that fits its part" },
		{ "drop_priv_before_exec", "privileges are always dropped first" },
		{ "privileged_group", "mail_privileged_group is taken on where it is needed" },
		{ "idle_kill", "processes of this service end by service_count" },
		{ "type", "the service's part is known by its name" },
	};

	for (size_t i = 0; i < ROOST_COUNT(keys); i++) {
		if (strcmp(keys[i].key, key) == 0)
			return keys[i].why;
	}
	return NULL;
}

/* Services of other servers whose work ours do elsewhere, or not at all. */
static const char *service_gone(const char *name)
{
	static const struct { const char *name, *why; } gone[] = {
		{ "aggregator", "there is no continuous replication" },
		{ "config", "processes get their settings from the master" },
		{ "director", "there is no director" },
		{ "dns-client", "names are looked up by those who need them" },
		{ "health-check", "external programs are not run yet" },
		{ "imap-urlauth", "URLAUTH has no processes of its own" },
		{ "imap-urlauth-login", "URLAUTH has no processes of its own" },
		{ "imap-urlauth-worker", "URLAUTH has no processes of its own" },
		{ "indexer", "mailboxes are indexed by their users' workers" },
		{ "indexer-worker", "mailboxes are indexed by their users' workers" },
		{ "ipc", "processes are linked with each other" },
		{ "old-stats", "there are only the newer statistics" },
		{ "replicator", "there is no continuous replication" },
		{ "submission", "there is no submission service" },
		{ "submission-login", "there is no submission service" },
		{ "tcpwrap", "there is no tcpwrap" },
	};

	for (size_t i = 0; i < ROOST_COUNT(gone); i++) {
		if (strcmp(gone[i].name, name) == 0)
			return gone[i].why;
	}
	return NULL;
}

static bool is_script(struct conf_store *store, const char *service)
{
	const char *program = conf_store_get(store,
		roost_arena_printf(store->arena, "service/%s/executable", service), NULL);

	return program != NULL && strncmp(program, "script", 6) == 0;
}

static void advise_service(struct conf_store *store, const struct conf_slot *slot,
			   struct conf_place at)
{
	const char *name = slot->path + strlen("service/"), *rest = strchr(name, '/');
	const char *why;

	name = roost_arena_strndup(store->arena, name, (size_t)(rest - name));
	why = service_gone(name);
	if (why == NULL && rest + 1 == slot->key && !is_script(store, name))
		why = service_key(slot->key);
	if (why == NULL && strncmp(rest, "/unix_listener/login/", 21) == 0)
		why = "login processes and workers are linked without sockets";
	if (why == NULL && strncmp(rest, "/fifo_listener/", 15) == 0)
		why = "there are no FIFOs";
	if (why != NULL)
		conf_warning(store->problems, at, "%s has no effect: %s", slot->path, why);
}

/* A protocol of a module, "x" or "x-login"; or what has no service of its own. */
static bool protocol_known(struct conf_store *store, const char *name)
{
	static const char *const others[] = { "lda", "sieve", "managesieve" };
	size_t len = strlen(name);
	const struct module *module;

	for (size_t i = 0; i < ROOST_COUNT(others); i++) {
		if (strcmp(others[i], name) == 0)
			return true;
	}
	if (len > 6 && strcmp(name + len - 6, "-login") == 0)
		name = roost_arena_strndup(store->arena, name, len - 6);
	return module_ops_find(ROOST_KIND_PROTOCOL, name, &module) != NULL;
}

static void advise_name(struct conf_store *store, const char *word, const char *name,
			struct conf_place at)
{
	const char *near = conf_nearest_service(store, name);

	if (protocol_known(store, name) || (near != NULL && strcmp(near, name) == 0))
		return;
	if (near == NULL)
		conf_warning(store->problems, at, "%s %s has no effect: nothing has this name",
			     word, name);
	else
		conf_warning(store->problems, at, "%s %s has no effect: nothing has this name (did "
			     "you mean %s?)", word, name, near);
}

/* Blocks of services and protocols that are not there. */
static void advise_names(struct conf_store *store)
{
	for (size_t i = 0; i < store->blocks.count; i++) {
		const struct conf_store_block *block = store->blocks.items[i];

		if (!block->built_in && strcmp(block->type->word, "service") == 0 &&
		    !is_script(store, block->name))
			advise_name(store, "service", block->name, block->at);
	}
	for (size_t i = 1; i < store->contexts.count; i++) {
		const struct conf_context *context = &store->contexts.items[i];

		if (strcmp(context->word, "protocol") == 0)
			advise_name(store, "protocol", context->filter.protocol, context->at);
	}
}

/* ---- settings outside services */

static const char *without_effect(const char *path)
{
	static const struct { const char *prefix, *why; } known[] = {
		{ "auth_proxy_self", "logins are not proxied yet" },
		{ "auth_stats", "statistics come with events" },
		{ "auth_use_winbind", "NTLM is not offered" },
		{ "auth_winbind_helper_path", "NTLM is not offered" },
		{ "config_cache_size", "processes get their settings from the master" },
		{ "director_", "there is no director" },
		{ "dotlock_use_excl", "lock files are always made with O_EXCL" },
		{ "libexec_dir", "programs are where they were installed" },
		{ "login_access_sockets", "there is no tcpwrap" },
		{ "login_plugin", "modules are named by mail_plugins" },
		{ "login_proxy_notify_path", "logins are not proxied yet" },
		{ "mail_cache_", "the index decides what it caches" },
		{ "mail_index_", "the index decides when it is rewritten" },
		{ "mail_nfs_", "files are read so that it is never needed" },
		{ "mail_plugin_dir", "modules are where they were installed" },
		{ "mmap_disable", "nothing is mapped" },
		{ "old_stats_", "there are only the newer statistics" },
		{ "replicat", "there is no continuous replication" },
		{ "ssl_crypto_device", "OpenSSL has no engines any more" },
		{ "stats_writer_socket_path", "events go to stats without a socket" },
		{ "submission_client_workarounds", "there is no submission service" },
		{ "submission_relay_", "there is no submission service" },
		{ "verbose_proctitle", "processes are shown by roostadm who" },
		{ "version_ignore", "programs of one version are installed together" },
	};

	for (size_t i = 0; i < ROOST_COUNT(known); i++) {
		if (strncmp(path, known[i].prefix, strlen(known[i].prefix)) == 0)
			return known[i].why;
	}
	return NULL;
}

/* A family's member: "plugin/quota_rule2" of "plugin/quota_rule". */
static bool family_known(const struct conf_store *store, const char *path)
{
	size_t len = strlen(path);
	const struct conf_slot *slot;

	while (len > 0 && path[len - 1] >= '0' && path[len - 1] <= '9')
		len--;
	slot = conf_store_slot(store, roost_arena_strndup(store->arena, path, len));
	return slot != NULL && slot->setting != NULL && slot->setting->type & ROOST_SET_FAMILY;
}

static void advise_plugin(struct conf_wanted *wanted, const struct conf_slot *slot,
			  struct conf_place at)
{
	struct conf_store *store = wanted->store;

	if (slot->module != NULL) {
		if (!conf_wanted_named(wanted, slot->module))
			conf_warning(store->problems, at, "%s has no effect: its module %s is "
				     "not loaded", slot->path, slot->module);
		return;
	}
	if (!family_known(store, slot->path))
		conf_warning(store->problems, at, "%s: no module knows this setting", slot->path);
}

static void advise_slot(struct conf_wanted *wanted, const struct conf_slot *slot,
			struct conf_place at)
{
	struct conf_store *store = wanted->store;
	const char *why;

	if (strncmp(slot->path, "service/", 8) == 0) {
		advise_service(store, slot, at);
	} else if (strncmp(slot->path, "plugin/", 7) == 0) {
		advise_plugin(wanted, slot, at);
	} else {
		why = without_effect(slot->path);
		if (why != NULL)
			conf_warning(store->problems, at, "%s has no effect: %s", slot->path, why);
	}
}

void conf_advise(struct conf_wanted *wanted)
{
	size_t position = 0;
	const char *path;
	void *item;

	advise_names(wanted->store);
	while (roost_map_next(wanted->store->slots, &position, &path, &item)) {
		const struct conf_slot *slot = item;

		if (slot->values.count > 0)
			advise_slot(wanted, slot, slot->values.items[0].at);
	}
}
