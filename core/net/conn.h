/* A connection's inside as the process layer needs it; modules use <roost/conn.h>. */
#ifndef CORE_NET_CONN_H
#define CORE_NET_CONN_H

#include <roost/conn.h>

/* Bytes that were read before the connection came here; they are shown as input first. */
void conn_preload(struct roost_conn *conn, const void *data, size_t len);
/*
 * Give up the descriptor: what is buffered as input goes to *unread, output must have left
 * (roost_conn_pending() is 0). Frees conn. Returns the descriptor, the caller's now.
 */
int conn_release(struct roost_conn *conn, struct roost_str *unread);
/* Borrowed. */
int conn_fd(const struct roost_conn *conn);

#endif
