/* COPY and MOVE: everything is durable in the target before anything goes from the source. RFC 9051 6.4.7, 6.4.8. */
#include <assert.h>
#include "modules/mail/mailbox/mailbox.h"

static int gone(struct roost_mailbox *box, struct roost_error *err)
{
	box->folder->scan_wanted = true;
	return roost_fail(err, ROOST_ERR_EXPUNGED,
			  "Some of the requested messages no longer exist.");
}

/* What the view still shows can be meant by the set, and has to be there. */
static int check_view(struct roost_mailbox *box, const struct roost_set *uids,
		      struct roost_error *err)
{
	for (size_t i = 0; i < uids->count; i++) {
		uint32_t seq = roost_mailbox_seq_from(box, uids->ranges[i].first);

		for (; seq <= roost_mailbox_count(box); seq++) {
			uint32_t uid = roost_mailbox_mail(box, seq).uid;
			bool found;

			if (uid > uids->ranges[i].last)
				break;
			(void)index_position(box->folder->index, uid, &found);
			if (!found)
				return gone(box, err);
		}
	}
	return 0;
}

/* Those that the view never had and that are gone from the store meanwhile are left out. */
static int add_all(struct roost_mailbox *box, const struct roost_set *uids,
		   struct roost_saving *saving, roost_set_builder *from, struct roost_error *err)
{
	struct index *index = box->folder->index;

	for (size_t i = 0; i < uids->count; i++) {
		bool found;
		uint32_t at = index_position(index, uids->ranges[i].first, &found);
		uint32_t uid;

		for (; at < index_columns(index).count; at++) {
			uid = index_columns(index).uid[at];
			if (uid > uids->ranges[i].last)
				break;
			if (saving_add_copy(saving, box, uid, err) == 0) {
				roost_set_add(from, uid, uid);
			} else if (err->kind == ROOST_ERR_EXPUNGED ||
				   err->kind == ROOST_ERR_NOTFOUND) {
				if (roost_mailbox_seq(box, uid) != 0)
					return gone(box, err);
				box->folder->scan_wanted = true;
			} else {
				return -1;
			}
			/* In one and the same mailbox a new keyword may have moved the columns. */
			at = index_position(index, uid, &found);
		}
	}
	return 0;
}

static int copy_into(struct roost_mailbox *box, const struct roost_set *uids, struct folder *target,
		     bool move, struct roost_arena *arena, struct roost_copied *copied,
		     struct roost_error *err)
{
	struct roost_saving *saving;
	roost_set_builder from = { 0 };

	if (saving_begin(target, &saving, err) < 0)
		return -1;
	if (check_view(box, uids, err) < 0 || add_all(box, uids, saving, &from, err) < 0) {
		roost_save_abort(saving);
		roost_vec_free(&from);
		return -1;
	}
	copied->from = set_take(&from, arena);
	if (roost_save_commit(saving, arena, &copied->uidvalidity, &copied->to, err) < 0)
		return -1;
	if (!move || copied->from.count == 0)
		return 0;
	return folder_expunge(box->folder, &copied->from, true, err);
}

int roost_mailbox_copy(struct roost_mailbox *box, const struct roost_set *uids, const char *target,
		       bool move, struct roost_arena *arena, struct roost_copied *copied,
		       struct roost_error *err)
{
	struct folder *folder;
	int result;

	assert(box->magic == MAILBOX_MAGIC);
	if (move && (box->options & ROOST_MAILBOX_READONLY) != 0)
		return roost_fail(err, ROOST_ERR_NOPERM, "Mailbox is read-only");
	if (folder_open(box->folder->user, target, false, &folder, err) < 0)
		return -1;
	result = copy_into(box, uids, folder, move, arena, copied, err);
	folder_unref(folder);
	return result;
}
