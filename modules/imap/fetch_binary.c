/* FETCH: BINARY[part] and BINARY.SIZE[part], the transfer encoding undone. RFC 3516, RFC 9051 6.4.5. */
#include <string.h>
#include "modules/imap/fetch.h"

struct binary {
	struct roost_input *stream;	/* decoded, at its start; the caller's */
	uint64_t size;
	bool nul;
};

/* The part's body with CRLF line ends, decoded. */
static int open_decoded(struct fetch *fetch, const struct roost_mime_part *part,
			struct roost_input **stream, struct roost_error *err)
{
	struct roost_input *raw, *lines;

	if (part->encoding == ROOST_TRANSFER_UNKNOWN)
		return roost_fail(err, ROOST_ERR_UNSUPPORTED, "Unknown Content-Transfer-Encoding");
	raw = roost_input_range(fetch->input, part->body.offset, part->body.size);
	if (part->body.bare > 0 && part->encoding != ROOST_TRANSFER_BASE64) {
		lines = roost_input_crlf(raw);
		roost_input_unref(raw);
		raw = lines;
	}
	*stream = roost_transfer_input(raw, part->encoding);
	roost_input_unref(raw);
	return 0;
}

/* The size of a literal has to be known first: decoding happens twice, memory stays small. */
static int measure(struct binary *binary, struct roost_error *err)
{
	const unsigned char *data;
	size_t len;
	int more;

	binary->size = 0;
	binary->nul = false;
	while ((more = roost_input_more(binary->stream, &data, &len, err)) > 0) {
		binary->nul = binary->nul || memchr(data, '\0', len) != NULL;
		binary->size += len;
		roost_input_skip(binary->stream, len);
	}
	return more;
}

/* 1: there is such a part, and it was measured. 0: there is none. */
static int find_binary(struct fetch *fetch, const struct fetch_section *section,
		       const struct roost_mime_part **part, struct binary *binary,
		       struct roost_error *err)
{
	uint32_t index;
	int result;

	if (fetch_mime(fetch, err) < 0 || fetch_input(fetch, err) < 0)
		return -1;
	index = fetch_find_part(fetch->mime, section);
	if (index == ROOST_MIME_NONE)
		return 0;
	*part = &fetch->mime->parts[index];
	if (open_decoded(fetch, *part, &binary->stream, err) < 0)
		return -1;
	result = measure(binary, err);
	roost_input_unref(binary->stream);
	return result < 0 ? -1 : 1;
}

int fetch_put_binary_size(struct fetch *fetch, const struct fetch_item *item,
			  struct roost_error *err)
{
	const struct roost_mime_part *part;
	struct binary binary = { .size = 0 };

	if (find_binary(fetch, &item->section, &part, &binary, err) < 0)
		return -1;
	fetch_put_label(fetch, item);
	roost_str_number(imap_out(fetch->imap), binary.size);
	return 0;
}

int fetch_put_binary(struct fetch *fetch, const struct fetch_item *item, struct roost_error *err)
{
	const struct roost_mime_part *part;
	struct binary binary;
	uint64_t from, len;
	int result;

	if (item->section.count == 0)
		return fetch_put_section(fetch, item, err);
	result = find_binary(fetch, &item->section, &part, &binary, err);
	if (result < 0)
		return -1;
	if (result == 0) {
		fetch_put_label(fetch, item);
		roost_str_append(imap_out(fetch->imap), "NIL", 3);
		return 0;
	}
	fetch_cut(item, binary.size, &from, &len);
	if (open_decoded(fetch, part, &binary.stream, err) < 0)
		return -1;
	result = fetch_skip(binary.stream, from, err);
	if (result == 0)
		result = fetch_put_stream(fetch, item, binary.stream, len, binary.nul, err);
	roost_input_unref(binary.stream);
	fetch->imap->count.body_count++;
	fetch->imap->count.body_bytes += len;
	return result;
}
