/* One pass over a message for all that the cache keeps of it; also while it is on its way elsewhere. */
#include <roost/structure.h>
#include "modules/mail/mailbox/mailbox.h"

enum { HEADER_KEPT = 64 * 1024 };	/* longer header blocks are read from the message */

struct parse {
	struct roost_arena *arena;
	struct roost_mime_parser *parser;
	struct roost_text header;
};

static void keep_header(void *context, const struct roost_mime_part *part, uint32_t index,
			const char *data, size_t len)
{
	struct parse *parse = context;

	(void)part;
	if (index != 0 || len > HEADER_KEPT)
		return;
	parse->header.data = roost_arena_dup(parse->arena, data, len);
	parse->header.len = len;
}

struct parse *parse_begin(struct roost_arena *arena)
{
	struct parse *parse = roost_arena_new(arena, struct parse);
	const struct roost_mime_options options = { .header = keep_header, .context = parse };

	parse->arena = arena;
	parse->parser = roost_mime_begin(arena, &options);
	return parse;
}

void parse_push(struct parse *parse, const void *data, size_t len)
{
	roost_mime_push(parse->parser, data, len);
}

static void add_piece(struct parsed *parsed, enum index_cache_kind kind, const void *data,
		      size_t len)
{
	parsed->pieces[parsed->count++] = (struct index_cached){ kind, data, len };
}

static void add_text(struct parse *parse, struct parsed *parsed, enum index_cache_kind kind,
		     struct roost_str *text)
{
	add_piece(parsed, kind, roost_arena_dup(parse->arena, roost_str_text(text), text->len),
		  text->len);
	roost_str_truncate(text, 0);
}

void parse_end(struct parse *parse, struct parsed *parsed)
{
	const struct roost_mime *mime = roost_mime_end(parse->parser);
	struct roost_str text = ROOST_STR_INIT;

	memset(parsed, 0, sizeof(*parsed));
	parsed->size = mime->size;
	parsed->vsize = mime->crlf_size;
	add_piece(parsed, INDEX_CACHE_ENVELOPE, mime->parts[0].envelope.data,
		  mime->parts[0].envelope.len);
	roost_structure_body(&text, mime, true);
	add_text(parse, parsed, INDEX_CACHE_STRUCTURE, &text);
	roost_mime_pack(&text, mime);
	add_text(parse, parsed, INDEX_CACHE_PARTS, &text);
	if (parse->header.len == mime->parts[0].header.size && parse->header.len > 0)
		add_piece(parsed, INDEX_CACHE_HEADER, parse->header.data, parse->header.len);
	roost_str_free(&text);
}

const struct index_cached *parsed_piece(const struct parsed *parsed, enum index_cache_kind kind)
{
	for (size_t i = 0; i < parsed->count; i++) {
		if (parsed->pieces[i].kind == kind)
			return &parsed->pieces[i];
	}
	return NULL;
}

/* --- the tee --- */

struct tee {
	struct parse *parse;
	struct roost_input *input;
	uint64_t start;		/* of the message in input */
	uint64_t at, parsed;	/* from there: read by the reader, and seen by the parser */
};

static ssize_t tee_read(struct roost_input *self, void *buffer, size_t size,
			struct roost_error *err)
{
	struct tee *tee = roost_input_state(self);
	const unsigned char *data;
	size_t len;
	int more = roost_input_more(tee->input, &data, &len, err);

	if (more <= 0)
		return more;
	if (len > size)
		len = size;
	memcpy(buffer, data, len);
	roost_input_skip(tee->input, len);
	/* A reader that went back shows the parser nothing new. */
	if (tee->at + len > tee->parsed) {
		size_t known = (size_t)(tee->parsed - tee->at);

		parse_push(tee->parse, (const char *)buffer + known, len - known);
		tee->parsed = tee->at + len;
	}
	tee->at += len;
	return (ssize_t)len;
}

static int tee_seek(struct roost_input *self, uint64_t position, struct roost_error *err)
{
	struct tee *tee = roost_input_state(self);

	if (position > tee->parsed)
		return roost_fail_detail(err, ROOST_ERR_UNSUPPORTED, "beyond what was parsed");
	if (roost_input_seek(tee->input, tee->start + position, err) < 0)
		return -1;
	tee->at = position;
	return 0;
}

static void tee_close(struct roost_input *self)
{
	struct tee *tee = roost_input_state(self);

	roost_input_unref(tee->input);
}

struct roost_input *parse_tee(struct parse *parse, struct roost_input *input)
{
	static const struct roost_input_ops ops = {
		.state_size = sizeof(struct tee), .read = tee_read, .seek = tee_seek,
		.close = tee_close,
	};
	struct roost_input *self = roost_input_create(&ops);
	struct tee *tee = roost_input_state(self);

	tee->parse = parse;
	tee->input = roost_input_ref(input);
	tee->start = roost_input_position(input);
	return self;
}
