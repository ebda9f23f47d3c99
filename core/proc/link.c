/* Message sockets between processes, with a bounded queue for slow peers. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <roost/arena.h>
#include <roost/log.h>
#include <roost/loop.h>
#include "core/base/memory.h"
#include "core/proc/ipc.h"
#include "core/proc/link.h"

#define QUEUE_MAX (8u << 20)

struct queued {
	struct queued *next;
	size_t len, fd_count;
	int fds[IPC_FDS_MAX];
	char data[];
};

struct roost_link {
	int fd;
	struct roost_loop_fd *watch;
	struct roost_arena *arena;	/* the peer's texts */
	struct roost_peer peer;
	const struct link_ops *ops;
	void *state;
	struct queued *first, **last;
	size_t queued;
	bool broken, busy, freed;
	int fds[IPC_FDS_MAX];		/* of the message that is being worked on */
	size_t fd_count;
};

static void drop_queue(struct roost_link *link)
{
	while (link->first != NULL) {
		struct queued *entry = link->first;

		link->first = entry->next;
		ipc_close_fds(entry->fds, entry->fd_count);
		free(entry);
	}
	link->last = &link->first;
	link->queued = 0;
}

void link_free(struct roost_link *link)
{
	if (link->busy) {
		link->freed = true;
		return;
	}
	roost_loop_fd_free(link->watch);
	drop_queue(link);
	close(link->fd);
	roost_arena_free(link->arena);
	free(link);
}

static void link_broken(struct roost_link *link)
{
	if (!link->freed)
		link->ops->closed(link);
	link->busy = false;
	link_free(link);
}

static void write_queue(struct roost_link *link)
{
	while (link->first != NULL) {
		struct queued *entry = link->first;
		int sent = ipc_send(link->fd, entry->data, entry->len, entry->fds,
				    entry->fd_count, NULL);

		if (sent == 0)
			return;
		if (sent < 0) {
			link->broken = true;
			return;
		}
		link->first = entry->next;
		if (link->first == NULL)
			link->last = &link->first;
		link->queued -= entry->len;
		ipc_close_fds(entry->fds, entry->fd_count);
		free(entry);
	}
	roost_loop_fd_events(link->watch, ROOST_LOOP_READ);
}

/* One at a time: seldom is there a second, and finding out that there is none costs as much. */
static void read_message(struct roost_link *link)
{
	static char buffer[IPC_MESSAGE_MAX];
	ssize_t len = ipc_receive_bare(link->fd, buffer, link->fds, &link->fd_count, NULL);

	if (len < 0)
		link->broken = true;
	if (len <= 0)
		return;
	link->ops->message(link, buffer, (size_t)len, link->fds, link->fd_count);
	ipc_close_fds(link->fds, link->fd_count);
	link->fd_count = 0;
}

size_t link_take_fds(struct roost_link *link, int *fds, size_t max)
{
	size_t count = link->fd_count < max ? link->fd_count : max;

	memcpy(fds, link->fds, count * sizeof(*fds));
	ipc_close_fds(link->fds + count, link->fd_count - count);
	link->fd_count = 0;
	return count;
}

static void link_ready(void *context, unsigned events)
{
	struct roost_link *link = context;

	link->busy = true;
	if (events & ROOST_LOOP_WRITE)
		write_queue(link);
	if (!link->broken && (events & (ROOST_LOOP_READ | ROOST_LOOP_HANGUP)))
		read_message(link);
	if (link->broken) {
		link_broken(link);
		return;
	}
	link->busy = false;
	if (link->freed)
		link_free(link);
}

struct roost_link *link_create(int fd, const struct roost_peer *peer, const struct link_ops *ops)
{
	struct roost_link *link = mem_zalloc(sizeof(*link));

	link->fd = fd;
	link->arena = roost_arena_create("link");
	link->peer = *peer;
	link->peer.role = roost_arena_strdup(link->arena, peer->role);
	link->peer.service = roost_arena_strdup(link->arena, peer->service);
	link->ops = ops;
	link->last = &link->first;
	link->watch = roost_loop_fd(fd, ROOST_LOOP_READ, link_ready, link);
	return link;
}

/* All of them or none. */
static bool dup_fds(const int *fds, size_t count, int *copies)
{
	for (size_t i = 0; i < count; i++) {
		copies[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
		if (copies[i] < 0) {
			ipc_close_fds(copies, i);
			return false;
		}
	}
	return true;
}

static bool enqueue(struct roost_link *link, const void *data, size_t len, const int *fds,
		    size_t fd_count)
{
	struct queued *entry;

	if (link->queued + len > QUEUE_MAX) {
		roost_log(NULL, ROOST_LOG_ERROR, "%s (PID %u) does not read its messages; the "
			  "link to it is closed", link->peer.service, link->peer.pid);
		link->broken = true;
		return false;
	}
	entry = mem_alloc(sizeof(*entry) + len);
	*entry = (struct queued){ .len = len, .fd_count = fd_count };
	memcpy(entry->data, data, len);
	if (!dup_fds(fds, fd_count, entry->fds)) {
		roost_log(NULL, ROOST_LOG_ERROR, "no descriptors left for a message to %s (PID %u)",
			  link->peer.service, link->peer.pid);
		free(entry);
		return false;
	}
	*link->last = entry;
	link->last = &entry->next;
	link->queued += len;
	roost_loop_fd_events(link->watch, ROOST_LOOP_READ | ROOST_LOOP_WRITE);
	return true;
}

bool roost_link_send(struct roost_link *link, const void *data, size_t len, const int *fds,
		     size_t fd_count)
{
	int sent = 0;

	if (link->broken || len > IPC_MESSAGE_MAX || fd_count > IPC_FDS_MAX)
		return false;
	if (link->first == NULL)
		sent = ipc_send(link->fd, data, len, fds, fd_count, NULL);
	/* That it is gone shows when the socket is read. */
	if (sent < 0)
		return false;
	return sent > 0 || enqueue(link, data, len, fds, fd_count);
}

const struct roost_peer *roost_link_peer(const struct roost_link *link)
{
	return &link->peer;
}

void roost_link_set_state(struct roost_link *link, void *state)
{
	link->state = state;
}

void *roost_link_state(const struct roost_link *link)
{
	return link->state;
}
