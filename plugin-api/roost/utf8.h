/* SPDX-License-Identifier: MIT */
/* UTF-8: validate, count, walk. RFC 3629. */
#ifndef ROOST_UTF8_H
#define ROOST_UTF8_H

#include <roost/api.h>

/* No overlong forms, surrogates or values above 10FFFF. NUL bytes are valid. */
ROOST_API bool roost_utf8_valid(const char *text, size_t len);
/* Characters in valid text. */
ROOST_API size_t roost_utf8_count(const char *text, size_t len);
/* Length of the longest prefix of at most limit bytes that ends on a character border. */
ROOST_API size_t roost_utf8_cut(const char *text, size_t len, size_t limit);
/* Decode one character; returns its length, 0 when invalid or at the end. */
ROOST_API size_t roost_utf8_decode(const char *text, size_t len, uint32_t *code);
/* Encode; returns the length (1-4), 0 when code is no scalar value. out: room for 4 bytes. */
ROOST_API size_t roost_utf8_encode(uint32_t code, char *out);

#endif
