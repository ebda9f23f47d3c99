/* FETCH and UID FETCH: message after message into the output, as fast as the client takes it. */
#include <stdlib.h>
#include "modules/imap/fetch.h"

/* With the command's arena: after the reply, whose sync still looks at what is known. */
static void fetch_free(void *context)
{
	struct fetch *fetch = context;

	roost_arena_free(fetch->arena);
	roost_vec_free(&fetch->ranges);
	roost_vec_free(&fetch->seen);
	roost_vec_free(&fetch->known);
}

/* The next message in fetch->seq; false: there is no more. */
static bool next_message(struct fetch *fetch)
{
	if (fetch->range == fetch->seqs.count)
		return false;
	if (fetch->seq == 0) {
		fetch->seq = fetch->seqs.ranges[fetch->range].first;
		return true;
	}
	if (fetch->seq < fetch->seqs.ranges[fetch->range].last) {
		fetch->seq++;
		return true;
	}
	fetch->range++;
	fetch->seq = 0;
	return next_message(fetch);
}

/* --- one message --- */

static void open_line(struct fetch *fetch)
{
	struct roost_str *out = imap_out(fetch->imap);

	fetch->line_start = out->len;
	fetch->streamed = false;
	fetch->first = true;
	roost_str_append(out, "* ", 2);
	roost_str_number(out, fetch->seq);
	roost_str_append(out, " FETCH (", 8);
}

static void close_line(struct fetch *fetch)
{
	roost_str_append(imap_out(fetch->imap), ")\r\n", 3);
}

/*
 * \Seen is stored for many messages at once, after their answers: these already say so. With
 * CONDSTORE the new MODSEQ is due too, and only known then: the sync at the end tells both.
 */
static void note_seen(struct fetch *fetch)
{
	const struct fetch_item flags = { .label = ROOST_TEXT(" FLAGS ") };
	struct roost_error err;

	roost_set_add(&fetch->seen, fetch->mail.uid, fetch->mail.uid);
	if ((fetch->imap->enabled & IMAP_ENABLED_CONDSTORE) != 0)
		return;
	if (!fetch->query.flags)
		fetch_put_flags(fetch, &flags, &err);
	roost_vec_push(&fetch->known, (struct imap_known_flags){
		.uid = fetch->mail.uid, .flags = fetch->mail.flags,
		.keywords = fetch->mail.keywords });
}

static int put_items(struct fetch *fetch, struct roost_error *err)
{
	if (fetch->query.reads &&
	    roost_message_open(fetch->imap->box, fetch->mail.uid, &fetch->message, err) < 0)
		return -1;
	for (const struct fetch_item *item = fetch->query.items; item != NULL; item = item->next) {
		if (item->put(fetch, item, err) < 0)
			return -1;
	}
	return 0;
}

static void close_message(struct fetch *fetch)
{
	if (fetch->message != NULL)
		roost_message_close(fetch->message);
	fetch->message = NULL;
	fetch->input = NULL;
	if (fetch->mime != NULL || fetch->arena_used)
		roost_arena_reset(fetch->arena);
	fetch->mime = NULL;
	fetch->arena_used = false;
}

/* What has left cannot be taken back: the answer ends with the items that it has. */
static void undo_line(struct fetch *fetch)
{
	if (fetch->streamed)
		close_line(fetch);
	else
		roost_str_truncate(imap_out(fetch->imap), fetch->line_start);
}

static void note_failure(struct fetch *fetch, const struct roost_error *err)
{
	undo_line(fetch);
	if (err->kind == ROOST_ERR_EXPUNGED) {
		fetch->expunged = true;
	} else if (err->kind == ROOST_ERR_UNSUPPORTED) {
		fetch->unknown_encoding = true;
	} else if (!fetch->failed) {
		fetch->failed = true;
		fetch->error = *err;
	}
}

static void answer_message(struct fetch *fetch)
{
	struct roost_error err;

	fetch->mail = roost_mailbox_mail(fetch->imap->box, fetch->seq);
	if (fetch->query.changedsince_given && fetch->mail.modseq <= fetch->query.changedsince)
		return;
	fetch->gets_seen = fetch->query.seen && !fetch->imap->readonly &&
			   (fetch->mail.flags & ROOST_FLAG_SEEN) == 0;
	if (fetch->gets_seen)
		fetch->mail.flags |= ROOST_FLAG_SEEN;
	open_line(fetch);
	if (put_items(fetch, &err) < 0) {
		note_failure(fetch, &err);
	} else {
		if (fetch->gets_seen)
			note_seen(fetch);
		close_line(fetch);
	}
	close_message(fetch);
}

/* --- all of them --- */

/* When it cannot be stored, the client is told what is true after all. */
static void store_seen(struct fetch *fetch)
{
	struct roost_set uids = roost_set_built(&fetch->seen);
	struct roost_store store = { .mode = ROOST_STORE_ADD, .flags = ROOST_FLAG_SEEN,
				     .unchangedsince = UINT64_MAX };
	struct roost_error err;

	if (uids.count == 0)
		return;
	if (roost_mailbox_store(fetch->imap->box, &uids, &store, fetch->cmd->arena, NULL, &err) < 0) {
		fetch->known.count = 0;
		for (size_t i = 0; i < uids.count; i++) {
			for (uint32_t uid = uids.ranges[i].first; uid <= uids.ranges[i].last; uid++)
				imap_fetch_flags_line(fetch->imap,
					roost_mailbox_seq(fetch->imap->box, uid), fetch->cmd->uid);
		}
		if (!fetch->failed)
			fetch->error = err;
		fetch->failed = true;
	}
	fetch->seen.count = 0;
}

static bool leaves_at_once(const struct fetch *fetch)
{
	return fetch->failed && fetch->imap->set->imap_fetch_failure == IMAP_FAILURE_DISCONNECT_NOW;
}

static void disconnect(struct fetch *fetch)
{
	struct imap_session *imap = fetch->imap;
	struct roost_str words = ROOST_STR_INIT;

	imap_error_words(imap, &fetch->error, &words);
	imap_disconnect(imap, roost_str_text(&words), "FETCH failed");
	roost_str_free(&words);
}

static void finish(struct fetch *fetch)
{
	struct imap_session *imap = fetch->imap;
	struct imap_command *cmd = fetch->cmd;

	imap->known = fetch->known.items;
	imap->known_len = fetch->known.count;
	if (fetch->failed && imap->set->imap_fetch_failure != IMAP_FAILURE_NO_AFTER)
		disconnect(fetch);
	else if (fetch->failed)
		imap_reply_err(cmd, &fetch->error);
	else if (fetch->unknown_encoding)
		imap_reply_no(cmd, "UNKNOWN-CTE", "Content-Transfer-Encoding is not known.");
	else if (fetch->expunged && !cmd->uid)
		imap_reply_no(cmd, "EXPUNGEISSUED",
			      "Some of the requested messages no longer exist.");
	else if (fetch->expunged)
		imap_reply_ok(cmd, "[EXPUNGEISSUED] Some messages were already expunged.");
	else
		imap_reply_ok(cmd, "Fetch completed.");
}

static void go_on(struct imap_session *imap, struct imap_command *cmd)
{
	struct fetch *fetch = cmd->state;

	while (next_message(fetch)) {
		answer_message(fetch);
		if (leaves_at_once(fetch))
			break;
		if (imap_output_full(imap)) {
			store_seen(fetch);
			imap_command_wait_drained(cmd, go_on);
			return;
		}
	}
	store_seen(fetch);
	finish(fetch);
}

/* --- the command --- */

/* RFC 7162 section 3.2.6: UID FETCH ... (CHANGEDSINCE n VANISHED), for who has enabled QRESYNC. */
static bool tell_vanished(struct fetch *fetch, const struct roost_set *uids)
{
	struct roost_str *out = imap_out(fetch->imap);
	struct roost_set vanished;
	struct roost_error err;

	if (roost_mailbox_vanished(fetch->imap->box, fetch->query.changedsince, uids,
				   fetch->cmd->arena, &vanished, &err) < 0) {
		imap_reply_err(fetch->cmd, &err);
		return false;
	}
	if (vanished.count > 0) {
		roost_str_puts(out, "* VANISHED (EARLIER) ");
		imap_put_set(out, &vanished);
		roost_str_puts(out, "\r\n");
	}
	return true;
}

static bool vanished_allowed(const struct imap_session *imap, const struct imap_command *cmd)
{
	return cmd->uid && (imap->enabled & IMAP_ENABLED_QRESYNC) != 0;
}

void imap_fetch(struct imap_session *imap, struct imap_command *cmd)
{
	struct fetch *fetch = roost_arena_new(cmd->arena, struct fetch);
	struct roost_set uids;
	const char *error;

	if (cmd->args[0].type == IMAP_ARG_END || cmd->args[1].type == IMAP_ARG_END) {
		imap_reply_bad(cmd, "Missing arguments.");
		return;
	}
	if (!imap_set_arg(imap, cmd, &cmd->args[0], &uids))
		return;
	error = fetch_items_parse(cmd->arena, &cmd->args[1], cmd->uid, &fetch->query);
	if (error == NULL && fetch->query.vanished && !vanished_allowed(imap, cmd))
		error = "VANISHED needs UID FETCH and QRESYNC";
	if (error != NULL) {
		imap_reply_bad(cmd, "%s", error);
		return;
	}
	fetch->imap = imap;
	fetch->cmd = cmd;
	if (fetch->query.modseq)
		imap_condstore_enable(imap);
	if (fetch->query.vanished && !tell_vanished(fetch, &uids))
		return;
	imap_set_seqs(imap, cmd->arena, &uids, &fetch->seqs);
	fetch->arena = roost_arena_create("fetch message");
	roost_arena_cleanup(cmd->arena, fetch_free, fetch);
	cmd->state = fetch;
	go_on(imap, cmd);
}
