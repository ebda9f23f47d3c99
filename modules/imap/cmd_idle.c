/* IDLE: changes are told as they happen. RFC 2177. */
#include <string.h>
#include <strings.h>
#include "modules/imap/session.h"

enum { LINE_LIMIT = 1024 };

static void changed(struct imap_session *imap)
{
	struct roost_error err;

	if (imap_sync(imap, 0, false, &err) < 0)
		imap_box_failed(imap, &err);
}

/* Some gateways forget connections that say nothing; and it is how a dead peer is noticed. */
static void still_here(void *context)
{
	struct imap_session *imap = context;

	if (imap->leaving)
		return;
	roost_str_puts(imap_out(imap), "* OK Still here\r\n");
	roost_loop_timer_again(imap->command.state, imap->set->imap_idle_notify_interval);
}

void imap_idle_abandon(struct imap_session *imap, struct imap_command *cmd)
{
	imap_watch_stop(imap);
	roost_loop_timer_free(cmd->state);
	cmd->state = NULL;
}

static bool idle_input(struct imap_session *imap, struct imap_command *cmd)
{
	size_t len, line;
	const char *input = roost_conn_input(imap->conn, &len);
	const char *newline = memchr(input, '\n', len);
	bool done;

	if (newline == NULL && len < LINE_LIMIT)
		return false;
	line = newline == NULL ? len : (size_t)(newline - input);
	done = (line == 4 || (line == 5 && input[4] == '\r')) && strncasecmp(input, "DONE", 4) == 0;
	roost_conn_consume(imap->conn, newline == NULL ? len : line + 1);
	imap_idle_abandon(imap, cmd);
	if (done) {
		imap_reply_ok(cmd, "Idle completed.");
	} else {
		cmd->name = NULL;
		imap_reply_bad(cmd, "Expected DONE.");
	}
	return true;
}

void imap_cmd_idle(struct imap_session *imap, struct imap_command *cmd)
{
	struct roost_error err;

	if (cmd->args->type != IMAP_ARG_END) {
		imap_reply_bad(cmd, "Unexpected arguments.");
		return;
	}
	roost_str_puts(imap_out(imap), "+ idling\r\n");
	cmd->input = idle_input;
	if (imap->set->imap_idle_notify_interval > 0)
		cmd->state = roost_loop_timer(imap->set->imap_idle_notify_interval, still_here,
					      imap);
	if (imap->box == NULL)
		return;
	imap_watch_start(imap, changed);
	/* What happened before the watch was there. */
	if (imap_sync(imap, 0, false, &err) < 0)
		imap_box_failed(imap, &err);
}
