/* The relay between a client's TLS connection and a socketpair. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <roost/loop.h>
#include <roost/str.h>
#include "core/base/memory.h"
#include "core/net/tls.h"
#include "core/net/tls_context.h"

#define CHUNK 16384

struct tls_relay {
	SSL *ssl;
	int net, plain;
	struct roost_loop_fd *net_watch, *plain_watch;
	unsigned net_events, plain_events;
	struct roost_str to_plain, to_net;	/* what the other side has not yet taken */
	const struct tls_relay_ops *ops;	/* NULL: detached */
	void *context;
	bool up, net_wants_write;
	bool net_ended, plain_ended;
	char why[200];
};

static unsigned relays;

unsigned tls_relay_count(void)
{
	return relays;
}

void tls_relay_detach(struct tls_relay *relay)
{
	relay->ops = NULL;
}

static void relay_free(struct tls_relay *relay)
{
	roost_loop_fd_free(relay->net_watch);
	roost_loop_fd_free(relay->plain_watch);
	SSL_free(relay->ssl);
	close(relay->net);
	close(relay->plain);
	roost_str_free(&relay->to_plain);
	roost_str_free(&relay->to_net);
	relays--;
	free(relay);
}

static void relay_over(struct tls_relay *relay)
{
	if (relay->ops != NULL)
		relay->ops->over(relay->context, relay->why[0] == '\0' ? NULL : relay->why);
	relay_free(relay);
}

void tls_relay_close(struct tls_relay *relay)
{
	relay->ops = NULL;
	relay_free(relay);
}

/* What OpenSSL wants before it can go on; anything else ends the connection. */
static void take_ssl_error(struct tls_relay *relay, int returned)
{
	int code = SSL_get_error(relay->ssl, returned);
	unsigned long error;

	if (code == SSL_ERROR_WANT_WRITE)
		relay->net_wants_write = true;
	if (code == SSL_ERROR_WANT_WRITE || code == SSL_ERROR_WANT_READ)
		return;
	relay->net_ended = true;
	error = ERR_get_error();
	if (error != 0 && relay->why[0] == '\0')
		ERR_error_string_n(error, relay->why, sizeof(relay->why));
	ERR_clear_error();
}

static void shake_hands(struct tls_relay *relay)
{
	const char *name;
	int done = SSL_accept(relay->ssl);

	if (done != 1) {
		take_ssl_error(relay, done);
		return;
	}
	relay->up = true;
	name = SSL_get_servername(relay->ssl, TLSEXT_NAMETYPE_host_name);
	if (relay->ops != NULL)
		relay->ops->ready(relay->context, name == NULL ? "" : name);
}

static void write_plain(struct tls_relay *relay, const char *data, size_t len)
{
	ssize_t sent = send(relay->plain, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (sent < 0 && errno != EAGAIN) {
		relay->plain_ended = true;
		return;
	}
	if (sent < 0)
		sent = 0;
	roost_str_append(&relay->to_plain, data + sent, len - (size_t)sent);
}

static void flush_plain(struct tls_relay *relay)
{
	ssize_t sent;

	if (relay->to_plain.len == 0)
		return;
	sent = send(relay->plain, relay->to_plain.data, relay->to_plain.len,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent > 0)
		roost_str_shift(&relay->to_plain, (size_t)sent);
	else if (sent < 0 && errno != EAGAIN)
		relay->plain_ended = true;
	if (relay->to_plain.len == 0)
		roost_str_free(&relay->to_plain);
}

static void from_net(struct tls_relay *relay, char *chunk)
{
	while (relay->to_plain.len == 0 && !relay->net_ended && !relay->plain_ended) {
		int len = SSL_read(relay->ssl, chunk, CHUNK);

		if (len <= 0) {
			take_ssl_error(relay, len);
			return;
		}
		write_plain(relay, chunk, (size_t)len);
	}
}

/* How much of data the network took. */
static size_t write_net(struct tls_relay *relay, const char *data, size_t len)
{
	size_t done = 0;

	while (done < len) {
		int sent = SSL_write(relay->ssl, data + done, (int)(len - done));

		if (sent <= 0) {
			take_ssl_error(relay, sent);
			break;
		}
		done += (size_t)sent;
	}
	return done;
}

static void flush_net(struct tls_relay *relay)
{
	if (relay->to_net.len == 0)
		return;
	roost_str_shift(&relay->to_net, write_net(relay, relay->to_net.data, relay->to_net.len));
	if (relay->to_net.len == 0)
		roost_str_free(&relay->to_net);
}

static void from_plain(struct tls_relay *relay, char *chunk)
{
	while (relay->to_net.len == 0 && !relay->net_ended && !relay->plain_ended) {
		ssize_t len = read(relay->plain, chunk, CHUNK);
		size_t done;

		if (len < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (len <= 0) {
			relay->plain_ended = true;
			return;
		}
		done = write_net(relay, chunk, (size_t)len);
		roost_str_append(&relay->to_net, chunk + done, (size_t)len - done);
	}
}

static void set_events(struct tls_relay *relay)
{
	unsigned net = relay->to_plain.len == 0 || !relay->up ? ROOST_LOOP_READ : 0;
	unsigned plain = relay->up && relay->to_net.len == 0 ? ROOST_LOOP_READ : 0;

	if (relay->net_wants_write)
		net |= ROOST_LOOP_WRITE;
	if (relay->to_plain.len > 0)
		plain |= ROOST_LOOP_WRITE;
	if (net != relay->net_events)
		roost_loop_fd_events(relay->net_watch, net);
	if (plain != relay->plain_events)
		roost_loop_fd_events(relay->plain_watch, plain);
	relay->net_events = net;
	relay->plain_events = plain;
}

/* The client has gone: the other end reads what came before, then the end. */
static bool finished(struct tls_relay *relay)
{
	if (relay->net_ended)
		return relay->to_plain.len == 0 || relay->plain_ended;
	if (!relay->plain_ended || relay->to_net.len > 0)
		return false;
	(void)SSL_shutdown(relay->ssl);
	return true;
}

static void relay_work(void *context, unsigned events)
{
	static char chunk[CHUNK];
	struct tls_relay *relay = context;

	relay->net_wants_write = false;
	if (!relay->up)
		shake_hands(relay);
	if (relay->up) {
		flush_plain(relay);
		flush_net(relay);
		from_net(relay, chunk);
		from_plain(relay, chunk);
	}
	if (finished(relay) || (!relay->up && (relay->net_ended || relay->plain_ended)))
		relay_over(relay);
	else
		set_events(relay);
}

/* The holder of the other end may go before the handshake is done. */
static void plain_ready(void *context, unsigned events)
{
	struct tls_relay *relay = context;

	if (!relay->up && (events & ROOST_LOOP_HANGUP))
		relay->plain_ended = true;
	relay_work(relay, events);
}

int tls_prepare(const struct roost_scope *scope, struct roost_error *err)
{
	SSL_CTX *context;

	return tls_context_for(scope, &context, err);
}

bool tls_available(const struct roost_scope *scope)
{
	const char *ssl = roost_scope_value(scope, "ssl");
	const char *cert = roost_scope_value(scope, "ssl_cert");

	return ssl != NULL && strcmp(ssl, "no") != 0 && cert != NULL && cert[0] != '\0';
}

int tls_accept(const struct roost_scope *scope, int fd, const struct tls_relay_ops *ops,
	       void *context, int *plain, struct tls_relay **result, struct roost_error *err)
{
	struct tls_relay *relay;
	SSL_CTX *ssl_context;
	int ends[2];

	if (tls_context_for(scope, &ssl_context, err) < 0) {
		close(fd);
		return -1;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0) {
		close(fd);
		return roost_fail_errno(err, "socketpair");
	}
	relay = mem_zalloc(sizeof(*relay));
	relay->net = fd;
	relay->plain = ends[0];
	relay->ops = ops;
	relay->context = context;
	relay->ssl = SSL_new(ssl_context);
	tls_context_bind(relay->ssl, scope);
	SSL_set_fd(relay->ssl, fd);
	relay->net_events = ROOST_LOOP_READ;
	relay->net_watch = roost_loop_fd(fd, ROOST_LOOP_READ, relay_work, relay);
	relay->plain_watch = roost_loop_fd(relay->plain, 0, plain_ready, relay);
	relays++;
	*plain = ends[1];
	*result = relay;
	return 0;
}
