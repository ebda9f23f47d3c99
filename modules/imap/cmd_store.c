/* STORE: flags of messages. RFC 9051 section 6.4.6; UNCHANGEDSINCE of RFC 7162. */
#include <string.h>
#include <strings.h>
#include "modules/imap/session.h"

struct store {
	struct roost_store change;
	const char *const *keywords;
	bool silent;
	struct roost_set uids, seqs, failed;
	size_t range;		/* of seqs: where the answers have come to */
	uint32_t seq;		/* last one told in it; 0 none */
	struct imap_known_flags *known;
};

/* "FLAGS", "+FLAGS.SILENT" ... */
static bool parse_item(const char *item, struct store *store)
{
	store->change.mode = *item == '+' ? ROOST_STORE_ADD :
			     *item == '-' ? ROOST_STORE_REMOVE : ROOST_STORE_SET;
	if (*item == '+' || *item == '-')
		item++;
	store->silent = strcasecmp(item, "FLAGS.SILENT") == 0;
	return store->silent || strcasecmp(item, "FLAGS") == 0;
}

/* "(UNCHANGEDSINCE n)" */
static bool parse_modifiers(const struct imap_arg *list, struct store *store)
{
	return imap_arg_is(&list[0], "UNCHANGEDSINCE") &&
		imap_arg_number(&list[1], &store->change.unchangedsince) &&
		list[2].type == IMAP_ARG_END && store->change.unchangedsince < UINT64_MAX;
}

/* What is wrong with the arguments, or NULL. */
static const char *parse(struct imap_session *imap, struct imap_command *cmd, struct store *store)
{
	const struct imap_arg *arg = cmd->args;
	const char *error, *text = imap_arg_atom(arg);

	store->change.unchangedsince = UINT64_MAX;
	if (text == NULL)
		return "Invalid messageset";
	if ((error = imap_set_parse(imap, cmd->arena, text, cmd->uid, &store->uids)) != NULL)
		return error;
	arg++;
	if (arg->type == IMAP_ARG_LIST) {
		if (!parse_modifiers(arg->list, store))
			return "Invalid STORE modifiers.";
		imap_condstore_enable(imap);
		arg++;
	}
	if (imap_arg_atom(arg) == NULL || !parse_item(imap_arg_atom(arg), store))
		return "Invalid item.";
	return imap_flags_parse(imap, cmd->arena, arg + 1, &store->change.flags, &store->keywords);
}

/* Keyword names to bits; false: the reply is out. */
static bool number_keywords(struct imap_session *imap, struct imap_command *cmd,
			    struct store *store)
{
	struct roost_error err;

	if (store->change.mode != ROOST_STORE_REMOVE) {
		if (roost_mailbox_keywords(imap->box, store->keywords, &store->change.keywords,
					   &err) == 0)
			return true;
		imap_reply_no(cmd, "LIMIT", "Too many keywords in the mailbox.");
		return false;
	}
	for (const char *const *name = store->keywords; *name != NULL; name++) {
		int number = roost_mailbox_keyword_number(imap->box, *name, false);

		if (number >= 0)
			store->change.keywords |= (uint64_t)1 << number;
	}
	return true;
}

static bool in_set(const struct roost_set *set, uint32_t number)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ranges[middle].last < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < set->count && set->ranges[low].first <= number;
}

/* What a SILENT STORE makes of the flags that the client was told last. */
static void expect(struct imap_session *imap, struct store *store)
{
	const struct roost_store *change = &store->change;
	size_t count = 0;

	for (size_t i = 0; i < store->seqs.count; i++) {
		for (uint32_t seq = store->seqs.ranges[i].first;
		     seq <= store->seqs.ranges[i].last; seq++) {
			struct roost_mail mail = roost_mailbox_mail(imap->box, seq);
			struct imap_known_flags known = { mail.uid, change->flags,
							  change->keywords };

			if (change->mode == ROOST_STORE_ADD) {
				known.flags |= mail.flags;
				known.keywords |= mail.keywords;
			} else if (change->mode == ROOST_STORE_REMOVE) {
				known.flags = mail.flags & ~change->flags;
				known.keywords = mail.keywords & ~change->keywords;
			}
			store->known[count++] = known;
		}
	}
}

/*
 * What the messages look like now is about to be told, or is what the client expects of SILENT.
 * Where another session had a part in it, it is news: the sync at the end tells it.
 */
static void remember(struct imap_session *imap, struct store *store)
{
	size_t count = 0, at = 0, stored = 0;

	for (size_t i = 0; i < store->seqs.count; i++) {
		for (uint32_t seq = store->seqs.ranges[i].first;
		     seq <= store->seqs.ranges[i].last; seq++, at++) {
			struct roost_mail mail = roost_mailbox_mail(imap->box, seq);

			if (in_set(&store->failed, mail.uid))
				continue;
			stored++;
			if (store->silent && !imap_flags_known(&store->known[at], &mail))
				continue;
			store->known[count++] = (struct imap_known_flags){ mail.uid, mail.flags,
									   mail.keywords };
		}
	}
	imap->known = store->known;
	imap->known_len = count;
	imap->known_silent = store->silent;
	if ((store->change.flags & ROOST_FLAG_DELETED) != 0 &&
	    store->change.mode != ROOST_STORE_REMOVE)
		imap->count.deleted += stored;
}

static void put_modified(struct imap_session *imap, struct imap_command *cmd, struct store *store)
{
	struct roost_str text = ROOST_STR_INIT;
	struct roost_set set = store->failed;

	if (!cmd->uid)
		imap_set_seqs(imap, cmd->arena, &store->failed, &set);
	imap_put_set(&text, &set);
	imap_reply_ok(cmd, "[MODIFIED %s] Conditional store failed.", roost_str_text(&text));
	roost_str_free(&text);
}

static void finish(struct imap_session *imap, struct imap_command *cmd, struct store *store)
{
	if (store->failed.count > 0)
		put_modified(imap, cmd, store);
	else
		imap_reply_ok(cmd, "Store completed.");
}

/* The FETCH lines, as fast as the client takes them. */
static void tell(struct imap_session *imap, struct imap_command *cmd)
{
	struct store *store = cmd->state;

	for (; store->range < store->seqs.count; store->range++, store->seq = 0) {
		const struct roost_range *range = &store->seqs.ranges[store->range];
		uint32_t seq = store->seq == 0 ? range->first : store->seq + 1;

		for (; seq <= range->last; seq++) {
			if (in_set(&store->failed, roost_mailbox_mail(imap->box, seq).uid))
				continue;
			imap_fetch_flags_line(imap, seq, cmd->uid);
			if (seq % 64 == 0 && imap_output_full(imap)) {
				store->seq = seq;
				imap_command_wait_drained(cmd, tell);
				return;
			}
		}
	}
	finish(imap, cmd, store);
}

void imap_cmd_store(struct imap_session *imap, struct imap_command *cmd)
{
	struct store *store = roost_arena_new(cmd->arena, struct store);
	const char *error = parse(imap, cmd, store);
	struct roost_error err;

	if (error != NULL) {
		imap_reply_bad(cmd, "%s", error);
		return;
	}
	if (imap->readonly) {
		imap_reply_no(cmd, NULL, "Mailbox is read-only.");
		return;
	}
	if (!number_keywords(imap, cmd, store))
		return;
	imap_set_seqs(imap, cmd->arena, &store->uids, &store->seqs);
	store->known = roost_arena_alloc(cmd->arena,
		(imap_set_size(&store->seqs) + 1) * sizeof(*store->known));
	if (store->silent)
		expect(imap, store);
	if (roost_mailbox_store(imap->box, &store->uids, &store->change, cmd->arena,
				&store->failed, &err) < 0) {
		imap_reply_err(cmd, &err);
		return;
	}
	remember(imap, store);
	cmd->state = store;
	if (store->silent) {
		finish(imap, cmd, store);
		return;
	}
	imap_put_new_keywords(imap);
	tell(imap, cmd);
}
