/* Writing a snapshot: all of it in memory, then one replacement of the name. */
#include "modules/mail/index/crc.h"
#include "modules/mail/index/le.h"
#include "modules/mail/index/snap.h"
#include "modules/mail/index/snap_format.h"

struct writer {
	const struct state *state;
	struct roost_str directory, blocks;
	uint32_t entries;
	uint64_t main_len;		/* of blocks: up to the end of the hot ones */
};

static void end_block(struct writer *writer, enum snap_block type, uint32_t rows, size_t start)
{
	const char *data = writer->blocks.data == NULL ? "" : writer->blocks.data + start;
	uint32_t length = (uint32_t)(writer->blocks.len - start);

	le32_put(&writer->directory, type);
	le32_put(&writer->directory, rows);
	le64_put(&writer->directory, start);	/* moved when the directory's size is known */
	le32_put(&writer->directory, length);
	le32_put(&writer->directory, crc32c(0, data, length));
	writer->entries++;
}

static void put_meta(struct roost_str *out, enum snap_meta kind, uint32_t number,
		     const void *data, size_t len)
{
	le32_put(out, kind);
	le32_put(out, number);
	le32_put(out, (uint32_t)len);
	roost_str_append(out, data, len);
}

static void write_meta(struct writer *writer)
{
	const struct state *state = writer->state;
	struct roost_str *out = &writer->blocks;
	size_t start = out->len;

	for (uint32_t i = 0; i < state->keyword_count; i++) {
		if (state->keywords[i] != NULL)
			put_meta(out, META_KEYWORD, i, state->keywords[i],
				 strlen(state->keywords[i]));
	}
	for (size_t i = 0; i < state->attributes.count; i++) {
		const struct attribute *attribute = &state->attributes.items[i];
		size_t name_len = strlen(attribute->name);

		put_meta(out, META_ATTRIBUTE, (uint32_t)name_len, attribute->name, name_len);
		put_meta(out, META_ATTRIBUTE, UINT32_MAX, attribute->value, attribute->len);
	}
	for (size_t i = 0; i < state->unremoved.count; i++)
		put_meta(out, META_UNREMOVED, 0, state->unremoved.items[i],
			 strlen(state->unremoved.items[i]));
	end_block(writer, SNAP_META, 0, start);
}

static void write_hot(struct writer *writer, uint32_t first, uint32_t rows)
{
	const struct hot *hot = &writer->state->hot;
	struct roost_str *out = &writer->blocks;
	size_t start = out->len;

	for (uint32_t i = first; i < first + rows; i++)
		le32_put(out, hot->uid.items[i]);
	for (uint32_t i = first; i < first + rows; i++)
		le64_put(out, hot->keywords.items[i]);
	for (uint32_t i = first; i < first + rows; i++)
		le64_put(out, hot->modseq.items[i]);
	roost_str_append(out, hot->flags.items + first, rows);
	end_block(writer, SNAP_HOT, rows, start);
}

static void write_cold(struct writer *writer, uint32_t first, uint32_t rows)
{
	const struct cold_row *row = writer->state->cold.items + first;
	struct roost_str *out = &writer->blocks;
	size_t start = out->len, key_end = 0;

	for (uint32_t i = 0; i < rows; i++) {
		key_end += strlen(row[i].key);
		le32_put(out, row[i].uid);
		le32_put(out, (uint32_t)key_end);
		le32_put(out, row[i].cache_generation);
		le64_put(out, row[i].cache_offset);
		le64_put(out, (uint64_t)row[i].internaldate);
		le64_put(out, (uint64_t)row[i].savedate);
		le64_put(out, row[i].size);
		le64_put(out, row[i].vsize);
		roost_str_append(out, row[i].guid, sizeof(row[i].guid));
	}
	for (uint32_t i = 0; i < rows; i++)
		roost_str_puts(out, row[i].key);
	end_block(writer, SNAP_COLD, rows, start);
}

static void write_history(struct writer *writer)
{
	const struct state *state = writer->state;
	size_t start = writer->blocks.len;

	for (size_t i = 0; i < state->history.count; i++) {
		le64_put(&writer->blocks, state->history.items[i].modseq);
		le32_put(&writer->blocks, state->history.items[i].uid);
	}
	end_block(writer, SNAP_HISTORY, (uint32_t)state->history.count, start);
}

static void write_columns(struct writer *writer,
			  void (*write)(struct writer *writer, uint32_t first, uint32_t rows))
{
	uint32_t count = (uint32_t)writer->state->hot.uid.count;

	for (uint32_t first = 0; first < count; first += SNAP_ROWS)
		write(writer, first, count - first < SNAP_ROWS ? count - first : SNAP_ROWS);
}

static void put_header(struct roost_str *out, const struct writer *writer, uint64_t main_len,
		       uint64_t total)
{
	const struct state *state = writer->state;
	size_t start = out->len;

	roost_str_puts(out, SNAP_MAGIC);
	le32_put(out, 1);
	le32_put(out, writer->entries);
	le64_put(out, state->generation);
	roost_str_append(out, state->guid, sizeof(state->guid));
	roost_str_append(out, state->boot, sizeof(state->boot));
	le32_put(out, state->uidvalidity);
	le32_put(out, state->uidnext);
	le32_put(out, state->first_recent);
	le32_put(out, (state->clean ? SNAP_FLAG_CLEAN : 0) | (state->scan ? SNAP_FLAG_SCAN : 0));
	le64_put(out, state->highestmodseq);
	le64_put(out, state->vsize_sum);
	le32_put(out, state->vsize_unknown);
	le32_put(out, state->cache_generation);
	le64_put(out, state->history_floor);
	le64_put(out, main_len);
	le64_put(out, total);
	le32_put(out, (uint32_t)state->hot.uid.count);
	le32_put(out, state->unseen);
	le32_put(out, state->deleted);
	le32_put(out, state->keyword_count);
	le32_put(out, crc32c(0, writer->directory.data, writer->directory.len));
	while (out->len < start + SNAP_HEADER_SIZE - 4)
		roost_str_byte(out, '\0');
	le32_put(out, crc32c(0, out->data + start, SNAP_HEADER_SIZE - 4));
}

int snap_write(struct bytes_store *store, const struct state *state, bool durable,
	       struct roost_error *err)
{
	struct writer writer = { .state = state };
	struct roost_str out = ROOST_STR_INIT;
	uint64_t base, total;
	int result;

	write_meta(&writer);
	write_columns(&writer, write_hot);
	writer.main_len = writer.blocks.len;
	write_columns(&writer, write_cold);
	write_meta(&writer);
	write_history(&writer);
	base = SNAP_HEADER_SIZE + writer.directory.len;
	for (uint32_t i = 0; i < writer.entries; i++) {
		char *offset = writer.directory.data + i * SNAP_ENTRY_SIZE + 8;

		le64_set(offset, le64_get(offset) + base);
	}
	total = base + writer.blocks.len + writer.directory.len + SNAP_HEADER_SIZE;
	roost_str_reserve(&out, total);
	put_header(&out, &writer, base + writer.main_len, total);
	roost_str_append(&out, writer.directory.data, writer.directory.len);
	roost_str_append(&out, writer.blocks.data, writer.blocks.len);
	roost_str_append(&out, writer.directory.data, writer.directory.len);
	put_header(&out, &writer, base + writer.main_len, total);
	result = bytes_replace(store, SNAP_NAME, out.data, out.len, durable, err);
	roost_str_free(&out);
	roost_str_free(&writer.directory);
	roost_str_free(&writer.blocks);
	return result;
}
