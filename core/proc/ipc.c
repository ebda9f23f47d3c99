/* Messages with descriptors over SOCK_SEQPACKET sockets. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "core/proc/ipc.h"

union fd_space {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(IPC_FDS_MAX * sizeof(int))];
};

int ipc_pair(int ends[2], struct roost_error *err)
{
	int size = 4 * IPC_MESSAGE_MAX;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return roost_fail_errno(err, "socketpair");
	for (int i = 0; i < 2; i++)
		(void)setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return 0;
}

int ipc_send(int fd, const void *data, size_t len, const int *fds, size_t fd_count,
	     struct roost_error *err)
{
	struct iovec part = { (void *)(uintptr_t)data, len };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	union fd_space space = { 0 };
	struct cmsghdr *header;
	ssize_t sent;

	if (fd_count > 0) {
		message.msg_control = space.bytes;
		message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
		memcpy(CMSG_DATA(header), fds, fd_count * sizeof(int));
	}
	do {
		sent = sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent >= 0)
		return 1;
	/* ETOOMANYREFS: the peer has not yet taken the descriptors in flight. */
	if (errno == EAGAIN || errno == ENOBUFS || errno == ETOOMANYREFS)
		return 0;
	if (errno == EPIPE || errno == ECONNRESET)
		return roost_fail(err, ROOST_ERR_CLOSED, "The other process is gone");
	return roost_fail_errno(err, "sendmsg");
}

static void take_fds(struct msghdr *message, int *fds, size_t *fd_count)
{
	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL;
	     header = CMSG_NXTHDR(message, header)) {
		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
			continue;
		*fd_count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(header), *fd_count * sizeof(int));
	}
}

static ssize_t receive(int fd, void *buffer, int *fds, size_t *fd_count, bool *lost,
		       struct roost_error *err)
{
	struct iovec part = { buffer, IPC_MESSAGE_MAX };
	union fd_space space;
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = space.bytes, .msg_controllen = sizeof(space.bytes),
	};
	ssize_t len;

	*fd_count = 0;
	do {
		len = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (len < 0 && errno == EINTR);
	if (len < 0 && errno == EAGAIN)
		return 0;
	if (len < 0 && errno != ECONNRESET)
		return roost_fail_errno(err, "recvmsg");
	if (len <= 0)
		return roost_fail(err, ROOST_ERR_CLOSED, "The other process is gone");
	take_fds(&message, fds, fd_count);
	*lost = (message.msg_flags & MSG_CTRUNC) != 0;
	if (*lost || (message.msg_flags & MSG_TRUNC) != 0) {
		ipc_close_fds(fds, *fd_count);
		*fd_count = 0;
	}
	if (message.msg_flags & MSG_TRUNC)
		return roost_fail_detail(err, ROOST_ERR_LIMIT, "message too long");
	return len;
}

ssize_t ipc_receive(int fd, void *buffer, int *fds, size_t *fd_count, struct roost_error *err)
{
	bool lost = false;
	ssize_t len = receive(fd, buffer, fds, fd_count, &lost, err);

	return lost && len > 0 ?
	       roost_fail_detail(err, ROOST_ERR_LIMIT, "no room for descriptors") : len;
}

ssize_t ipc_receive_bare(int fd, void *buffer, int *fds, size_t *fd_count,
			 struct roost_error *err)
{
	bool lost;

	return receive(fd, buffer, fds, fd_count, &lost, err);
}

void ipc_close_fds(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
}
