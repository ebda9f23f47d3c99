/*
 * The part array as compact bytes, and back. Numbers are little-endian base 128, texts have their
 * length + 1 in front (0: not there). What follows from other members is not written: a body begins
 * where its header ends, parents and numbers follow from how many parts each one contains.
 */
#include <string.h>
#include <roost/mime.h>

enum { PACK_VERSION = 1, DEPTH_LIMIT = 1000 };
enum { PACKED_FLAGS = ROOST_MIME_MULTIPART | ROOST_MIME_MESSAGE | ROOST_MIME_TEXT |
	ROOST_MIME_CUT | ROOST_MIME_8BIT | ROOST_MIME_NUL | ROOST_MIME_LIMIT };

static void put_number(struct roost_str *out, uint64_t number)
{
	while (number >= 0x80) {
		roost_str_byte(out, (char)(number | 0x80));
		number >>= 7;
	}
	roost_str_byte(out, (char)number);
}

static void put_text(struct roost_str *out, struct roost_text text)
{
	if (text.data == NULL) {
		roost_str_byte(out, 0);
		return;
	}
	put_number(out, (uint64_t)text.len + 1);
	roost_str_append(out, text.data, text.len);
}

static void put_part(struct roost_str *out, const struct roost_mime_part *part, uint32_t index,
		     uint64_t from)
{
	put_number(out, part->flags & PACKED_FLAGS);
	put_number(out, part->next - index - 1);
	put_number(out, part->header.offset - from);
	put_number(out, part->header.size);
	put_number(out, part->header.lines);
	put_number(out, part->header.bare);
	put_number(out, part->body.size);
	put_number(out, part->body.lines);
	put_number(out, part->body.bare);
	put_text(out, part->type);
	put_text(out, part->subtype);
	put_text(out, part->charset);
	for (size_t i = 0; i < ROOST_MIME_FIELDS; i++)
		put_text(out, part->fields[i]);
	if (index > 0 && (part->flags & ROOST_MIME_ROOT) != 0)
		put_text(out, part->envelope);
}

void roost_mime_pack(struct roost_str *out, const struct roost_mime *mime)
{
	uint64_t from = 0;

	roost_str_byte(out, PACK_VERSION);
	put_number(out, mime->count);
	for (uint32_t i = 0; i < mime->count; i++) {
		put_part(out, &mime->parts[i], i, from);
		from = mime->parts[i].header.offset;
	}
}

struct reader {
	const unsigned char *at, *end;
	bool bad;
};

static uint64_t get_number(struct reader *reader)
{
	uint64_t number = 0;

	for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
		unsigned char byte = *reader->at++;

		number |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return number;
	}
	reader->bad = true;
	return 0;
}

/* Sizes stay far from where sums of them would overflow. */
static uint64_t get_size(struct reader *reader)
{
	uint64_t size = get_number(reader);

	if (size >> 60 != 0)
		reader->bad = true;
	return reader->bad ? 0 : size;
}

static struct roost_text get_text(struct reader *reader)
{
	uint64_t len = get_number(reader);
	struct roost_text text = { NULL, 0 };

	if (len == 0)
		return text;
	len--;
	if (len > (uint64_t)(reader->end - reader->at)) {
		reader->bad = true;
		return text;
	}
	text = (struct roost_text){ (const char *)reader->at, (size_t)len };
	reader->at += len;
	return text;
}

static void get_span(struct reader *reader, struct roost_mime_span *span)
{
	span->size = get_size(reader);
	span->lines = get_size(reader);
	span->bare = get_size(reader);
	if (span->lines > span->size || span->bare > span->lines)
		reader->bad = true;
}

static bool inside(const struct roost_mime_part *part, const struct roost_mime_part *parent)
{
	return part->header.offset >= parent->body.offset &&
		part->body.offset + part->body.size <= parent->body.offset + parent->body.size;
}

/* Where the part stands in the tree, from the parts before it. */
static bool place(struct roost_mime_part *parts, uint32_t index, uint32_t count)
{
	struct roost_mime_part *part = &parts[index], *parent;
	uint32_t above = index - 1;

	part->parent = ROOST_MIME_NONE;
	if (index == 0) {
		part->flags |= ROOST_MIME_ROOT;
		return part->next == count;
	}
	while (parts[above].next <= index) {
		above = parts[above].parent;
		if (above == ROOST_MIME_NONE)
			return false;
	}
	parent = &parts[above];
	part->parent = above;
	part->depth = parent->depth + 1;
	if (part->next > parent->next || part->depth > DEPTH_LIMIT || !inside(part, parent))
		return false;
	if ((parent->flags & ROOST_MIME_MESSAGE) != 0) {
		part->flags |= ROOST_MIME_ROOT;
		return index == above + 1 && part->next == parent->next;
	}
	if (index == above + 1) {
		part->number = 1;
	} else {
		uint32_t sibling = index - 1;

		while (parts[sibling].parent != above)
			sibling = parts[sibling].parent;
		part->number = parts[sibling].number + 1;
		if (part->header.offset < parts[sibling].body.offset + parts[sibling].body.size)
			return false;
	}
	return (parent->flags & ROOST_MIME_MULTIPART) != 0;
}

static bool get_part(struct reader *reader, struct roost_mime_part *parts, uint32_t index,
		     uint32_t count)
{
	struct roost_mime_part *part = &parts[index];
	uint64_t contained;

	part->flags = (uint32_t)get_number(reader) & PACKED_FLAGS;
	contained = get_number(reader);
	if (contained > count - index - 1)
		return false;
	part->next = index + 1 + (uint32_t)contained;
	part->header.offset = get_size(reader) + (index > 0 ? parts[index - 1].header.offset : 0);
	get_span(reader, &part->header);
	get_span(reader, &part->body);
	part->body.offset = part->header.offset + part->header.size;
	part->type = get_text(reader);
	part->subtype = get_text(reader);
	part->charset = get_text(reader);
	for (size_t i = 0; i < ROOST_MIME_FIELDS; i++)
		part->fields[i] = get_text(reader);
	if (reader->bad || part->type.data == NULL || part->subtype.data == NULL ||
	    part->body.offset >> 61 != 0 || !place(parts, index, count))
		return false;
	if (index > 0 && (part->flags & ROOST_MIME_ROOT) != 0) {
		part->envelope = get_text(reader);
		if (part->envelope.data == NULL)
			return false;
	}
	if ((part->flags & ROOST_MIME_MESSAGE) != 0 &&
	    ((part->flags & ROOST_MIME_MULTIPART) != 0 || contained == 0))
		return false;
	part->encoding = roost_transfer_named(part->fields[ROOST_MIME_ENCODING]);
	return !reader->bad;
}

int roost_mime_unpack(struct roost_arena *arena, const void *data, size_t len,
		      const struct roost_mime **mime, struct roost_error *err)
{
	struct reader reader = { data, (const unsigned char *)data + len, false };
	uint64_t version = get_number(&reader), count = get_number(&reader);
	struct roost_mime_part *parts;
	struct roost_mime *result;

	/* A part takes more than 16 bytes, so a false count cannot make us allocate much. */
	if (reader.bad || version != PACK_VERSION || count == 0 || count > len / 16)
		return roost_fail_detail(err, ROOST_ERR_CORRUPT, "no part tree");
	parts = roost_arena_zalloc(arena, (size_t)count * sizeof(*parts));
	for (uint32_t i = 0; i < count; i++) {
		if (!get_part(&reader, parts, i, (uint32_t)count))
			return roost_fail_detail(err, ROOST_ERR_CORRUPT, "broken part tree");
	}
	if (reader.at != reader.end)
		return roost_fail_detail(err, ROOST_ERR_CORRUPT, "part tree with a tail");
	result = roost_arena_new(arena, struct roost_mime);
	result->parts = parts;
	result->count = (uint32_t)count;
	result->size = parts[0].header.size + parts[0].body.size;
	result->crlf_size = roost_mime_crlf_size(&parts[0].header) +
		roost_mime_crlf_size(&parts[0].body);
	*mime = result;
	return 0;
}

uint32_t roost_mime_inner(const struct roost_mime *mime, uint32_t index)
{
	if (index == 0)
		return 0;
	if (index < mime->count && (mime->parts[index].flags & ROOST_MIME_MESSAGE) != 0)
		return index + 1;
	return ROOST_MIME_NONE;
}

/* Child number n of a part. */
static uint32_t child(const struct roost_mime *mime, uint32_t index, uint32_t number)
{
	uint32_t end = mime->parts[index].next;

	for (uint32_t i = index + 1; i < end; i = mime->parts[i].next) {
		if (mime->parts[i].number == number)
			return i;
	}
	return ROOST_MIME_NONE;
}

uint32_t roost_mime_find(const struct roost_mime *mime, const uint32_t *numbers, size_t count)
{
	uint32_t at = 0;
	bool message = true;	/* at stands for a message; else for the part that has a number */

	for (size_t i = 0; i < count; i++) {
		/* Numbers below a message/rfc822 are those of the message inside. */
		if (!message && (mime->parts[at].flags & ROOST_MIME_MESSAGE) != 0) {
			at++;
			message = true;
		}
		if ((mime->parts[at].flags & ROOST_MIME_MULTIPART) != 0)
			at = child(mime, at, numbers[i]);
		else if (!message || numbers[i] != 1)
			return ROOST_MIME_NONE;
		if (at == ROOST_MIME_NONE)
			return at;
		message = false;
	}
	return at;
}
