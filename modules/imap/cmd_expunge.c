/* EXPUNGE, and UID EXPUNGE of RFC 4315. */
#include "modules/imap/session.h"

static uint64_t count_deleted(const struct imap_session *imap, uint32_t first, uint32_t last)
{
	uint64_t count = 0;

	for (uint32_t seq = first; seq <= last; seq++)
		count += (roost_mailbox_mail(imap->box, seq).flags & ROOST_FLAG_DELETED) != 0;
	return count;
}

int imap_expunge(struct imap_session *imap, const struct roost_set *uids, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("expunge");
	uint64_t count = 0;
	int result;

	if (uids == NULL) {
		count = count_deleted(imap, 1, roost_mailbox_count(imap->box));
	} else {
		struct roost_set seqs;

		imap_set_seqs(imap, arena, uids, &seqs);
		for (size_t i = 0; i < seqs.count; i++)
			count += count_deleted(imap, seqs.ranges[i].first, seqs.ranges[i].last);
	}
	roost_arena_free(arena);
	result = roost_mailbox_expunge(imap->box, uids, false, err);
	if (result == 0)
		imap->count.expunged += count;
	return result;
}

/* RFC 7162 section 3.2.7. What the code says is what was told: the client trusts it to have seen all. */
void imap_reply_expunged(struct imap_session *imap, struct imap_command *cmd, const char *what)
{
	struct roost_mailbox_status status;
	struct roost_error err;

	if ((imap->enabled & IMAP_ENABLED_QRESYNC) == 0) {
		imap_reply_ok(cmd, "%s completed.", what);
		return;
	}
	if (imap_sync(imap, 0, cmd->uid, &err) < 0 ||
	    roost_mailbox_status(imap->box, false, &status, &err) < 0) {
		imap_reply_err(cmd, &err);
		return;
	}
	imap_reply_ok(cmd, "[HIGHESTMODSEQ %llu] %s completed.",
		      (unsigned long long)status.highestmodseq, what);
}

void imap_cmd_expunge(struct imap_session *imap, struct imap_command *cmd)
{
	struct roost_error err;
	struct roost_set uids;

	if (imap_args_count(cmd->args) != (cmd->uid ? 1u : 0u)) {
		imap_reply_bad(cmd, cmd->uid ? "Invalid arguments." : "Unexpected arguments.");
		return;
	}
	if (cmd->uid && !imap_set_arg(imap, cmd, cmd->args, &uids))
		return;
	if (imap->readonly)
		imap_reply_no(cmd, NULL, "Mailbox is read-only.");
	else if (imap_expunge(imap, cmd->uid ? &uids : NULL, &err) < 0)
		imap_reply_err(cmd, &err);
	else
		imap_reply_expunged(imap, cmd, "Expunge");
}
