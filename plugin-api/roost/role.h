/* SPDX-License-Identifier: MIT */
/*
 * Provisional: may change in a minor version.
 * Roles: processes that are neither front nor worker (auth, dict, stats), run by a module. They
 * talk with other processes over links: message sockets that the master made and vouches for, so
 * that who the peer is need not be asked of the peer; and serve unix and inet listeners. Ours.
 */
#ifndef ROOST_ROLE_H
#define ROOST_ROLE_H

#include <roost/module.h>

struct roost_link;

/* Who is at the other end, by the master's word. Borrowed from the link. */
struct roost_peer {
	uint32_t id;		/* unique over the life of the master; never 0 */
	const char *role;	/* "front", "worker", "anvil", "auth", "admin" */
	const char *service;	/* "imap-login", "imap", "lmtp" */
	uint32_t pid;
	uint32_t uid, gid;	/* of workers: whom they serve */
};

struct roost_role_ops {
	const char *name;	/* "auth": the service that this module runs */
	int (*start)(struct roost_error *err);	/* settings are there, privileges are dropped */
	void (*stop)(void);			/* answer what is in flight, then return; may be NULL */
	/* A process was connected to us. */
	void (*link_open)(struct roost_link *link, const struct roost_peer *peer);
	void (*link_message)(struct roost_link *link, const void *data, size_t len,
			     const int *fds, size_t fd_count);	/* fds: closed after the call unless taken with dup */
	void (*link_closed)(struct roost_link *link);
	/* A connection on a listener of the service; listener: its name ("auth-client", a path's
	 * last part, an inet_listener's name). Takes fd. May be NULL. */
	void (*accepted)(const char *listener, int fd);
};

#define ROOST_ROLE_REVISION 1
#define ROOST_ROLE(ops) \
	ROOST_PROVIDE_(ROOST_KIND_ROLE, ROOST_ROLE_REVISION, struct roost_role_ops, ops)

/*
 * One message (at most 64 KB) with up to 8 descriptors, which are duplicated. Queued when the peer
 * is slow; when 8 MB wait the link is closed, and false is returned from then on.
 */
ROOST_API bool roost_link_send(struct roost_link *link, const void *data, size_t len,
			       const int *fds, size_t fd_count);
ROOST_API const struct roost_peer *roost_link_peer(const struct roost_link *link);
ROOST_API void roost_link_set_state(struct roost_link *link, void *state);
ROOST_API void *roost_link_state(const struct roost_link *link);
/* The link to anvil that every role but anvil has; NULL while it is being replaced. */
ROOST_API struct roost_link *roost_link_anvil(void);

#endif
