/*
 * CONDSTORE and QRESYNC as parameters of SELECT: what has changed since the client was here last.
 * RFC 7162 section 3.2.5. The match data of 3.2.5.2 is read and not needed: history is complete.
 */
#include <string.h>
#include "modules/imap/session.h"

struct imap_resync {
	uint64_t uidvalidity, modseq;
	bool limited;			/* known is given */
	struct roost_set known, seqs;
	size_t range;			/* of seqs: where the answers have come to */
	uint32_t seq;			/* last one looked at in it; 0 none */
};

/* A set without "*". */
static bool parse_set(struct imap_command *cmd, const struct imap_arg *arg, struct roost_set *set)
{
	const char *text = imap_arg_atom(arg);

	return text != NULL && strchr(text, '*') == NULL &&
		imap_set_ranges(cmd->arena, text, 0, set) == NULL;
}

static bool parse_match_data(struct imap_command *cmd, const struct imap_arg *list)
{
	struct roost_set seqs, uids;

	return list->len == 2 && parse_set(cmd, &list->list[0], &seqs) &&
		parse_set(cmd, &list->list[1], &uids);
}

/* (uidvalidity modseq [known-uids] [(seqs uids)]) */
static bool parse_qresync(struct imap_command *cmd, const struct imap_arg *list,
			  struct imap_resync **result)
{
	struct imap_resync *resync = roost_arena_new(cmd->arena, struct imap_resync);
	const struct imap_arg *arg = list->list;

	if (list->type != IMAP_ARG_LIST || !imap_arg_number(arg, &resync->uidvalidity) ||
	    !imap_arg_number(&arg[1], &resync->modseq))
		return false;
	arg += 2;
	if (arg->type == IMAP_ARG_ATOM) {
		if (!parse_set(cmd, arg, &resync->known))
			return false;
		resync->limited = true;
		arg++;
	}
	if (arg->type == IMAP_ARG_LIST) {
		if (!parse_match_data(cmd, arg))
			return false;
		arg++;
	}
	*result = resync;
	return arg->type == IMAP_ARG_END;
}

const char *imap_select_parameters(struct imap_session *imap, struct imap_command *cmd,
				   const struct imap_arg *arg, struct imap_resync **resync)
{
	if (arg->type == IMAP_ARG_END)
		return NULL;
	if (arg->type != IMAP_ARG_LIST || arg[1].type != IMAP_ARG_END)
		return "Invalid arguments.";
	for (arg = arg->list; arg->type != IMAP_ARG_END; arg++) {
		if (imap_arg_is(arg, "CONDSTORE")) {
			imap->enabled |= IMAP_ENABLED_CONDSTORE;
		} else if (imap_arg_is(arg, "QRESYNC")) {
			if ((imap->enabled & IMAP_ENABLED_QRESYNC) == 0)
				return "QRESYNC not enabled.";
			if (!parse_qresync(cmd, ++arg, resync))
				return "Invalid QRESYNC parameters.";
		} else {
			return "Unknown parameter.";
		}
	}
	return NULL;
}

/* A line for each message that has changed, as fast as the client takes them. */
static void tell_changed(struct imap_session *imap, struct imap_command *cmd)
{
	struct imap_resync *resync = cmd->state;

	for (; resync->range < resync->seqs.count; resync->range++, resync->seq = 0) {
		const struct roost_range *range = &resync->seqs.ranges[resync->range];
		uint32_t seq = resync->seq == 0 ? range->first : resync->seq + 1;

		for (; seq <= range->last; seq++) {
			if (roost_mailbox_mail(imap->box, seq).modseq > resync->modseq)
				imap_fetch_flags_line(imap, seq, true);
			if (seq % 64 == 0 && imap_output_full(imap)) {
				resync->seq = seq;
				imap_command_wait_drained(cmd, tell_changed);
				return;
			}
		}
	}
	imap_select_done(imap, cmd);
}

void imap_resync(struct imap_session *imap, struct imap_command *cmd, struct imap_resync *resync,
		 const struct roost_mailbox_status *status)
{
	const struct roost_range everything = { 1, UINT32_MAX };
	const struct roost_set all = { &everything, 1 };
	const struct roost_set *wanted = resync->limited ? &resync->known : &all;
	struct roost_str *out = imap_out(imap);
	struct roost_set vanished;
	struct roost_error err;

	/* With another UIDVALIDITY nothing that the client knows means anything (3.2.5.1). */
	if (resync->uidvalidity != status->uidvalidity) {
		imap_select_done(imap, cmd);
		return;
	}
	if (roost_mailbox_vanished(imap->box, resync->modseq, resync->limited ? wanted : NULL,
				   cmd->arena, &vanished, &err) < 0) {
		imap_unselect(imap);
		imap_reply_err(cmd, &err);
		return;
	}
	if (vanished.count > 0) {
		roost_str_puts(out, "* VANISHED (EARLIER) ");
		imap_put_set(out, &vanished);
		roost_str_append(out, "\r\n", 2);
	}
	imap_set_seqs(imap, cmd->arena, wanted, &resync->seqs);
	cmd->state = resync;
	tell_changed(imap, cmd);
}
