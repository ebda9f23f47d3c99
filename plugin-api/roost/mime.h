/* SPDX-License-Identifier: MIT */
/*
 * The parts of a message, found in one pass. RFC 2045, 2046. Toolkit libroost-message.
 *
 * Offsets and sizes are physical: they count the bytes as they are stored, whether lines end with
 * LF or CRLF. IMAP counts every line end as CRLF: its size of a span is size + bare, where bare is the
 * number of LFs without a CR before them. bare == 0 means the stored bytes are IMAP's bytes, so any
 * range of the span can be read directly; else the range is found by reading from the span's start.
 */
#ifndef ROOST_MIME_H
#define ROOST_MIME_H

#include <roost/header.h>
#include <roost/input.h>
#include <roost/transfer.h>

#define ROOST_MIME_NONE UINT32_MAX

struct roost_mime_span {
	uint64_t offset, size;	/* physical, in the message */
	uint64_t lines;		/* LFs in it */
	uint64_t bare;		/* LFs in it that no CR precedes */
};

static inline uint64_t roost_mime_crlf_size(const struct roost_mime_span *span)
{
	return span->size + span->bare;
}

/* Fields kept as raw values: unfolded and trimmed, otherwise as they came. data NULL: not there. */
enum roost_mime_field {
	ROOST_MIME_TYPE = 0,		/* Content-Type, with its parameters */
	ROOST_MIME_ENCODING = 1,
	ROOST_MIME_ID = 2,
	ROOST_MIME_DESCRIPTION = 3,
	ROOST_MIME_DISPOSITION = 4,
	ROOST_MIME_LANGUAGE = 5,
	ROOST_MIME_LOCATION = 6,
	ROOST_MIME_MD5 = 7,
	ROOST_MIME_FIELDS = 8,
};

#define ROOST_MIME_MULTIPART 1u	/* its children are its parts, at least one (found or not) */
#define ROOST_MIME_MESSAGE 2u	/* message/rfc822 or global: one child, the message inside */
#define ROOST_MIME_TEXT 4u	/* text/... */
#define ROOST_MIME_ROOT 8u	/* a message's own: number 0 of the whole or child of a MESSAGE */
#define ROOST_MIME_CUT 16u	/* its multipart ended without the last boundary line */
#define ROOST_MIME_8BIT 32u	/* bytes above 127 in the body */
#define ROOST_MIME_NUL 64u	/* NUL bytes in header or body, not counting the parts inside */
#define ROOST_MIME_LIMIT 128u	/* deeper or more than allowed: read as one opaque leaf */

/*
 * Parts stand in the order in which they begin; part 0 is the message. A part contains those after
 * it up to (not including) next. Header and body of a part lie within its parent's body;
 * the line end before a boundary line belongs to the boundary.
 */
struct roost_mime_part {
	uint32_t parent;		/* ROOST_MIME_NONE for part 0 */
	uint32_t next;			/* first part that is not inside this one */
	uint32_t number;		/* among its siblings from 1; 0 for ROOTs */
	uint32_t depth;			/* 0 for part 0 */
	uint32_t flags;
	enum roost_transfer encoding;
	struct roost_mime_span header;	/* with the empty line that ends it */
	struct roost_mime_span body;
	/* As written; where missing or unreadable text/plain, in digests message/rfc822. */
	struct roost_text type, subtype;
	struct roost_text charset;	/* of a text part: the parameter; data NULL: none */
	struct roost_text fields[ROOST_MIME_FIELDS];
	/* Of a ROOT: IMAP's ENVELOPE with its parentheses. Part 0 has it only after parsing. */
	struct roost_text envelope;
};

struct roost_mime {
	const struct roost_mime_part *parts;
	uint32_t count;			/* at least 1 */
	uint64_t size;			/* physical, whole message */
	uint64_t crlf_size;		/* IMAP's RFC822.SIZE */
};

/* --- parsing --- */
struct roost_mime_options {
	uint32_t max_depth;		/* 0: 50 */
	uint32_t max_parts;		/* 0: 10000 */
	size_t max_header;		/* bytes of a header that are looked at; 0: 1 MB. All are counted. */
	/* Each header block as it is complete, with the empty line: to pick more out of the same pass.
	 * part: its position, type and fields are known, its body is not. data: until return. */
	void (*header)(void *context, const struct roost_mime_part *part, uint32_t index,
		       const char *data, size_t len);
	void *context;
};

/* Push form. Never fails: every sequence of bytes is a message. options may be NULL. */
struct roost_mime_parser;
ROOST_API struct roost_mime_parser *roost_mime_begin(struct roost_arena *arena,
						     const struct roost_mime_options *options);
ROOST_API void roost_mime_push(struct roost_mime_parser *parser, const void *data, size_t len);
/* The result lives in the arena; the parser is gone. */
ROOST_API const struct roost_mime *roost_mime_end(struct roost_mime_parser *parser);

/* Pull form: from input's current position (offsets count from there) to its end. */
ROOST_API int roost_mime_parse(struct roost_arena *arena, struct roost_input *input,
			       const struct roost_mime_options *options,
			       const struct roost_mime **mime, struct roost_error *err);

/* --- the compact form that the index cache keeps: all but part 0's envelope --- */
ROOST_API void roost_mime_pack(struct roost_str *out, const struct roost_mime *mime);
/* CORRUPT when the bytes cannot be that form. The texts point into data, the array is in arena. */
ROOST_API int roost_mime_unpack(struct roost_arena *arena, const void *data, size_t len,
				const struct roost_mime **mime, struct roost_error *err);

/* --- finding --- */
/*
 * The part that IMAP calls n1.n2...: RFC 9051 section 6.4.5.1. count 0: part 0. ROOST_MIME_NONE
 * when there is none. BODY[n] is its body, n.MIME its header; HEADER and TEXT are of
 * roost_mime_inner().
 */
ROOST_API uint32_t roost_mime_find(const struct roost_mime *mime, const uint32_t *numbers,
				   size_t count);
/* The message inside a MESSAGE part, and 0 for part 0; else ROOST_MIME_NONE. */
ROOST_API uint32_t roost_mime_inner(const struct roost_mime *mime, uint32_t index);

#endif
