/* A session's view of a mailbox: what changed since it looked last; and the numbers that STATUS tells. */
#include <assert.h>
#include "modules/mail/mailbox/mailbox.h"

static uint32_t own_flags(uint8_t flags)
{
	return flags & ~(INDEX_MIRROR_PENDING | ROOST_FLAG_RECENT);
}

/*
 * Messages from *first on are \Recent here. With ROOST_MAILBOX_RECENT they are nobody else's from
 * now on: which session comes first is decided under the lock (RFC 3501 2.3.2).
 */
static int take_recent(struct roost_mailbox *box, uint32_t *first, struct roost_error *err)
{
	struct index *index = box->folder->index;
	const struct index_header *header = index_header(index);
	struct index_change *change;

	*first = header->first_recent;
	if ((box->options & ROOST_MAILBOX_RECENT) == 0 ||
	    (box->options & ROOST_MAILBOX_READONLY) != 0 || header->recent == 0)
		return 0;
	if (index_lock(index, err) < 0)
		return -1;
	header = index_header(index);
	*first = header->first_recent;
	change = index_begin(index);
	index_take_recent(change, header->uidnext);
	if (index_commit(change, false, err) < 0) {
		index_unlock(index);
		return -1;
	}
	folder_written(box->folder);
	index_unlock(index);
	return 0;
}

struct compare {
	struct roost_mailbox *box;
	struct index_columns columns;
	bool keep;
	size_t out;		/* of the view as it becomes */
};

static void one_known(struct compare *compare, const struct roost_mail *old, uint32_t at)
{
	struct roost_mail *mail = &compare->box->mails.items[compare->out++];
	const struct index_columns *columns = &compare->columns;
	uint32_t flags = own_flags(columns->flags[at]), before = old->flags;
	bool changed = (before & VIEW_CHANGED) != 0 || old->modseq != columns->modseq[at] ||
		       (before & ~(VIEW_CHANGED | ROOST_FLAG_RECENT)) != flags ||
		       old->keywords != columns->keywords[at];

	*mail = (struct roost_mail){
		.uid = old->uid, .flags = flags | (before & ROOST_FLAG_RECENT),
		.keywords = columns->keywords[at], .modseq = columns->modseq[at],
	};
	if (changed)
		roost_vec_push(&compare->box->changed_seqs, (uint32_t)compare->out);
}

static void one_gone(struct compare *compare, size_t position)
{
	struct roost_mailbox *box = compare->box;

	if (compare->keep) {
		box->mails.items[compare->out++] = box->mails.items[position];
		box->pending = true;
		return;
	}
	roost_vec_push(&box->gone_uids, box->mails.items[position].uid);
	roost_vec_push(&box->gone_seqs, (uint32_t)position + 1);
}

/* Both are in order of UIDs, and new messages come behind all that are known. */
static void compare_all(struct compare *compare, uint32_t first_recent)
{
	struct roost_mailbox *box = compare->box;
	const struct index_columns *columns = &compare->columns;
	size_t count = box->mails.count;
	uint32_t at = 0;

	for (size_t i = 0; i < count; i++) {
		struct roost_mail old = box->mails.items[i];

		while (at < columns->count && columns->uid[at] < old.uid)
			at++;
		if (at < columns->count && columns->uid[at] == old.uid)
			one_known(compare, &old, at++);
		else
			one_gone(compare, i);
	}
	box->mails.count = compare->out;
	roost_vec_reserve(&box->mails, columns->count - at);
	for (; at < columns->count; at++) {
		bool recent = columns->uid[at] >= first_recent;

		box->mails.items[box->mails.count++] = (struct roost_mail){
			.uid = columns->uid[at],
			.flags = own_flags(columns->flags[at]) | (recent ? ROOST_FLAG_RECENT : 0),
			.keywords = columns->keywords[at], .modseq = columns->modseq[at],
		};
	}
}

static uint32_t count_flag(const struct roost_mailbox *box, uint32_t flag)
{
	uint32_t count = 0;

	for (size_t i = 0; i < box->mails.count; i++)
		count += (box->mails.items[i].flags & flag) != 0;
	return count;
}

static unsigned count_keywords(const struct folder *folder, unsigned known)
{
	while (index_keyword(folder->index, known) != NULL)
		known++;
	return known;
}

static void nothing_changed(struct roost_mailbox *box)
{
	struct roost_changes *changes = &box->changes;
	uint32_t recent = changes->recent;

	*changes = (struct roost_changes){
		.count_before = (uint32_t)box->mails.count, .count = (uint32_t)box->mails.count,
		.recent = recent, .highestmodseq = index_header(box->folder->index)->highestmodseq,
	};
}

int view_sync(struct roost_mailbox *box, bool keep, struct roost_error *err)
{
	struct index *index = box->folder->index;
	struct compare compare = { .box = box, .keep = keep };
	uint32_t before = (uint32_t)box->mails.count, first_recent;
	unsigned keywords = count_keywords(box->folder, box->keyword_count);
	bool new_keywords = keywords != box->keyword_count;

	if (box->viewed && box->uidvalidity != index_header(index)->uidvalidity)
		return roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox was deleted and made anew");
	box->gone_uids.count = box->gone_seqs.count = box->changed_seqs.count = 0;
	if (box->viewed && box->version == index_version(index) && !box->changed && !new_keywords &&
	    (!box->pending || keep)) {
		nothing_changed(box);
		return 0;
	}
	if (take_recent(box, &first_recent, err) < 0)
		return -1;
	box->pending = false;
	compare.columns = index_columns(index);
	compare_all(&compare, first_recent);
	if (!box->viewed)
		box->changed_seqs.count = 0;
	box->viewed = true;
	box->changed = false;
	box->version = index_version(index);
	box->uidvalidity = index_header(index)->uidvalidity;
	box->keyword_count = keywords;
	box->changes = (struct roost_changes){
		.expunged_uids = box->gone_uids.items, .expunged_seqs = box->gone_seqs.items,
		.expunged = box->gone_uids.count, .changed = box->changed_seqs.items,
		.changed_count = box->changed_seqs.count, .count_before = before,
		.count = (uint32_t)box->mails.count, .recent = count_flag(box, ROOST_FLAG_RECENT),
		.keywords_changed = new_keywords,
		.highestmodseq = index_header(index)->highestmodseq,
	};
	return 0;
}

void view_free(struct roost_mailbox *box)
{
	roost_vec_free(&box->mails);
	roost_vec_free(&box->gone_uids);
	roost_vec_free(&box->gone_seqs);
	roost_vec_free(&box->changed_seqs);
}

int roost_mailbox_sync(struct roost_mailbox *box, uint32_t options,
		       const struct roost_changes **changes, struct roost_error *err)
{
	assert(box->magic == MAILBOX_MAGIC);
	watch_drain(box);
	message_learn_flush(box->folder);
	if (folder_refresh(box->folder, (options & ROOST_SYNC_SCAN) != 0 ? FOLDER_SCAN : 0, err) < 0 ||
	    view_sync(box, (options & ROOST_SYNC_KEEP_EXPUNGED) != 0, err) < 0)
		return -1;
	*changes = &box->changes;
	return 0;
}

/* --- looking --- */

uint32_t roost_mailbox_count(const struct roost_mailbox *box)
{
	return (uint32_t)box->mails.count;
}

struct roost_mail roost_mailbox_mail(const struct roost_mailbox *box, uint32_t seq)
{
	struct roost_mail mail;

	assert(seq >= 1 && seq <= box->mails.count);
	mail = box->mails.items[seq - 1];
	mail.flags &= ~VIEW_CHANGED;
	return mail;
}

uint32_t roost_mailbox_seq_from(const struct roost_mailbox *box, uint32_t uid)
{
	size_t low = 0, high = box->mails.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (box->mails.items[middle].uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low + 1;
}

uint32_t roost_mailbox_seq(const struct roost_mailbox *box, uint32_t uid)
{
	uint32_t seq = roost_mailbox_seq_from(box, uid);

	return seq <= box->mails.count && box->mails.items[seq - 1].uid == uid ? seq : 0;
}

int roost_mailbox_vanished(struct roost_mailbox *box, uint64_t modseq,
			   const struct roost_set *known, struct roost_arena *arena,
			   struct roost_set *vanished, struct roost_error *err)
{
	bool complete;

	if (index_vanished(box->folder->index, modseq, arena, vanished, &complete, err) < 0)
		return -1;
	if (!complete) {
		/* History does not reach back: all that are not there, up to the last UID given. */
		roost_set_builder gaps = { 0 };
		uint32_t next = 1, end = index_header(box->folder->index)->uidnext;
		struct index_columns columns = index_columns(box->folder->index);

		for (uint32_t i = 0; i < columns.count; i++) {
			if (columns.uid[i] > next)
				roost_set_add(&gaps, next, columns.uid[i] - 1);
			next = columns.uid[i] + 1;
		}
		if (end > next)
			roost_set_add(&gaps, next, end - 1);
		*vanished = set_take(&gaps, arena);
	}
	if (known != NULL)
		roost_set_intersect(arena, vanished, known, vanished);
	return 0;
}

struct roost_set set_take(roost_set_builder *builder, struct roost_arena *arena)
{
	struct roost_set set = {
		roost_arena_dup(arena, builder->items, builder->count * sizeof(*builder->items)),
		builder->count,
	};

	roost_vec_free(builder);
	return set;
}

/* --- STATUS --- */

/* Sizes that nobody has asked for yet are found by reading. */
static int sum_sizes(struct folder *folder, uint64_t *size, struct roost_error *err)
{
	struct roost_mailbox *box = &folder->box;
	struct index_mail mail;

	*size = index_header(folder->index)->vsize;
	if (*size != UINT64_MAX)
		return 0;
	*size = 0;
	for (uint32_t i = 0; i < index_columns(folder->index).count; i++) {
		struct roost_message *message;
		uint64_t one;

		if (index_mail(folder->index, i, &mail, err) < 0)
			return -1;
		one = mail.vsize;
		if (one == 0) {
			if (roost_message_open(box, index_columns(folder->index).uid[i], &message,
					       err) < 0)
				return -1;
			if (roost_message_size(message, &one, err) < 0) {
				roost_message_close(message);
				if (err->kind != ROOST_ERR_EXPUNGED)
					return -1;
				one = 0;
			} else {
				roost_message_close(message);
			}
		}
		*size += one;
	}
	return 0;
}

static void status_of_folder(const struct folder *folder, struct roost_mailbox_status *status)
{
	const struct index_header *header = index_header(folder->index);

	*status = (struct roost_mailbox_status){
		.messages = header->messages, .recent = header->recent, .unseen = header->unseen,
		.deleted = header->deleted, .uidvalidity = header->uidvalidity,
		.uidnext = header->uidnext, .highestmodseq = header->highestmodseq,
		.readonly = folder->readonly,
	};
	memcpy(status->guid, header->guid, sizeof(status->guid));
}

/* What this session sees, which may be behind. */
static void status_of_view(const struct roost_mailbox *box, struct roost_mailbox_status *status)
{
	status->messages = (uint32_t)box->mails.count;
	status->recent = count_flag(box, ROOST_FLAG_RECENT);
	status->deleted = count_flag(box, ROOST_FLAG_DELETED);
	status->unseen = status->messages - count_flag(box, ROOST_FLAG_SEEN);
	for (size_t i = 0; i < box->mails.count && status->first_unseen == 0; i++) {
		if ((box->mails.items[i].flags & ROOST_FLAG_SEEN) == 0)
			status->first_unseen = (uint32_t)i + 1;
	}
	status->readonly = (box->options & ROOST_MAILBOX_READONLY) != 0;
}

int roost_mailbox_status(struct roost_mailbox *box, bool want_size,
			 struct roost_mailbox_status *status, struct roost_error *err)
{
	uint64_t size = 0;

	assert(box->magic == MAILBOX_MAGIC);
	if (want_size && sum_sizes(box->folder, &size, err) < 0)
		return -1;
	status_of_folder(box->folder, status);
	if (box->viewed)
		status_of_view(box, status);
	status->size = size;
	return 0;
}

int roost_mailbox_status_of(struct roost_user *user, const char *name, bool want_size,
			    struct roost_mailbox_status *status, struct roost_error *err)
{
	struct folder *folder;
	uint64_t size = 0;
	int result = -1;

	if (folder_open(user, name, false, &folder, err) < 0)
		return -1;
	if (folder_refresh(folder, 0, err) == 0 &&
	    (!want_size || sum_sizes(folder, &size, err) == 0)) {
		status_of_folder(folder, status);
		status->size = size;
		result = 0;
	}
	folder_unref(folder);
	return result;
}
