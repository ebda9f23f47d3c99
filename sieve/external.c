/* external - a child process with the message as its input, watched until its time is over. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "sieve/external.h"
#include "sieve/external_parts.h"
#include "sieve/instance.h"

enum { DEFAULT_TIMEOUT = 10, MAX_TIMEOUT = 1000000 };

struct child { pid_t pid; struct sieve_exchange exchange; };

static const char *setting(const struct sieve_instance *instance, const char *extension,
			   const char *name)
{
	char key[64];

	snprintf(key, sizeof(key), "sieve_%s_%s", extension, name);
	return sieve_setting(instance, key);
}

static int find_program(const struct sieve_instance *instance, const struct sieve_external *external,
			char path[PATH_MAX], struct roost_error *err)
{
	const char *folder = setting(instance, external->extension, "bin_dir");
	struct stat st;

	if (folder == NULL && setting(instance, external->extension, "socket_dir") != NULL)
		return roost_fail(err, ROOST_ERR_NOTFOUND, "program '%s' not found", external->program);
	if (folder == NULL)
		return roost_fail(err, ROOST_ERR_CONFIG, "the vnd.dovecot.%s extension is unconfigured",
				  external->extension);
	snprintf(path, PATH_MAX, "%s/%s", folder, external->program);
	if (stat(path, &st) < 0)
		return roost_fail(err, ROOST_ERR_NOTFOUND, "program '%s' not found", external->program);
	if (!S_ISREG(st.st_mode) || (st.st_mode & S_IWOTH) != 0 || access(path, X_OK) < 0)
		return roost_fail(err, ROOST_ERR_NOPERM, "program '%s' is not allowed to be run",
				  external->program);
	return 0;
}

/* Where its socket would be; relative folders are in base_dir. False: there is none. */
static bool find_socket(const struct sieve_instance *instance, const struct sieve_external *external,
			char path[PATH_MAX])
{
	const char *folder = setting(instance, external->extension, "socket_dir");
	const char *base = sieve_setting(instance, "base_dir");
	int len;

	if (folder == NULL)
		return false;
	len = snprintf(path, PATH_MAX, "%s%s%s/%s", folder[0] != '/' && base != NULL ? base : "",
		       folder[0] != '/' && base != NULL ? "/" : "", folder, external->program);
	return len < PATH_MAX && sieve_external_is_socket(path);
}

/* With bare LFs when the administrator says so. */
static struct sieve_text prepared_input(const struct sieve_instance *instance,
					const struct sieve_external *external, struct roost_str *copy)
{
	const char *eol = setting(instance, external->extension, "input_eol");
	struct sieve_text input = external->input;

	if (eol == NULL || strcasecmp(eol, "lf") != 0)
		return input;
	for (size_t i = 0; i < input.len; i++) {
		if (input.data[i] != '\r' || i + 1 == input.len || input.data[i + 1] != '\n')
			roost_str_byte(copy, input.data[i]);
	}
	return sieve_text_of_str(copy);
}

static void add_variable(struct roost_arena *arena, char **environment, const char *name,
			 const char *value)
{
	while (*environment != NULL)
		environment++;
	if (value != NULL)
		*environment = roost_arena_printf(arena, "%s=%s", name, value);
}

struct plan { const char *path; char **argv, **environment; };

static void plan_child(struct roost_arena *arena, const struct sieve_external *external,
		       const char *path, const char *user, const char *home, struct plan *plan)
{
	static const char *const none[] = { NULL };
	const char *const *args = external->args != NULL ? external->args : none;
	size_t count = 0;
	char host[256] = "localhost";

	while (args[count] != NULL)
		count++;
	plan->path = path;
	plan->argv = roost_arena_zalloc(arena, (count + 2) * sizeof(char *));
	plan->argv[0] = roost_arena_strdup(arena, path);
	for (size_t i = 0; i < count; i++)
		plan->argv[i + 1] = roost_arena_strdup(arena, args[i]);
	plan->environment = roost_arena_zalloc(arena, 8 * sizeof(char *));
	gethostname(host, sizeof(host) - 1);
	add_variable(arena, plan->environment, "HOME", home);
	add_variable(arena, plan->environment, "USER", user);
	add_variable(arena, plan->environment, "HOST", host);
	add_variable(arena, plan->environment, "SENDER", external->sender);
	add_variable(arena, plan->environment, "RECIPIENT", external->recipient);
	add_variable(arena, plan->environment, "ORIG_RECIPIENT", external->orig_recipient);
}

/* In the child: only async-signal-safe calls. */
static void become(const struct plan *plan, int in, int out)
{
	if (out < 0)
		out = open("/dev/null", O_WRONLY);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0)
		_exit(127);
	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	for (int fd = 3; fd < 256; fd++)
		close(fd);
	execve(plan->path, plan->argv, plan->environment);
	_exit(127);
}

static int start(struct child *child, const struct plan *plan, struct roost_error *err)
{
	int in[2], out[2] = { -1, -1 };

	if (pipe2(in, O_CLOEXEC) < 0)
		return roost_fail_errno(err, "pipe");
	if (child->exchange.output != NULL && pipe2(out, O_CLOEXEC) < 0) {
		close(in[0]);
		close(in[1]);
		return roost_fail_errno(err, "pipe");
	}
	child->pid = fork();
	if (child->pid == 0)
		become(plan, in[0], out[1]);
	close(in[0]);
	child->exchange.in = in[1];
	child->exchange.out = out[0];
	if (out[1] >= 0)
		close(out[1]);
	fcntl(child->exchange.in, F_SETFL, O_NONBLOCK);
	if (child->pid > 0)
		return 0;
	sieve_exchange_shut(&child->exchange.in);
	sieve_exchange_shut(&child->exchange.out);
	return roost_fail_errno(err, "fork");
}

/* Its end, when it comes in time. False: it was killed. */
static bool reap(struct child *child, int *status)
{
	static const struct timespec pause = { 0, 2000000 };

	for (;;) {
		pid_t ended = waitpid(child->pid, status, WNOHANG);

		if (ended == child->pid)
			return true;
		if (ended < 0 && errno != EINTR)
			return false;
		if (child->exchange.deadline != 0 && sieve_exchange_now() >= child->exchange.deadline)
			break;
		nanosleep(&pause, NULL);
	}
	kill(-child->pid, SIGKILL);
	kill(child->pid, SIGKILL);
	waitpid(child->pid, status, 0);
	return false;
}

static int judge(bool in_time, int status, size_t unread, struct roost_error *err)
{
	if (!in_time)
		roost_fail(err, ROOST_ERR_LIMIT, "the program took too long");
	else if (!WIFEXITED(status))
		roost_fail(err, ROOST_ERR_TEMP, "the program ended by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		roost_fail(err, ROOST_ERR_INVALID, "the program ended with status %d",
			   WEXITSTATUS(status));
	else if (unread > 0)
		roost_fail(err, ROOST_ERR_INVALID, "the program did not read all of its input");
	else
		return 0;
	return 1;
}

static int run_child(const struct plan *plan, struct child *child, struct roost_error *err)
{
	bool in_time;
	int status = 0;

	if (start(child, plan, err) < 0)
		return -1;
	in_time = sieve_exchange(&child->exchange);
	in_time = reap(child, &status) && in_time;
	return judge(in_time, status, child->exchange.left.len, err);
}

static int run_program(const struct sieve_instance *instance, const char *user, const char *home,
		       const struct sieve_external *external, uint64_t timeout, struct sieve_text input,
		       struct roost_str *output, struct roost_error *err)
{
	struct roost_arena *arena;
	struct child child = { .exchange = { .in = -1, .out = -1, .output = output,
					     .most = external->most, .left = input } };
	char path[PATH_MAX];
	struct plan plan;
	int result;

	if (find_program(instance, external, path, err) < 0)
		return -1;
	if (timeout > 0)
		child.exchange.deadline = sieve_exchange_now() + (int64_t)timeout * 1000;
	arena = roost_arena_create("sieve external");
	plan_child(arena, external, path, user, home, &plan);
	result = run_child(&plan, &child, err);
	roost_arena_free(arena);
	return result;
}

int sieve_external_run(const struct sieve_instance *instance, const char *user, const char *home,
		       const struct sieve_external *external, struct roost_str *output,
		       struct roost_error *err)
{
	struct roost_str copy = ROOST_STR_INIT;
	struct sieve_text input = prepared_input(instance, external, &copy);
	char path[PATH_MAX], key[64];
	uint64_t timeout;
	int result;

	snprintf(key, sizeof(key), "sieve_%s_exec_timeout", external->extension);
	timeout = sieve_setting_time(instance, key, DEFAULT_TIMEOUT);
	if (timeout > MAX_TIMEOUT)
		timeout = MAX_TIMEOUT;
	result = find_socket(instance, external, path) ?
		sieve_external_socket(path, external, timeout, input, output, err) :
		run_program(instance, user, home, external, timeout, input, output, err);
	roost_str_free(&copy);
	return result;
}
