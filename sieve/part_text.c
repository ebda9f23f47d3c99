/* part_text - text of body parts. RFC 5173 section 5.3. */
#include <stdlib.h>
#include <roost/charset.h>
#include <roost/transfer.h>
#include <roost/utf8.h>
#include "sieve/part_text.h"

void sieve_part_decode(struct roost_str *out, const struct sieve_message *message,
		       const struct roost_mime_part *part)
{
	roost_transfer_decode_all(part->encoding, out, message->data.data + part->body.offset,
				  part->body.size);
}

static const struct { const char *name; uint32_t code; } entities[] = {
	{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' },
	{ "nbsp", ' ' }, { "auml", 0xe4 }, { "ouml", 0xf6 }, { "uuml", 0xfc }, { "szlig", 0xdf },
	{ "Auml", 0xc4 }, { "Ouml", 0xd6 }, { "Uuml", 0xdc }, { "eacute", 0xe9 },
	{ "egrave", 0xe8 }, { "agrave", 0xe0 }, { "ccedil", 0xe7 }, { "euro", 0x20ac },
	{ "copy", 0xa9 }, { "ndash", 0x2013 }, { "mdash", 0x2014 }, { "hellip", 0x2026 },
};

static uint32_t entity_code(const char *name, size_t len)
{
	char number[16];

	if (len > 1 && len < sizeof(number) && name[0] == '#') {
		bool hex = (name[1] | 32) == 'x';

		snprintf(number, sizeof(number), "%.*s", (int)(len - 1 - hex), name + 1 + hex);
		return (uint32_t)strtoul(number, NULL, hex ? 16 : 10);
	}
	for (size_t i = 0; i < ROOST_COUNT(entities); i++) {
		if (strlen(entities[i].name) == len && memcmp(entities[i].name, name, len) == 0)
			return entities[i].code;
	}
	return 0;
}

static const char *append_entity(struct roost_str *out, const char *at, const char *end)
{
	size_t room = (size_t)(end - at) < 12 ? (size_t)(end - at) : 12;
	const char *close = memchr(at, ';', room);
	uint32_t code = close != NULL ? entity_code(at + 1, (size_t)(close - at - 1)) : 0;
	char bytes[4];
	size_t len = code != 0 ? roost_utf8_encode(code, bytes) : 0;

	if (len == 0) {
		roost_str_byte(out, '&');
		return at + 1;
	}
	roost_str_append(out, bytes, len);
	return close + 1;
}

static bool begins(const char *at, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - at) >= len && strncasecmp(at, word, len) == 0;
}

/* Beyond what begins at '<': a tag, a comment, or an element whose content is no text. */
static const char *skip_markup(const char *at, const char *end)
{
	const char *close = begins(at, end, "<!--") ? "-->" : begins(at, end, "<script") ? "</script" :
		begins(at, end, "<style") ? "</style" : NULL;

	if (close != NULL) {
		for (at++; at < end && !begins(at, end, close); at++)
			;
	}
	at = at < end ? memchr(at, '>', (size_t)(end - at)) : NULL;
	return at != NULL ? at + 1 : end;
}

static void strip_html(struct roost_str *out, const char *at, size_t len)
{
	const char *end = at + len;

	while (at < end) {
		if (*at == '<') {
			at = skip_markup(at, end);
		} else if (*at == '&') {
			at = append_entity(out, at, end);
		} else {
			roost_str_byte(out, *at++);
		}
	}
}

void sieve_part_text(struct roost_str *out, const struct sieve_message *message,
		     const struct roost_mime_part *part)
{
	struct roost_str raw = ROOST_STR_INIT, text = ROOST_STR_INIT;
	struct roost_text charset = part->charset.data != NULL ? part->charset : ROOST_TEXT("us-ascii");

	if ((part->flags & ROOST_MIME_TEXT) == 0)
		return;
	sieve_part_decode(&raw, message, part);
	if (!roost_charset_to_utf8(&text, charset, roost_str_text(&raw), raw.len) && text.len == 0)
		roost_text_clean(&text, roost_str_text(&raw), raw.len);
	if (roost_text_is(part->subtype, "html"))
		strip_html(out, roost_str_text(&text), text.len);
	else
		roost_str_append(out, roost_str_text(&text), text.len);
	roost_str_free(&raw);
	roost_str_free(&text);
}
