/*
 * Orders to children. A child that has just been started, or that is being told of a thousand
 * others, has no room in its socket for all of them: the rest waits here, with its descriptors.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "core/base/log.h"
#include "core/base/memory.h"
#include "core/proc/ipc.h"
#include "core/proc/master.h"

#define ORDERS_MAX 20000

struct order {
	struct order *next;
	size_t len, fd_count;
	int fds[IPC_FDS_MAX];
	char data[];
};

static void free_first(struct child *child)
{
	struct order *order = child->first_order;

	child->first_order = order->next;
	if (child->first_order == NULL)
		child->last_order = &child->first_order;
	child->order_count--;
	ipc_close_fds(order->fds, order->fd_count);
	free(order);
}

void child_drop_queued(struct child *child)
{
	while (child->first_order != NULL)
		free_first(child);
}

static void watch_writes(struct master *master, struct child *child, bool on)
{
	struct epoll_event event = { .events = EPOLLIN | (on ? EPOLLOUT : 0) };

	event.data.ptr = (void *)(uintptr_t)child->id;
	(void)epoll_ctl(master->epoll, EPOLL_CTL_MOD, child->control, &event);
}

static bool enqueue(struct master *master, struct child *child, const void *data, size_t len,
		    const int *fds, size_t count)
{
	struct order *order;

	if (child->order_count >= ORDERS_MAX) {
		roost_log(NULL, ROOST_LOG_ERROR,
			  "service(%s): PID %d does not read its orders; killing it",
			  child->service->name, (int)child->pid);
		if (child->pid > 0)
			(void)kill(child->pid, SIGKILL);
		return false;
	}
	order = mem_alloc(sizeof(*order) + len);
	*order = (struct order){ .len = len };
	memcpy(order->data, data, len);
	for (size_t i = 0; i < count; i++) {
		int fd = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);

		if (fd >= 0)
			order->fds[order->fd_count++] = fd;
	}
	if (child->first_order == NULL)
		watch_writes(master, child, true);
	*child->last_order = order;
	child->last_order = &order->next;
	child->order_count++;
	return true;
}

bool child_send(struct master *master, struct child *child, const void *data, size_t len,
		const int *fds, size_t count)
{
	int sent = 0;

	if (child->control < 0)
		return false;
	if (child->first_order == NULL)
		sent = ipc_send(child->control, data, len, fds, count, NULL);
	return sent > 0 || (sent == 0 && enqueue(master, child, data, len, fds, count));
}

void child_send_queued(struct master *master, struct child *child)
{
	while (child->first_order != NULL) {
		struct order *order = child->first_order;
		int sent = ipc_send(child->control, order->data, order->len, order->fds,
				    order->fd_count, NULL);

		if (sent == 0)
			return;
		if (sent < 0) {
			child_drop_queued(child);	/* it is gone: its exit is collected apart */
			break;
		}
		free_first(child);
	}
	watch_writes(master, child, false);
}
