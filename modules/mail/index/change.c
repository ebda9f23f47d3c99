/* Gathering changes: each call adds an operation to the record that index_commit() will write. */
#include <strings.h>
#include "modules/mail/index/change.h"
#include "modules/mail/index/le.h"

struct index_change *index_begin(struct index *index)
{
	struct index_change *change = NULL;
	size_t capacity = 0;

	roost_vec_grow((void **)&change, &capacity, 0, 1, sizeof(*change));
	memset(change, 0, sizeof(*change));
	change->index = index;
	change->next_uid = index->state->uidnext;
	log_record_begin(&change->record);
	return change;
}

void change_free(struct index_change *change)
{
	for (size_t i = 0; i < change->keywords.count; i++)
		free(change->keywords.items[i]);
	roost_vec_free(&change->keywords);
	roost_str_free(&change->record);
	free(change);
}

void index_abort(struct index_change *change)
{
	if (change != NULL)
		change_free(change);
}

static void begin_op(struct index_change *change, enum op_kind kind)
{
	roost_str_append(&change->record, "\0\0\0\0\0\0\0", -change->record.len & 7);
	change->op = change->record.len;
	change->kind = kind;
	le32_put(&change->record, kind);
	le32_put(&change->record, 0);
}

static void end_op(struct index_change *change)
{
	le32_set(change->record.data + change->op + 4,
		 (uint32_t)(change->record.len - change->op - OP_HEAD));
}

static bool want_cold(struct index_change *change)
{
	if (!change->failed && index_want(change->index, STATE_COLD, &change->err) < 0)
		change->failed = true;
	return !change->failed;
}

/* The cold row of uid as it was before this change; NULL: not there. */
static const struct cold_row *old_row(struct index_change *change, uint32_t uid)
{
	uint32_t position;
	bool found;

	if (!want_cold(change))
		return NULL;
	position = cold_position(change->index->state, uid, &found);
	return found ? &change->index->state->cold.items[position] : NULL;
}

static void put_cold(struct roost_str *out, const struct index_mail *mail)
{
	le64_put(out, (uint64_t)mail->internaldate);
	le64_put(out, (uint64_t)mail->savedate);
	le64_put(out, mail->size);
	le64_put(out, mail->vsize);
	le64_put(out, mail->cache_offset);
	le32_put(out, mail->cache_generation);
	roost_str_append(out, mail->guid, sizeof(mail->guid));
}

uint32_t index_next_uid(const struct index_change *change)
{
	return change->next_uid;
}

void index_add(struct index_change *change, uint32_t uid, const struct index_mail *mail,
	       uint32_t flags, uint64_t keywords)
{
	begin_op(change, OP_ADD);
	le32_put(&change->record, uid);
	le32_put(&change->record, flags & 0xffu & ~ROOST_FLAG_RECENT);
	le64_put(&change->record, keywords);
	put_cold(&change->record, mail);
	roost_str_puts(&change->record, mail->key == NULL ? "" : mail->key);
	end_op(change);
	if (change->next_uid <= uid)
		change->next_uid = uid + 1;
	change->adds = true;
	change->options |= WRITE_MODSEQ;
}

void index_set_flags(struct index_change *change, uint32_t uid, uint32_t flags,
		     uint64_t keywords, bool mirror)
{
	const struct hot *hot = &change->index->state->hot;
	struct roost_str *out = &change->record;
	bool found;
	uint32_t position = hot_position(hot, uid, &found);

	flags = (flags & 0x1fu) | (mirror ? INDEX_MIRROR_PENDING : 0);
	if (!found && !change->adds)
		return;
	if (found && uid > change->flags_last && hot->keywords.items[position] == keywords &&
	    ((hot->flags.items[position] ^ flags) & 0x1fu) == 0)
		return;
	change->options |= WRITE_MODSEQ | (change->adds ? 0 : WRITE_RESERVE);
	if (change->flags_last < uid)
		change->flags_last = uid;
	/* The next message in line with the same flags: one range for both. */
	if (change->kind == OP_FLAGS && !change->adds && position == change->position + 1) {
		char *item = out->data + out->len - OP_FLAGS_ITEM;

		if (le32_get(item + 8) == flags && le64_get(item + 12) == keywords) {
			le32_set(item + 4, uid);
			change->position = position;
			return;
		}
	}
	if (change->kind != OP_FLAGS)
		begin_op(change, OP_FLAGS);
	le32_put(out, uid);
	le32_put(out, uid);
	le32_put(out, flags);
	le64_put(out, keywords);
	end_op(change);
	change->position = position;
}

void index_mirrored(struct index_change *change, uint32_t uid, const char *key)
{
	begin_op(change, OP_MIRRORED);
	le32_put(&change->record, uid);
	roost_str_puts(&change->record, key == NULL ? "" : key);
	end_op(change);
}

void index_expunge(struct index_change *change, uint32_t uid)
{
	const struct cold_row *row = old_row(change, uid);
	const char *key = row == NULL || row->key == NULL ? "" : row->key;
	size_t len = strlen(key);

	if (row == NULL)
		return;
	if (change->kind != OP_EXPUNGE)
		begin_op(change, OP_EXPUNGE);
	le32_put(&change->record, uid);
	le32_put(&change->record, (uint32_t)len);
	le64_put(&change->record, row->vsize);
	roost_str_append(&change->record, key, len);
	end_op(change);
	change->options |= WRITE_MODSEQ | WRITE_RESERVE;
}

void index_removed(struct index_change *change, const char *const *keys, size_t count)
{
	if (count == 0)
		return;
	begin_op(change, OP_REMOVED);
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(keys[i]);

		le32_put(&change->record, (uint32_t)len);
		roost_str_append(&change->record, keys[i], len);
	}
	end_op(change);
	change->options |= WRITE_RESERVE;
}

void index_learn(struct index_change *change, uint32_t uid, const struct index_mail *mail)
{
	const struct cold_row *row = old_row(change, uid);

	if (row == NULL)
		return;
	begin_op(change, OP_LEARN);
	le32_put(&change->record, uid);
	le64_put(&change->record, row->vsize);
	put_cold(&change->record, mail);
	end_op(change);
}

int index_keyword_number(const struct index *index, const char *name)
{
	for (unsigned i = 0; i < index->state->keyword_count; i++) {
		const char *known = index->state->keywords[i];

		if (known != NULL && strcasecmp(known, name) == 0)
			return (int)i;
	}
	return -1;
}

int index_make_keyword(struct index_change *change, const char *name)
{
	int number = index_keyword_number(change->index, name);
	uint32_t next = change->index->state->keyword_count;
	size_t len = strlen(name), capacity = 0;
	char *copy = NULL;

	for (size_t i = 0; number < 0 && i < change->keywords.count; i++, next++) {
		if (strcasecmp(change->keywords.items[i], name) == 0)
			number = (int)next;
	}
	if (number >= 0 || next >= KEYWORDS_MAX)
		return number;
	roost_vec_grow((void **)&copy, &capacity, 0, len + 1, 1);
	memcpy(copy, name, len + 1);
	roost_vec_push(&change->keywords, copy);
	begin_op(change, OP_KEYWORD);
	le32_put(&change->record, next);
	roost_str_append(&change->record, name, len);
	end_op(change);
	return (int)next;
}

void index_set_attribute(struct index_change *change, const char *name, const void *value,
			 size_t len)
{
	size_t name_len = strlen(name);

	begin_op(change, OP_ATTRIBUTE);
	le32_put(&change->record, (uint32_t)name_len);
	le32_put(&change->record, value == NULL ? UINT32_MAX : (uint32_t)len);
	roost_str_append(&change->record, name, name_len);
	if (value != NULL)
		roost_str_append(&change->record, value, len);
	end_op(change);
}

void index_set_uidvalidity(struct index_change *change, uint32_t uidvalidity, uint32_t uidnext)
{
	begin_op(change, OP_UIDVALIDITY);
	le32_put(&change->record, uidvalidity);
	le32_put(&change->record, uidnext);
	end_op(change);
	if (change->next_uid < uidnext)
		change->next_uid = uidnext;
}

void index_take_recent(struct index_change *change, uint32_t uid)
{
	if (uid <= change->index->state->first_recent)
		return;
	begin_op(change, OP_RECENT);
	le32_put(&change->record, uid);
	end_op(change);
}

void index_scanned(struct index_change *change)
{
	if (!change->index->state->scan)
		return;
	begin_op(change, OP_SCANNED);
	end_op(change);
}
