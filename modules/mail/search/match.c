/* Text matching: case and compatibility forms do not matter, charsets and encodings are undone. */
#include <string.h>
#include <roost/charset.h>
#include <roost/utf8.h>
#include <roost/word.h>
#include "match.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	HEADER_MAX = 1024 * 1024,	/* of one part's header, what is searched */
	PIECE_MAX = 64 * 1024,		/* folded at once: the window stays in the processor's cache */
};

struct roost_text match_fold(struct roost_arena *arena, struct roost_text text)
{
	struct roost_str out = ROOST_STR_INIT;
	struct roost_text folded;

	roost_text_fold(&out, text.data, text.len);
	folded.data = roost_arena_strndup(arena, roost_str_text(&out), out.len);
	folded.len = out.len;
	roost_str_free(&out);
	return folded;
}

void match_free(struct match *match)
{
	roost_str_free(&match->decoded);
	roost_str_free(&match->window);
}

bool match_all_found(const struct match *match)
{
	for (size_t i = 0; i < match->count; i++) {
		if (!match->patterns[i]->found)
			return false;
	}
	return true;
}

#ifdef __SSE2__
/*
 * Where both the first and the last byte of what fit. Stops with *at at what is left for memmem;
 * true: found. Sixteen places are tried at once, which is several times faster than memmem.
 */
static bool find_fast(const char *text, size_t len, struct roost_text what, size_t *at)
{
	__m128i first = _mm_set1_epi8(what.data[0]);
	__m128i last = _mm_set1_epi8(what.data[what.len - 1]);

	for (*at = 0; *at + 16 + what.len - 1 <= len; *at += 16) {
		const char *here = text + *at;
		__m128i a = _mm_loadu_si128((const __m128i *)here);
		__m128i b = _mm_loadu_si128((const __m128i *)(here + what.len - 1));
		unsigned fits = (unsigned)_mm_movemask_epi8(_mm_and_si128(
			_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last)));

		for (; fits != 0; fits &= fits - 1) {
			if (memcmp(here + __builtin_ctz(fits), what.data, what.len) == 0)
				return true;
		}
	}
	return false;
}
#endif

static bool find(const char *text, size_t len, struct roost_text what)
{
	size_t at = 0;

	if (what.len == 0)
		return true;
	if (len < what.len)
		return false;
#ifdef __SSE2__
	if (find_fast(text, len, what, &at))
		return true;
#endif
	return memmem(text + at, len - at, what.data, what.len) != NULL;
}

static void find_patterns(struct match *match, bool part0)
{
	for (size_t i = 0; i < match->count; i++) {
		struct match_pattern *pattern = match->patterns[i];

		if (!pattern->found && !(part0 && pattern->body_only))
			pattern->found = find(roost_str_text(&match->window), match->window.len,
					      pattern->folded);
	}
}

void match_text(struct match *match, const char *text, size_t len)
{
	roost_str_truncate(&match->window, 0);
	roost_text_fold(&match->window, text, len);
	find_patterns(match, false);
}

void match_value(struct match *match, struct roost_text value)
{
	roost_str_truncate(&match->decoded, 0);
	roost_word_decode(&match->decoded, value);
	match_text(match, roost_str_text(&match->decoded), match->decoded.len);
}

void match_header(struct match *match, const void *header, size_t len, bool part0)
{
	struct roost_header walk = roost_header_walk(header, len);
	struct roost_header_field field;

	roost_str_truncate(&match->decoded, 0);
	while (roost_header_next(&walk, &field)) {
		if (field.name.len > 0) {
			roost_str_append(&match->decoded, field.name.data, field.name.len);
			roost_str_append(&match->decoded, ": ", 2);
		}
		roost_word_decode(&match->decoded, field.value);
		roost_str_byte(&match->decoded, '\n');
	}
	roost_str_truncate(&match->window, 0);
	roost_text_fold(&match->window, roost_str_text(&match->decoded), match->decoded.len);
	find_patterns(match, part0);
}

/* Bytes at the end of text that may begin a character which goes on in the next piece. */
static size_t unfinished(const char *text, size_t len)
{
	for (size_t back = 1; back <= 3 && back <= len; back++) {
		unsigned char byte = (unsigned char)text[len - back];

		if (byte < 0x80)
			return 0;
		if (byte >= 0xc0)
			return back < (byte >= 0xf0 ? 4u : byte >= 0xe0 ? 3u : 2u) ? back : 0;
	}
	return 0;
}

/*
 * One more piece of UTF-8. The window keeps the end of what went before, as long as the longest
 * pattern, so that a match may lie across pieces.
 */
static void window_add(struct match *match, const char *text, size_t len)
{
	size_t keep = match->longest > 0 ? match->longest - 1 : 0;

	if (match->window.len > keep)
		roost_str_shift(&match->window, match->window.len - keep);
	roost_text_fold(&match->window, text, len);
	find_patterns(match, false);
}

static int match_stream(struct match *match, struct roost_input *input, struct roost_error *err)
{
	char split[4];
	size_t split_len = 0, len, used, hold;
	const unsigned char *data;
	int more;

	roost_str_truncate(&match->window, 0);
	while (!match_all_found(match) && (more = roost_input_more(input, &data, &len, err)) != 0) {
		if (more < 0)
			return -1;
		len = len < PIECE_MAX ? len : PIECE_MAX;
		used = 0;
		if (split_len > 0) {
			/* The character that the last piece cut, with as many bytes as it lacks. */
			while (used < len && split_len < sizeof(split) && (data[used] & 0xc0) == 0x80)
				split[split_len++] = (char)data[used++];
			if (used == len && unfinished(split, split_len) > 0) {
				roost_input_skip(input, len);
				continue;
			}
			window_add(match, split, split_len);
			split_len = 0;
		}
		hold = unfinished((const char *)data + used, len - used);
		window_add(match, (const char *)data + used, len - used - hold);
		memcpy(split, data + len - hold, hold);
		split_len = hold;
		roost_input_skip(input, len);
	}
	if (split_len > 0)
		window_add(match, split, split_len);
	return 0;
}

static bool is_utf8(struct roost_text charset)
{
	return charset.data == NULL || charset.len == 0 || roost_text_is(charset, "utf-8") ||
	       roost_text_is(charset, "us-ascii") || roost_text_is(charset, "utf8");
}

/* A text part: transfer encoding and charset undone; what is of no known charset is read as UTF-8. */
static int match_body(struct match *match, const struct roost_mime_part *part,
		      struct roost_input *message, struct roost_error *err)
{
	struct roost_input *raw = roost_input_range(message, part->body.offset, part->body.size);
	struct roost_input *bytes = roost_transfer_input(raw, part->encoding);
	struct roost_input *text = NULL;
	int result;

	if (!is_utf8(part->charset))
		text = roost_charset_input(bytes, part->charset);
	result = match_stream(match, text != NULL ? text : bytes, err);
	roost_input_unref(text);
	roost_input_unref(bytes);
	roost_input_unref(raw);
	return result;
}

static int match_part_header(struct match *match, const struct roost_mime_part *part,
			     struct roost_input *message, struct roost_error *err)
{
	uint64_t size = part->header.size < HEADER_MAX ? part->header.size : HEADER_MAX;
	struct roost_input *input = roost_input_range(message, part->header.offset, size);
	struct roost_str header = ROOST_STR_INIT;
	ssize_t got = roost_input_read(input, roost_str_reserve(&header, (size_t)size),
				       (size_t)size, err);

	if (got >= 0)
		match_header(match, roost_str_text(&header), (size_t)got, false);
	roost_str_free(&header);
	roost_input_unref(input);
	return got < 0 ? -1 : 0;
}

int match_bodies(struct match *match, const struct roost_mime *mime, struct roost_input *message,
		 struct roost_error *err)
{
	for (uint32_t i = 0; i < mime->count && !match_all_found(match); i++) {
		const struct roost_mime_part *part = &mime->parts[i];

		if (i > 0 && part->header.size > 0 &&
		    match_part_header(match, part, message, err) < 0)
			return -1;
		if ((part->flags & ROOST_MIME_TEXT) != 0 &&
		    match_body(match, part, message, err) < 0)
			return -1;
	}
	return 0;
}
