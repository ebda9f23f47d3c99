/*
 * The store and the index: has the store changed, and what did the driver find there. New messages
 * get UIDs, missing ones are expunged, flags that others set are taken over.
 */
#include <errno.h>
#include <sys/random.h>
#include <sys/stat.h>
#include "modules/mail/mailbox/mailbox.h"

/* --- the stamp --- */

/* As an attribute of the index, for all who open the mailbox. */
struct stamp {
	uint64_t token[4];
	int64_t when;		/* a change after it may not show when it was not settled */
	uint64_t settled;
};
#define SETTLING (2 * ROOST_SEC)

static const struct stamp *known_stamp(const struct folder *folder, struct stamp *copy)
{
	size_t len;
	const void *value = index_attribute(folder->index, "stamp", &len);

	if (value == NULL || len != sizeof(*copy))
		return NULL;
	memcpy(copy, value, len);
	return copy;
}

static int read_stamp(struct folder *folder, struct stamp *stamp, struct roost_error *err)
{
	bool settled = false;

	memset(stamp, 0, sizeof(*stamp));
	stamp->when = roost_loop_time();
	if (folder_ops(folder)->stamp(&folder->box, stamp->token, &settled, err) < 0)
		return -1;
	stamp->settled = settled;
	return 0;
}

static bool same_token(const struct stamp *a, const struct stamp *b)
{
	return memcmp(a->token, b->token, sizeof(a->token)) == 0;
}

bool stamp_current(struct folder *folder)
{
	struct stamp now, copy;
	const struct stamp *known = known_stamp(folder, &copy);

	return known != NULL && folder_ops(folder)->stamp != NULL &&
	       read_stamp(folder, &now, NULL) == 0 && same_token(known, &now);
}

void stamp_moved(struct folder *folder, bool current, struct index_change *change)
{
	struct stamp stamp;

	if (!current || read_stamp(folder, &stamp, NULL) < 0) {
		/* The old one says nothing any more, even if the store should come to it again. */
		if (known_stamp(folder, &stamp) != NULL)
			index_set_attribute(change, "stamp", NULL, 0);
		return;
	}
	/* Somebody else may have come in between: one look more, when the time is over. */
	stamp.settled = 0;
	index_set_attribute(change, "stamp", &stamp, sizeof(stamp));
}

/* --- keys --- */

/* From keys to their numbers: positions in the index, and beyond those what is new. */
struct table {
	ROOST_VEC(const char *) keys;
	uint32_t *slots;	/* number + 1 */
	size_t size;		/* a power of two */
	uint64_t seed;
};

static size_t slot_of(const struct table *table, const char *key)
{
	uint64_t hash = table->seed;
	size_t at;

	for (const char *c = key; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
	hash ^= hash >> 29;
	for (at = hash & (table->size - 1); table->slots[at] != 0; at = (at + 1) & (table->size - 1)) {
		if (strcmp(table->keys.items[table->slots[at] - 1], key) == 0)
			break;
	}
	return at;
}

static void table_grow(struct table *table)
{
	free(table->slots);
	table->size *= 2;
	table->slots = calloc(table->size, sizeof(*table->slots));
	if (table->slots == NULL)
		abort();
	for (size_t i = 0; i < table->keys.count; i++)
		table->slots[slot_of(table, table->keys.items[i])] = (uint32_t)i + 1;
}

/* The number of a key, or -1. */
static int64_t table_find(const struct table *table, const char *key)
{
	return (int64_t)table->slots[slot_of(table, key)] - 1;
}

static void table_add(struct table *table, const char *key)
{
	roost_vec_push(&table->keys, key);
	if (table->keys.count * 2 > table->size)
		table_grow(table);
	else
		table->slots[slot_of(table, key)] = (uint32_t)table->keys.count;
}

/* --- what is found --- */

struct fresh {
	const char *key;
	struct roost_found found;
	bool trusted;		/* keeps the UID that it brought */
};

struct pending {		/* the driver was not told of these flags yet */
	uint32_t uid;
	struct roost_flag_change change;
};

struct roost_scan {
	struct folder *folder;
	struct roost_arena *arena;
	struct index_change *change;
	struct index_columns columns;
	struct table table;
	uint8_t *seen;		/* by position */
	ROOST_VEC(struct fresh) fresh;
	ROOST_VEC(struct pending) pending;
	uint32_t uidvalidity, uidnext;		/* as adopted */
	bool adopting;
};

static int scan_begin(struct roost_scan *scan, struct folder *folder, struct roost_error *err)
{
	struct index_mail mail;

	scan->folder = folder;
	scan->arena = roost_arena_create("mailbox scan");
	scan->columns = index_columns(folder->index);
	scan->seen = roost_arena_zalloc(scan->arena, scan->columns.count + 1);
	scan->table.size = 32;
	if (getrandom(&scan->table.seed, sizeof(scan->table.seed), GRND_NONBLOCK) < 0)
		scan->table.seed = (uint64_t)roost_loop_time();
	while (scan->table.size < (size_t)scan->columns.count * 2)
		scan->table.size *= 2;
	table_grow(&scan->table);
	for (uint32_t i = 0; i < scan->columns.count; i++) {
		if (index_mail(folder->index, i, &mail, err) < 0)
			return -1;
		table_add(&scan->table, roost_arena_strdup(scan->arena, mail.key));
	}
	scan->change = index_begin(folder->index);
	return 0;
}

static void scan_free(struct roost_scan *scan)
{
	index_abort(scan->change);
	roost_vec_free(&scan->table.keys);
	free(scan->table.slots);
	roost_vec_free(&scan->fresh);
	roost_vec_free(&scan->pending);
	roost_arena_free(scan->arena);
}

static void take_over_flags(struct roost_scan *scan, uint32_t at, const struct roost_found *found)
{
	uint32_t flags = scan->columns.flags[at], theirs = found->flags & ~ROOST_FLAG_RECENT;
	uint64_t keywords = scan->columns.keywords[at];
	uint64_t their_keywords = (found->keywords & ~found->keywords_hidden) |
				  (keywords & found->keywords_hidden);

	if ((flags & INDEX_MIRROR_PENDING) != 0) {
		struct pending pending = { scan->columns.uid[at], {
			.key = scan->table.keys.items[at], .keywords = keywords,
			.flags = flags & ~INDEX_MIRROR_PENDING & ~ROOST_FLAG_RECENT,
		} };

		roost_vec_push(&scan->pending, pending);
	} else if (flags != theirs || keywords != their_keywords) {
		index_set_flags(scan->change, scan->columns.uid[at], theirs, their_keywords, false);
	}
}

static void found_known(struct roost_scan *scan, uint32_t at, const struct roost_found *found)
{
	if (scan->seen[at])
		return;		/* renamed while the directory was read, and seen under both names */
	scan->seen[at] = 1;
	if (found != NULL && found->has_flags)
		take_over_flags(scan, at, found);
}

void roost_scan_found_details(struct roost_scan *scan, const char *key,
			      const struct roost_found *found)
{
	int64_t number;
	struct fresh fresh = { 0 };

	/* Drivers of the short form report all that is in a directory. */
	if (strcmp(key, INDEX_DIR) == 0)
		return;
	number = table_find(&scan->table, key);
	if (number >= 0) {
		if (number < scan->columns.count)
			found_known(scan, (uint32_t)number, found);
		return;
	}
	/* Expunged, and not let go of yet: removed at the end. */
	if (index_is_unremoved(scan->folder->index, key))
		return;
	fresh.key = roost_arena_strdup(scan->arena, key);
	table_add(&scan->table, fresh.key);
	if (found != NULL)
		fresh.found = *found;
	roost_vec_push(&scan->fresh, fresh);
}

void roost_scan_found(struct roost_scan *scan, const char *key)
{
	roost_scan_found_details(scan, key, NULL);
}

void roost_scan_uidvalidity(struct roost_scan *scan, uint32_t uidvalidity, uint32_t uidnext)
{
	scan->uidvalidity = uidvalidity;
	scan->uidnext = uidnext;
}

int roost_scan_keyword(struct roost_scan *scan, const char *name)
{
	return index_make_keyword(scan->change, name);
}

bool roost_scan_knows(const struct roost_scan *scan, const char *key)
{
	int64_t number = table_find(&scan->table, key);

	return number >= 0 && number < scan->columns.count;
}

/* --- what becomes of it --- */

/* Nobody has looked at the store since the index was made. */
static bool folder_unknown(const struct folder *folder)
{
	size_t len;

	return index_attribute(folder->index, "adopted", &len) == NULL;
}

bool folder_unscanned(const struct folder *folder)
{
	return folder_unknown(folder) || index_header(folder->index)->unclean;
}

/*
 * The UIDVALIDITY that an index made anew begins with: what other software kept, else what all
 * messages that bring one agree on. Some of the highest UIDs may have been expunged before the
 * index was lost; a gap keeps them from being given again.
 */
static void choose_uidvalidity(struct roost_scan *scan)
{
	enum { GAP = 1000 };
	uint32_t value = 0, highest = 0;

	if (scan->uidvalidity == 0) {
		for (size_t i = 0; i < scan->fresh.count; i++) {
			const struct roost_found *found = &scan->fresh.items[i].found;

			if (found->uid == 0 || found->uidvalidity == 0)
				continue;
			if (value != 0 && value != found->uidvalidity)
				return;
			value = found->uidvalidity;
			if (found->uid > highest)
				highest = found->uid;
		}
		if (value == 0 || highest > UINT32_MAX - GAP)
			return;
		scan->uidvalidity = value;
		scan->uidnext = highest + GAP;
	}
}

static int by_uid(const void *left, const void *right)
{
	const struct fresh *a = *(const struct fresh *const *)left;
	const struct fresh *b = *(const struct fresh *const *)right;

	if (a->found.uid != b->found.uid)
		return a->found.uid < b->found.uid ? -1 : 1;
	return a < b ? -1 : 1;
}

static void add_message(struct roost_scan *scan, struct fresh *fresh, uint32_t uid)
{
	const struct roost_found *found = &fresh->found;
	struct index_mail mail = {
		.internaldate = found->internaldate, .size = found->size, .vsize = found->vsize,
		.key = fresh->key,
		.savedate = scan->adopting ? found->internaldate : roost_loop_time(),
	};
	static const uint8_t none[16];

	memcpy(mail.guid, found->guid, sizeof(mail.guid));
	if (memcmp(mail.guid, none, sizeof(none)) == 0 &&
	    getrandom(mail.guid, sizeof(mail.guid), 0) < 0)
		memset(mail.guid, 0, sizeof(mail.guid));
	index_add(scan->change, uid, &mail, found->flags & ~ROOST_FLAG_RECENT, found->keywords);
}

/*
 * Whether a message can keep the UID that it brings: one that was not given yet, or one that a damaged
 * index has lost.
 */
static bool uid_is_free(const struct roost_scan *scan, uint32_t uid, uint32_t previous)
{
	const struct index *index = scan->folder->index;
	bool found;

	if (uid == previous)
		return false;
	if (uid >= index_next_uid(scan->change))
		return true;
	(void)index_position(index, uid, &found);
	return !found && index_header(index)->unclean;
}

/* Those that bring a UID which fits come first, in its order; of equal ones the first reported. */
static void add_trusted(struct roost_scan *scan, uint32_t uidvalidity)
{
	struct fresh **order = roost_arena_alloc(scan->arena, (scan->fresh.count + 1) *
						 sizeof(*order));
	uint32_t previous = 0;
	size_t count = 0;

	for (size_t i = 0; i < scan->fresh.count; i++) {
		const struct roost_found *found = &scan->fresh.items[i].found;

		if (found->uid != 0 && found->uid < UINT32_MAX - 1 &&
		    (found->uidvalidity == uidvalidity ||
		     (scan->adopting && found->uidvalidity == 0)))
			order[count++] = &scan->fresh.items[i];
	}
	qsort(order, count, sizeof(struct fresh *), by_uid);
	for (size_t i = 0; i < count; i++) {
		if (!uid_is_free(scan, order[i]->found.uid, previous))
			continue;
		previous = order[i]->found.uid;
		order[i]->trusted = true;
		add_message(scan, order[i], previous);
	}
}

static void add_fresh(struct roost_scan *scan)
{
	struct folder *folder = scan->folder;
	uint32_t uidvalidity = index_header(folder->index)->uidvalidity;

	if (scan->adopting) {
		choose_uidvalidity(scan);
		if (scan->uidvalidity != 0) {
			uidvalidity = scan->uidvalidity;
			/* The next UID is set behind the messages that bring theirs. */
			index_set_uidvalidity(scan->change, uidvalidity, 1);
		}
	}
	add_trusted(scan, uidvalidity);
	if (scan->uidvalidity != 0 && scan->uidnext > index_next_uid(scan->change))
		index_set_uidvalidity(scan->change, uidvalidity, scan->uidnext);
	for (size_t i = 0; i < scan->fresh.count; i++) {
		if (!scan->fresh.items[i].trusted)
			add_message(scan, &scan->fresh.items[i], index_next_uid(scan->change));
	}
}

/* A name that changed while the directory was read may have been missed: ask for each by itself. */
static int expunge_gone(struct roost_scan *scan, struct roost_error *err)
{
	struct folder *folder = scan->folder;

	for (uint32_t i = 0; i < scan->columns.count; i++) {
		const char *key = scan->table.keys.items[i];
		struct roost_input *input;

		if (scan->seen[i])
			continue;
		if (folder_ops(folder)->open(&folder->box, key, &input, err) == 0) {
			roost_input_unref(input);
			continue;
		}
		if (err->kind != ROOST_ERR_EXPUNGED && err->kind != ROOST_ERR_NOTFOUND)
			return -1;
		index_expunge(scan->change, scan->columns.uid[i]);
		index_removed(scan->change, &key, 1);
	}
	return 0;
}

/* What was expunged but not let go of, because we were interrupted. */
static void remove_ghosts(struct roost_scan *scan)
{
	struct folder *folder = scan->folder;
	struct roost_error err = { 0 };
	const char *const *keys;
	const char **copy;
	size_t count = index_unremoved(folder->index, &keys);
	struct index_change *change;

	if (count == 0)
		return;
	copy = roost_arena_alloc(scan->arena, count * sizeof(*copy));
	for (size_t i = 0; i < count; i++)
		copy[i] = roost_arena_strdup(scan->arena, keys[i]);
	if (folder_ops(folder)->remove(&folder->box, copy, count, &err) == 0) {
		change = index_begin(folder->index);
		index_removed(change, copy, count);
		if (index_commit(change, false, &err) == 0)
			return;
	}
	roost_log(&folder->user->log, ROOST_LOG_WARN, "%s: removing what was expunged: %s; "
		  "tried again at the next scan", folder->name, roost_error_log(&err));
}

static void mirror_pending(struct roost_scan *scan)
{
	struct folder *folder = scan->folder;
	size_t count = scan->pending.count;
	struct roost_flag_change *changes;
	uint32_t *uids;

	if (count == 0 || folder_ops(folder)->flags == NULL)
		return;
	changes = roost_arena_alloc(scan->arena, count * sizeof(*changes));
	uids = roost_arena_alloc(scan->arena, count * sizeof(*uids));
	for (size_t i = 0; i < count; i++) {
		changes[i] = scan->pending.items[i].change;
		uids[i] = scan->pending.items[i].uid;
	}
	mirror_flags(folder, uids, changes, count, scan->arena);
}

static int look(struct roost_scan *scan, struct roost_error *err)
{
	struct folder *folder = scan->folder;
	const struct roost_storage_ops *ops = folder_ops(folder);

	scan->adopting = folder_unknown(folder);
	if (scan->adopting && ops->adopt != NULL)
		return ops->adopt(&folder->box, scan, err);
	return ops->scan(&folder->box, scan, err);
}

static int merge(struct roost_scan *scan, const struct stamp *stamp, struct roost_error *err)
{
	struct folder *folder = scan->folder;
	struct index_change *change = scan->change;
	uint64_t before = index_header(folder->index)->highestmodseq;

	add_fresh(scan);
	if (expunge_gone(scan, err) < 0)
		return -1;
	if (scan->adopting)
		index_set_attribute(change, "adopted", "1", 1);
	if (stamp != NULL)
		index_set_attribute(change, "stamp", stamp, sizeof(*stamp));
	index_scanned(change);
	scan->change = NULL;
	if (index_commit(change, false, err) < 0)
		return -1;
	if (index_header(folder->index)->highestmodseq != before)
		folder_changed(folder);
	else
		folder_written(folder);
	folder->scan_wanted = false;
	remove_ghosts(scan);
	mirror_pending(scan);
	return 0;
}

/* Under the lock. */
static int scan_store(struct folder *folder, struct roost_error *err)
{
	struct roost_scan scan = { 0 };
	struct stamp stamp;
	bool stamped = folder_ops(folder)->stamp != NULL;
	int result = -1;

	/* Before the look: what happens meanwhile has to show next time. */
	if (stamped && read_stamp(folder, &stamp, err) < 0)
		return -1;
	if (scan_begin(&scan, folder, err) == 0 && look(&scan, err) == 0)
		result = merge(&scan, stamped ? &stamp : NULL, err);
	scan_free(&scan);
	return result;
}

static int wants_scan(struct folder *folder, unsigned options, bool *want, struct roost_error *err)
{
	struct stamp now, copy;
	const struct stamp *known;

	*want = true;
	if (folder_ops(folder)->stamp == NULL || (options & FOLDER_SCAN) != 0 ||
	    folder->scan_wanted || folder_unscanned(folder))
		return 0;
	known = known_stamp(folder, &copy);
	if (known == NULL)
		return 0;
	if (read_stamp(folder, &now, err) < 0)
		return -1;
	if (same_token(known, &now))
		*want = known->settled == 0 && (now.when < known->when ||
						now.when - known->when > SETTLING);
	return 0;
}

/*
 * Somebody has removed the index while it is open: whoever opens the mailbox next makes a new one,
 * rather than finding this one as long as the user stays.
 */
void folder_index_failed(struct folder *folder, struct roost_error *err)
{
	if (!folder_still_there(folder))
		roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox was deleted");
	if (err != NULL && err->kind == ROOST_ERR_NOTFOUND)
		folder->stale = true;
}

int folder_refresh(struct folder *folder, unsigned options, struct roost_error *err)
{
	struct stat st;
	bool want;
	int result;

	if (fstat(folder->dirfd, &st) == 0 && st.st_nlink == 0)
		return roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox was deleted");
	if (index_refresh(folder->index, err) < 0) {
		folder_index_failed(folder, err);
		return -1;
	}
	if (wants_scan(folder, options, &want, err) < 0)
		return -1;
	if (!want || folder->readonly)
		return 0;
	if (index_lock(folder->index, err) < 0)
		return -1;
	/* Another process may have done it while we waited. */
	result = wants_scan(folder, options, &want, err);
	if (result == 0 && want)
		result = scan_store(folder, err);
	index_unlock(folder->index);
	return result;
}
