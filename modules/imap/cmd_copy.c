/* COPY and MOVE. RFC 9051 sections 6.4.7 and 6.4.8, RFC 6851; COPYUID of RFC 4315. */
#include "modules/imap/session.h"

static void put_copyuid(struct roost_str *out, const struct roost_copied *copied)
{
	roost_str_printf(out, "[COPYUID %u ", copied->uidvalidity);
	imap_put_set(out, &copied->from);
	roost_str_byte(out, ' ');
	imap_put_set(out, &copied->to);
	roost_str_puts(out, "] ");
}

/* Arguments and the work; false: the reply is out. All or nothing. */
static bool copy(struct imap_session *imap, struct imap_command *cmd, bool move,
		 struct roost_copied *copied)
{
	struct roost_error err;
	struct roost_set uids;
	const char *target;

	if (imap_args_count(cmd->args) != 2) {
		imap_reply_bad(cmd, "Invalid arguments.");
		return false;
	}
	if (!imap_set_arg(imap, cmd, &cmd->args[0], &uids) ||
	    (target = imap_mailbox_arg(imap, cmd, &cmd->args[1])) == NULL)
		return false;
	if (move && imap->readonly) {
		imap_reply_no(cmd, NULL, "Mailbox is read-only.");
		return false;
	}
	if (roost_mailbox_copy(imap->box, &uids, target, move, cmd->arena, copied, &err) < 0) {
		imap_reply_err_target(cmd, &err);
		return false;
	}
	if (copied->from.count == 0) {
		imap_reply_ok(cmd, "No messages found.");
		return false;
	}
	return true;
}

void imap_cmd_copy(struct imap_session *imap, struct imap_command *cmd)
{
	struct roost_str code = ROOST_STR_INIT;
	struct roost_copied copied;

	if (!copy(imap, cmd, false, &copied))
		return;
	put_copyuid(&code, &copied);
	imap_reply_ok(cmd, "%sCopy completed.", code.data);
	roost_str_free(&code);
}

/* COPYUID goes before the EXPUNGEs, so that the client knows what becomes of its messages. */
void imap_cmd_move(struct imap_session *imap, struct imap_command *cmd)
{
	struct roost_copied copied;
	struct roost_str *out;

	if (!copy(imap, cmd, true, &copied))
		return;
	out = imap_out(imap);
	roost_str_puts(out, "* OK ");
	put_copyuid(out, &copied);
	roost_str_puts(out, "Moved UIDs.\r\n");
	imap->count.expunged += imap_set_size(&copied.from);
	imap_reply_expunged(imap, cmd, "Move");
}
