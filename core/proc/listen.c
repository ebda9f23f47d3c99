/* Listening sockets: unix with owner and mode, inet. Kept over reloads, so that no client is refused. */
#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "core/base/log.h"
#include "core/base/memory.h"
#include "core/proc/master.h"
#include "core/proc/service.h"

#define BACKLOG 511

static struct listener *find_listener(struct master *master, const char *key)
{
	for (size_t i = 0; i < master->listeners.count; i++) {
		if (strcmp(master->listeners.items[i]->key, key) == 0)
			return master->listeners.items[i];
	}
	return NULL;
}

static void free_listener(struct listener *listener)
{
	if (listener->fd >= 0)
		close(listener->fd);
	free(listener->key);
	free(listener->name);
	free(listener->path);
	free(listener);
}

/* The one that is bound already, or a new one with fd -1. */
static struct listener *want(struct master *master, struct service *service, const char *key,
			     const char *name, uint32_t flags)
{
	struct listener *listener = find_listener(master, key);

	if (listener == NULL) {
		listener = mem_zalloc(sizeof(*listener));
		listener->key = mem_strdup(key);
		listener->fd = -1;
		roost_vec_push(&master->listeners, listener);
	}
	free(listener->name);
	listener->name = mem_strdup(name);
	listener->flags = flags;
	listener->wanted = true;
	roost_vec_push(&service->listeners, listener);
	return listener;
}

/* A socket file that nobody listens on was left by a crash; one that answers belongs to somebody. */
static int clear_path(const struct sockaddr_un *address, struct roost_error *err)
{
	struct stat st;
	int fd, refused;

	if (lstat(address->sun_path, &st) < 0)
		return 0;
	if (!S_ISSOCK(st.st_mode)) {
		return roost_fail_detail(err, ROOST_ERR_EXISTS,
			"unix_listener %s: a file that is no socket is in the way",
			address->sun_path);
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	refused = connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 &&
		  errno == ECONNREFUSED;
	close(fd);
	if (!refused) {
		return roost_fail_detail(err, ROOST_ERR_INUSE,
			"unix_listener %s: another process listens there", address->sun_path);
	}
	if (unlink(address->sun_path) < 0)
		return roost_fail_errno(err, "unlink %s", address->sun_path);
	return 0;
}

static int look_up_owner(const struct service_unix *spec, uid_t *uid, gid_t *gid,
			 struct roost_error *err)
{
	struct passwd *pw;
	struct group *gr;

	*uid = (uid_t)-1;
	*gid = (gid_t)-1;
	if (spec->user[0] != '\0') {
		pw = getpwnam(spec->user);
		if (pw == NULL) {
			return roost_fail_detail(err, ROOST_ERR_CONFIG,
				"unix_listener %s: user %s does not exist", spec->path, spec->user);
		}
		*uid = pw->pw_uid;
	}
	if (spec->group[0] != '\0') {
		gr = getgrnam(spec->group);
		if (gr == NULL) {
			return roost_fail_detail(err, ROOST_ERR_CONFIG,
				"unix_listener %s: group %s does not exist", spec->path,
				spec->group);
		}
		*gid = gr->gr_gid;
	}
	return 0;
}

/* Who is not root can give nothing away: all is his, and the users need not exist. */
static int take_owner(struct master *master, const struct service_unix *spec,
		      struct roost_error *err)
{
	uid_t uid;
	gid_t gid;

	if (master->root && look_up_owner(spec, &uid, &gid, err) < 0)
		return -1;
	if ((master->root && chown(spec->path, uid, gid) < 0) ||
	    chmod(spec->path, spec->mode) < 0)
		return roost_fail_errno(err, "unix_listener %s", spec->path);
	return 0;
}

/* Parent directories under base_dir are made as needed ("login"); others are the administrator's. */
static void make_parent(const char *base_dir, const char *path)
{
	char parent[4096];
	char *slash;

	(void)snprintf(parent, sizeof(parent), "%s", path);
	slash = strrchr(parent, '/');
	if (slash == NULL || strncmp(path, base_dir, strlen(base_dir)) != 0)
		return;
	*slash = '\0';
	(void)mkdir(parent, 0755);
}

static int bind_unix(struct master *master, const struct service_unix *spec, int *result,
		     struct roost_error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, bound;

	if (strlen(spec->path) >= sizeof(address.sun_path)) {
		return roost_fail_detail(err, ROOST_ERR_CONFIG,
			"unix_listener %s: the path is longer than the %zu bytes a socket's may be",
			spec->path, sizeof(address.sun_path) - 1);
	}
	memcpy(address.sun_path, spec->path, strlen(spec->path) + 1);
	make_parent(master->base_dir, spec->path);
	if (clear_path(&address, err) < 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* Nobody may connect before owner and mode are right. */
	mask = umask(0777);
	bound = bind(fd, (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (bound < 0 || take_owner(master, spec, err) < 0 || listen(fd, BACKLOG) < 0) {
		if (bound < 0)
			roost_fail_errno(err, "unix_listener %s", spec->path);
		close(fd);
		return -1;
	}
	*result = fd;
	return 0;
}

static int bind_inet(const struct addrinfo *address, const char *what, int *result,
		     struct roost_error *err)
{
	int on = 1;
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return roost_fail_errno(err, "socket for %s", what);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address->ai_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, address->ai_addr, address->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0) {
		roost_fail_errno(err, "inet_listener %s", what);
		close(fd);
		return -1;
	}
	*result = fd;
	return 0;
}

/* One address of an inet_listener. "*" is IPv4's any, "::" IPv6's. */
static int listen_inet(struct master *master, struct service *service,
		       const struct service_inet *spec, const char *host, struct roost_error *err)
{
	struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
				  .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	struct listener *listener;
	char port[16], key[512];
	bool any4 = strcmp(host, "*") == 0;
	int code, ret = 0;

	(void)snprintf(port, sizeof(port), "%u", spec->port);
	(void)snprintf(key, sizeof(key), "inet %s %s", host, port);
	listener = want(master, service, key, spec->name, spec->flags | CONTROL_LISTENER_INET);
	if (listener->fd >= 0)
		return 0;
	hints.ai_family = any4 ? AF_INET : AF_UNSPEC;
	code = getaddrinfo(any4 ? NULL : host, port, &hints, &found);
	if (code != 0) {
		return roost_fail_detail(err, ROOST_ERR_CONFIG,
			"service %s, inet_listener %s: address %s: %s", service->name, spec->name,
			host, gai_strerror(code));
	}
	ret = bind_inet(found, key + 5, &listener->fd, err);
	/* A host without IPv6 can still serve IPv4 under the default "*, ::". */
	if (ret < 0 && found->ai_family == AF_INET6 &&
	    (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL) && strcmp(host, "::") == 0) {
		service->listeners.count--;
		listener->wanted = false;
		ret = 0;
	}
	freeaddrinfo(found);
	return ret;
}

static int listen_unix(struct master *master, struct service *service,
		       const struct service_unix *spec, struct roost_error *err)
{
	struct listener *listener;
	char key[4200];

	(void)snprintf(key, sizeof(key), "unix %s", spec->path);
	listener = want(master, service, key, spec->name, 0);
	if (listener->fd >= 0)
		return take_owner(master, spec, err);	/* a reload may have changed them */
	free(listener->path);
	listener->path = mem_strdup(spec->path);
	return bind_unix(master, spec, &listener->fd, err);
}

static int say(int ret, const struct roost_error *err)
{
	if (ret < 0)
		roost_log(NULL, ROOST_LOG_ERROR, "%s", roost_error_log(err));
	return ret;
}

/* One that cannot be had does not keep the others away. */
static int bind_service(struct master *master, struct service *service)
{
	struct service_sockets sockets;
	struct roost_error err;
	int ret = 0;

	service->listeners.count = 0;
	service_sockets(master, service, &sockets);
	for (size_t i = 0; i < sockets.unixes.count; i++)
		ret |= say(listen_unix(master, service, &sockets.unixes.items[i], &err), &err);
	for (size_t i = 0; i < sockets.inets.count; i++) {
		const struct service_inet *spec = &sockets.inets.items[i];

		for (size_t a = 0; spec->addresses[a] != NULL; a++) {
			ret |= say(listen_inet(master, service, spec, spec->addresses[a], &err),
				   &err);
		}
	}
	service_sockets_free(&sockets);
	return ret;
}

static void drop_unwanted(struct master *master)
{
	size_t kept = 0;

	for (size_t i = 0; i < master->listeners.count; i++) {
		struct listener *listener = master->listeners.items[i];

		if (listener->wanted) {
			master->listeners.items[kept++] = listener;
			continue;
		}
		/* One that we could not bind is somebody else's. */
		if (listener->path != NULL && listener->fd >= 0)
			(void)unlink(listener->path);
		free_listener(listener);
	}
	master->listeners.count = kept;
}

static bool has_listeners(const struct service *service)
{
	return service->kind == PROC_FRONT || service->kind == PROC_ROLE ||
	       service->kind == PROC_ANVIL;
}

int listeners_bind(struct master *master)
{
	int ret = 0;

	for (size_t i = 0; i < master->listeners.count; i++)
		master->listeners.items[i]->wanted = false;
	for (size_t i = 0; i < master->services.count; i++) {
		if (has_listeners(master->services.items[i]))
			ret |= bind_service(master, master->services.items[i]);
	}
	drop_unwanted(master);
	return ret;
}

void listeners_close(struct master *master)
{
	for (size_t i = 0; i < master->listeners.count; i++)
		master->listeners.items[i]->wanted = false;
	drop_unwanted(master);
	roost_vec_free(&master->listeners);
}
