/* Which services run, as whom, within which limits. DESIGN section 2; R-SVC-1, R-SVC-2. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "core/base/memory.h"
#include "core/proc/service.h"

const char *service_string(struct master *master, const char *service, const char *key)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "service/%s/%s", service, key);
	return conf_snapshot_string(master->conf, path);
}

uint64_t service_number(struct master *master, const char *service, const char *key)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "service/%s/%s", service, key);
	return conf_snapshot_number(master->conf, path);
}

uint64_t service_client_limit(struct master *master, const char *service)
{
	uint64_t limit = service_number(master, service, "client_limit");

	return limit == 0 ? conf_snapshot_number(master->conf, "default_client_limit") : limit;
}

static int take_user(const char *service, const char *user, struct proc_ids *ids,
		     struct roost_error *err)
{
	struct passwd *pw = getpwnam(user);
	gid_t groups[16];
	int count = 16;

	if (pw == NULL) {
		return roost_fail_detail(err, ROOST_ERR_CONFIG,
			"service(%s): user %s does not exist: create it, or name another one in "
			"default_internal_user, default_login_user or the service's user",
			service, user);
	}
	ids->uid = pw->pw_uid;
	ids->gid = pw->pw_gid;
	if (getgrouplist(user, pw->pw_gid, groups, &count) < 0)
		count = 16;
	ids->group_count = (uint32_t)count;
	for (int i = 0; i < count; i++)
		ids->groups[i] = groups[i];
	return 0;
}

static int take_group(const char *service, const char *group, struct proc_ids *ids,
		      struct roost_error *err)
{
	struct group *gr = getgrnam(group);

	if (gr == NULL) {
		return roost_fail_detail(err, ROOST_ERR_CONFIG,
					 "service(%s): group %s does not exist", service, group);
	}
	ids->gid = gr->gr_gid;
	return 0;
}

/* "root" is how other servers begin these; ours never are. */
static bool names_user(const char *user)
{
	return user[0] != '\0' && user[0] != '$' && strcmp(user, "root") != 0;
}

/*
 * Whom workers are forked as: the service's own user (S-05), or mail_uid, and then nobody else;
 * without either whoever the user database says. Numbers are taken as they are, names looked up.
 */
static int mail_ids(struct master *master, struct service *service, struct roost_error *err)
{
	const char *user = service_string(master, service->name, "user");
	const char *uid = conf_snapshot_string(master->conf, "mail_uid");
	const char *gid = conf_snapshot_string(master->conf, "mail_gid");
	char *end;

	if (names_user(user))
		return take_user(service->name, user, &service->ids, err);
	if (uid[0] == '\0') {
		service->keep_setid = true;
		return take_user(service->name,
				 conf_snapshot_string(master->conf, "default_internal_user"),
				 &service->ids, err);
	}
	service->ids.uid = (uint32_t)strtoul(uid, &end, 10);
	service->ids.gid = service->ids.uid;
	if (*end != '\0' && take_user(service->name, uid, &service->ids, err) < 0)
		return -1;
	if (gid[0] == '\0')
		return 0;
	service->ids.gid = (uint32_t)strtoul(gid, &end, 10);
	return *end == '\0' ? 0 : take_group(service->name, gid, &service->ids, err);
}

/* The user whom a service runs as, never root: DESIGN's table, where the block does not say more. */
static int service_ids(struct master *master, struct service *service, struct roost_error *err)
{
	const char *user = service_string(master, service->name, "user");
	bool lmtp_front = service->kind == PROC_FRONT && strcmp(service->name, "lmtp") == 0;
	const char *fallback = service->kind == PROC_FRONT && !lmtp_front ?
			       "default_login_user" : "default_internal_user";

	service->ids.chroot = "";
	if (!master->root) {
		service->ids.uid = geteuid();
		service->ids.gid = getegid();
		return 0;
	}
	if (service->kind == PROC_TEMPLATE)
		return mail_ids(master, service, err);
	/* The user of service lmtp owns mail: a front must not. */
	if (!names_user(user) || lmtp_front)
		user = conf_snapshot_string(master->conf, fallback);
	return take_user(service->name, user, &service->ids, err);
}

/* Services in the making: of the next generation. */
struct services {
	struct master *master;
	ROOST_VEC(struct service *) made;
};

/* R-SVC-1: what a service does not say, the defaults do. */
static uint64_t process_limit(struct master *master, const char *service)
{
	uint64_t limit = service_number(master, service, "process_limit");

	return limit != 0 ? limit : conf_snapshot_number(master->conf, "default_process_limit");
}

static struct service *add(struct services *services, const char *name, const char *protocol,
			   enum proc_kind kind, enum conf_role role)
{
	struct master *master = services->master;
	struct service *service = mem_zalloc(sizeof(*service));

	service->name = mem_strdup(name);
	service->protocol = mem_strdup(protocol);
	service->kind = kind;
	service->role = role;
	service->generation = master->generation + 1;
	service->process_limit = process_limit(master, name);
	service->process_min_avail = service_number(master, name, "process_min_avail");
	service->vsz_limit = service_number(master, name, "vsz_limit");
	if (service->vsz_limit == UINT64_MAX)
		service->vsz_limit = conf_snapshot_number(master->conf, "default_vsz_limit");
	roost_vec_push(&services->made, service);
	return service;
}

/* The front and the template of one protocol, by the names that configurations use for them. */
static void add_protocol(struct services *services, const char *protocol)
{
	char front[256];
	const char *worker = strcmp(protocol, "sieve") == 0 ? "managesieve" : protocol;
	bool lmtp = strcmp(protocol, "lmtp") == 0;
	struct service *service;

	(void)snprintf(front, sizeof(front), "%s%s", worker, lmtp ? "" : "-login");
	service = add(services, front, protocol, PROC_FRONT, CONF_ROLE_FRONT);
	if (service->process_min_avail == 0)
		service->process_min_avail = 1;
	if (service->process_min_avail > service->process_limit)
		service->process_min_avail = service->process_limit;
	service = add(services, worker, protocol, PROC_TEMPLATE, CONF_ROLE_MAIL);
	/* The one of lmtp is that of its fronts; a delivery is a user at work as a session is. */
	if (lmtp)
		service->process_limit = process_limit(services->master, "imap");
}

static void free_service(struct service *service)
{
	roost_vec_free(&service->listeners);
	free(service->name);
	free(service->protocol);
	free(service);
}

/* Those of older configurations stay while they have children. */
static void retire(struct master *master)
{
	for (size_t i = 0; i < master->services.count; i++) {
		struct service *service = master->services.items[i];

		service->listeners.count = 0;
		if (service->children == 0)
			free_service(service);
	}
	master->services.count = 0;
}

/* anvil and log outlive a reload: their living children go over to the new services. */
static void inherit(struct master *master, struct service *service)
{
	if (service->kind != PROC_LOG && service->kind != PROC_ANVIL)
		return;
	for (struct child *child = master->children; child != NULL; child = child->next) {
		if (child->kind != service->kind || child->stopping)
			continue;
		child->service->children--;
		service_unref(master, child->service);
		child->service = service;
		service->children++;
	}
}

static void make_all(struct services *services)
{
	char *list = mem_strdup(conf_snapshot_string(services->master->conf, "protocols"));
	char *rest = list, *protocol;

	add(services, "log", "", PROC_LOG, CONF_ROLE_PLAIN);
	add(services, "anvil", "", PROC_ANVIL, CONF_ROLE_PLAIN);
	add(services, "auth", "", PROC_ROLE, CONF_ROLE_AUTH);
	while ((protocol = strsep(&rest, " ,\t")) != NULL) {
		if (protocol[0] != '\0' && strcmp(protocol, "none") != 0)
			add_protocol(services, protocol);
	}
	free(list);
}

int services_make(struct master *master, struct roost_error *err)
{
	struct services services = { .master = master };
	int ret = 0;

	make_all(&services);
	for (size_t i = 0; i < services.made.count && ret == 0; i++)
		ret = service_ids(master, services.made.items[i], err);
	if (ret == 0) {
		retire(master);
		master->generation++;
		for (size_t i = 0; i < services.made.count; i++)
			roost_vec_push(&master->services, services.made.items[i]);
		for (size_t i = 0; i < services.made.count; i++)
			inherit(master, services.made.items[i]);
	} else {
		for (size_t i = 0; i < services.made.count; i++)
			free_service(services.made.items[i]);
	}
	roost_vec_free(&services.made);
	return ret;
}

struct service *service_find(struct master *master, const char *name, enum proc_kind kind)
{
	for (size_t i = 0; i < master->services.count; i++) {
		struct service *service = master->services.items[i];

		if (service->kind == kind && strcmp(service->name, name) == 0)
			return service;
	}
	return NULL;
}

void service_unref(struct master *master, struct service *service)
{
	if (service->children == 0 && service->generation != master->generation)
		free_service(service);
}
