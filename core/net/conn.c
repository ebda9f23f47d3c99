/*
 * A byte-stream connection: input is read when there is some, output gathers and leaves in one
 * write after the callback.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <roost/loop.h>
#include <roost/vec.h>
#include "core/base/memory.h"
#include "core/net/conn.h"

enum {
	INPUT_LIMIT = 64 * 1024,
	READ_SIZE = 16 * 1024,
	SMALL_STREAM = 16 * 1024,	/* copied into the output rather than sent apart */
	CHUNK = 256 * 1024,		/* of a stream per turn, so that others get theirs */
};

/* Output before a stream, then the stream. */
struct segment {
	struct roost_str before;
	size_t sent;			/* of before */
	struct roost_input *input;
	uint64_t left;			/* of input */
};

struct roost_conn {
	int fd;
	const struct roost_conn_ops *ops;
	void *context;
	struct roost_loop_fd *watch;
	struct roost_str in;
	size_t in_start, in_limit;
	struct roost_str out;		/* after the last segment */
	size_t out_sent;
	ROOST_VEC(struct segment) segments;
	size_t first_segment;
	uint64_t bytes_in, bytes_out;
	struct roost_error error;
	unsigned busy;			/* calls on the stack and deferred ones: free later */
	bool eof, broken, paused, freed, closed_told;
	bool deferred;			/* a settle() is coming */
	bool fresh;			/* input that the owner has not been shown */
	bool drain_due;			/* drained is owed */
};

static void settle(struct roost_conn *conn);

static void conn_destroy(struct roost_conn *conn)
{
	roost_loop_fd_free(conn->watch);
	if (conn->fd >= 0)
		close(conn->fd);
	for (size_t i = conn->first_segment; i < conn->segments.count; i++) {
		roost_str_free(&conn->segments.items[i].before);
		roost_input_unref(conn->segments.items[i].input);
	}
	roost_vec_free(&conn->segments);
	roost_str_free(&conn->in);
	roost_str_free(&conn->out);
	free(conn);
}

static void leave(struct roost_conn *conn)
{
	if (--conn->busy == 0 && conn->freed)
		conn_destroy(conn);
}

static void settle_deferred(void *context)
{
	struct roost_conn *conn = context;

	conn->deferred = false;
	if (!conn->freed)
		settle(conn);
	leave(conn);
}

/* Look at everything once the current callback has returned. */
static void settle_soon(struct roost_conn *conn)
{
	if (conn->deferred || conn->freed)
		return;
	conn->deferred = true;
	conn->busy++;
	roost_loop_defer(settle_deferred, conn);
}

static size_t in_len(const struct roost_conn *conn)
{
	return conn->in.len - conn->in_start;
}

static bool out_empty(const struct roost_conn *conn)
{
	return conn->first_segment == conn->segments.count && conn->out_sent == conn->out.len;
}

static void broke(struct roost_conn *conn, const char *call)
{
	if (conn->broken)
		return;
	conn->broken = true;
	if (errno == EPIPE || errno == ECONNRESET)
		roost_fail(&conn->error, ROOST_ERR_CLOSED, "Connection closed");
	else
		roost_fail_errno(&conn->error, "%s", call);
}

/* Write len bytes; how many went, 0 when the kernel takes no more now or the connection broke. */
static size_t send_bytes(struct roost_conn *conn, const void *data, size_t len, bool more)
{
	ssize_t done;

	do
		done = send(conn->fd, data, len, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
	while (done < 0 && errno == EINTR);
	if (done < 0 && errno == ENOTSOCK) {
		do
			done = write(conn->fd, data, len);	/* standard output of a pre-authenticated session */
		while (done < 0 && errno == EINTR);
	}
	if (done < 0) {
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			broke(conn, "write");
		return 0;
	}
	conn->bytes_out += (uint64_t)done;
	return (size_t)done;
}

static bool send_str(struct roost_conn *conn, const struct roost_str *str, size_t *sent, bool more)
{
	while (*sent < str->len) {
		size_t done = send_bytes(conn, str->data + *sent, str->len - *sent, more);

		if (done == 0)
			return false;
		*sent += done;
	}
	return true;
}

/* A stream that ends early cannot be made up for: the peer was told its length. */
static bool stream_failed(struct roost_conn *conn, int more)
{
	conn->broken = true;
	if (more == 0)
		roost_fail_detail(&conn->error, ROOST_ERR_CORRUPT,
				  "message is shorter than it was");
	return false;
}

/* Plain files go from the page cache to the socket. */
static ssize_t send_from_file(struct roost_conn *conn, struct segment *segment, size_t budget)
{
	off_t offset = (off_t)roost_input_position(segment->input);
	size_t len = segment->left < budget ? (size_t)segment->left : budget;
	ssize_t done;

	do
		done = sendfile(conn->fd, roost_input_fd(segment->input), &offset, len);
	while (done < 0 && errno == EINTR);
	return done;
}

/* True when the whole stream has left. */
static bool send_stream(struct roost_conn *conn, struct segment *segment)
{
	size_t budget = CHUNK;
	bool by_file = roost_input_fd(segment->input) >= 0;

	while (segment->left > 0) {
		const unsigned char *data;
		size_t len, done;
		int more;

		if (budget == 0) {
			settle_soon(conn);
			return false;
		}
		if (by_file) {
			ssize_t sent = send_from_file(conn, segment, budget);

			if (sent > 0) {
				if (roost_input_seek(segment->input,
						     roost_input_position(segment->input) +
						     (uint64_t)sent, &conn->error) < 0)
					return stream_failed(conn, -1);
				conn->bytes_out += (uint64_t)sent;
				segment->left -= (uint64_t)sent;
				budget -= (size_t)sent;
				continue;
			}
			if (sent == 0)
				return stream_failed(conn, 0);
			if (errno == EAGAIN)
				return false;
			by_file = false;	/* not possible between these two */
			continue;
		}
		more = roost_input_more(segment->input, &data, &len, &conn->error);
		if (more <= 0)
			return stream_failed(conn, more);
		if (len > segment->left)
			len = (size_t)segment->left;
		done = send_bytes(conn, data, len, true);
		if (done == 0)
			return false;
		roost_input_skip(segment->input, done);
		segment->left -= done;
		budget = done < budget ? budget - done : 0;
	}
	return true;
}

static void flush_output(struct roost_conn *conn)
{
	while (conn->first_segment < conn->segments.count && !conn->broken) {
		struct segment *segment = &conn->segments.items[conn->first_segment];

		if (!send_str(conn, &segment->before, &segment->sent, true) ||
		    !send_stream(conn, segment))
			return;
		roost_str_free(&segment->before);
		roost_input_unref(segment->input);
		conn->first_segment++;
	}
	if (conn->broken)
		return;
	conn->segments.count = conn->first_segment = 0;
	if (send_str(conn, &conn->out, &conn->out_sent, false)) {
		/* Keep a small buffer for the next answer, give a large one back: idle is free. */
		if (conn->out.capacity > 4096)
			roost_str_free(&conn->out);
		roost_str_truncate(&conn->out, 0);
		conn->out_sent = 0;
	}
}

static void fill_input(struct roost_conn *conn)
{
	while (!conn->eof && !conn->broken && in_len(conn) < conn->in_limit) {
		size_t room = conn->in_limit - in_len(conn);
		ssize_t got;

		if (room > READ_SIZE)
			room = READ_SIZE;
		if (conn->in_start > 0) {
			roost_str_shift(&conn->in, conn->in_start);
			conn->in_start = 0;
		}
		roost_str_reserve(&conn->in, room);
		do
			got = read(conn->fd, conn->in.data + conn->in.len, room);
		while (got < 0 && errno == EINTR);
		if (got < 0) {
			if (errno != EAGAIN && errno != EWOULDBLOCK)
				broke(conn, "read");
			return;
		}
		if (got == 0) {
			conn->eof = conn->fresh = true;
			return;
		}
		conn->in.len += (size_t)got;
		conn->in.data[conn->in.len] = '\0';
		conn->bytes_in += (uint64_t)got;
		conn->fresh = true;
		if ((size_t)got < room)
			return;		/* a short read: asking again would only say EAGAIN */
	}
}

/* What the kernel shall wake us for. */
static void update_watch(struct roost_conn *conn)
{
	unsigned events = 0;

	if (!conn->eof && !conn->broken && in_len(conn) < conn->in_limit)
		events |= ROOST_LOOP_READ;
	if (!conn->broken && !out_empty(conn) && !conn->deferred)
		events |= ROOST_LOOP_WRITE;
	roost_loop_fd_events(conn->watch, events);
}

static void drop_empty_input(struct roost_conn *conn)
{
	if (in_len(conn) > 0)
		return;
	conn->in_start = 0;
	if (conn->in.capacity > 0 && !conn->fresh)
		roost_str_free(&conn->in);
	else
		roost_str_truncate(&conn->in, 0);
}

/* Bring the connection to rest: show input, write output, tell of its end. */
static void settle(struct roost_conn *conn)
{
	conn->busy++;
	if (!conn->broken && conn->fresh && !conn->paused) {
		conn->fresh = false;
		if (in_len(conn) > 0)
			conn->ops->input(conn, conn->context);
	}
	if (!conn->freed && !out_empty(conn) && !conn->broken) {
		flush_output(conn);
		conn->drain_due = true;
	}
	if (!conn->freed && conn->drain_due && out_empty(conn) && !conn->broken) {
		conn->drain_due = false;
		if (conn->ops->drained != NULL)
			conn->ops->drained(conn, conn->context);
		if (!conn->freed && !out_empty(conn))
			settle_soon(conn);
	}
	if (!conn->freed && !conn->closed_told &&
	    (conn->broken || (conn->eof && !conn->fresh && !conn->paused && out_empty(conn) &&
			      !conn->deferred))) {
		if (!conn->broken)
			roost_fail(&conn->error, ROOST_ERR_CLOSED, "Connection closed");
		conn->closed_told = true;
		conn->ops->closed(conn, conn->context, &conn->error);
	}
	if (!conn->freed) {
		drop_empty_input(conn);
		update_watch(conn);
	}
	leave(conn);
}

static void conn_ready(void *context, unsigned events)
{
	struct roost_conn *conn = context;

	if ((events & (ROOST_LOOP_READ | ROOST_LOOP_HANGUP)) != 0)
		fill_input(conn);
	settle(conn);
}

struct roost_conn *roost_conn_create(int fd, const struct roost_conn_ops *ops, void *context)
{
	struct roost_conn *conn = mem_zalloc(sizeof(*conn));
	int on = 1;

	/* Unix sockets and pipes refuse it, which is fine. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	conn->fd = fd;
	conn->ops = ops;
	conn->context = context;
	conn->in_limit = INPUT_LIMIT;
	/* What is watched does not block: the loop has seen to it. */
	conn->watch = roost_loop_fd(fd, ROOST_LOOP_READ, conn_ready, conn);
	return conn;
}

void roost_conn_free(struct roost_conn *conn)
{
	if (conn == NULL || conn->freed)
		return;
	if (!conn->broken && !out_empty(conn))
		flush_output(conn);
	conn->freed = true;
	if (conn->busy == 0)
		conn_destroy(conn);
}

int conn_release(struct roost_conn *conn, struct roost_str *unread)
{
	int fd = conn->fd;

	if (in_len(conn) > 0)
		roost_str_append(unread, conn->in.data + conn->in_start, in_len(conn));
	roost_loop_fd_free(conn->watch);
	conn->watch = NULL;
	conn->fd = -1;
	conn->freed = true;
	if (conn->busy == 0)
		conn_destroy(conn);
	return fd;
}

int conn_fd(const struct roost_conn *conn)
{
	return conn->fd;
}

void conn_preload(struct roost_conn *conn, const void *data, size_t len)
{
	if (len == 0)
		return;
	roost_str_append(&conn->in, data, len);
	conn->bytes_in += len;
	conn->fresh = true;
	settle_soon(conn);
}

void roost_conn_set_ops(struct roost_conn *conn, const struct roost_conn_ops *ops, void *context)
{
	conn->ops = ops;
	conn->context = context;
}

const char *roost_conn_input(const struct roost_conn *conn, size_t *len)
{
	*len = in_len(conn);
	return conn->in.data == NULL ? "" : conn->in.data + conn->in_start;
}

void roost_conn_consume(struct roost_conn *conn, size_t n)
{
	conn->in_start += n;
}

void roost_conn_input_limit(struct roost_conn *conn, size_t limit)
{
	conn->in_limit = limit;
	settle_soon(conn);
}

void roost_conn_pause(struct roost_conn *conn, bool paused)
{
	if (conn->paused == paused)
		return;
	conn->paused = paused;
	if (!paused) {
		/* What stayed in the buffer meanwhile is news again. */
		conn->fresh = conn->fresh || in_len(conn) > 0;
		settle_soon(conn);
	}
}

bool roost_conn_eof(const struct roost_conn *conn)
{
	return conn->eof;
}

struct roost_str *roost_conn_output(struct roost_conn *conn)
{
	settle_soon(conn);
	return &conn->out;
}

void roost_conn_send_input(struct roost_conn *conn, struct roost_input *input, uint64_t len)
{
	struct segment segment = { .before = conn->out, .sent = conn->out_sent,
				   .input = input, .left = len };

	settle_soon(conn);
	if (len <= SMALL_STREAM) {
		char *to = roost_str_reserve(&conn->out, (size_t)len);
		ssize_t got = roost_input_read(input, to, (size_t)len, &conn->error);

		if (got == (ssize_t)len) {
			conn->out.len += (size_t)len;
			conn->out.data[conn->out.len] = '\0';
		} else {
			conn->out.data[conn->out.len] = '\0';
			stream_failed(conn, got < 0 ? -1 : 0);
		}
		return;
	}
	roost_input_ref(input);
	roost_vec_push(&conn->segments, segment);
	conn->out = (struct roost_str)ROOST_STR_INIT;
	conn->out_sent = 0;
}

size_t roost_conn_pending(const struct roost_conn *conn)
{
	size_t pending = conn->out.len - conn->out_sent;

	for (size_t i = conn->first_segment; i < conn->segments.count; i++) {
		const struct segment *segment = &conn->segments.items[i];

		pending += segment->before.len - segment->sent + (size_t)segment->left;
	}
	return pending;
}

void roost_conn_flush(struct roost_conn *conn)
{
	if (!conn->broken && !out_empty(conn)) {
		flush_output(conn);
		conn->drain_due = true;
	}
	settle_soon(conn);
}

uint64_t roost_conn_bytes_in(const struct roost_conn *conn)
{
	return conn->bytes_in;
}

uint64_t roost_conn_bytes_out(const struct roost_conn *conn)
{
	return conn->bytes_out;
}
