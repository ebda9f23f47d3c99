/* SPDX-License-Identifier: MIT */
/*
 * Encoded words (RFC 2047) and parameters (RFC 2045 section 5.1, RFC 2231). Toolkit
 * libroost-message.
 */
#ifndef ROOST_WORD_H
#define ROOST_WORD_H

#include <roost/header.h>

/*
 * A field's value as UTF-8 on one line: unfolded, trimmed, encoded words decoded, white space
 * between two of them dropped. Bytes that are no valid text become U+FFFD; words of unknown
 * charsets stay as they are. NULs are dropped. Added to out.
 */
ROOST_API void roost_word_decode(struct roost_str *out, struct roost_text value);
/* The same without unfolding and trimming, e.g. for a display name. */
ROOST_API void roost_word_decode_phrase(struct roost_str *out, struct roost_text text);
/*
 * Write UTF-8 as a header value: as it is when it is short printable ASCII that nobody would
 * take for an encoded word, else as encoded words, folded; column: where it starts in its line.
 */
ROOST_API void roost_word_encode(struct roost_str *out, struct roost_text text, size_t column);

/* A walk over "; name=value" of an unfolded or folded value. */
struct roost_param {
	const char *name;	/* as written, with RFC 2231's asterisks; in arena */
	const char *value;	/* unquoted, still encoded; in arena */
};
/* What stands before the first ';', trimmed; params is what follows, for roost_param_next. */
ROOST_API struct roost_text roost_param_begin(struct roost_text value, struct roost_text *params);
/* False at the end. Malformed ones are passed over. */
ROOST_API bool roost_param_next(struct roost_arena *arena, struct roost_text *params,
				struct roost_param *param);
/*
 * One parameter by name with continuations joined, charset converted to UTF-8 (RFC 2231), encoded
 * words decoded (wrong there, and common). NULL when there is none. In arena.
 */
ROOST_API const char *roost_param_get(struct roost_arena *arena, struct roost_text params,
				      const char *name);

/* Content-Type's "type/subtype"; false when it is none. RFC 2045 section 5.1. */
ROOST_API bool roost_media_type(struct roost_text text, struct roost_text *type,
				struct roost_text *subtype);

#endif
