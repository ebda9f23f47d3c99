/*
 * Who is here, and out with them: what administrators' commands ask of anvil. One line in:
 * "WHO" or "KICK TAB user-mask TAB address-or-empty"; lines "+ TAB ..." out, then "OK TAB count".
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <roost/conn.h>
#include <roost/encode.h>
#include "core/proc/anvil.h"

static void say_session(struct roost_str *out, const struct anvil_session *session)
{
	roost_str_puts(out, "+\t");
	roost_tab_escape(out, session->user);
	roost_str_byte(out, '\t');
	roost_tab_escape(out, session->service);
	roost_str_printf(out, "\t%u\t",
			 session->worker == NULL ? 0 : roost_link_peer(session->worker->link)->pid);
	roost_tab_escape(out, session->rip);
	roost_str_byte(out, '\n');
}

static unsigned say_who(struct roost_str *out)
{
	unsigned count = 0;

	for (struct anvil_session *session = anvil_sessions; session != NULL;
	     session = session->next) {
		if (session->job || session->user[0] == '\0')
			continue;
		say_session(out, session);
		count++;
	}
	return count;
}

static unsigned kick(const char *mask, const char *address)
{
	unsigned count = 0;

	for (struct anvil_session *session = anvil_sessions; session != NULL;
	     session = session->next) {
		struct roost_str out = ROOST_STR_INIT;

		if (session->worker == NULL || session->job ||
		    fnmatch(mask, session->user, 0) != 0 ||
		    (address[0] != '\0' && strcmp(address, session->rip) != 0))
			continue;
		roost_wire_put_u32(&out, HANDOVER_KICK);
		roost_wire_put_u64(&out, session->id);
		roost_wire_put_text(&out, "Kicked by administrator");
		roost_link_send(session->worker->link, out.data, out.len, NULL, 0);
		roost_str_free(&out);
		count++;
	}
	return count;
}

static void answer(struct roost_conn *conn, char *line)
{
	struct roost_str *out = roost_conn_output(conn);
	char *rest = line;
	const char *command = strsep(&rest, "\t");
	const char *mask = rest == NULL ? "" : strsep(&rest, "\t");
	const char *address = rest == NULL ? "" : rest;

	if (strcmp(command, "WHO") == 0)
		roost_str_printf(out, "OK\t%u\n", say_who(out));
	else if (strcmp(command, "KICK") == 0)
		roost_str_printf(out, "OK\t%u\n", kick(mask, address));
	else
		roost_str_puts(out, "FAIL\tunknown command\n");
}

static void admin_input(struct roost_conn *conn, void *context)
{
	size_t len;
	const char *data = roost_conn_input(conn, &len);
	const char *end = memchr(data, '\n', len);
	char *line;

	if (end == NULL && len < 1024 && !roost_conn_eof(conn))
		return;
	if (end != NULL) {
		line = strndup(data, (size_t)(end - data));
		answer(conn, line);
		free(line);
	}
	roost_conn_free(conn);
}

static void admin_closed(struct roost_conn *conn, void *context, const struct roost_error *err)
{
	roost_conn_free(conn);
}

static const struct roost_conn_ops admin_ops = { .input = admin_input, .closed = admin_closed };

void anvil_admin_accept(int fd)
{
	(void)roost_conn_create(fd, &admin_ops, NULL);
}
