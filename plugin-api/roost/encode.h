/* SPDX-License-Identifier: MIT */
/* Base64 (RFC 4648 section 4), hex, percent encoding (RFC 3986 section 2.1); TAB-escaping of our own lines. */
#ifndef ROOST_ENCODE_H
#define ROOST_ENCODE_H

#include <roost/error.h>
#include <roost/str.h>

ROOST_API void roost_base64_encode(struct roost_str *out, const void *data, size_t len);
/* Strict: padding needed, no white space. On failure nothing is added. */
ROOST_API int roost_base64_decode(struct roost_str *out, const char *text, size_t len,
				  struct roost_error *err);
ROOST_API void roost_hex_encode(struct roost_str *out, const void *data, size_t len);
ROOST_API int roost_hex_decode(struct roost_str *out, const char *text, size_t len,
			       struct roost_error *err);

/*
 * TAB, CR, LF, NUL and 0x01 in fields of TAB-separated lines: 0x01 followed by t, r, n, 0, 1
 * (the auth protocols' form, R-AUP-1).
 */
ROOST_API void roost_tab_escape(struct roost_str *out, const char *text);
/* In place; returns text. */
ROOST_API char *roost_tab_unescape(char *text);

#endif
