/* Changes: gathered in memory, appended with one write, then taken over like anybody else's. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include "modules/mail/index/private.h"

struct index_change {
	struct index *index;
	struct roost_arena *arena;
	struct roost_str items;
	uint32_t next_uid;
	bool moves_modseq;	/* messages came, changed or went */
	bool only_goes;		/* nothing but expunges: may use the reserve */
	bool marks_clean;
	ROOST_VEC(const char *) keywords;	/* new ones */
	/* The last FLAGS or MIRRORED item, which a following message may extend. */
	size_t range_at;
	uint32_t range_item, range_flags, range_last;
	uint64_t range_keywords;
};

struct index_change *index_begin(struct index *index)
{
	struct roost_arena *arena = roost_arena_create("index change");
	struct index_change *change = roost_arena_zalloc(arena, sizeof(*change));

	change->index = index;
	change->arena = arena;
	change->next_uid = index->state.uidnext;
	change->only_goes = true;
	return change;
}

void index_abort(struct index_change *change)
{
	if (change == NULL)
		return;
	roost_str_free(&change->items);
	roost_vec_free(&change->keywords);
	roost_arena_free(change->arena);
}

static void put_item(struct index_change *change, enum item item)
{
	roost_wire_put_u32(&change->items, item);
	change->range_item = ITEM_END;
	if (item != ITEM_EXPUNGE)
		change->only_goes = false;
}

uint32_t index_next_uid(const struct index_change *change)
{
	return change->next_uid;
}

void index_add(struct index_change *change, uint32_t uid, const struct index_mail *mail,
	       uint32_t flags, uint64_t keywords)
{
	put_item(change, ITEM_ADD);
	roost_wire_put_u32(&change->items, uid);
	roost_wire_put_u32(&change->items, flags & ~ROOST_FLAG_RECENT);
	roost_wire_put_u64(&change->items, keywords);
	put_cold(&change->items, mail);
	roost_wire_put_text(&change->items, mail->key);
	change->next_uid = uid + 1;
	change->moves_modseq = true;
}

/* Whether uid comes right behind the last range's end among the messages that are there. */
static bool extends_range(const struct index_change *change, enum item item, uint32_t uid)
{
	const struct state *state = &change->index->state;
	uint32_t position;
	bool found;

	if (change->range_item != (uint32_t)item || uid <= change->range_last)
		return false;
	position = state_position(state, uid, &found);
	return found && position > 0 && state->uid.items[position - 1] == change->range_last;
}

static void put_range(struct index_change *change, enum item item, uint32_t uid)
{
	put_item(change, item);
	roost_wire_put_u32(&change->items, uid);
	change->range_at = change->items.len;
	change->range_item = item;
	change->range_last = uid;
	roost_wire_put_u32(&change->items, uid);
}

static void extend_range(struct index_change *change, uint32_t uid)
{
	memcpy(change->items.data + change->range_at, &uid, sizeof(uid));
	change->range_last = uid;
}

void index_set_flags(struct index_change *change, uint32_t uid, uint32_t flags,
		     uint64_t keywords, bool mirror)
{
	flags &= ~(ROOST_FLAG_RECENT | INDEX_MIRROR_PENDING);
	if (mirror)
		flags |= INDEX_MIRROR_PENDING;
	change->moves_modseq = true;
	if (flags == change->range_flags && keywords == change->range_keywords &&
	    extends_range(change, ITEM_FLAGS, uid)) {
		extend_range(change, uid);
		return;
	}
	put_range(change, ITEM_FLAGS, uid);
	change->range_flags = flags;
	change->range_keywords = keywords;
	roost_wire_put_u32(&change->items, flags);
	roost_wire_put_u64(&change->items, keywords);
}

void index_mirrored(struct index_change *change, uint32_t uid, const char *key)
{
	if (key != NULL) {
		put_item(change, ITEM_KEY);
		roost_wire_put_u32(&change->items, uid);
		roost_wire_put_text(&change->items, key);
	} else if (extends_range(change, ITEM_MIRRORED, uid)) {
		extend_range(change, uid);
	} else {
		put_range(change, ITEM_MIRRORED, uid);
	}
}

void index_expunge(struct index_change *change, uint32_t uid)
{
	struct index *index = change->index;
	struct index_mail mail = { 0 };
	struct roost_error err;
	uint32_t position;
	bool found;

	position = state_position(&index->state, uid, &found);
	if (!found)
		return;
	/* Without its key (a damaged snap) the store's scan finds it again. */
	if (index_mail(index, position, &mail, &err) < 0)
		index_report(index, "UID %u: %s", uid, roost_error_log(&err));
	put_item(change, ITEM_EXPUNGE);
	roost_wire_put_u32(&change->items, uid);
	roost_wire_put_u32(&change->items, mail.cache_offset != 0);
	roost_wire_put_u64(&change->items, mail.vsize);
	roost_wire_put_text(&change->items, mail.key);
	change->moves_modseq = true;
}

void index_removed(struct index_change *change, const char *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		put_item(change, ITEM_REMOVED);
		roost_wire_put_text(&change->items, keys[i]);
	}
}

void index_learn(struct index_change *change, uint32_t uid, const struct index_mail *mail)
{
	put_item(change, ITEM_LEARN);
	roost_wire_put_u32(&change->items, uid);
	put_cold(&change->items, mail);
}

int index_make_keyword(struct index_change *change, const char *name)
{
	unsigned known = change->index->state.keyword_count;
	int number = index_keyword_number(change->index, name);

	for (size_t i = 0; number < 0 && i < change->keywords.count; i++) {
		if (strcasecmp(change->keywords.items[i], name) == 0)
			number = (int)(known + i);
	}
	if (number >= 0)
		return number;
	if (known + change->keywords.count >= KEYWORDS_MAX)
		return -1;
	number = (int)(known + change->keywords.count);
	roost_vec_push(&change->keywords, roost_arena_strdup(change->arena, name));
	put_item(change, ITEM_KEYWORD);
	roost_wire_put_u32(&change->items, (uint32_t)number);
	roost_wire_put_text(&change->items, name);
	return number;
}

void index_set_attribute(struct index_change *change, const char *name, const void *value,
			 size_t len)
{
	put_item(change, ITEM_ATTRIBUTE);
	roost_wire_put_u32(&change->items, value != NULL);
	roost_wire_put_text(&change->items, name);
	roost_wire_put_bytes(&change->items, value, value == NULL ? 0 : len);
}

void index_set_uidvalidity(struct index_change *change, uint32_t uidvalidity, uint32_t uidnext)
{
	put_item(change, ITEM_UIDVALIDITY);
	roost_wire_put_u32(&change->items, uidvalidity);
	roost_wire_put_u32(&change->items, uidnext);
	change->next_uid = uidnext;
}

void index_take_recent(struct index_change *change, uint32_t uid)
{
	put_item(change, ITEM_RECENT);
	roost_wire_put_u32(&change->items, uid);
}

void index_mark_clean(struct index_change *change)
{
	put_item(change, ITEM_CLEAN);
	change->marks_clean = true;
}

/* Whose boot wrote last: after a power cut the next opener knows to look at the store. */
static void put_boot(struct index_change *change)
{
	struct index *index = change->index;
	const struct state *state = &index->state;

	if (change->marks_clean)
		return;
	if (!state->clean && memcmp(state->boot, index->boot, BOOT_ID_SIZE) == 0)
		return;
	roost_wire_put_u32(&change->items, ITEM_BOOT);
	roost_wire_put_bytes(&change->items, index->boot, BOOT_ID_SIZE);
}

/* Never goes back, also across adopted and rebuilt mailboxes. */
static uint64_t next_modseq(const struct state *state)
{
	struct timespec now;
	uint64_t modseq;

	clock_gettime(CLOCK_REALTIME, &now);
	modseq = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	return modseq > state->highestmodseq ? modseq : state->highestmodseq + 1;
}

static int commit(struct index_change *change, bool durable, struct roost_error *err)
{
	struct index *index = change->index;
	uint64_t modseq = change->moves_modseq ? next_modseq(&index->state) :
						 index->state.highestmodseq;

	if (change->items.len == 0)
		return durable ? index_sync(index, err) : 0;
	put_boot(change);
	if (log_append(index, modseq, &change->items, change->only_goes, err) < 0)
		return -1;
	if ((durable && index->options.fsync == INDEX_FSYNC_OPTIMIZED) ||
	    index->options.fsync == INDEX_FSYNC_ALWAYS) {
		if (index_sync(index, err) < 0)
			return -1;
	}
	return index_apply(index, modseq, change->items.data, change->items.len, err);
}

int index_commit(struct index_change *change, bool durable, struct roost_error *err)
{
	struct index *index = change->index;
	int ret = commit(change, durable, err);

	index_abort(change);
	if (ret == 0 && (index->log_end > log_size_limit(index) || index->damaged)) {
		struct roost_error later;

		/* The change itself is safe; the next one tries again. */
		if (snap_write(index, &later) < 0)
			index_report(index, "no new snapshot: %s", roost_error_log(&later));
		index->version++;
	}
	return ret;
}
