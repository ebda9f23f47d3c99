/* SPDX-License-Identifier: MIT */
/* Mailbox names. RFC 9051 section 5.1; modified UTF-7 from RFC 3501 section 5.1.3. Toolkit libroost-mail. */
#ifndef ROOST_NAME_H
#define ROOST_NAME_H

#include <roost/arena.h>
#include <roost/error.h>

#define ROOST_NAME_MAX 4096		/* bytes of a whole name, R-IM-6 */
#define ROOST_NAME_LEVEL_MAX 255	/* bytes between two separators, in either encoding */

/*
 * Convert a name as IMAP4rev1 clients spell it to UTF-8, in arena. wire: NUL-terminated; need not be
 * valid. INVALID for bad modified UTF-7: characters that need no encoding but have it, NULs, halves
 * of surrogate pairs, bytes above 127; the text is fit to show to the client.
 */
ROOST_API int roost_name_from_utf7(struct roost_arena *arena, const char *wire,
				   const char **name, struct roost_error *err);
/* The other way. name: valid UTF-8. In arena; name itself when it is the same. */
ROOST_API const char *roost_name_to_utf7(struct roost_arena *arena, const char *name);

/*
 * Whether a name may be created: Net-Unicode without control characters (RFC 5198), no empty level, no
 * "." and ".." levels, the lengths above. separator: between levels, 0: there is none; other than
 * '/' it makes '/' a forbidden character. INVALID, with the reason as text.
 */
ROOST_API int roost_name_check(const char *name, char separator, struct roost_error *err);

/*
 * Whether name matches a LIST pattern: '*' matches anything, '%' anything but separator; INBOX as the
 * first level in any case. parent: true when no match, but a child of name could match. May be NULL.
 */
ROOST_API bool roost_name_matches(const char *name, const char *pattern, char separator,
				  bool *parent);

/* Whether name is INBOX in any case. */
ROOST_API bool roost_name_is_inbox(const char *name);

#endif
