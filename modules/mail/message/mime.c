/*
 * The MIME parser: one pass over the bytes, whatever pieces they come in.
 *
 * One set of running totals (offset, lines, bare LFs) is kept; a span is the difference of two marks.
 * Only the start of a line can matter (an empty line, a boundary). When a piece ends within a line
 * that may matter, that line is held until more of it is there.
 */
#include <string.h>
#include "mime.h"
#include "scan.h"

enum {
	BOUNDARY_MAX = 512,	/* RFC 2046 says 70; longer ones are compared so far */
	HELD_MAX = BOUNDARY_MAX + 8,
	DEFAULT_DEPTH = 50,
	DEFAULT_PARTS = 10000,
	DEFAULT_HEADER = 1024 * 1024,
};

struct mark { uint64_t offset, lines, bare; };

struct open_part {		/* for each part of the array, while it is built */
	struct mark header, body;
	uint32_t children;
};

struct frame {			/* a multipart whose boundary is looked for */
	uint32_t part;
	const char *boundary;
	size_t len;
};

enum mode { IN_HEADER, IN_BODY, IN_BOUNDARY };

struct roost_mime_parser {
	struct roost_arena *arena;
	struct roost_mime_options options;
	struct roost_mime_part *parts;
	struct open_part *opens;
	uint32_t count, capacity;
	uint32_t open;			/* innermost part that has not ended */
	struct frame *frames;		/* room for max_depth */
	uint32_t frame_count;
	enum mode mode;
	bool start_part;		/* after the boundary line: a part, not an epilogue */
	bool line_start;
	unsigned char last[2];		/* the bytes before the position, the nearest first */
	uint64_t offset;
	struct scan_counts counts;
	struct roost_str header;	/* what earlier pieces had of it */
	unsigned char held[HELD_MAX];
	size_t held_len;
};

static struct mark here(const struct roost_mime_parser *parser)
{
	return (struct mark){ parser->offset, parser->counts.lines, parser->counts.bare };
}

static struct roost_mime_span span(struct mark from, struct mark to)
{
	return (struct roost_mime_span){ from.offset, to.offset - from.offset,
					 to.lines - from.lines, to.bare - from.bare };
}

static void *grown(struct roost_mime_parser *parser, const void *items, size_t size)
{
	void *larger = roost_arena_alloc(parser->arena, size * parser->capacity);

	if (parser->count > 0)
		memcpy(larger, items, size * parser->count);
	return larger;
}

/* A part begins here; it is the innermost one. */
static void part_start(struct roost_mime_parser *parser, uint32_t parent)
{
	struct roost_mime_part *part;
	uint32_t index = parser->count;

	if (parser->count == parser->capacity) {
		parser->capacity = parser->capacity == 0 ? 8 : parser->capacity * 2;
		parser->parts = grown(parser, parser->parts, sizeof(*parser->parts));
		parser->opens = grown(parser, parser->opens, sizeof(*parser->opens));
	}
	part = &parser->parts[index];
	memset(part, 0, sizeof(*part));
	parser->opens[index] = (struct open_part){ .header = here(parser) };
	part->parent = parent;
	if (parent == ROOST_MIME_NONE) {
		part->flags = ROOST_MIME_ROOT;
	} else {
		part->depth = parser->parts[parent].depth + 1;
		if ((parser->parts[parent].flags & ROOST_MIME_MESSAGE) != 0)
			part->flags = ROOST_MIME_ROOT;
		else
			part->number = ++parser->opens[parent].children;
	}
	parser->count++;
	parser->open = index;
	parser->mode = IN_HEADER;
	parser->line_start = true;
	parser->header.len = 0;
	parser->counts.nul = false;
}

/* Of the innermost part that is open: preamble and epilogue are its multipart's. */
static void note_nul(struct roost_mime_parser *parser)
{
	if (parser->counts.nul && parser->open != ROOST_MIME_NONE)
		parser->parts[parser->open].flags |= ROOST_MIME_NUL;
}

/* Parts from the innermost one up to (not including) outer end at a mark. */
static void parts_end(struct roost_mime_parser *parser, uint32_t outer, struct mark end)
{
	note_nul(parser);
	while (parser->open != outer) {
		struct roost_mime_part *part = &parser->parts[parser->open];
		const struct open_part *open = &parser->opens[parser->open];

		part->body = span(open->body, end);
		part->next = parser->count;
		if (part->next == parser->open + 1)
			part->flags |= parser->counts.high ? ROOST_MIME_8BIT : 0;
		while (parser->frame_count > 0 &&
		       parser->frames[parser->frame_count - 1].part == parser->open) {
			parser->frame_count--;
			part->flags |= ROOST_MIME_CUT;
		}
		parser->open = part->parent;
	}
}

static void frame_open(struct roost_mime_parser *parser, const char *boundary)
{
	size_t len = strlen(boundary);

	parser->frames[parser->frame_count++] = (struct frame){
		parser->open, boundary, len > BOUNDARY_MAX ? BOUNDARY_MAX : len };
}

/* The header is known: what comes now is a body, or the header of the message inside. */
static void header_end(struct roost_mime_parser *parser, const char *header, size_t len)
{
	struct roost_mime_part *part = &parser->parts[parser->open];
	struct open_part *open = &parser->opens[parser->open];
	const struct roost_mime_part *parent =
		part->parent == ROOST_MIME_NONE ? NULL : &parser->parts[part->parent];
	bool digest = parent != NULL && (parent->flags & ROOST_MIME_MULTIPART) != 0 &&
		roost_text_is(parent->subtype, "digest");
	const char *boundary = NULL;

	open->body = here(parser);
	part->header = span(open->header, open->body);
	part->body = span(open->body, open->body);
	if (parser->counts.nul)
		part->flags |= ROOST_MIME_NUL;
	if (len > parser->options.max_header)
		len = parser->options.max_header;
	part_read_header(parser->arena, part, digest, header, len);
	if ((part->flags & ROOST_MIME_MULTIPART) != 0) {
		boundary = part_boundary(parser->arena, part);
		/* Unreadable types are text/plain: RFC 2045 section 5.2. */
		if (boundary == NULL)
			part_make_leaf(part, "text", "plain");
	}
	if ((part->flags & (ROOST_MIME_MULTIPART | ROOST_MIME_MESSAGE)) != 0 &&
	    (part->depth + 1 >= parser->options.max_depth ||
	     parser->count >= parser->options.max_parts)) {
		part_make_leaf(part, "application", "octet-stream");
		part->flags |= ROOST_MIME_LIMIT;
	}
	if (parser->options.header != NULL)
		parser->options.header(parser->options.context, part, parser->open, header, len);
	parser->mode = IN_BODY;
	parser->counts.high = parser->counts.nul = false;
	if ((part->flags & ROOST_MIME_MULTIPART) != 0)
		frame_open(parser, boundary);
	else if ((part->flags & ROOST_MIME_MESSAGE) != 0)
		part_start(parser, parser->open);
}

/*
 * The multipart whose boundary stands at the start of a line; -1: none. The longest that fits counts,
 * as one may begin like another. RFC 2046 section 5.1.1: the line may go on behind it.
 */
static int boundary_match(const struct roost_mime_parser *parser, const unsigned char *line,
			  size_t len, bool *last)
{
	int found = -1;
	size_t best = 0;

	for (uint32_t i = parser->frame_count; i-- > 0; ) {
		const struct frame *frame = &parser->frames[i];

		if (len < frame->len + 2 || (found >= 0 && frame->len <= best) ||
		    memcmp(line + 2, frame->boundary, frame->len) != 0)
			continue;
		found = (int)i;
		best = frame->len;
	}
	*last = found >= 0 && len >= best + 4 && line[best + 2] == '-' && line[best + 3] == '-';
	return found;
}

/* Where the body before a boundary line ends: the line end in front of the line is the boundary's. */
static struct mark before_boundary(const struct roost_mime_parser *parser)
{
	struct mark end = here(parser);
	bool bare = parser->last[1] != '\r';
	uint64_t start = parser->opens[parser->open].body.offset;
	unsigned width = bare ? 1 : 2;

	if (end.offset < start + width)
		return end;		/* no body: that line end is the header's */
	end.offset -= width;
	end.lines--;
	end.bare -= bare;
	return end;
}

static void boundary_found(struct roost_mime_parser *parser, uint32_t which, bool last)
{
	struct frame frame = parser->frames[which];

	parts_end(parser, frame.part, before_boundary(parser));
	parser->start_part = !last;
	if (!last && parser->count >= parser->options.max_parts) {
		parser->parts[frame.part].flags |= ROOST_MIME_LIMIT;
		parser->start_part = false;
	}
	if (!parser->start_part)
		parser->frame_count--;
	parser->mode = IN_BOUNDARY;
	parser->counts.high = parser->counts.nul = false;
}

/* Account for bytes that need no further look. */
static void consume(struct roost_mime_parser *parser, const unsigned char *data, size_t len)
{
	if (len == 0)
		return;
	scan_lines(data, len, parser->last[0], false, &parser->counts);
	parser->last[1] = len > 1 ? data[len - 2] : parser->last[0];
	parser->last[0] = data[len - 1];
	parser->offset += len;
}

/* The rest of a boundary line. Returns the bytes used. */
static size_t step_boundary(struct roost_mime_parser *parser, const unsigned char *data,
			    size_t len)
{
	const unsigned char *lf = memchr(data, '\n', len);
	size_t used = lf == NULL ? len : (size_t)(lf - data) + 1;

	consume(parser, data, used);
	if (lf == NULL)
		return used;
	parser->mode = IN_BODY;
	parser->line_start = true;
	parser->counts.high = parser->counts.nul = false;
	if (parser->start_part)
		part_start(parser, parser->open);
	return used;
}

/* Does the line at data need more bytes before it can be judged? */
static bool undecided(size_t len, bool line_complete, bool final)
{
	return !line_complete && !final && len < HELD_MAX;
}

/* Keep what is worth looking at of a header that does not end in this piece. */
static void header_keep(struct roost_mime_parser *parser, const unsigned char *data, size_t len)
{
	size_t room = parser->options.max_header - parser->header.len;

	roost_str_append(&parser->header, data, len < room ? len : room);
}

/* Nothing is copied when all of it came in one piece. */
static void header_complete(struct roost_mime_parser *parser, const unsigned char *data, size_t len)
{
	consume(parser, data, len);
	if (parser->header.len > 0) {
		header_keep(parser, data, len);
		header_end(parser, parser->header.data, parser->header.len);
	} else {
		header_end(parser, (const char *)data, len);
	}
}

static bool is_empty_line(const unsigned char *line, size_t len)
{
	return line[0] == '\n' || (len > 1 && line[0] == '\r' && line[1] == '\n');
}

/* Lines of a header. Returns the bytes used; 0: the line must be held. */
static size_t step_header(struct roost_mime_parser *parser, const unsigned char *data, size_t len,
			  bool final)
{
	size_t at = 0;

	while (at < len) {
		const unsigned char *line = data + at;
		const unsigned char *lf = memchr(line, '\n', len - at);
		size_t end = lf == NULL ? len : (size_t)(lf - data) + 1;
		bool last;
		int which;

		if (parser->line_start) {
			if (undecided(len - at, lf != NULL, final))
				break;
			if (is_empty_line(line, len - at)) {
				header_complete(parser, data, end);
				return end;
			}
			if (parser->frame_count > 0 && len - at > 2 &&
			    line[0] == '-' && line[1] == '-' &&
			    (which = boundary_match(parser, line, end - at, &last)) >= 0) {
				/* The empty line is missing: the part has no body. */
				header_complete(parser, data, at);
				if (parser->mode == IN_HEADER)
					header_end(parser, "", 0);
				boundary_found(parser, (uint32_t)which, last);
				return at;
			}
		}
		parser->line_start = lf != NULL;
		at = end;
	}
	consume(parser, data, at);
	header_keep(parser, data, at);
	return at;
}

/* Bytes of a body. Returns the bytes used; 0: the line must be held. */
static size_t step_body(struct roost_mime_parser *parser, const unsigned char *data, size_t len,
			bool final)
{
	size_t used;

	if (parser->frame_count == 0) {
		consume(parser, data, len);
		return len;
	}
	if (parser->line_start && data[0] == '-' && (len == 1 || data[1] == '-')) {
		const unsigned char *lf = memchr(data, '\n', len);
		bool last;
		int which;

		if (undecided(len, lf != NULL, final))
			return 0;
		which = len < 2 ? -1 : boundary_match(parser, data, lf == NULL ? len :
						      (size_t)(lf - data), &last);
		if (which >= 0) {
			boundary_found(parser, (uint32_t)which, last);
			return step_boundary(parser, data, len);
		}
	}
	used = scan_lines(data, len, parser->last[0], true, &parser->counts);
	/* A LF or "LF -" at the end of the piece: the line that starts there is not known yet. */
	if (used == len && used > 1 && data[used - 1] == '-' && data[used - 2] == '\n')
		used--;
	parser->last[1] = used > 1 ? data[used - 2] : parser->last[0];
	parser->last[0] = data[used - 1];
	parser->offset += used;
	parser->line_start = parser->last[0] == '\n';
	return used;
}

static size_t step(struct roost_mime_parser *parser, const unsigned char *data, size_t len,
		   bool final)
{
	switch (parser->mode) {
	case IN_HEADER:
		return step_header(parser, data, len, final);
	case IN_BOUNDARY:
		return step_boundary(parser, data, len);
	default:
		return step_body(parser, data, len, final);
	}
}

/* Add to the held line until it is whole or long enough; then use it up. */
static size_t push_held(struct roost_mime_parser *parser, const unsigned char *data, size_t len)
{
	const unsigned char *lf = memchr(data, '\n', len);
	size_t take = lf == NULL ? len : (size_t)(lf - data) + 1;
	size_t room = HELD_MAX - parser->held_len, used = 0;
	bool whole = lf != NULL && take <= room;

	if (take > room)
		take = room;
	memcpy(parser->held + parser->held_len, data, take);
	parser->held_len += take;
	if (!whole && parser->held_len < HELD_MAX)
		return take;
	while (used < parser->held_len)
		used += step(parser, parser->held + used, parser->held_len - used, true);
	parser->held_len = 0;
	return take;
}

void roost_mime_push(struct roost_mime_parser *parser, const void *data, size_t len)
{
	const unsigned char *bytes = data;

	while (len > 0) {
		size_t used = parser->held_len > 0 ? push_held(parser, bytes, len) :
			step(parser, bytes, len, false);

		/* Nothing used by a header that a boundary line ended: that line comes again. */
		if (used == 0 && parser->mode != IN_BOUNDARY) {
			memcpy(parser->held, bytes, len);
			parser->held_len = len;
			return;
		}
		bytes += used;
		len -= used;
	}
}

static void parser_free(void *context)
{
	struct roost_mime_parser *parser = context;

	roost_str_free(&parser->header);
}

struct roost_mime_parser *roost_mime_begin(struct roost_arena *arena,
					   const struct roost_mime_options *options)
{
	struct roost_mime_parser *parser = roost_arena_alloc(arena, sizeof(*parser));

	memset(parser, 0, offsetof(struct roost_mime_parser, held));
	parser->held_len = 0;
	parser->arena = arena;
	if (options != NULL)
		parser->options = *options;
	if (parser->options.max_depth == 0)
		parser->options.max_depth = DEFAULT_DEPTH;
	if (parser->options.max_parts == 0)
		parser->options.max_parts = DEFAULT_PARTS;
	if (parser->options.max_header == 0)
		parser->options.max_header = DEFAULT_HEADER;
	parser->frames = roost_arena_alloc(arena, parser->options.max_depth *
					   sizeof(*parser->frames));
	roost_arena_cleanup(arena, parser_free, parser);
	part_start(parser, ROOST_MIME_NONE);
	return parser;
}

const struct roost_mime *roost_mime_end(struct roost_mime_parser *parser)
{
	struct roost_mime *mime = roost_arena_new(parser->arena, struct roost_mime);
	size_t used = 0;

	while (used < parser->held_len)
		used += step(parser, parser->held + used, parser->held_len - used, true);
	parser->held_len = 0;
	/* A message/rfc822 opens another header. */
	while (parser->mode == IN_HEADER)
		header_complete(parser, (const unsigned char *)"", 0);
	parts_end(parser, ROOST_MIME_NONE, here(parser));
	roost_str_free(&parser->header);
	mime->parts = parser->parts;
	mime->count = parser->count;
	mime->size = parser->offset;
	mime->crlf_size = parser->offset + parser->counts.bare;
	return mime;
}

int roost_mime_parse(struct roost_arena *arena, struct roost_input *input,
		     const struct roost_mime_options *options, const struct roost_mime **mime,
		     struct roost_error *err)
{
	struct roost_mime_parser *parser = roost_mime_begin(arena, options);
	const unsigned char *data;
	size_t len;
	int more;

	while ((more = roost_input_more(input, &data, &len, err)) > 0) {
		roost_mime_push(parser, data, len);
		roost_input_skip(input, len);
	}
	if (more < 0)
		return -1;
	*mime = roost_mime_end(parser);
	return 0;
}
