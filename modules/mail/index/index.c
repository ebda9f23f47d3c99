/* The index as its users see it: open, refresh, lock, look things up, close. */
#include "modules/mail/index/private.h"

static const struct roost_error closed = { .kind = ROOST_ERR_TEMP };

/* First opener since a boot that interrupted somebody: what was not synced may be gone. */
static void note_boot(struct index *index)
{
	uint8_t body[20] = { 0 };
	struct roost_error err = closed;

	if (index->state->clean || memcmp(index->state->boot, index_boot_id(), 16) == 0)
		return;
	if (index_lock(index, &err) == 0) {
		bool still = !index->state->clean &&
			memcmp(index->state->boot, index_boot_id(), 16) != 0;

		memcpy(body, index_boot_id(), 16);
		body[16] = OP_BOOT_SCAN;
		err.kind = ROOST_ERR_NONE;
		if (still && index_write_op(index, OP_BOOT, body, sizeof(body), &err) < 0)
			index->state->scan = index->header.unclean = true;
		index_unlock(index);
	}
	if (err.kind != ROOST_ERR_NONE) {
		index->header.unclean = true;
		index_warn(index, "%s", roost_error_log(&err));
	}
}

int index_open(struct bytes_store *store, const struct index_options *options,
	       struct index **result, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("index");
	struct index *index = roost_arena_new(arena, struct index);

	index->arena = arena;
	index->store = store;
	index->options = *options;
	if (index_load(index, err) < 0) {
		index_close(index);
		return -1;
	}
	if (!options->readonly)
		note_boot(index);
	*result = index;
	return 0;
}

/* What we wrote is on the disk, and nothing came after it: the next boot need not scan. */
static void mark_clean(struct index *index)
{
	if (index->options.fsync == INDEX_FSYNC_NEVER || index_sync(index, NULL) < 0 ||
	    bytes_lock(index->log, 0, NULL) < 0)
		return;
	index->locks = 1;
	if (index_replay(index, NULL) == 0 && !index->stale && !index->state->sealed)
		index_write_op(index, OP_CLEAN, NULL, 0, NULL);
	index->locks = 0;
	bytes_unlock(index->log);
}

void index_close(struct index *index)
{
	if (index == NULL)
		return;
	if (index->wrote && !index->stale)
		mark_clean(index);
	if (index->reserve_used)
		index_make_reserve(index);
	index_cache_close(index);
	state_free(index->state);
	snap_close(index->snap);
	bytes_close(index->log);
	roost_str_free(&index->buffer);
	roost_arena_free(index->arena);
}

static int load_again(struct index *index, struct roost_error *err)
{
	return index_load(index, err) < 0 ? -1 : 1;
}

int index_refresh(struct index *index, struct roost_error *err)
{
	struct roost_error why;
	int result;

	if (index->absent)
		return 0;
	if (index->stale)
		return load_again(index, err);
	result = index_replay(index, &why);
	if (result < 0 && why.kind != ROOST_ERR_NOTFOUND) {
		if (err != NULL)
			*err = why;
		return -1;
	}
	if (result < 0 || index->stale ||
	    (index->state->sealed && snap_replaced(index->snap)))
		return load_again(index, err);
	return result;
}

int index_lock(struct index *index, struct roost_error *err)
{
	if (index->locks > 0) {
		index->locks++;
		return 0;
	}
	if (index->options.readonly)
		return roost_fail_detail(err, ROOST_ERR_NOPERM, "the index is read-only");
	if (index->stale && index_load(index, err) < 0)
		return -1;
	for (;;) {
		struct bytes_object *log = index->log;

		if (bytes_lock(log, LOCK_TIMEOUT, err) < 0)
			return -1;
		index->locks = 1;
		if (index_refresh(index, err) < 0) {
			index->locks = 0;
			bytes_unlock(index->log);
			return -1;
		}
		if (index->log == log)
			break;
		index->locks = 0;	/* a newer generation: its log is the one to lock */
	}
	if (index->damaged)
		index_compact_when_due(index);
	return 0;
}

void index_unlock(struct index *index)
{
	if (--index->locks == 0)
		bytes_unlock(index->log);
}

int index_sync(struct index *index, struct roost_error *err)
{
	if (!index->unsynced || index->options.fsync == INDEX_FSYNC_NEVER)
		return 0;
	if (bytes_sync(index->log, err) < 0)
		return -1;
	index->unsynced = false;
	return 0;
}

const struct index_header *index_header(const struct index *index)
{
	return &index->header;
}

struct index_columns index_columns(const struct index *index)
{
	const struct hot *hot = &index->state->hot;

	return (struct index_columns){
		.count = (uint32_t)hot->uid.count, .uid = hot->uid.items,
		.flags = hot->flags.items, .keywords = hot->keywords.items,
		.modseq = hot->modseq.items,
	};
}

uint64_t index_version(const struct index *index)
{
	return index->version;
}

uint32_t index_position(const struct index *index, uint32_t uid, bool *found)
{
	return hot_position(&index->state->hot, uid, found);
}

int index_mail(struct index *index, uint32_t position, struct index_mail *mail,
	       struct roost_error *err)
{
	const struct cold_row *row;

	if (index_want(index, STATE_COLD, err) < 0)
		return -1;
	if (position >= index->state->cold.count)
		return roost_fail_detail(err, ROOST_ERR_EXPUNGED, "no message at %u", position);
	row = &index->state->cold.items[position];
	if (row->key == NULL)
		return roost_fail_detail(err, ROOST_ERR_CORRUPT, "UID %u: its part of the index "
					 "is damaged, mended at the next lock", row->uid);
	*mail = (struct index_mail){
		.internaldate = row->internaldate, .savedate = row->savedate, .size = row->size,
		.vsize = row->vsize, .key = row->key, .cache_generation = row->cache_generation,
		.cache_offset = row->cache_offset,
	};
	memcpy(mail->guid, row->guid, sizeof(mail->guid));
	return 0;
}

const char *index_keyword(const struct index *index, unsigned number)
{
	if (number >= index->state->keyword_count)
		return NULL;
	return index->state->keywords[number] == NULL ? "" : index->state->keywords[number];
}

const void *index_attribute(const struct index *index, const char *name, size_t *len)
{
	const struct attribute *attribute = state_attribute(index->state, name, strlen(name));

	if (attribute == NULL)
		return NULL;
	*len = attribute->len;
	return attribute->value;
}

size_t index_unremoved(const struct index *index, const char *const **keys)
{
	*keys = (const char *const *)index->state->unremoved.items;
	return index->state->unremoved.count;
}

bool index_is_unremoved(const struct index *index, const char *key)
{
	return state_is_unremoved(index->state, key);
}
