/* exchange - input and output of another process at once, watched until its time is over. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "sieve/exchange.h"

enum { CHUNK = 16384 };

int64_t sieve_exchange_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sieve_exchange_shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void end_input(struct sieve_exchange *exchange)
{
	if (!exchange->socket) {
		sieve_exchange_shut(&exchange->in);
		return;
	}
	shutdown(exchange->in, SHUT_WR);
	exchange->in = -1;
}

static void feed(struct sieve_exchange *exchange)
{
	ssize_t put = exchange->left.len > 0 ?
		write(exchange->in, exchange->left.data, exchange->left.len) : 0;

	if (put > 0) {
		exchange->left.data += put;
		exchange->left.len -= (size_t)put;
	}
	if (exchange->left.len == 0 || (put < 0 && errno != EAGAIN && errno != EINTR))
		end_input(exchange);
}

static void remember_last(struct sieve_exchange *exchange, const char *chunk, size_t len)
{
	exchange->received += len;
	if (len > 1)
		exchange->last[0] = chunk[len - 2];
	else
		exchange->last[0] = exchange->last[1];
	exchange->last[1] = chunk[len - 1];
}

static void drain(struct sieve_exchange *exchange)
{
	char chunk[CHUNK];
	ssize_t got = read(exchange->out, chunk, sizeof(chunk));

	if (got > 0)
		remember_last(exchange, chunk, (size_t)got);
	if (got > 0 && exchange->output != NULL && exchange->output->len < exchange->most) {
		size_t room = exchange->most - exchange->output->len;

		roost_str_append(exchange->output, chunk, (size_t)got < room ? (size_t)got : room);
	}
	if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
		sieve_exchange_shut(&exchange->out);
}

/* Whether there is time left. */
static bool serve(struct sieve_exchange *exchange)
{
	struct pollfd fds[2] = { { .fd = exchange->in, .events = POLLOUT },
				 { .fd = exchange->out, .events = POLLIN } };
	int64_t wait = exchange->deadline != 0 ? exchange->deadline - sieve_exchange_now() : 1000;

	if (wait <= 0)
		return false;
	if (poll(fds, 2, (int)(wait < 1000 ? wait : 1000)) <= 0)
		return true;
	if (exchange->in >= 0 && fds[0].revents != 0)
		feed(exchange);
	if (exchange->out >= 0 && fds[1].revents != 0)
		drain(exchange);
	return true;
}

bool sieve_exchange(struct sieve_exchange *exchange)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	bool in_time = true;

	sigaction(SIGPIPE, &ignore, &before);
	while (in_time && (exchange->in >= 0 || exchange->out >= 0)) {
		in_time = serve(exchange);
		/* Who has closed a socket reads no more of it. */
		if (exchange->socket && exchange->out < 0)
			exchange->in = -1;
	}
	if (!exchange->socket)
		sieve_exchange_shut(&exchange->in);
	sieve_exchange_shut(&exchange->out);
	sigaction(SIGPIPE, &before, NULL);
	return in_time;
}
