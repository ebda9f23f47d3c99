/* FETCH: BODY[section]<partial> and RFC822..., with CRLF line ends whatever is stored. RFC 9051 6.4.5. */
#include <string.h>
#include "modules/imap/fetch.h"

enum {
	DIRECT_MAX = 64 * 1024,	/* up to here bytes are read into the output, beyond they are streamed */
};

void fetch_put_label(struct fetch *fetch, const struct fetch_item *item)
{
	size_t skip = fetch->first ? 1 : 0;

	roost_str_append(imap_out(fetch->imap), item->label.data + skip, item->label.len - skip);
	fetch->first = false;
}

int fetch_mime(struct fetch *fetch, struct roost_error *err)
{
	const void *tree;
	size_t len;

	if (fetch->mime != NULL)
		return 0;
	if (roost_message_parts(fetch->message, &tree, &len, err) < 0)
		return -1;
	return roost_mime_unpack(fetch->arena, tree, len, &fetch->mime, err);
}

int fetch_input(struct fetch *fetch, struct roost_error *err)
{
	if (fetch->input != NULL)
		return 0;
	return roost_message_input(fetch->message, &fetch->input, err);
}

uint32_t fetch_find_part(const struct roost_mime *mime, const struct fetch_section *section)
{
	uint32_t part = roost_mime_find(mime, section->numbers, section->count);

	if (part == ROOST_MIME_NONE || section->what == FETCH_ALL || section->what == FETCH_MIME)
		return part;
	/* Part 1 of what has no parts: its number asks for a message inside, not for itself. */
	if (part == 0 && section->count > 0)
		return (mime->parts[0].flags & ROOST_MIME_MESSAGE) != 0 ? 1 : ROOST_MIME_NONE;
	return roost_mime_inner(mime, part);
}

void fetch_cut(const struct fetch_item *item, uint64_t size, uint64_t *from, uint64_t *len)
{
	*from = item->offset < size ? item->offset : size;
	*len = item->length < size - *from ? item->length : size - *from;
}

/* --- line ends and NULs --- */

size_t fetch_count_bare(const char *data, size_t len)
{
	const char *at = data, *end = data + len, *lf;
	size_t bare = 0;

	for (; (lf = memchr(at, '\n', (size_t)(end - at))) != NULL; at = lf + 1)
		bare += lf == data || lf[-1] != '\r';
	return bare;
}

void fetch_replace_nuls(char *data, size_t len)
{
	char *end = data + len;

	while ((data = memchr(data, '\0', (size_t)(end - data))) != NULL)
		*data++ = (char)0x80;
}

/*
 * Lines that stand at from, expanded to to, which lies before them by as many bytes as CRs are
 * missing: the two meet at the end. False when more are missing.
 */
static bool expand(char *to, char *from, char *end)
{
	char *start = from;

	while (from < end && to < from) {
		char *lf = memchr(from, '\n', (size_t)(end - from));
		size_t part = lf == NULL ? (size_t)(end - from) : (size_t)(lf - from);
		/* At the start the byte before is not ours, and not a line's. */
		bool bare = lf != NULL && (lf == start || lf[-1] != '\r');

		memmove(to, from, part);
		to += part;
		from += part;
		if (lf == NULL)
			break;
		if (bare)
			*to++ = '\r';
		*to++ = '\n';
		from++;
	}
	return to == from && (from == end || fetch_count_bare(from, (size_t)(end - from)) == 0);
}

void fetch_append_crlf(struct roost_str *out, const char *data, size_t len)
{
	size_t bare = fetch_count_bare(data, len);
	char *to = roost_str_reserve(out, len + bare);

	memcpy(to + bare, data, len);
	expand(to, to + bare, to + bare + len);
	fetch_replace_nuls(to, len + bare);
	out->len += len + bare;
	out->data[out->len] = '\0';
}

/* A stream without NULs, for what is too large to be looked at before it is sent. */
struct nul_state { struct roost_input *parent; };

static ssize_t nul_read(struct roost_input *self, void *buffer, size_t size,
			struct roost_error *err)
{
	struct nul_state *state = roost_input_state(self);
	ssize_t got = roost_input_read(state->parent, buffer, size, err);

	if (got > 0)
		fetch_replace_nuls(buffer, (size_t)got);
	return got;
}

static void nul_close(struct roost_input *self)
{
	struct nul_state *state = roost_input_state(self);

	roost_input_unref(state->parent);
}

static struct roost_input *without_nuls(struct roost_input *parent)
{
	static const struct roost_input_ops ops = {
		.state_size = sizeof(struct nul_state), .read = nul_read, .close = nul_close,
	};
	struct roost_input *input = roost_input_create(&ops);

	((struct nul_state *)roost_input_state(input))->parent = roost_input_ref(parent);
	return input;
}

/* --- literals --- */

static int cut_short(struct roost_error *err)
{
	return roost_fail_detail(err, ROOST_ERR_CORRUPT,
				 "message is shorter or has other line ends than the cache says");
}

int fetch_skip(struct roost_input *input, uint64_t len, struct roost_error *err)
{
	const unsigned char *data;
	size_t got;
	int more = 1;

	for (; len > 0 && (more = roost_input_more(input, &data, &got, err)) > 0; len -= got) {
		got = got < len ? got : (size_t)len;
		roost_input_skip(input, got);
	}
	return more > 0 ? 0 : more < 0 ? -1 : cut_short(err);
}

static void open_literal(struct fetch *fetch, const struct fetch_item *item, uint64_t len,
			 bool binary)
{
	struct roost_str *out = imap_out(fetch->imap);

	fetch_put_label(fetch, item);
	roost_str_puts(out, binary ? "~{" : "{");
	roost_str_number(out, len);
	roost_str_append(out, "}\r\n", 3);
}

/* gap: CRs to be added. */
static int read_to(struct roost_str *out, struct roost_input *input, size_t len, size_t gap,
		   bool binary, struct roost_error *err)
{
	char *to = roost_str_reserve(out, len + gap);
	ssize_t got = roost_input_read(input, to + gap, len, err);

	if (got < 0)
		return -1;
	if ((size_t)got != len || (gap > 0 && !expand(to, to + gap, to + gap + len)))
		return cut_short(err);
	if (!binary)
		fetch_replace_nuls(to, len + gap);
	out->len += len + gap;
	out->data[out->len] = '\0';
	return 0;
}

int fetch_put_stream(struct fetch *fetch, const struct fetch_item *item, struct roost_input *input,
		     uint64_t len, bool binary, struct roost_error *err)
{
	open_literal(fetch, item, len, binary);
	if (len <= DIRECT_MAX)
		return read_to(imap_out(fetch->imap), input, (size_t)len, 0, binary, err);
	fetch->streamed = true;
	roost_conn_send_input(fetch->imap->conn, input, len);
	return 0;
}

/* --- sections --- */

struct body_span {
	struct roost_mime_span span;
	bool nul;		/* as far as parts tell */
};

static void find_span(const struct roost_mime *mime, const struct fetch_section *section,
		      uint32_t index, struct body_span *body)
{
	const struct roost_mime_part *part = &mime->parts[index];
	uint32_t end = part->next;

	if (section->what == FETCH_ALL && section->count == 0)
		body->span = (struct roost_mime_span){ .size = mime->size,
						       .bare = mime->crlf_size - mime->size };
	else if (section->what == FETCH_HEADER || section->what == FETCH_MIME)
		body->span = part->header;
	else
		body->span = part->body;
	body->nul = false;
	for (uint32_t i = index; i < end; i++)
		body->nul = body->nul || (mime->parts[i].flags & ROOST_MIME_NUL) != 0;
}

/*
 * What is stored with CRLF can be entered anywhere, else lines are looked for. NULL: failed. Sections
 * too large to be looked at before they are sent get rid of their NULs on the way.
 */
static struct roost_input *open_range(struct fetch *fetch, const struct body_span *body,
				      uint64_t from, uint64_t len, struct roost_error *err)
{
	const struct roost_mime_span *span = &body->span;
	struct roost_input *range, *clean;

	if (span->bare > 0)
		range = fetch_lines_from(fetch, span, from, err);
	else
		range = roost_input_range(fetch->input, span->offset + from, len);
	if (range == NULL || !body->nul || len <= DIRECT_MAX)
		return range;
	clean = without_nuls(range);
	roost_input_unref(range);
	return clean;
}

static int put_range(struct fetch *fetch, const struct fetch_item *item,
		     const struct body_span *body, uint64_t from, uint64_t len,
		     struct roost_error *err)
{
	const struct roost_mime_span *span = &body->span;
	struct roost_input *range;
	int result;

	if (span->bare > 0 && len == roost_mime_crlf_size(span) && len <= DIRECT_MAX) {
		range = roost_input_range(fetch->input, span->offset, span->size);
		open_literal(fetch, item, len, false);
		result = read_to(imap_out(fetch->imap), range, (size_t)span->size,
				 (size_t)span->bare, false, err);
	} else {
		range = open_range(fetch, body, from, len, err);
		if (range == NULL)
			return -1;
		result = fetch_put_stream(fetch, item, range, len, false, err);
	}
	roost_input_unref(range);
	return result;
}

static void count_bytes(struct fetch *fetch, const struct fetch_item *item, uint64_t len)
{
	enum fetch_what what = item->section.what;

	if (what == FETCH_ALL || what == FETCH_TEXT) {
		fetch->imap->count.body_count++;
		fetch->imap->count.body_bytes += len;
	} else {
		fetch->imap->count.hdr_count++;
		fetch->imap->count.hdr_bytes += len;
	}
}

/* The message's own header, which the cache may have. */
static int put_own_header(struct fetch *fetch, const struct fetch_item *item,
			  struct roost_error *err)
{
	struct roost_str *out = imap_out(fetch->imap);
	const char *header;
	uint64_t from, len;
	size_t size, start;

	if (roost_message_header(fetch->message, &header, &size, err) < 0)
		return -1;
	fetch_cut(item, size + fetch_count_bare(header, size), &from, &len);
	open_literal(fetch, item, len, false);
	count_bytes(fetch, item, len);
	start = out->len;
	fetch_append_crlf(out, header, size);
	memmove(out->data + start, out->data + start + from, (size_t)len);
	roost_str_truncate(out, start + (size_t)len);
	return 0;
}

int fetch_put_section(struct fetch *fetch, const struct fetch_item *item, struct roost_error *err)
{
	const struct fetch_section *section = &item->section;
	struct body_span body;
	uint64_t from, len;
	uint32_t part;

	if (section->what == FETCH_HEADER && section->count == 0)
		return put_own_header(fetch, item, err);
	if (fetch_mime(fetch, err) < 0)
		return -1;
	part = fetch_find_part(fetch->mime, section);
	if (part == ROOST_MIME_NONE) {
		fetch_put_label(fetch, item);
		roost_str_append(imap_out(fetch->imap), "NIL", 3);
		return 0;
	}
	if (fetch_input(fetch, err) < 0)
		return -1;
	find_span(fetch->mime, section, part, &body);
	fetch_cut(item, roost_mime_crlf_size(&body.span), &from, &len);
	count_bytes(fetch, item, len);
	return put_range(fetch, item, &body, from, len, err);
}
