/* SPDX-License-Identifier: MIT */
/*
 * ENVELOPE, BODY, BODYSTRUCTURE as IMAP writes them: RFC 9051 section 7.5.2, RFC 3501 section 7.4.2.
 * Strings are quoted, or literals where they hold bytes above 127 or line ends, so that the same
 * text serves IMAP4rev1 and rev2. Toolkit libroost-message.
 */
#ifndef ROOST_STRUCTURE_H
#define ROOST_STRUCTURE_H

#include <roost/address.h>
#include <roost/mime.h>

/* From a raw header block. Added to out, with the parentheses. */
ROOST_API void roost_structure_envelope(struct roost_str *out, const void *header, size_t len);
/* BODY, or BODYSTRUCTURE when extended; from a parsed or an unpacked message. Added to out. */
ROOST_API void roost_structure_body(struct roost_str *out, const struct roost_mime *mime,
				    bool extended);

/* Read an ENVELOPE's text back, for what wants its members. RFC 9051 section 7.5.2. */
enum roost_envelope_field {
	ROOST_ENVELOPE_DATE = 0, ROOST_ENVELOPE_SUBJECT = 1, ROOST_ENVELOPE_FROM = 2,
	ROOST_ENVELOPE_SENDER = 3, ROOST_ENVELOPE_REPLY_TO = 4, ROOST_ENVELOPE_TO = 5,
	ROOST_ENVELOPE_CC = 6, ROOST_ENVELOPE_BCC = 7, ROOST_ENVELOPE_IN_REPLY_TO = 8,
	ROOST_ENVELOPE_MESSAGE_ID = 9, ROOST_ENVELOPE_FIELDS = 10,
};
struct roost_envelope {
	struct roost_text strings[ROOST_ENVELOPE_FIELDS];	/* of the four; data NULL: NIL */
	struct roost_address_list lists[ROOST_ENVELOPE_FIELDS];	/* FROM to BCC; raw is not set */
};
/* CORRUPT when it is no ENVELOPE. Everything in arena. */
ROOST_API int roost_structure_parse_envelope(struct roost_arena *arena, const void *text,
					     size_t len, struct roost_envelope *envelope,
					     struct roost_error *err);

/* One nstring as in ENVELOPE: NIL, "quoted" or {n} literal. NULs are dropped. Added to out. */
ROOST_API void roost_structure_string(struct roost_str *out, struct roost_text text);

#endif
