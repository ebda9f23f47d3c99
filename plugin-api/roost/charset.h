/* SPDX-License-Identifier: MIT */
/*
 * Charsets to UTF-8, and UTF-8 folded for comparing. Toolkit libroost-message.
 * Converters are kept open per process and charset.
 */
#ifndef ROOST_CHARSET_H
#define ROOST_CHARSET_H

#include <roost/header.h>
#include <roost/input.h>

/* Names are MIME's (RFC 2046 section 4.1.2), with the usual aliases; case does not matter. */
ROOST_API bool roost_charset_known(struct roost_text name);

/* Open the usual converters, for what a process may not open any more when it is confined. */
ROOST_API void roost_charset_preload(void);

/*
 * Convert a whole text; what is invalid in it becomes U+FFFD each. False: charset is unknown, then
 * ASCII is kept and every other byte becomes U+FFFD, unless the whole is valid UTF-8. Added to out.
 * us-ascii and no name (data NULL) are read as UTF-8.
 */
ROOST_API bool roost_charset_to_utf8(struct roost_str *out, struct roost_text charset,
				     const void *data, size_t len);
/* From UTF-8; INVALID when charset is unknown or lacks a character. Added to out. */
ROOST_API int roost_charset_from_utf8(struct roost_str *out, struct roost_text charset,
				      const char *text, size_t len, struct roost_error *err);
/* The same as a stream, for bodies; keeps a reference to parent. NULL: charset is unknown. */
ROOST_API struct roost_input *roost_charset_input(struct roost_input *parent,
						  struct roost_text charset);

/*
 * Fold for search and sort: full case folding over compatibility decomposition, in the spirit of
 * i;unicode-casemap (RFC 5051), so that equal texts give equal bytes. Pure ASCII only loses its
 * upper case. Invalid bytes become U+FFFD. Added to out.
 */
ROOST_API void roost_text_fold(struct roost_str *out, const char *utf8, size_t len);
/* A-Z only (i;ascii-casemap, RFC 4790), in place. */
ROOST_API void roost_text_lower(char *text, size_t len);
/* Copy with all that is not valid UTF-8 replaced by U+FFFD, NULs dropped. Added to out. */
ROOST_API void roost_text_clean(struct roost_str *out, const char *text, size_t len);

#endif
