/* The MIME parser: pieces do not matter, parts nest, the packed form is faithful. */
#include <string.h>
#include <roost/structure.h>
#include "fuzz.h"

static const struct roost_mime *parse(struct roost_arena *arena, const uint8_t *data, size_t size,
				      size_t piece)
{
	struct roost_mime_options options = { .max_depth = 8, .max_parts = 40 };
	struct roost_mime_parser *parser = roost_mime_begin(arena, &options);

	for (size_t at = 0; at < size; at += piece)
		roost_mime_push(parser, data + at, size - at < piece ? size - at : piece);
	return roost_mime_end(parser);
}

static void check_span(const struct roost_mime_span *span, uint64_t from, uint64_t to)
{
	FUZZ_CHECK(span->offset >= from && span->offset + span->size <= to);
	FUZZ_CHECK(span->bare <= span->lines && span->lines <= span->size);
}

static void check_parts(const struct roost_mime *mime, uint64_t size)
{
	FUZZ_CHECK(mime->size == size && mime->count >= 1 && mime->count <= 41);
	for (uint32_t i = 0; i < mime->count; i++) {
		const struct roost_mime_part *part = &mime->parts[i];
		uint64_t from = 0, to = size;

		if (part->parent != ROOST_MIME_NONE) {
			const struct roost_mime_part *parent = &mime->parts[part->parent];

			FUZZ_CHECK(part->parent < i && part->next <= parent->next);
			from = parent->body.offset;
			to = from + parent->body.size;
		}
		FUZZ_CHECK(part->next > i && part->next <= mime->count && part->depth <= 8);
		check_span(&part->header, from, to);
		check_span(&part->body, from, to);
		FUZZ_CHECK(part->body.offset == part->header.offset + part->header.size);
	}
}

static void check_same(const struct roost_str *a, const struct roost_str *b)
{
	FUZZ_CHECK(a->len == b->len && memcmp(a->data, b->data, a->len) == 0);
}

/* What cannot be told from a packed form must be refused, never followed. */
static void unpack_junk(struct roost_arena *arena, const uint8_t *data, size_t size)
{
	const struct roost_mime *mime;
	struct roost_envelope envelope;
	struct roost_str body = ROOST_STR_INIT;
	struct roost_error err;

	if (roost_mime_unpack(arena, data, size, &mime, &err) == 0)
		roost_structure_body(&body, mime, true);
	roost_structure_parse_envelope(arena, data, size, &envelope, &err);
	roost_str_free(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct roost_arena *arena = roost_arena_create("fuzz");
	const struct roost_mime *mime = parse(arena, data, size, size + 1), *again;
	struct roost_str whole = ROOST_STR_INIT, other = ROOST_STR_INIT;
	struct roost_envelope envelope;
	struct roost_error err;

	check_parts(mime, size);
	roost_mime_pack(&whole, mime);
	for (size_t piece = 1; piece < 40; piece += 12) {
		roost_str_truncate(&other, 0);
		roost_mime_pack(&other, parse(arena, data, size, piece));
		check_same(&whole, &other);
	}
	FUZZ_CHECK(roost_mime_unpack(arena, whole.data, whole.len, &again, &err) == 0);
	roost_str_truncate(&other, 0);
	roost_mime_pack(&other, again);
	check_same(&whole, &other);
	FUZZ_CHECK(again->crlf_size == mime->crlf_size);
	FUZZ_CHECK(roost_structure_parse_envelope(arena, mime->parts[0].envelope.data,
						  mime->parts[0].envelope.len, &envelope,
						  &err) == 0);
	roost_str_truncate(&other, 0);
	roost_structure_body(&other, mime, true);
	unpack_junk(arena, data, size);
	roost_str_free(&whole);
	roost_str_free(&other);
	roost_arena_free(arena);
	return 0;
}
