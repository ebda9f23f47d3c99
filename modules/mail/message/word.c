/* Encoded words: RFC 2047. */
#include <string.h>
#include <strings.h>
#include <roost/charset.h>
#include <roost/encode.h>
#include <roost/transfer.h>
#include <roost/utf8.h>
#include <roost/word.h>
#include "lex.h"

struct word {
	struct roost_text charset, text;
	bool base64;
	size_t len;		/* all of it, from "=?" to "?=" */
};

/* What decoded words have given so far: a character may be split over words of one charset. */
struct pending {
	struct roost_text charset;
	struct roost_str bytes;
};

static const char *find(struct roost_text text, size_t from, const char *what)
{
	if (from >= text.len)
		return NULL;
	return memmem(text.data + from, text.len - from, what, strlen(what));
}

/* Is there an encoded word at the start of text, which begins with "=?"? */
static bool word_read(struct roost_text text, struct word *word)
{
	const char *mark = find(text, 2, "?");
	const char *star, *end;
	size_t start;

	if (mark == NULL || mark == text.data + 2)
		return false;
	start = (size_t)(mark - text.data);
	if (text.len < start + 5 || mark[2] != '?')
		return false;
	switch (mark[1]) {
	case 'b': case 'B': word->base64 = true; break;
	case 'q': case 'Q': word->base64 = false; break;
	default: return false;
	}
	end = find(text, start + 3, "?=");
	if (end == NULL)
		return false;
	word->charset = (struct roost_text){ text.data + 2, start - 2 };
	for (size_t i = 0; i < word->charset.len; i++) {
		if (lex_is_space(word->charset.data[i]))
			return false;
	}
	star = memchr(word->charset.data, '*', word->charset.len);	/* RFC 2231 section 5 */
	if (star != NULL)
		word->charset.len = (size_t)(star - word->charset.data);
	word->text = (struct roost_text){ mark + 3, (size_t)(end - mark) - 3 };
	word->len = (size_t)(end - text.data) + 2;
	return roost_charset_known(word->charset);
}

static void decode_q(struct roost_str *out, struct roost_text text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		int high, low;

		if (c == '=' && i + 2 < text.len && (high = lex_hex(text.data[i + 1])) >= 0 &&
		    (low = lex_hex(text.data[i + 2])) >= 0) {
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '_') {
			c = ' ';
		}
		roost_str_byte(out, c);
	}
}

/* Line ends that somebody encoded must not begin a line of ours. */
static void flush(struct pending *pending, struct roost_str *out)
{
	struct roost_str text = ROOST_STR_INIT;

	if (pending->bytes.len == 0)
		return;
	roost_charset_to_utf8(&text, pending->charset, pending->bytes.data, pending->bytes.len);
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\r' || text.data[i] == '\n')
			text.data[i] = ' ';
	}
	roost_text_clean(out, roost_str_text(&text), text.len);
	roost_str_free(&text);
	roost_str_truncate(&pending->bytes, 0);
}

static bool same_charset(struct roost_text a, struct roost_text b)
{
	return a.len == b.len && strncasecmp(a.data, b.data, a.len) == 0;
}

static void word_decode(struct pending *pending, const struct word *word, struct roost_str *out)
{
	if (pending->bytes.len > 0 && !same_charset(pending->charset, word->charset))
		flush(pending, out);
	pending->charset = word->charset;
	if (word->base64)
		roost_transfer_decode_all(ROOST_TRANSFER_BASE64, &pending->bytes, word->text.data,
					  word->text.len);
	else
		decode_q(&pending->bytes, word->text);
}

static bool all_space(struct roost_text text)
{
	return roost_text_trim(text).len == 0;
}

void roost_word_decode_phrase(struct roost_str *out, struct roost_text text)
{
	struct pending pending = { { NULL, 0 }, ROOST_STR_INIT };
	bool after_word = false;
	size_t from = 0;
	const char *mark;

	while ((mark = find(text, from, "=?")) != NULL) {
		struct word word;
		size_t at = (size_t)(mark - text.data);
		struct roost_text between = text;

		/* Plain text reaches up to the next word that can be read. */
		while (!word_read((struct roost_text){ mark, text.len - at }, &word)) {
			mark = find(text, at + 1, "=?");
			if (mark == NULL)
				goto rest;
			at = (size_t)(mark - text.data);
		}
		lex_advance(&between, from);
		between.len = at - from;
		if (between.len > 0 && !(after_word && all_space(between))) {
			flush(&pending, out);
			roost_text_clean(out, between.data, between.len);
		}
		word_decode(&pending, &word, out);
		after_word = true;
		from = at + word.len;
	}
rest:
	flush(&pending, out);
	roost_text_clean(out, text.data + from, text.len - from);
	roost_str_free(&pending.bytes);
}

void roost_word_decode(struct roost_str *out, struct roost_text value)
{
	struct roost_str line = ROOST_STR_INIT;

	value = roost_text_trim(value);
	if (value.len > 0 && memchr(value.data, '\n', value.len) != NULL) {
		roost_header_unfold_to(&line, value);
		value = (struct roost_text){ roost_str_text(&line), line.len };
	}
	roost_word_decode_phrase(out, value);
	roost_str_free(&line);
}

enum { LINE_MAX_LENGTH = 76, WORD_BYTES = 42 };	/* 42 bytes of text: 56 of base64, a word of 68 */

static bool is_plain(struct roost_text text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((text.data[i] < ' ' && text.data[i] != '\t') || text.data[i] > '~')
			return false;
	}
	return find(text, 0, "=?") == NULL;
}

/* Fold at spaces; a word too long for any line stays whole. */
static void write_plain(struct roost_str *out, struct roost_text text, size_t column)
{
	for (size_t at = 0; at < text.len; ) {
		size_t end = at + 1;

		while (end < text.len && text.data[end] != ' ' && text.data[end] != '\t')
			end++;
		if (at > 0 && column + (end - at) > LINE_MAX_LENGTH) {
			roost_str_append(out, "\r\n", 2);
			column = 0;
		}
		roost_str_append(out, text.data + at, end - at);
		column += end - at;
		at = end;
	}
}

void roost_word_encode(struct roost_str *out, struct roost_text text, size_t column)
{
	if (is_plain(text)) {
		write_plain(out, text, column);
		return;
	}
	for (size_t at = 0; at < text.len; ) {
		/* The first word gets what the line has left, but always something. */
		size_t room = at == 0 && column < 36 ? WORD_BYTES - column : WORD_BYTES;
		size_t len;

		if (at > 0)
			roost_str_append(out, "\r\n ", 3);
		len = roost_utf8_cut(text.data + at, text.len - at, room);
		if (len == 0)
			len = 1;
		roost_str_puts(out, "=?UTF-8?B?");
		roost_base64_encode(out, text.data + at, len);
		roost_str_puts(out, "?=");
		at += len;
	}
}
