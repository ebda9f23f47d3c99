/* SELECT, EXAMINE, CLOSE, UNSELECT: which mailbox the session looks at. RFC 3691, 7162 (resync.c). */
#include <stdlib.h>
#include <string.h>
#include "modules/imap/session.h"

void imap_unselect(struct imap_session *imap)
{
	static const struct roost_set none;

	if (imap->box == NULL)
		return;
	imap_watch_stop(imap);
	roost_mailbox_close(imap->box);
	imap->box = NULL;
	free(imap->box_name);
	imap->box_name = NULL;
	imap->readonly = false;
	imap->known_count = imap->known_recent = 0;
	imap->fetch_mark.uid = 0;
	imap_saved_set(imap, &none);
}

/* The order is what clients have seen for twenty years: R-IM-4. */
static void put_state(struct imap_session *imap, const struct roost_mailbox_status *status)
{
	struct roost_str *out = imap_out(imap);

	imap_put_flags_lines(imap);
	roost_str_printf(out, "* %u EXISTS\r\n* %u RECENT\r\n", status->messages, status->recent);
	if (status->first_unseen > 0)
		roost_str_printf(out, "* OK [UNSEEN %u] First unseen.\r\n", status->first_unseen);
	roost_str_printf(out, "* OK [UIDVALIDITY %u] UIDs valid\r\n"
			 "* OK [UIDNEXT %u] Predicted next UID\r\n", status->uidvalidity,
			 status->uidnext);
	roost_str_printf(out, "* OK [HIGHESTMODSEQ %llu] Highest\r\n",
			 (unsigned long long)status->highestmodseq);
}

/* The previous mailbox is left whatever comes of this (RFC 9051 section 6.3.2). */
static void select_mailbox(struct imap_session *imap, struct imap_command *cmd, bool readonly)
{
	struct imap_resync *resync = NULL;
	struct roost_mailbox_status status;
	const char *name, *error;
	struct roost_error err;
	bool had_one = imap->box != NULL;

	error = imap_arg_astring(cmd->args) == NULL ? "Invalid arguments." :
		imap_select_parameters(imap, cmd, &cmd->args[1], &resync);
	if (error != NULL) {
		imap_reply_bad(cmd, "%s", error);
		return;
	}
	imap_unselect(imap);
	if (had_one)
		roost_str_puts(imap_out(imap), "* OK [CLOSED] Previous mailbox closed.\r\n");
	if ((name = imap_mailbox_arg(imap, cmd, cmd->args)) == NULL)
		return;
	if (roost_mailbox_open(imap->user, name, readonly ? ROOST_MAILBOX_READONLY :
			       ROOST_MAILBOX_RECENT, &imap->box, &err) < 0) {
		imap->box = NULL;
		imap_reply_err_select(cmd, &err);
		return;
	}
	imap->box_name = strdup(name);
	if (imap->box_name == NULL)
		abort();
	if (roost_mailbox_status(imap->box, false, &status, &err) < 0) {
		imap_unselect(imap);
		imap_reply_err(cmd, &err);
		return;
	}
	imap->readonly = readonly || status.readonly;
	imap->known_count = status.messages;
	imap->known_recent = status.recent;
	put_state(imap, &status);
	if (resync != NULL)
		imap_resync(imap, cmd, resync, &status);
	else
		imap_select_done(imap, cmd);
}

void imap_select_done(struct imap_session *imap, struct imap_command *cmd)
{
	imap_reply_ok(cmd, "[READ-%s] %s completed.", imap->readonly ? "ONLY" : "WRITE",
		      cmd->name[0] == 'E' ? "Examine" : "Select");
}

void imap_cmd_select(struct imap_session *imap, struct imap_command *cmd)
{
	select_mailbox(imap, cmd, false);
}

void imap_cmd_examine(struct imap_session *imap, struct imap_command *cmd)
{
	select_mailbox(imap, cmd, true);
}

/* Expunges silently; a failure leaves the mailbox selected, so that nobody thinks it was done. */
void imap_cmd_close(struct imap_session *imap, struct imap_command *cmd)
{
	struct roost_error err;

	if (cmd->args->type != IMAP_ARG_END) {
		imap_reply_bad(cmd, "Unexpected arguments.");
		return;
	}
	if (!imap->readonly && imap_expunge(imap, NULL, &err) < 0) {
		imap_reply_err(cmd, &err);
		return;
	}
	imap_unselect(imap);
	/* No HIGHESTMODSEQ here: the client has not been told what is gone (RFC 7162 section 3.2.8). */
	imap_reply_ok(cmd, "Close completed.");
}

void imap_cmd_unselect(struct imap_session *imap, struct imap_command *cmd)
{
	if (cmd->args->type != IMAP_ARG_END) {
		imap_reply_bad(cmd, "Unexpected arguments.");
		return;
	}
	imap_unselect(imap);
	imap_reply_ok(cmd, "Unselect completed.");
}
