/* The sockets that a service's block asks for. */
#include <stdio.h>
#include <stdlib.h>
#include "core/base/memory.h"
#include "core/proc/service.h"

static const char *listener_value(struct master *master, const char *path, const char *name,
				  const char *key)
{
	char full[1024];

	(void)snprintf(full, sizeof(full), "%s/%s/%s", path, name, key);
	return conf_snapshot_string(master->conf, full);
}

/*
 * Sockets under login/ and token-login/ are how other servers' processes find each other; ours have
 * links, so nobody would answer there.
 */
static bool internal_name(const char *name)
{
	return strncmp(name, "login/", 6) == 0 || strncmp(name, "token-login/", 12) == 0;
}

static void add_unix(struct master *master, const char *path, const char *name,
		     struct service_sockets *sockets)
{
	struct service_unix spec = { .mode = (mode_t)strtoul(
		listener_value(master, path, name, "mode"), NULL, 8) };
	const char *file = listener_value(master, path, name, "path");
	const char *user = listener_value(master, path, name, "user");
	const char *group = listener_value(master, path, name, "group");
	const char *last;

	if (spec.mode == 0 || internal_name(name))
		return;
	if (file[0] == '\0')
		file = name;
	last = strrchr(file, '/');
	spec.name = mem_strdup(last == NULL ? file : last + 1);
	if (file[0] == '/')
		spec.path = mem_strdup(file);
	else if (asprintf(&spec.path, "%s/%s", master->base_dir, file) < 0)
		abort();
	if (user[0] == '$')		/* a reference to another setting that is unset */
		user = "";
	spec.user = mem_strdup(user);
	spec.group = mem_strdup(group[0] == '$' ? "" : group);
	roost_vec_push(&sockets->unixes, spec);
}

/* Addresses parted by blanks or commas; brackets around IPv6 ones are dropped. */
static char **split_addresses(const char *text)
{
	char **list = mem_zalloc((strlen(text) / 2 + 2) * sizeof(*list));
	size_t count = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, " ,\t");
		const char *start = text;
		size_t bare = len;

		if (bare > 2 && start[0] == '[' && start[bare - 1] == ']') {
			start++;
			bare -= 2;
		}
		if (bare > 0) {
			list[count] = strndup(start, bare);
			count++;
		}
		text += len;
		text += strspn(text, " ,\t");
	}
	return list;
}

static bool is_yes(const char *value)
{
	return strcmp(value, "yes") == 0;
}

static void add_inet(struct master *master, const char *path, const char *name,
		     struct service_sockets *sockets)
{
	struct service_inet spec = { .port = (unsigned)strtoul(
		listener_value(master, path, name, "port"), NULL, 10) };
	const char *addresses = listener_value(master, path, name, "address");
	bool tls = is_yes(listener_value(master, path, name, "ssl"));

	if (spec.port == 0)
		return;
	if (tls && strcmp(conf_snapshot_string(master->conf, "ssl"), "no") == 0)
		return;
	if (addresses[0] == '\0')
		addresses = conf_snapshot_string(master->conf, "listen");
	spec.name = mem_strdup(name);
	spec.addresses = split_addresses(addresses);
	if (tls)
		spec.flags |= CONTROL_LISTENER_TLS;
	if (is_yes(listener_value(master, path, name, "haproxy")))
		spec.flags |= CONTROL_LISTENER_HAPROXY;
	roost_vec_push(&sockets->inets, spec);
}

void service_sockets(struct master *master, struct service *service,
		     struct service_sockets *sockets)
{
	const struct conf_block *blocks;
	char path[512];
	size_t count;

	memset(sockets, 0, sizeof(*sockets));
	(void)snprintf(path, sizeof(path), "service/%s/unix_listener", service->name);
	blocks = conf_snapshot_blocks(master->conf, path, &count);
	for (size_t i = 0; i < count; i++)
		add_unix(master, path, blocks[i].name, sockets);
	(void)snprintf(path, sizeof(path), "service/%s/inet_listener", service->name);
	blocks = conf_snapshot_blocks(master->conf, path, &count);
	for (size_t i = 0; i < count; i++)
		add_inet(master, path, blocks[i].name, sockets);
}

void service_sockets_free(struct service_sockets *sockets)
{
	for (size_t i = 0; i < sockets->unixes.count; i++) {
		struct service_unix *spec = &sockets->unixes.items[i];

		free(spec->name);
		free(spec->path);
		free(spec->user);
		free(spec->group);
	}
	for (size_t i = 0; i < sockets->inets.count; i++) {
		struct service_inet *spec = &sockets->inets.items[i];

		for (size_t a = 0; spec->addresses[a] != NULL; a++)
			free(spec->addresses[a]);
		free(spec->addresses);
		free(spec->name);
	}
	roost_vec_free(&sockets->unixes);
	roost_vec_free(&sockets->inets);
}
