/* Messages with descriptors over SOCK_SEQPACKET sockets between our own processes. Ours. */
#ifndef CORE_PROC_IPC_H
#define CORE_PROC_IPC_H

#include <roost/error.h>

#define IPC_MESSAGE_MAX 65536
#define IPC_FDS_MAX 8

/* Two connected ends, close-on-exec, with buffers for several messages of full size. */
int ipc_pair(int ends[2], struct roost_error *err);
/* 1: sent; 0: would block; -1: the peer is gone (CLOSED) or the call failed. */
int ipc_send(int fd, const void *data, size_t len, const int *fds, size_t fd_count,
	     struct roost_error *err);
/*
 * One message into buffer (IPC_MESSAGE_MAX bytes) and fds (IPC_FDS_MAX, close-on-exec, the caller's).
 * Its length; 0: nothing there now; -1: the peer has closed, or the call failed. Messages that do
 * not fit are an error, and so are descriptors that this process has no room for.
 */
ssize_t ipc_receive(int fd, void *buffer, int *fds, size_t *fd_count, struct roost_error *err);
/* The same, but without room for all its descriptors a message comes with none. */
ssize_t ipc_receive_bare(int fd, void *buffer, int *fds, size_t *fd_count,
			 struct roost_error *err);
void ipc_close_fds(const int *fds, size_t count);

#endif
