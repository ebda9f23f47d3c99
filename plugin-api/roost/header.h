/* SPDX-License-Identifier: MIT */
/*
 * Fields of a raw header block, as it was received: names, values, offsets. RFC 5322 section 2.2.
 * Toolkit libroost-message. Lines end with LF or CRLF, mixed as you like. Nothing is copied.
 */
#ifndef ROOST_HEADER_H
#define ROOST_HEADER_H

#include <roost/arena.h>
#include <roost/str.h>

/* Some bytes somewhere else, not NUL-terminated. data is NULL for "not there". */
struct roost_text {
	const char *data;
	size_t len;
};
#define ROOST_TEXT(literal) ((struct roost_text){ (literal), sizeof(literal) - 1 })

/* Equal but for ASCII case. */
ROOST_API bool roost_text_is(struct roost_text text, const char *word);
/* Without spaces, tabs, CR and LF at both ends. */
ROOST_API struct roost_text roost_text_trim(struct roost_text text);

struct roost_header_field {
	/* As written. Empty when the line is no field (no colon, junk before it, a mbox "From "
	 * line): value is then the whole line. Such lines count for HEADER.FIELDS.NOT only. */
	struct roost_text name;
	/* From after the colon to before the line end, folds still inside. */
	struct roost_text value;
	size_t offset, end;	/* in the block: of the name, and beyond the last line end */
};

struct roost_header {		/* a walk over a block */
	const char *data;
	size_t len, at;
};

/* The block may include the empty line that ends it and what follows: the walk stops before. */
ROOST_API struct roost_header roost_header_walk(const void *data, size_t len);
/* The next field; false at the end. */
ROOST_API bool roost_header_next(struct roost_header *header, struct roost_header_field *field);
/* The next field of this name (case does not matter). */
ROOST_API bool roost_header_next_named(struct roost_header *header, const char *name,
				       struct roost_header_field *field);
/* The first of this name: its trimmed value, folds inside; data NULL when there is none. */
ROOST_API struct roost_text roost_header_find(const void *data, size_t len, const char *name);
/* Length of the header at the start of data with the empty line that ends it; len without one. */
ROOST_API size_t roost_header_length(const void *data, size_t len);

/*
 * The value on one line: line ends inside are dropped, their following space stays (RFC 5322
 * section 2.2.3); spaces around the value and NULs are dropped. Without folds the result points
 * into value, else into arena.
 */
ROOST_API struct roost_text roost_header_unfold(struct roost_arena *arena, struct roost_text value);
ROOST_API void roost_header_unfold_to(struct roost_str *out, struct roost_text value);

/*
 * The next message id "<left@right>" in a value (Message-ID, In-Reply-To, References), without
 * the angle brackets, comments and quoting as they came; text moves on. RFC 5322 section 3.6.4.
 */
ROOST_API bool roost_header_message_id(struct roost_text *text, struct roost_text *id);

#endif
