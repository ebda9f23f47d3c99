/*
 * Removing messages. The record that they are gone, with their keys, is durable before the store
 * is touched: after a crash they are removed again, never found again. DESIGN section 4.
 */
#include <assert.h>
#include "modules/mail/mailbox/mailbox.h"

struct victims {
	ROOST_VEC(uint32_t) uids;
	ROOST_VEC(const char *) keys;
	uint64_t bytes;
};

static int collect(struct folder *folder, const struct roost_set *uids, struct roost_arena *arena,
		   struct victims *victims, struct roost_error *err)
{
	struct index_columns columns = index_columns(folder->index);

	for (size_t i = 0; i < uids->count; i++) {
		bool found;
		uint32_t at = index_position(folder->index, uids->ranges[i].first, &found);

		for (; at < columns.count && columns.uid[at] <= uids->ranges[i].last; at++) {
			struct index_mail mail;

			if (index_mail(folder->index, at, &mail, err) < 0)
				return -1;
			roost_vec_push(&victims->uids, columns.uid[at]);
			roost_vec_push(&victims->keys, roost_arena_strdup(arena, mail.key));
			victims->bytes += mail.vsize;
		}
	}
	return 0;
}

static int record(struct folder *folder, const struct victims *victims, struct roost_error *err)
{
	struct index_change *change = index_begin(folder->index);

	for (size_t i = 0; i < victims->uids.count; i++)
		index_expunge(change, victims->uids.items[i]);
	if (index_commit(change, true, err) < 0)
		return -1;
	folder_changed(folder);
	return 0;
}

/* Not done is not lost: the index remembers the keys, and the next scan tries again. */
static void remove_files(struct folder *folder, const struct victims *victims)
{
	bool current = stamp_current(folder);
	struct index_change *change;
	struct roost_error err = { 0 };

	if (folder_ops(folder)->remove(&folder->box, victims->keys.items, victims->keys.count,
				       &err) == 0) {
		change = index_begin(folder->index);
		index_removed(change, victims->keys.items, victims->keys.count);
		stamp_moved(folder, current, change);
		if (index_commit(change, false, &err) == 0)
			return;
	}
	folder->scan_wanted = true;
	roost_log(&folder->user->log, ROOST_LOG_WARN, "%s: expunged messages are still in the store: "
		  "%s", folder->name, roost_error_log(&err));
}

int remove_end(struct folder *folder, const struct roost_set *uids, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("expunge");
	struct victims victims = { 0 };
	int result = collect(folder, uids, arena, &victims, err);

	if (result == 0 && victims.uids.count > 0) {
		result = record(folder, &victims, err);
		if (result == 0) {
			struct roost_layer_changes changes = {
				.expunged = victims.uids.items,
				.expunged_count = victims.uids.count,
				.expunged_bytes = victims.bytes,
			};

			remove_files(folder, &victims);
			layers_changed(folder, &changes);
		}
	}
	roost_vec_free(&victims.uids);
	roost_vec_free(&victims.keys);
	roost_arena_free(arena);
	return result;
}

static void add_matching(const struct index_columns *columns, uint32_t at, uint32_t last, bool any,
			 roost_set_builder *builder)
{
	for (; at < columns->count && columns->uid[at] <= last; at++) {
		if (any || (columns->flags[at] & ROOST_FLAG_DELETED) != 0)
			roost_set_add(builder, columns->uid[at], columns->uid[at]);
	}
}

int folder_expunge(struct folder *folder, const struct roost_set *uids, bool any,
		   struct roost_error *err)
{
	struct roost_range all = { 1, UINT32_MAX };
	struct roost_set everything = { &all, 1 }, victims;
	roost_set_builder builder = { 0 };
	int result = 0;

	if (uids == NULL)
		uids = &everything;
	if (index_lock(folder->index, err) < 0)
		return -1;
	for (size_t i = 0; i < uids->count; i++) {
		struct index_columns columns = index_columns(folder->index);
		bool found;

		add_matching(&columns,
			     index_position(folder->index, uids->ranges[i].first, &found),
			     uids->ranges[i].last, any, &builder);
	}
	victims = roost_set_built(&builder);
	if (victims.count > 0)
		result = layers_remove(folder, &victims, err);
	index_unlock(folder->index);
	roost_vec_free(&builder);
	return result;
}

int roost_mailbox_expunge(struct roost_mailbox *box, const struct roost_set *uids, bool any,
			  struct roost_error *err)
{
	assert(box->magic == MAILBOX_MAGIC);
	if ((box->options & ROOST_MAILBOX_READONLY) != 0)
		return roost_fail(err, ROOST_ERR_NOPERM, "Mailbox is read-only");
	return folder_expunge(box->folder, uids, any, err);
}
