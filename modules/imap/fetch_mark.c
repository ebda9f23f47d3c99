/*
 * Where a position counted with CRLF line ends lies in what is stored with LF. A client that reads a
 * large message in pieces asks for the position where the last piece ended: the session remembers it.
 */
#include <string.h>
#include "modules/imap/fetch.h"

/* A mark stands where a conversion may begin: not between CR and LF, stored or to be added. */
struct walk {
	uint64_t crlf, stored;
	bool after_cr;
};

/* False: the line end at hand lies on both sides of wanted. */
static bool pass_line_end(struct walk *walk, uint64_t wanted)
{
	uint64_t width = walk->after_cr ? 1 : 2;

	if (walk->crlf + width > wanted)
		return false;
	walk->crlf += width;
	walk->stored++;
	walk->after_cr = false;
	return true;
}

/* Through data up to wanted; false: there. */
static bool pass(struct walk *walk, const char *data, size_t len, uint64_t wanted)
{
	const char *end = data + len;

	while (data < end && walk->crlf < wanted) {
		size_t part = (size_t)(end - data);
		const char *lf;

		if (part > wanted - walk->crlf)
			part = (size_t)(wanted - walk->crlf);
		lf = memchr(data, '\n', part);
		if (lf != NULL)
			part = (size_t)(lf - data);
		if (part > 0)
			walk->after_cr = data[part - 1] == '\r';
		walk->crlf += part;
		walk->stored += part;
		data += part;
		if (lf != NULL && !pass_line_end(walk, wanted))
			return false;
		data += lf != NULL;
	}
	return walk->crlf < wanted;
}

static int advance(struct fetch *fetch, const struct roost_mime_span *span, struct walk *walk,
		   uint64_t wanted, struct roost_error *err)
{
	struct roost_input *range = roost_input_range(fetch->input, span->offset + walk->stored,
						      span->size - walk->stored);
	const unsigned char *data;
	size_t len;
	int more;

	while ((more = roost_input_more(range, &data, &len, err)) > 0 &&
	       pass(walk, (const char *)data, len, wanted))
		roost_input_skip(range, len);
	roost_input_unref(range);
	if (walk->after_cr) {		/* a LF may be next, and belongs to it */
		walk->crlf--;
		walk->stored--;
	}
	return more < 0 ? -1 : 0;
}

struct roost_input *fetch_lines_from(struct fetch *fetch, const struct roost_mime_span *span,
				     uint64_t from, struct roost_error *err)
{
	struct imap_fetch_mark *mark = &fetch->imap->fetch_mark;
	struct roost_input *range, *lines;
	struct walk walk = { 0, 0, false };

	if (mark->uid == fetch->mail.uid && mark->offset == span->offset && mark->crlf <= from)
		walk = (struct walk){ mark->crlf, mark->stored, false };
	if (from > walk.crlf && advance(fetch, span, &walk, from, err) < 0)
		return NULL;
	if (from > 0)
		*mark = (struct imap_fetch_mark){ fetch->mail.uid, span->offset, walk.crlf,
						  walk.stored };
	range = roost_input_range(fetch->input, span->offset + walk.stored,
				  span->size - walk.stored);
	lines = roost_input_crlf(range);
	roost_input_unref(range);
	if (fetch_skip(lines, from - walk.crlf, err) == 0)
		return lines;
	roost_input_unref(lines);
	return NULL;
}
