/* SPDX-License-Identifier: MIT */
/*
 * A byte-stream connection with buffered input and output. Ours.
 * Output gathers and leaves in one write when the callback returns (TCP_NODELAY is on). Input stops
 * being read while more than the input limit is buffered. Back-pressure: while
 * roost_conn_pending() is above the producer's taste, return and go on in drained.
 */
#ifndef ROOST_CONN_H
#define ROOST_CONN_H

#include <roost/error.h>
#include <roost/input.h>
#include <roost/str.h>

struct roost_conn;

struct roost_conn_ops {
	/* New bytes are in the buffer, or the peer has ended its side (roost_conn_eof). */
	void (*input)(struct roost_conn *conn, void *context);
	/* All output has left. May be NULL. */
	void (*drained)(struct roost_conn *conn, void *context);
	/* The connection is broken (err says how) or was ended by the peer with nothing buffered;
	 * the owner frees it, now or later. Called at most once. */
	void (*closed)(struct roost_conn *conn, void *context, const struct roost_error *err);
};

/* Takes fd (made non-blocking). Nothing is called before the current callback has returned. */
ROOST_API struct roost_conn *roost_conn_create(int fd, const struct roost_conn_ops *ops,
					       void *context);
/* Writes out what it can without waiting, then closes. NULL is fine. */
ROOST_API void roost_conn_free(struct roost_conn *conn);
ROOST_API void roost_conn_set_ops(struct roost_conn *conn, const struct roost_conn_ops *ops,
				  void *context);

/* Unread input: valid until consumed or the callback returns. */
ROOST_API const char *roost_conn_input(const struct roost_conn *conn, size_t *len);
ROOST_API void roost_conn_consume(struct roost_conn *conn, size_t n);
/* Bytes buffered at most before reading stops; default 64 KB. */
ROOST_API void roost_conn_input_limit(struct roost_conn *conn, size_t limit);
/* Stop and go on calling input: a command is being worked on. */
ROOST_API void roost_conn_pause(struct roost_conn *conn, bool paused);
ROOST_API bool roost_conn_eof(const struct roost_conn *conn);

/* Where output is formatted to directly: append to it, nothing else. */
ROOST_API struct roost_str *roost_conn_output(struct roost_conn *conn);
/*
 * Send a whole stream after the output so far, read as fast as the peer takes it, with sendfile or
 * large writes. Takes a reference of input. Only len bytes; failing to read them breaks the connection.
 */
ROOST_API void roost_conn_send_input(struct roost_conn *conn, struct roost_input *input,
				     uint64_t len);
/* Bytes not yet taken by the kernel. */
ROOST_API size_t roost_conn_pending(const struct roost_conn *conn);
/* Try to write now rather than when the callback returns. */
ROOST_API void roost_conn_flush(struct roost_conn *conn);
/* Totals for logout lines. */
ROOST_API uint64_t roost_conn_bytes_in(const struct roost_conn *conn);
ROOST_API uint64_t roost_conn_bytes_out(const struct roost_conn *conn);

#endif
