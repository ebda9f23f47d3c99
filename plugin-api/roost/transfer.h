/* SPDX-License-Identifier: MIT */
/*
 * Content transfer encodings. RFC 2045 section 6; uuencode (POSIX) as mail has it. Toolkit
 * libroost-message.
 */
#ifndef ROOST_TRANSFER_H
#define ROOST_TRANSFER_H

#include <roost/header.h>
#include <roost/input.h>

enum roost_transfer {
	ROOST_TRANSFER_7BIT = 0,
	ROOST_TRANSFER_8BIT = 1,
	ROOST_TRANSFER_BINARY = 2,
	ROOST_TRANSFER_QUOTED_PRINTABLE = 3,
	ROOST_TRANSFER_BASE64 = 4,
	ROOST_TRANSFER_UUENCODE = 5,		/* x-uuencode, x-uue, uuencode */
	ROOST_TRANSFER_UNKNOWN = 6,		/* BINARY[] answers [UNKNOWN-CTE] (RFC 3516) */
};

/* A Content-Transfer-Encoding's value (comments and space around it are fine); none is 7bit. */
ROOST_API enum roost_transfer roost_transfer_named(struct roost_text value);

/*
 * Decode piecewise; start with zeroes but for encoding. Tolerant: what cannot be decoded is passed
 * over (base64) or kept as it is (quoted-printable). The identity encodings copy.
 */
struct roost_transfer_decoder {
	enum roost_transfer encoding;
	uint32_t bits, state;		/* private */
	unsigned char held[64];		/* private: the start of what the next piece completes */
	size_t held_len;
};
ROOST_API void roost_transfer_decode(struct roost_transfer_decoder *decoder,
				     struct roost_str *out, const void *data, size_t len);
/* The end has come: what was held is given out. */
ROOST_API void roost_transfer_finish(struct roost_transfer_decoder *decoder,
				     struct roost_str *out);
/* All at once. */
ROOST_API void roost_transfer_decode_all(enum roost_transfer encoding, struct roost_str *out,
					 const void *data, size_t len);
/* As a stream; keeps a reference to parent. For the identity encodings that is parent itself. */
ROOST_API struct roost_input *roost_transfer_input(struct roost_input *parent,
						   enum roost_transfer encoding);

/* Text as quoted-printable: lines end with CRLF in the result, LF or CRLF in text. Added to out. */
ROOST_API void roost_transfer_encode_quoted(struct roost_str *out, const char *text, size_t len);
/* Base64 in lines of 76, each with CRLF. Added to out. */
ROOST_API void roost_transfer_encode_base64(struct roost_str *out, const void *data, size_t len);

#endif
