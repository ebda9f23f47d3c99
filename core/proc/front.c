/* A connection before login: greeting, conversation, TLS, its end. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include <roost/encode.h>
#include "core/base/memory.h"
#include "core/conf/scope.h"
#include "core/net/conn.h"
#include "core/proc/front.h"

#define PRE_LOGIN_TIME (180 * ROOST_SEC)	/* R-IMAP: three minutes without a command */
#define TRANSFER_TIME (300 * ROOST_SEC)		/* RFC 5321 section 4.5.3.2.7: five for mail */
#define INPUT_LIMIT 32768

const struct roost_protocol_ops *front_protocol;
struct roost_front *fronts;
static unsigned count;

unsigned front_count(void)
{
	return count;
}

static char *new_session_id(struct roost_arena *arena)
{
	unsigned char bytes[12];
	struct roost_str text = ROOST_STR_INIT;
	int64_t now = roost_loop_time();
	char *id;

	memcpy(bytes, &now, 6);
	if (getrandom(bytes + 6, 6, 0) < 0)
		memset(bytes + 6, 0, 6);
	roost_base64_encode(&text, bytes, sizeof(bytes));
	id = roost_arena_strdup(arena, text.data);
	roost_str_free(&text);
	return id;
}

static void address_text(struct roost_arena *arena, const struct sockaddr_storage *address,
			 const char **text, uint16_t *port)
{
	char buffer[INET6_ADDRSTRLEN] = "";

	if (address->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)address;

		(void)inet_ntop(AF_INET, &in->sin_addr, buffer, sizeof(buffer));
		*port = ntohs(in->sin_port);
	} else if (address->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;

		(void)inet_ntop(AF_INET6, &in6->sin6_addr, buffer, sizeof(buffer));
		*port = ntohs(in6->sin6_port);
	}
	*text = roost_arena_strdup(arena, buffer);
}

/* login_trusted_networks: addresses and networks, parted by blanks. */
static bool is_trusted(const struct roost_front *front)
{
	const char *text = roost_scope_value(front->scope, "login_trusted_networks");
	char *list = roost_arena_strdup(front->arena, text), *item;
	struct conf_net rip, net;

	if (list == NULL || conf_net_parse(front->facts.rip, &rip) < 0)
		return false;
	while ((item = strsep(&list, " ,\t")) != NULL) {
		if (item[0] != '\0' && conf_net_parse(item, &net) == 0 &&
		    conf_net_contains(&net, &rip))
			return true;
	}
	return false;
}

static void make_scope(struct roost_front *front)
{
	struct roost_setting_pair facts[] = {
		{ "protocol", front_protocol->name }, { "service", front->facts.service },
		{ "session", front->facts.session_id },
		{ "rip", front->facts.rip }, { "lip", front->facts.lip },
		{ "local_name", front->facts.local_name }, { NULL, NULL },
	};

	roost_scope_free(front->scope);
	front->scope = roost_scope_connection(roost_scope_process(), facts);
}

static void take_facts(struct roost_front *front, int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);

	front->facts = (struct roost_facts){
		.service = front_protocol->worker_service, .local_name = "", .client_id = "",
		.session_id = new_session_id(front->arena),
	};
	(void)getpeername(fd, (struct sockaddr *)&address, &len);
	address_text(front->arena, &address, &front->facts.rip, &front->facts.rport);
	memset(&address, 0, sizeof(address));
	len = sizeof(address);
	(void)getsockname(fd, (struct sockaddr *)&address, &len);
	address_text(front->arena, &address, &front->facts.lip, &front->facts.lport);
	make_scope(front);
	front->facts.trusted = is_trusted(front);
	/* Whoever is on this machine already sees what its users see. */
	front->facts.secured = front->facts.trusted ||
			       strcmp(front->facts.rip, front->facts.lip) == 0;
}

static void unlink_front(struct roost_front *front)
{
	if (front->prev != NULL)
		front->prev->next = front->next;
	else
		fronts = front->next;
	if (front->next != NULL)
		front->next->prev = front->prev;
}

static void free_now(void *context)
{
	struct roost_front *front = context;

	roost_scope_free(front->scope);
	roost_arena_free(front->arena);
}

/* Callbacks on the way out of the module may still look at it: memory goes at the next turn. */
void front_free(struct roost_front *front, const char *why)
{
	if (why != NULL)
		roost_log(&front->log, ROOST_LOG_INFO, "%s", why);
	front_auth_forget(front);
	roost_front_lookup_drop(front);
	if (front_protocol->gone != NULL)
		front_protocol->gone(front);
	if (front->relay != NULL && front->phase == FRONT_TLS)
		tls_relay_close(front->relay);
	else if (front->relay != NULL)
		tls_relay_detach(front->relay);
	roost_conn_free(front->conn);
	if (front->handed_fd >= 0)
		close(front->handed_fd);
	roost_loop_timer_free(front->timer);
	roost_str_free(&front->unread);
	free(front->tag);
	free(front->mechanism);
	free(front->user);
	unlink_front(front);
	count--;
	front->dead = true;
	roost_loop_defer(free_now, front);
}

/* "Disconnected (auth failed, 2 attempts in 6 secs): user=<..>, rip=.., ..": R-LG-2, R-PDB-13. */
static void log_disconnect(struct roost_front *front, const char *why)
{
	char detail[96];

	if (front->auth_attempts > 0)
		(void)snprintf(detail, sizeof(detail), "auth failed, %u attempts in %lld secs",
			       front->auth_attempts, (long long)
			       ((roost_loop_steady() - front->auth_first) / ROOST_SEC));
	else
		(void)snprintf(detail, sizeof(detail), "no auth attempts");
	roost_log(&front->log, ROOST_LOG_INFO, "%s (%s): user=<%s>%s%s, rip=%s, lip=%s%s, "
		  "session=<%s>", why, detail, front->user == NULL ? "" : front->user,
		  front->mechanism == NULL ? "" : ", method=",
		  front->mechanism == NULL ? "" : front->mechanism, front->facts.rip,
		  front->facts.lip, front->facts.tls ? ", TLS" : "", front->facts.session_id);
}

/* Mail transfer, where nobody logs in: its module tells of its ends. */
static bool is_transfer(void)
{
	return front_protocol->port == 24;
}

static void conn_closed(struct roost_conn *conn, void *context, const struct roost_error *err)
{
	struct roost_front *front = context;

	if (front->phase != FRONT_CLOSING && !is_transfer())
		log_disconnect(front, "Disconnected");
	front_free(front, NULL);
}

static int64_t idle_time(void)
{
	return is_transfer() ? TRANSFER_TIME : PRE_LOGIN_TIME;
}

static void call_input(struct roost_front *front)
{
	roost_loop_timer_again(front->timer, idle_time());
	front_protocol->input(front);
}

static void begin_starttls(struct roost_front *front);

static void conn_input(struct roost_conn *conn, void *context)
{
	struct roost_front *front = context;
	size_t len;

	(void)roost_conn_input(conn, &len);
	if (front->phase != FRONT_TALK)
		return;
	if (len == 0 && roost_conn_eof(conn)) {
		conn_closed(conn, front, NULL);
		return;
	}
	call_input(front);
}

/* Once all output has left: what the phase was waiting for. */
static void settle(void *context)
{
	struct roost_front *front = context;

	if (front->dead || front->conn == NULL || roost_conn_pending(front->conn) > 0)
		return;
	if (front->phase == FRONT_CLOSING)
		front_free(front, NULL);
	else if (front->phase == FRONT_STARTTLS)
		begin_starttls(front);
	else if (front->phase == FRONT_HANDOVER)
		front_handover_start(front);
}

/* Deferred calls run in order, so the memory of front outlives this one. */
void front_settle_soon(struct roost_front *front)
{
	roost_loop_defer(settle, front);
}

static void conn_drained(struct roost_conn *conn, void *context)
{
	settle(context);
}

static const struct roost_conn_ops conn_ops = {
	.input = conn_input, .drained = conn_drained, .closed = conn_closed,
};

void front_attach(struct roost_front *front, int fd)
{
	front->conn = roost_conn_create(fd, &conn_ops, front);
	roost_conn_input_limit(front->conn, INPUT_LIMIT);
}

static void greet(struct roost_front *front)
{
	front->greeted = true;
	front_protocol->greet(front);
}

static void tls_ready(void *context, const char *local_name)
{
	struct roost_front *front = context;

	front->facts.tls = front->facts.secured = true;
	front->facts.local_name = roost_arena_strdup(front->arena, local_name);
	make_scope(front);
	front->phase = FRONT_TALK;
	if (!front->greeted)
		greet(front);
}

static void tls_over(void *context, const char *why)
{
	struct roost_front *front = context;

	front->relay = NULL;
	if (front->phase == FRONT_TLS || !front->facts.tls) {
		if (why != NULL)
			roost_log(&front->log, ROOST_LOG_INFO,
				  "Disconnected (no auth attempts): user=<>, rip=%s, lip=%s, "
				  "TLS handshaking: %s, session=<%s>", front->facts.rip,
				  front->facts.lip, why, front->facts.session_id);
		front_free(front, NULL);
	}
	/* Otherwise the end of the plain side tells. */
}

static const struct tls_relay_ops tls_ops = { .ready = tls_ready, .over = tls_over };

static void begin_tls(struct roost_front *front, int fd)
{
	struct roost_error err;
	int plain;

	if (tls_accept(front->scope, fd, &tls_ops, front, &plain, &front->relay, &err) < 0) {
		roost_log(&front->log, ROOST_LOG_ERROR, "TLS: %s", roost_error_log(&err));
		front_free(front, NULL);
		return;
	}
	front_attach(front, plain);
}

/* What was sent before the handshake was not protected: it is dropped (R-TL-2). */
static void begin_starttls(struct roost_front *front)
{
	struct roost_str unread = ROOST_STR_INIT;
	int fd = conn_release(front->conn, &unread);

	front->conn = NULL;
	roost_str_free(&unread);
	front->phase = FRONT_TLS;
	begin_tls(front, fd);
}

static void timed_out(void *context)
{
	struct roost_front *front = context;

	if (front->phase == FRONT_CLOSING)
		front_free(front, NULL);
	else if (front_job_pending(front))	/* it is we who are slow */
		roost_loop_timer_again(front->timer, idle_time());
	else
		front_bye(front, "Disconnected for inactivity.");
}

void front_bye(struct roost_front *front, const char *why)
{
	if (front->phase == FRONT_CLOSING)
		return;
	/* A client that does not hear of a delivery sends the message again. */
	if (front_job_pending(front)) {
		front->farewell = roost_arena_strdup(front->arena, why);
		return;
	}
	if (front->conn == NULL || front->phase == FRONT_TLS) {
		front_free(front, NULL);
		return;
	}
	front_auth_forget(front);
	front_protocol->bye(front, why);
	roost_front_close(front, why);
}

static void warn_of_limit(uint64_t limit)
{
	static int64_t warned;

	if (warned != 0 && roost_loop_steady() - warned < 60 * ROOST_SEC)
		return;
	warned = roost_loop_steady();
	roost_log(NULL, ROOST_LOG_WARN, "service(%s): client_limit (%llu) reached, client "
		  "connections are being dropped", proc.service, (unsigned long long)limit);
}

/* R-TL-3: the one that has talked longest without logging in makes room. */
static void make_room(uint64_t limit)
{
	struct roost_front *oldest = NULL;

	if (count < limit)
		return;
	warn_of_limit(limit);
	for (struct roost_front *front = fronts; front != NULL; front = front->next) {
		if (front->phase != FRONT_CLOSING && front->phase != FRONT_HANDOVER &&
		    !front_job_pending(front))
			oldest = front;
	}
	if (oldest != NULL)
		front_bye(oldest, "Connection queue full.");
}

static uint64_t client_limit(void)
{
	uint64_t limit = proc_service_number("client_limit");

	return limit == 0 ? proc_setting_number("default_client_limit") : limit;
}

void front_accept(int fd, const struct child_listener *listener)
{
	static uint64_t limit;
	struct roost_arena *arena = roost_arena_create("front");
	struct roost_front *front = roost_arena_new(arena, struct roost_front);

	if (limit == 0)
		limit = client_limit();
	make_room(limit);
	front->arena = arena;
	front->handed_fd = -1;
	front->next = fronts;
	if (fronts != NULL)
		fronts->prev = front;
	fronts = front;
	count++;
	take_facts(front, fd);
	if (front_protocol->front_state_size > 0)
		front->state = roost_arena_zalloc(arena, front_protocol->front_state_size);
	front->timer = roost_loop_timer(idle_time(), timed_out, front);
	if (listener->flags & CONTROL_LISTENER_TLS) {
		front->phase = FRONT_TLS;
		begin_tls(front, fd);
		return;
	}
	front->phase = FRONT_TALK;
	front_attach(front, fd);
	greet(front);
}

static void go_on(void *context)
{
	struct roost_front *front = context;
	size_t len;

	if (front->dead || front->phase != FRONT_TALK)
		return;
	(void)roost_conn_input(front->conn, &len);
	if (len > 0)
		call_input(front);
}

/* Input that came meanwhile is shown after the current call has returned. */
void front_resume(struct roost_front *front)
{
	if (front->phase != FRONT_AUTH && front->phase != FRONT_HANDOVER)
		return;
	front->phase = FRONT_TALK;
	roost_conn_pause(front->conn, false);
	roost_loop_defer(go_on, front);
}

/* --- what protocol modules call --- */

void *roost_front_state(struct roost_front *front)
{
	return front->state;
}

const struct roost_facts *roost_front_facts(const struct roost_front *front)
{
	return &front->facts;
}

const struct roost_scope *roost_front_scope(const struct roost_front *front)
{
	return front->scope;
}

const struct roost_log_scope *roost_front_log(const struct roost_front *front)
{
	return &front->log;
}

const char *roost_front_input(const struct roost_front *front, size_t *len)
{
	if (front->conn == NULL || front->phase != FRONT_TALK) {
		*len = 0;
		return "";
	}
	return roost_conn_input(front->conn, len);
}

void roost_front_consume(struct roost_front *front, size_t n)
{
	roost_conn_consume(front->conn, n);
}

struct roost_str *roost_front_output(struct roost_front *front)
{
	return roost_conn_output(front->conn);
}

bool roost_front_tls_available(const struct roost_front *front)
{
	return !front->facts.tls && tls_available(front->scope);
}

void roost_front_starttls(struct roost_front *front)
{
	front->phase = FRONT_STARTTLS;
	roost_conn_pause(front->conn, true);
	front_settle_soon(front);
}

void roost_front_set_client_id(struct roost_front *front, const char *id)
{
	front->facts.client_id = roost_arena_strdup(front->arena, id);
}

void roost_front_close(struct roost_front *front, const char *reason)
{
	if (front->phase == FRONT_CLOSING)
		return;
	if (!is_transfer())
		log_disconnect(front, reason == NULL ? "Disconnected" : reason);
	front->phase = FRONT_CLOSING;
	roost_conn_pause(front->conn, true);
	/* A client that does not read its goodbye is not waited for. */
	roost_loop_timer_again(front->timer, 5 * ROOST_SEC);
	front_settle_soon(front);
}
