/*
 * Who is here, and out with them: what administrators' commands ask of anvil. One line in:
 * "WHO" or "KICK", TAB, a mask of users or nothing, TAB, an address or network or nothing. Out come
 * lines "+ user service pid address", parted by TABs, for each session, then "OK TAB count".
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <roost/conn.h>
#include <roost/encode.h>
#include <roost/mask.h>
#include "core/conf/snapshot.h"
#include "core/proc/anvil.h"

#define LINE_MAX_LENGTH 1024

struct filter {
	const char *mask;		/* "": everybody */
	bool everywhere;
	struct conf_net net;
};

static bool matches(const struct filter *filter, const struct anvil_session *session)
{
	struct conf_net address;

	if (session->job || session->worker == NULL || session->user[0] == '\0' ||
	    (filter->mask[0] != '\0' && !roost_mask_matches(filter->mask, session->user)))
		return false;
	return filter->everywhere || (conf_net_parse(session->rip, &address) == 0 &&
				      conf_net_contains(&filter->net, &address));
}

static void say_session(struct roost_str *out, const struct anvil_session *session)
{
	roost_str_puts(out, "+\t");
	roost_tab_escape(out, session->user);
	roost_str_byte(out, '\t');
	roost_tab_escape(out, session->service);
	roost_str_printf(out, "\t%u\t", roost_link_peer(session->worker->link)->pid);
	roost_tab_escape(out, session->rip);
	roost_str_byte(out, '\n');
}

static void kick(const struct anvil_session *session)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_wire_put_u32(&out, HANDOVER_KICK);
	roost_wire_put_u64(&out, session->id);
	roost_wire_put_text(&out, "Kicked by administrator");
	roost_link_send(session->worker->link, out.data, out.len, NULL, 0);
	roost_str_free(&out);
}

static void answer(struct roost_str *out, char *line)
{
	char *rest = line;
	const char *command = strsep(&rest, "\t");
	struct filter filter = { .mask = rest == NULL ? "" : strsep(&rest, "\t") };
	bool kicking = strcmp(command, "KICK") == 0;
	unsigned count = 0;

	filter.everywhere = rest == NULL || rest[0] == '\0';
	if ((!kicking && strcmp(command, "WHO") != 0) ||
	    (!filter.everywhere && conf_net_parse(rest, &filter.net) < 0)) {
		roost_str_puts(out, "FAIL\tunknown command or address\n");
		return;
	}
	for (const struct anvil_session *session = anvil_sessions; session != NULL;
	     session = session->next) {
		if (!matches(&filter, session))
			continue;
		say_session(out, session);
		if (kicking)
			kick(session);
		count++;
	}
	roost_str_printf(out, "OK\t%u\n", count);
}

static void admin_input(struct roost_conn *conn, void *context)
{
	size_t len;
	const char *data = roost_conn_input(conn, &len);
	const char *end = memchr(data, '\n', len);
	char *line;

	if (end == NULL && len < LINE_MAX_LENGTH && !roost_conn_eof(conn))
		return;
	if (end == NULL) {
		roost_conn_free(conn);
		return;
	}
	line = strndup(data, (size_t)(end - data));
	answer(roost_conn_output(conn), line);
	free(line);
	/* The answer may be longer than the socket has room for. */
	roost_conn_consume(conn, len);
	roost_conn_pause(conn, true);
}

static void admin_drained(struct roost_conn *conn, void *context)
{
	roost_conn_free(conn);
}

static void admin_closed(struct roost_conn *conn, void *context, const struct roost_error *err)
{
	roost_conn_free(conn);
}

static const struct roost_conn_ops admin_ops = {
	.input = admin_input, .drained = admin_drained, .closed = admin_closed,
};

/* Whatever the socket's mode: root's, and that of the user whom we run as. */
void anvil_admin_accept(int fd)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0 ||
	    (peer.uid != 0 && peer.uid != geteuid())) {
		close(fd);
		return;
	}
	(void)roost_conn_create(fd, &admin_ops, NULL);
}
