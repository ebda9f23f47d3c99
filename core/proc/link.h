/* Links as the process layer makes them; roles see <roost/role.h>. */
#ifndef CORE_PROC_LINK_H
#define CORE_PROC_LINK_H

#include <roost/role.h>

struct link_ops {
	/* fds are closed after the call unless they were taken. */
	void (*message)(struct roost_link *link, const void *data, size_t len, const int *fds,
			size_t fd_count);
	/* The peer is gone; the link is freed after the call. */
	void (*closed)(struct roost_link *link);
};

/* Takes fd; peer is copied. Lives until the peer is gone or link_free. */
struct roost_link *link_create(int fd, const struct roost_peer *peer, const struct link_ops *ops);
/* Within message(): its descriptors, which are the caller's from now on; at most max, the number. */
size_t link_take_fds(struct roost_link *link, int *fds, size_t max);
void link_free(struct roost_link *link);		/* closed is not called */

#endif
