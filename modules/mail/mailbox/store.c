/* Flags: changed in the index first, then shown to others where the driver does so. RFC 9051 6.4.6, RFC 7162. */
#include <assert.h>
#include "modules/mail/mailbox/mailbox.h"

/* All of them in one change: where not all fit, none is there afterwards. */
static int make_keywords(struct folder *folder, const char *const *names, struct roost_error *err)
{
	struct index_change *change;
	int result;

	if (index_lock(folder->index, err) < 0)
		return -1;
	change = index_begin(folder->index);
	while (*names != NULL && index_make_keyword(change, *names) >= 0)
		names++;
	if (*names != NULL) {
		index_abort(change);
		result = roost_fail(err, ROOST_ERR_LIMIT, "Too many keywords in this mailbox");
	} else {
		result = index_commit(change, false, err);
		if (result == 0)
			folder_written(folder);
	}
	index_unlock(folder->index);
	return result;
}

static bool check_keywords(const struct folder *folder, const char *const *names, bool *unknown,
			   struct roost_error *err)
{
	for (*unknown = false; *names != NULL; names++) {
		if (index_keyword_number(folder->index, *names) >= 0)
			continue;
		*unknown = true;
		if ((*names)[0] == '\0' ||
		    strlen(*names) > folder->user->set->max_keyword_length) {
			roost_fail(err, ROOST_ERR_INVALID, "Invalid keyword: too long");
			return false;
		}
	}
	return true;
}

int folder_keywords(struct folder *folder, const char *const *names, uint64_t *bits,
		    struct roost_error *err)
{
	bool unknown;

	*bits = 0;
	if (names == NULL)
		return 0;
	if (!check_keywords(folder, names, &unknown, err))
		return -1;
	if (unknown && folder->readonly)
		return roost_fail(err, ROOST_ERR_NOPERM, "Mailbox is read-only");
	if (unknown && make_keywords(folder, names, err) < 0)
		return -1;
	for (; *names != NULL; names++)
		*bits |= (uint64_t)1 << index_keyword_number(folder->index, *names);
	return 0;
}

int roost_mailbox_keywords(struct roost_mailbox *box, const char *const *names, uint64_t *bits,
			   struct roost_error *err)
{
	assert(box->magic == MAILBOX_MAGIC);
	if ((box->options & ROOST_MAILBOX_READONLY) != 0)
		return roost_fail(err, ROOST_ERR_NOPERM, "Mailbox is read-only");
	return folder_keywords(box->folder, names, bits, err);
}

int roost_mailbox_keyword_number(struct roost_mailbox *box, const char *name, bool create)
{
	const char *const names[] = { name, NULL };
	struct roost_error err = { 0 };
	uint64_t bits;

	assert(box->magic == MAILBOX_MAGIC);
	if (create && (box->options & ROOST_MAILBOX_READONLY) == 0)
		(void)folder_keywords(box->folder, names, &bits, &err);
	return index_keyword_number(box->folder->index, name);
}

void mirror_flags(struct folder *folder, const uint32_t *uids, struct roost_flag_change *changes,
		  size_t count, struct roost_arena *arena)
{
	struct roost_error err = { 0 };
	bool current = stamp_current(folder);
	struct index_change *change;

	if (folder_ops(folder)->flags(&folder->box, changes, count, arena, &err) < 0)
		goto failed;
	change = index_begin(folder->index);
	for (size_t i = 0; i < count; i++)
		index_mirrored(change, uids[i], changes[i].new_key);
	stamp_moved(folder, current, change);
	if (index_commit(change, false, &err) == 0)
		return;
failed:
	/* The index has them and wins until it worked; the next scan tries again. */
	folder->scan_wanted = true;
	roost_log(&folder->user->log, ROOST_LOG_WARN, "%s: flags are not shown to other programs yet: %s",
		  folder->name, roost_error_log(&err));
}

struct storing {
	struct folder *folder;
	const struct roost_store *store;
	struct roost_arena *arena;
	struct index_columns columns;
	struct index_change *change;
	bool mirrored;			/* the driver keeps flags too */
	roost_set_builder failed;
	ROOST_VEC(uint32_t) uids;	/* changed */
	ROOST_VEC(struct roost_flag_change) changes;
};

static void new_flags(const struct roost_store *store, uint32_t *flags, uint64_t *keywords)
{
	switch (store->mode) {
	case ROOST_STORE_ADD:
		*flags |= store->flags;
		*keywords |= store->keywords;
		break;
	case ROOST_STORE_REMOVE:
		*flags &= ~store->flags;
		*keywords &= ~store->keywords;
		break;
	default:
		*flags = store->flags;
		*keywords = store->keywords;
		break;
	}
	*flags &= ROOST_FLAG_ANSWERED | ROOST_FLAG_FLAGGED | ROOST_FLAG_DELETED | ROOST_FLAG_SEEN |
		  ROOST_FLAG_DRAFT;
}

static int store_one(struct storing *storing, uint32_t at, struct roost_error *err)
{
	const struct index_columns *columns = &storing->columns;
	uint32_t uid = columns->uid[at];
	uint32_t before = columns->flags[at] & ~INDEX_MIRROR_PENDING & ~ROOST_FLAG_RECENT;
	uint32_t flags = before;
	uint64_t keywords = columns->keywords[at];
	struct index_mail mail;

	if (columns->modseq[at] > storing->store->unchangedsince) {
		roost_set_add(&storing->failed, uid, uid);
		return 0;
	}
	new_flags(storing->store, &flags, &keywords);
	if (flags == before && keywords == columns->keywords[at])
		return 0;
	roost_vec_push(&storing->uids, uid);
	index_set_flags(storing->change, uid, flags, keywords, storing->mirrored);
	if (!storing->mirrored)
		return 0;
	if (index_mail(storing->folder->index, at, &mail, err) < 0)
		return -1;
	roost_vec_push(&storing->changes, (struct roost_flag_change){
		.key = roost_arena_strdup(storing->arena, mail.key), .flags = flags,
		.keywords = keywords });
	return 0;
}

static int store_set(struct storing *storing, const struct roost_set *uids,
		     struct roost_error *err)
{
	const struct index_columns *columns = &storing->columns;

	for (size_t i = 0; i < uids->count; i++) {
		bool found;
		uint32_t at = index_position(storing->folder->index, uids->ranges[i].first, &found);

		for (; at < columns->count && columns->uid[at] <= uids->ranges[i].last; at++) {
			if (store_one(storing, at, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* The view shows at once what its own session did. */
static void show(struct roost_mailbox *box, const uint32_t *uids, size_t count)
{
	struct index_columns columns = index_columns(box->folder->index);

	for (size_t i = 0; i < count; i++) {
		uint32_t seq = roost_mailbox_seq(box, uids[i]), at;
		struct roost_mail *mail;
		bool found;

		at = index_position(box->folder->index, uids[i], &found);
		if (seq == 0 || !found)
			continue;
		mail = &box->mails.items[seq - 1];
		mail->flags = (mail->flags & ROOST_FLAG_RECENT) | VIEW_CHANGED |
			      (columns.flags[at] & ~INDEX_MIRROR_PENDING & ~ROOST_FLAG_RECENT);
		mail->keywords = columns.keywords[at];
		mail->modseq = columns.modseq[at];
		box->changed = true;
	}
}

static int store_locked(struct storing *storing, const struct roost_set *uids,
			struct roost_error *err)
{
	struct folder *folder = storing->folder;
	struct index_change *change;

	storing->columns = index_columns(folder->index);
	storing->change = index_begin(folder->index);
	if (store_set(storing, uids, err) < 0) {
		index_abort(storing->change);
		return -1;
	}
	change = storing->change;
	if (storing->uids.count == 0) {
		index_abort(change);
		return 0;
	}
	if (index_commit(change, false, err) < 0)
		return -1;
	folder_changed(folder);
	if (storing->mirrored)
		mirror_flags(folder, storing->uids.items, storing->changes.items,
			     storing->changes.count, storing->arena);
	return 0;
}

int roost_mailbox_store(struct roost_mailbox *box, const struct roost_set *uids,
			const struct roost_store *store, struct roost_arena *arena,
			struct roost_set *failed, struct roost_error *err)
{
	struct folder *folder = box->folder;
	struct storing storing = {
		.folder = folder, .store = store, .arena = roost_arena_create("store"),
		.mirrored = folder_ops(folder)->flags != NULL,
	};
	int result = -1;

	assert(box->magic == MAILBOX_MAGIC);
	if ((box->options & ROOST_MAILBOX_READONLY) != 0) {
		roost_fail(err, ROOST_ERR_NOPERM, "Mailbox is read-only");
	} else if (index_lock(folder->index, err) == 0) {
		result = store_locked(&storing, uids, err);
		index_unlock(folder->index);
	}
	if (result == 0) {
		struct roost_layer_changes changes = {
			.flagged = storing.uids.items, .flagged_count = storing.uids.count,
		};

		show(box, storing.uids.items, storing.uids.count);
		if (storing.uids.count > 0)
			layers_changed(folder, &changes);
		if (failed != NULL)
			*failed = set_take(&storing.failed, arena);
	}
	roost_vec_free(&storing.failed);
	roost_vec_free(&storing.uids);
	roost_vec_free(&storing.changes);
	roost_arena_free(storing.arena);
	return result;
}
