/* The host of a role module (auth, dict): its links and listeners become calls of its vtable. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <roost/log.h>
#include <roost/loop.h>
#include <roost/role.h>
#include <roost/vec.h>
#include "core/conf/scope.h"
#include "core/loop/loop.h"
#include "core/module/module.h"
#include "core/proc/child.h"
#include "core/proc/confine.h"
#include "core/proc/link.h"
#include "core/proc/privileges.h"

static const struct roost_role_ops *role;
static struct roost_link *anvil;
static ROOST_VEC(struct roost_loop_fd *) watches;

/* A cookie is good for a minute (cookie.h of auth): as long is there somebody who knows it. */
#define DRAIN_TIME (61 * ROOST_SEC)

struct roost_link *roost_link_anvil(void)
{
	return anvil;
}

static void link_message(struct roost_link *link, const void *data, size_t len, const int *fds,
			 size_t fd_count)
{
	role->link_message(link, data, len, fds, fd_count);
}

static void link_closed(struct roost_link *link)
{
	if (link == anvil)
		anvil = NULL;
	role->link_closed(link);
}

static const struct link_ops link_ops = { .message = link_message, .closed = link_closed };

static void role_link(int fd, const struct roost_peer *peer, uint32_t ticket)
{
	struct roost_link *link = link_create(fd, peer, &link_ops);

	if (strcmp(peer->role, "anvil") == 0)
		anvil = link;
	role->link_open(link, peer);
}

static void accept_ready(void *context, unsigned events)
{
	const struct child_listener *listener = context;
	int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0)
		role->accepted(listener->name, fd);
	else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
		roost_log(NULL, ROOST_LOG_ERROR, "accept on %s: %m", listener->name);
}

static void stop_now(void *context)
{
	if (role->stop != NULL)
		role->stop();
	loop_stop();
}

/* Draining, it takes no new clients, but those of fronts and workers are answered. */
static void role_stop(bool drain, const char *why)
{
	for (size_t i = 0; i < watches.count; i++)
		roost_loop_fd_free(watches.items[i]);
	watches.count = 0;
	if (drain)
		(void)roost_loop_timer(DRAIN_TIME, stop_now, NULL);
	else
		stop_now(NULL);
}
static const struct proc_ops role_ops = { .link = role_link, .stop = role_stop };

/* Passwords in other hands' memory: nothing of this process is readable, and it runs no program. */
static int confine(struct roost_error *err)
{
	if (privileges_drop(&proc.ids, proc.privileged, false, err) < 0)
		return -1;
	return confine_calls(0, 0, err) < 0 ? -1 : confine_signals(err);
}

int role_run(void)
{
	struct roost_error err;
	int status = proc_load_modules(proc.service);

	if (status != 0)
		return status;
	role = module_ops_find(ROOST_KIND_ROLE, proc.service, NULL);
	if (role == NULL) {
		roost_log(NULL, ROOST_LOG_FATAL,
			  "no installed module runs service %s", proc.service);
		return 89;
	}
	if (confine(&err) < 0) {
		roost_log(NULL, ROOST_LOG_FATAL, "%s", roost_error_log(&err));
		return 77;
	}
	loop_init();
	status = proc_init_modules();
	if (status != 0)
		return status;
	if (role->start != NULL && role->start(&err) < 0) {
		roost_log(NULL, ROOST_LOG_FATAL, "%s", roost_error_log(&err));
		return 89;
	}
	for (size_t i = 0; i < proc.listeners.count && role->accepted != NULL; i++) {
		struct child_listener *listener = &proc.listeners.items[i];

		roost_vec_push(&watches, roost_loop_fd(listener->fd, ROOST_LOOP_READ,
						       accept_ready, listener));
	}
	proc_serve(&role_ops);
	loop_run();
	modules_deinit();
	return 0;
}
