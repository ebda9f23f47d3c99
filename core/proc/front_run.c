/* The front process: unprivileged, confined, accepting. DESIGN section 2. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "core/base/log.h"
#include "core/loop/loop.h"
#include "core/module/module.h"
#include "core/proc/confine.h"
#include "core/proc/front.h"
#include "core/proc/privileges.h"

#define SPOOL_IN_MEMORY (128 * 1024)
#define ACCEPT_PAUSE ROOST_SEC

static int temp_dir = -1;
static bool stopping;
static struct roost_loop_timer *drain_timer, *accept_timer;
static ROOST_VEC(struct roost_loop_fd *) accept_watches;

/* A front module is its protocol's alone: drivers and layers have no business here. */
static int load_protocol(void)
{
	int status = proc_load_modules(proc.service);

	if (status != 0)
		return status;
	front_protocol = module_ops_find(ROOST_KIND_PROTOCOL, proc.protocol, NULL);
	if (front_protocol == NULL || front_protocol->greet == NULL) {
		roost_log(NULL, ROOST_LOG_FATAL, "no installed module speaks %s before login "
			  "(protocols names it)", proc.protocol);
		return 89;
	}
	return 0;
}

static bool is_auth(const struct roost_link *link)
{
	return strcmp(roost_link_peer(link)->role, "auth") == 0;
}

static void link_message(struct roost_link *link, const void *data, size_t len, const int *fds,
			 size_t fd_count)
{
	if (is_auth(link))
		front_auth_message(link, data, len);
	else if (link == front_anvil_link)
		front_anvil_message(data, len);
}

/* An older one may go after the newer has come. */
static void link_closed(struct roost_link *link)
{
	if (is_auth(link))
		front_auth_lost(link);
	else if (link == front_anvil_link)
		front_anvil_lost();
}

static const struct link_ops link_ops = { .message = link_message, .closed = link_closed };

static void front_link(int fd, const struct roost_peer *peer, uint32_t ticket)
{
	struct roost_link *link = link_create(fd, peer, &link_ops);

	if (strcmp(peer->role, "anvil") == 0) {
		if (front_anvil_link != NULL)
			front_anvil_lost();
		front_anvil_link = link;
		front_anvil_back();
	}
	/* An auth counts from its first word on; the one before still answers what it was asked. */
}

static void listen_again(void *context)
{
	roost_loop_timer_free(accept_timer);
	accept_timer = NULL;
	for (size_t i = 0; i < accept_watches.count && !stopping; i++)
		roost_loop_fd_events(accept_watches.items[i], ROOST_LOOP_READ);
}

/* Most often out of descriptors: trying again at once would fail again, and fill the log. */
static void accept_failed(const char *listener)
{
	static int64_t warned;

	if (warned == 0 || roost_loop_steady() - warned > 60 * ROOST_SEC) {
		roost_log(NULL, ROOST_LOG_ERROR, "accept on %s: %m; new connections wait", listener);
		warned = roost_loop_steady();
	}
	if (accept_timer != NULL)
		return;
	for (size_t i = 0; i < accept_watches.count && !stopping; i++)
		roost_loop_fd_events(accept_watches.items[i], 0);
	accept_timer = roost_loop_timer(ACCEPT_PAUSE, listen_again, NULL);
}

static void accept_ready(void *context, unsigned events)
{
	const struct child_listener *listener = context;

	/* Several at a time: one wake-up of the loop costs more than an accept. */
	for (int i = 0; i < 16; i++) {
		int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			front_accept(fd, listener);
			continue;
		}
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			accept_failed(listener->name);
		return;
	}
}

/* Called again for each auth process that comes; the first opens the doors. */
void front_open(void)
{
	uint32_t ready = CONTROL_READY;

	if (stopping || accept_watches.count > 0)
		return;
	for (size_t i = 0; i < proc.listeners.count; i++) {
		struct child_listener *listener = &proc.listeners.items[i];

		roost_vec_push(&accept_watches, roost_loop_fd(listener->fd, ROOST_LOOP_READ,
							      accept_ready, listener));
	}
	proc_tell(&ready, sizeof(ready));
}

/* Over when nobody is talking and no relay is left. */
static void end_when_done(void *context)
{
	if (fronts == NULL && tls_relay_count() == 0) {
		loop_stop();
		return;
	}
	roost_loop_timer_again(drain_timer, ROOST_SEC / 5);
}

/* The workers say goodbye through the relays: they get the time that end_when_done gives. */
static void front_stop(bool drain, const char *why)
{
	if (!stopping) {
		for (size_t i = 0; i < accept_watches.count; i++)
			roost_loop_fd_free(accept_watches.items[i]);
		drain_timer = roost_loop_timer(ROOST_SEC / 20, end_when_done, NULL);
	}
	stopping = true;
	for (struct roost_front *front = fronts, *next; front != NULL && !drain; front = next) {
		next = front->next;
		front_bye(front, why);
	}
}

static const struct proc_ops front_ops = { .ready_later = true, .link = front_link, .stop = front_stop };

static int make_temp_file(struct roost_error *err)
{
	int file = openat(temp_dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (file < 0)
		roost_fail_errno(err, "temporary file in mail_temp_dir");
	return file;
}

/* Where there is no place for files, memory has to do. */
int roost_front_spool(struct roost_front *front, uint64_t expected, int *fd,
		      struct roost_error *err)
{
	int file;

	if (temp_dir >= 0 && (expected == 0 || expected > SPOOL_IN_MEMORY))
		file = make_temp_file(err);
	else
		file = memfd_create("spool", MFD_CLOEXEC);
	if (file < 0)
		return temp_dir >= 0 ? -1 : roost_fail_errno(err, "memfd_create");
	*fd = file;
	return 0;
}

/* Opened while names can still be resolved; the only place where files may be made later. */
static void open_temp_dir(void)
{
	const char *path = roost_scope_value(roost_scope_process(), "mail_temp_dir");

	temp_dir = open(path == NULL || path[0] == '\0' ? "/tmp" : path,
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int confine(struct roost_error *err)
{
	struct proc_ids ids = proc.ids;
	const char *base = roost_scope_value(roost_scope_process(), "base_dir");

	ids.chroot = roost_arena_printf(proc.arena, "%s/empty", base);
	/* The spool's directory is reached by descriptor, which a chroot leaves alone. */
	if (privileges_drop(&ids, proc.privileged, false, err) < 0 ||
	    confine_files(temp_dir, err) < 0 || confine_calls(0, 0, err) < 0)
		return -1;
	return confine_signals(err);
}

static void prepare_tls(void)
{
	struct roost_error err;

	if (tls_available(roost_scope_process()) &&
	    tls_prepare(roost_scope_process(), &err) < 0)
		roost_log(NULL, ROOST_LOG_ERROR, "TLS cannot be offered: %s",
			  roost_error_log(&err));
}

/* A front that shares its name with its workers shares their way of logging: R-LM-10. */
static void name_log_lines(void)
{
	if (strcmp(front_protocol->front_service, front_protocol->worker_service) == 0)
		log_set_prefix(roost_arena_printf(proc.arena, "%s(%d): ", proc.service,
						  (int)getpid()));
}

int front_run(void)
{
	struct roost_error err;
	int status = load_protocol();

	if (status != 0)
		return status;
	name_log_lines();
	tzset();
	prepare_tls();
	open_temp_dir();
	if (confine(&err) < 0) {
		roost_log(NULL, ROOST_LOG_FATAL, "%s", roost_error_log(&err));
		return 77;
	}
	loop_init();
	status = proc_init_modules();
	if (status != 0)
		return status;
	proc_serve(&front_ops);
	loop_run();
	return 0;
}
