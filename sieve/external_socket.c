/*
 * external_socket - programs behind sockets: services that run them as other users. Lines go there:
 * the version of the protocol, "alarm=SECONDS" when there is a limit, "-" (an answer is wanted), an
 * argument each, an empty one; then the input. Back comes the output, and a last line "+" or "-".
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "sieve/external.h"
#include "sieve/external_parts.h"

bool sieve_external_is_socket(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

static int connect_to(const char *path, const char *program, struct roost_error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return roost_fail(err, ROOST_ERR_CONFIG, "the path of program '%s' is too long", program);
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return roost_fail_errno(err, "socket");
	/* On a socket of this machine this is done at once, or its queue is full. */
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return roost_fail(err, ROOST_ERR_TEMP, "program '%s' does not answer: %s", program,
			  strerror(errno));
}

static void write_request(struct roost_str *request, const struct sieve_external *external,
			  uint64_t timeout, struct sieve_text input)
{
	roost_str_puts(request, "VERSION\tscript\t4\t0\n");
	if (timeout > 0)
		roost_str_printf(request, "alarm=%llu\n", (unsigned long long)timeout);
	roost_str_puts(request, "-\n");
	for (const char *const *arg = external->args; arg != NULL && *arg != NULL; arg++)
		roost_str_printf(request, "%s\n", *arg);
	roost_str_byte(request, '\n');
	roost_str_append(request, input.data, input.len);
}

/* The last line is the verdict, and none of the output. */
static int judge(struct sieve_exchange *exchange, bool in_time, struct roost_error *err)
{
	struct roost_str *output = exchange->output;
	uint64_t content = exchange->received >= 2 ? exchange->received - 2 : 0;

	if (!in_time)
		roost_fail(err, ROOST_ERR_LIMIT, "the program took too long");
	else if (exchange->left.len > 0)
		roost_fail(err, ROOST_ERR_INVALID, "the program did not read all of its input");
	else if (exchange->received < 2 || exchange->last[1] != '\n' ||
		 (exchange->last[0] != '+' && exchange->last[0] != '-'))
		roost_fail(err, ROOST_ERR_TEMP, "the program's service broke off");
	else if (exchange->last[0] == '-')
		roost_fail(err, ROOST_ERR_INVALID, "the program failed");
	else
		goto content;
	return 1;
content:
	if (output != NULL && output->len > content)
		roost_str_truncate(output, (size_t)content);
	return 0;
}

int sieve_external_socket(const char *path, const struct sieve_external *external, uint64_t timeout,
			  struct sieve_text input, struct roost_str *output, struct roost_error *err)
{
	struct roost_str request = ROOST_STR_INIT;
	struct sieve_exchange exchange = { .socket = true, .output = output };
	int fd = connect_to(path, external->program, err), result;

	if (fd < 0)
		return -1;
	write_request(&request, external, timeout, input);
	exchange.in = exchange.out = fd;
	exchange.left = sieve_text_of_str(&request);
	exchange.most = external->most <= SIZE_MAX - 2 ? external->most + 2 : external->most;
	if (timeout > 0)
		exchange.deadline = sieve_exchange_now() + (int64_t)timeout * 1000;
	result = judge(&exchange, sieve_exchange(&exchange), err);
	if (result == 0 && output != NULL && output->len > external->most)
		roost_str_truncate(output, external->most);
	roost_str_free(&request);
	return result;
}
