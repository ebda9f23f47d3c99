/*
 * ":matches" patterns, cut at the stars into segments of fixed shape. The first segment stands at the
 * start, the last at the end, each other one at its leftmost place: no backtracking is ever needed.
 */
#include <stdint.h>
#include <string.h>
#include "sieve/glob.h"

enum { MAX_WORK = 50 * 1000 * 1000 };	/* some tenths of a second */

enum atom_kind { ATOM_TEXT, ATOM_ONE, ATOM_EMPTY };

struct atom {
	enum atom_kind kind;		/* ATOM_EMPTY: a star right after wildcards: takes nothing */
	const char *text;
	size_t len;
};

struct segment {
	size_t first, count;		/* atoms */
	bool fixed;			/* one text atom alone: memmem finds it */
};

struct sieve_glob {
	struct atom *atoms;
	struct segment *segments;	/* one more than there are stars */
	size_t atom_count, segment_count;
};

static void end_segment(struct sieve_glob *glob, size_t *first)
{
	struct segment segment = { *first, glob->atom_count - *first, false };

	segment.fixed = segment.count == 1 && glob->atoms[*first].kind == ATOM_TEXT;
	glob->segments[glob->segment_count++] = segment;
	*first = glob->atom_count;
}

/* Whether a star here follows another one with nothing but wildcards between. */
static bool in_wildcards(const struct sieve_glob *glob, size_t first)
{
	if (glob->segment_count == 0)
		return false;
	for (size_t i = first; i < glob->atom_count; i++) {
		if (glob->atoms[i].kind == ATOM_TEXT)
			return false;
	}
	return true;
}

static void add_atom(struct sieve_glob *glob, enum atom_kind kind, const char *text, size_t len)
{
	glob->atoms[glob->atom_count++] = (struct atom){ kind, text, len };
}

/* Room for all that a pattern can have: a text after each wildcard, and one before them. */
static struct sieve_glob *glob_alloc(struct roost_arena *arena, const char *pattern, size_t len)
{
	struct sieve_glob *glob = roost_arena_new(arena, struct sieve_glob);
	size_t wild = 0;

	for (size_t i = 0; i < len; i++)
		wild += pattern[i] == '*' || pattern[i] == '?';
	glob->atoms = roost_arena_alloc(arena, (2 * wild + 1) * sizeof(struct atom));
	glob->segments = roost_arena_alloc(arena, (wild + 1) * sizeof(struct segment));
	return glob;
}

struct sieve_glob *sieve_glob_create(struct roost_arena *arena, const char *pattern, size_t len)
{
	struct sieve_glob *glob = glob_alloc(arena, pattern, len);
	char *text = roost_arena_alloc(arena, len + 1);	/* without the backslashes */
	size_t used = 0, first = 0, run = 0;

	for (size_t i = 0; i <= len; i++) {
		bool wild = i < len && (pattern[i] == '*' || pattern[i] == '?');

		if ((wild || i == len) && run > 0) {
			add_atom(glob, ATOM_TEXT, text + used - run, run);
			run = 0;
		}
		if (i == len)
			break;
		if (pattern[i] == '?') {
			add_atom(glob, ATOM_ONE, NULL, 0);
		} else if (pattern[i] == '*' && in_wildcards(glob, first)) {
			add_atom(glob, ATOM_EMPTY, NULL, 0);
		} else if (pattern[i] == '*') {
			end_segment(glob, &first);
		} else {
			if (pattern[i] == '\\' && i + 1 < len)
				i++;
			text[used++] = pattern[i];
			run++;
		}
	}
	end_segment(glob, &first);
	return glob;
}

struct match {
	const char *text;
	size_t len;
	struct sieve_span *captures;	/* NULL: not wanted */
	unsigned count;
	uint64_t work;			/* atoms that were looked at */
};

static void capture(struct match *match, size_t start, size_t len)
{
	if (match->captures != NULL && match->count < SIEVE_CAPTURES)
		match->captures[match->count++] = (struct sieve_span){ start, len };
}

/* Bytes of the character at text: a whole one in UTF-8, one byte where it is broken. */
static size_t character(const char *text, size_t len)
{
	unsigned char c = (unsigned char)*text;
	size_t want = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	if (want > len)
		return 1;
	for (size_t i = 1; i < want; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 1;
	}
	return want;
}

/* Whether the segment stands at position at; its end. */
static bool stands_at(const struct sieve_glob *glob, const struct segment *segment,
		      struct match *match, size_t at, size_t *end)
{
	for (size_t i = 0; i < segment->count; i++) {
		const struct atom *atom = &glob->atoms[segment->first + i];

		match->work++;
		if (atom->kind == ATOM_EMPTY)
			continue;
		if (atom->kind == ATOM_ONE) {
			if (at >= match->len)
				return false;
			at += character(match->text + at, match->len - at);
			continue;
		}
		if (atom->len > match->len - at ||
		    memcmp(match->text + at, atom->text, atom->len) != 0)
			return false;
		at += atom->len;
	}
	*end = at;
	return true;
}

/* The spans of a segment that is known to stand at at. */
static void capture_segment(const struct sieve_glob *glob, const struct segment *segment,
			    struct match *match, size_t at)
{
	for (size_t i = 0; i < segment->count && match->captures != NULL; i++) {
		const struct atom *atom = &glob->atoms[segment->first + i];
		size_t len = atom->kind == ATOM_TEXT ? atom->len : 0;

		if (atom->kind == ATOM_ONE)
			len = character(match->text + at, match->len - at);
		if (atom->kind != ATOM_TEXT)
			capture(match, at, len);
		at += len;
	}
}

/* Leftmost place of the segment from at on. */
static bool find_segment(const struct sieve_glob *glob, const struct segment *segment,
			 struct match *match, size_t *at, size_t *end)
{
	if (segment->fixed) {
		const struct atom *atom = &glob->atoms[segment->first];
		const char *found = memmem(match->text + *at, match->len - *at, atom->text,
					   atom->len);

		if (found == NULL)
			return false;
		*at = (size_t)(found - match->text);
		*end = *at + atom->len;
		return true;
	}
	while (*at <= match->len && match->work < MAX_WORK) {
		if (stands_at(glob, segment, match, *at, end))
			return true;
		if (*at == match->len)
			break;
		*at += character(match->text + *at, match->len - *at);
	}
	return false;
}

/* Bytes of the character that ends a text of len bytes; len is not 0. */
static size_t character_before(const char *text, size_t len)
{
	size_t back = 1;

	while (back < 4 && back < len && ((unsigned char)text[len - back] & 0xc0) == 0x80)
		back++;
	return character(text + len - back, back) == back ? back : 1;
}

/* Where the last segment starts so that it ends with the text, not before from. */
static bool fit_last(const struct sieve_glob *glob, const struct segment *segment,
		     struct match *match, size_t from, size_t *start)
{
	size_t at = match->len;

	/* Atoms have a fixed number of characters: walk back over them. */
	for (size_t i = segment->count; i-- > 0; ) {
		const struct atom *atom = &glob->atoms[segment->first + i];

		if (atom->kind == ATOM_EMPTY)
			continue;
		if (atom->kind == ATOM_TEXT) {
			if (atom->len > at - from || memcmp(match->text + at - atom->len,
							    atom->text, atom->len) != 0)
				return false;
			at -= atom->len;
			continue;
		}
		if (at == from)
			return false;
		at -= character_before(match->text + from, at - from);
	}
	*start = at;
	return true;
}

int sieve_glob_match(const struct sieve_glob *glob, const char *text, size_t len,
		      struct sieve_span *captures, unsigned *count)
{
	struct match match = { .text = text, .len = len, .captures = captures };
	size_t at, end, last = glob->segment_count - 1;

	capture(&match, 0, len);
	if (!stands_at(glob, &glob->segments[0], &match, 0, &at))
		return 0;
	if (last == 0 && at != len)
		return 0;
	capture_segment(glob, &glob->segments[0], &match, 0);
	for (size_t i = 1; i <= last; i++) {
		const struct segment *segment = &glob->segments[i];
		size_t start = at;

		if (i == last ? !fit_last(glob, segment, &match, at, &start) :
		    !find_segment(glob, segment, &match, &start, &end))
			return match.work < MAX_WORK ? 0 : -1;
		capture(&match, at, start - at);
		capture_segment(glob, segment, &match, start);
		if (i < last)
			at = end;
	}
	if (count != NULL)
		*count = match.count;
	return 1;
}
