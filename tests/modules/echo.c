/*
 * echo - a toy protocol: a login line in the front; the worker says who it is, echoes, and tries
 * what it must not be able to do. For tests of the process layer.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>
#include <roost/arena.h>
#include "echo.h"

struct state {
	bool waiting;
};

/* The first line, without its end, in line; false: none is there yet. */
static bool first_line(const char *data, size_t len, char *line, size_t size, size_t *used)
{
	const char *end = memchr(data, '\n', len);
	size_t n;

	if (end == NULL)
		return false;
	n = (size_t)(end - data);
	*used = n + 1;
	if (n > 0 && data[n - 1] == '\r')
		n--;
	if (n >= size)
		n = size - 1;
	memcpy(line, data, n);
	line[n] = '\0';
	return true;
}

/* --- the front --- */

static void greet(struct roost_front *front)
{
	roost_str_puts(roost_front_output(front), "OK echo ready\r\n");
}

static void login(struct roost_front *front, char *args)
{
	struct state *state = roost_front_state(front);
	const char *user = strsep(&args, " ");
	char response[512];
	int len = snprintf(response, sizeof(response), "%c%s%c%s", 0, user, 0,
			   args == NULL ? "" : args);

	state->waiting = true;
	roost_front_auth(front, "PLAIN", response, (size_t)len, "tag");
}

static void mechanisms(struct roost_front *front)
{
	const char *const *list = roost_front_mechanisms(front);

	for (; *list != NULL; list++)
		roost_str_printf(roost_front_output(front), "%s ", *list);
	roost_str_printf(roost_front_output(front), "tls=%d pid=%d\r\n",
			 roost_front_tls_available(front), (int)getpid());
}

static void front_command(struct roost_front *front, char *line)
{
	char *args = line;
	const char *command = strsep(&args, " "), *answer;

	if (args == NULL)
		args = line + strlen(line);
	if (strcmp(command, "LOGIN") == 0) {
		login(front, args);
	} else if (strcmp(command, "CAPA") == 0) {
		mechanisms(front);
	} else if (strcmp(command, "STARTTLS") == 0) {
		roost_str_puts(roost_front_output(front), "OK begin TLS\r\n");
		roost_front_starttls(front);
	} else if (strcmp(command, "STEAL") == 0) {
		answer = echo_steal(front, args);
		roost_str_printf(roost_front_output(front), "%s\r\n",
				 answer == NULL ? "BAD" : answer);
	} else if (strcmp(command, "CRASH") == 0) {
		abort();
	} else if (strcmp(command, "QUIT") == 0) {
		roost_str_puts(roost_front_output(front), "BYE\r\n");
		roost_front_close(front, "quit");
	} else {
		roost_str_puts(roost_front_output(front), "BAD\r\n");
	}
}

static void front_input(struct roost_front *front)
{
	struct state *state = roost_front_state(front);
	const char *data;
	char line[1024];
	size_t len, used;

	while (!state->waiting) {
		data = roost_front_input(front, &len);
		if (!first_line(data, len, line, sizeof(line), &used))
			return;
		roost_front_consume(front, used);
		front_command(front, line);
	}
}

static void auth_reply(struct roost_front *front, const struct roost_auth_reply *reply)
{
	struct state *state = roost_front_state(front);

	if (reply->result == ROOST_AUTH_OK)
		return;
	state->waiting = false;
	roost_str_printf(roost_front_output(front), "NO %d %s\r\n", (int)reply->result,
			 reply->reason);
}

static void bye(struct roost_front *front, const char *why)
{
	roost_str_printf(roost_front_output(front), "BYE %s\r\n", why);
}

/* --- the worker --- */

static void say_who(struct roost_session *session, struct roost_str *out)
{
	const struct roost_facts *facts = roost_session_facts(session);
	gid_t groups[32];
	int count = getgroups(32, groups);

	roost_str_printf(out, "OK user=%s home=%s uid=%d gid=%d pid=%d tag=%s rip=%s tls=%d "
			 "session=%s groups=", roost_session_user(session),
			 roost_session_home(session), (int)getuid(), (int)getgid(), (int)getpid(),
			 roost_session_tag(session), facts->rip, facts->tls, facts->session_id);
	for (int i = 0; i < count; i++)
		roost_str_printf(out, "%s%d", i == 0 ? "" : ",", (int)groups[i]);
	roost_str_puts(out, "\r\n");
}

/* What a worker must not do; the answer is the errno, or "done". */
static const char *attempt(const char *what)
{
	static char answer[64];
	char *const argv[] = { (char *)(uintptr_t)"true", NULL };
	long result = -2;

	errno = 0;
	if (strcmp(what, "exec") == 0)
		result = execv("/bin/true", argv);
	else if (strcmp(what, "kill") == 0)
		result = kill(getppid(), 0);
	else if (strcmp(what, "ptrace") == 0)
		result = ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	else if (strcmp(what, "root") == 0)
		result = setuid(0);
	else if (strcmp(what, "other") == 0)
		result = setuid(54321);
	if (result == -2)
		return "BAD";
	(void)snprintf(answer, sizeof(answer), "%s",
		       result < 0 ? strerrorname_np(errno) : "done");
	return answer;
}

static void changed(struct roost_session *session, const char *mailbox, uint64_t modseq)
{
	roost_str_printf(roost_conn_output(roost_session_conn(session)), "* %s %llu\r\n", mailbox,
			 (unsigned long long)modseq);
}

static void flood(struct roost_str *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		roost_str_byte(out, i % 64 == 63 ? '\n' : 'x');
}

/* false: it was the last. */
static bool worker_command(struct roost_session *session, char *line)
{
	struct roost_str *out = roost_conn_output(roost_session_conn(session));
	char *args = line;
	const char *command = strsep(&args, " "), *value;

	if (args == NULL)
		args = line + strlen(line);
	if (strcmp(command, "QUIT") == 0) {
		roost_str_puts(out, "BYE\r\n");
		roost_session_end(session, "Disconnected: Logged out");
		return false;
	}
	if (strcmp(command, "FLOOD") == 0) {
		flood(out, strtoul(args, NULL, 10));
		roost_session_end(session, "Disconnected: flooded");
		return false;
	}
	if (strcmp(command, "WHO") == 0) {
		say_who(session, out);
	} else if (strcmp(command, "ECHO") == 0) {
		roost_str_printf(out, "%s\r\n", args);
	} else if (strcmp(command, "GET") == 0) {
		value = roost_scope_value(roost_session_scope(session), args);
		roost_str_printf(out, "%s\r\n", value == NULL ? "(unknown)" : value);
	} else if (strcmp(command, "TRY") == 0) {
		roost_str_printf(out, "%s\r\n", attempt(args));
	} else if (strcmp(command, "WATCH") == 0) {
		roost_notice_watch(session, args, changed);
		roost_str_puts(out, "OK\r\n");
	} else if (strcmp(command, "NOTICE") == 0) {
		value = strsep(&args, " ");
		roost_notice_send(session, value, args == NULL ? 0 : strtoull(args, NULL, 10));
		roost_str_puts(out, "OK\r\n");
	} else if (strcmp(command, "SLEEP") == 0) {
		(void)usleep((useconds_t)(strtoul(args, NULL, 10) * 1000));
		roost_str_puts(out, "OK\r\n");
	} else if (strcmp(command, "CRASH") == 0) {
		abort();
	} else {
		roost_str_puts(out, "BAD\r\n");
	}
	return true;
}

static void worker_input(struct roost_conn *conn, void *context)
{
	const char *data;
	char line[1024];
	size_t len, used;

	for (;;) {
		data = roost_conn_input(conn, &len);
		if (!first_line(data, len, line, sizeof(line), &used))
			break;
		roost_conn_consume(conn, used);
		if (!worker_command(context, line))
			return;
	}
	if (roost_conn_eof(conn))
		roost_session_end(context, "Connection closed");
}

static void worker_closed(struct roost_conn *conn, void *context, const struct roost_error *err)
{
	roost_session_end(context, "Connection closed");
}

static const struct roost_conn_ops conn_ops = { .input = worker_input, .closed = worker_closed };

static void serve(struct roost_session *session)
{
	struct roost_conn *conn = roost_session_conn(session);

	roost_conn_set_ops(conn, &conn_ops, session);
	say_who(session, roost_conn_output(conn));
	worker_input(conn, session);
}

static void shut(struct roost_session *session, const char *why)
{
	roost_str_printf(roost_conn_output(roost_session_conn(session)), "BYE %s\r\n", why);
	roost_session_end(session, why);
}

static const struct roost_protocol_ops echo = {
	.name = "echo", .front_service = "echo-login", .worker_service = "echo",
	.front_state_size = sizeof(struct state),
	.greet = greet, .input = front_input, .auth_reply = auth_reply, .bye = bye,
	.serve = serve, .shutdown = shut,
};

ROOST_MODULE(echo, .version = "1.0", .provides = ROOST_PROVIDES(ROOST_PROTOCOL(&echo)));
