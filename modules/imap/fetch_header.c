/* FETCH: HEADER.FIELDS and HEADER.FIELDS.NOT, of the message or of one inside. RFC 9051 section 6.4.5.1. */
#include <string.h>
#include <strings.h>
#include <roost/header.h>
#include "modules/imap/fetch.h"

static bool is_named(const struct fetch_section *section, struct roost_text name)
{
	for (size_t i = 0; i < section->name_count; i++) {
		if (section->names[i].len == name.len &&
		    strncasecmp(section->names[i].data, name.data, name.len) == 0)
			return true;
	}
	return false;
}

/* Where in the block what is wanted stands, neighbours joined; the empty line belongs to it. */
static void select_fields(struct fetch *fetch, const struct fetch_section *section,
			  const char *header, size_t len)
{
	struct roost_header walk = roost_header_walk(header, len);
	struct roost_header_field field;
	size_t behind = 0;

	fetch->ranges.count = 0;
	while (roost_header_next(&walk, &field)) {
		size_t count = fetch->ranges.count;

		behind = field.end;
		if (is_named(section, field.name) != (section->what == FETCH_FIELDS))
			continue;
		if (count > 0 && fetch->ranges.items[count - 1].end == field.offset)
			fetch->ranges.items[count - 1].end = field.end;
		else
			roost_vec_push(&fetch->ranges,
				       (struct fetch_range){ field.offset, field.end });
	}
	if (behind < len)
		roost_vec_push(&fetch->ranges, (struct fetch_range){ behind, len });
}

static void put_selected(struct fetch *fetch, const struct fetch_item *item, const char *header)
{
	struct roost_str *out = imap_out(fetch->imap);
	uint64_t size = 0, from, len;
	size_t start;

	for (size_t i = 0; i < fetch->ranges.count; i++) {
		const struct fetch_range *range = &fetch->ranges.items[i];

		size += range->end - range->offset;
		size += fetch_count_bare(header + range->offset, range->end - range->offset);
	}
	fetch_cut(item, size, &from, &len);
	fetch_put_label(fetch, item);
	roost_str_byte(out, '{');
	roost_str_number(out, len);
	roost_str_append(out, "}\r\n", 3);
	start = out->len;
	for (size_t i = 0; i < fetch->ranges.count; i++) {
		const struct fetch_range *range = &fetch->ranges.items[i];

		fetch_append_crlf(out, header + range->offset, range->end - range->offset);
	}
	if (len < size) {
		memmove(out->data + start, out->data + start + from, (size_t)len);
		roost_str_truncate(out, start + (size_t)len);
	}
	fetch->imap->count.hdr_count++;
	fetch->imap->count.hdr_bytes += len;
}

/* The header of a message inside, in the message's arena. */
static int read_inner_header(struct fetch *fetch, const struct roost_mime_part *part,
			     const char **header, size_t *len, struct roost_error *err)
{
	struct roost_input *range;
	ssize_t got;
	char *text;

	if (fetch_input(fetch, err) < 0)
		return -1;
	fetch->arena_used = true;
	text = roost_arena_alloc(fetch->arena, (size_t)part->header.size + 1);
	range = roost_input_range(fetch->input, part->header.offset, part->header.size);
	got = roost_input_read(range, text, (size_t)part->header.size, err);
	roost_input_unref(range);
	if (got < 0)
		return -1;
	*header = text;
	*len = (size_t)got;
	return 0;
}

int fetch_put_fields(struct fetch *fetch, const struct fetch_item *item, struct roost_error *err)
{
	const char *header;
	uint32_t part;
	size_t len;

	if (item->section.count == 0) {
		if (roost_message_header(fetch->message, &header, &len, err) < 0)
			return -1;
	} else {
		if (fetch_mime(fetch, err) < 0)
			return -1;
		part = fetch_find_part(fetch->mime, &item->section);
		if (part == ROOST_MIME_NONE) {
			fetch_put_label(fetch, item);
			roost_str_append(imap_out(fetch->imap), "NIL", 3);
			return 0;
		}
		if (read_inner_header(fetch, &fetch->mime->parts[part], &header, &len, err) < 0)
			return -1;
	}
	select_fields(fetch, &item->section, header, len);
	put_selected(fetch, item, header);
	return 0;
}
