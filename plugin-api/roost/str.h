/* SPDX-License-Identifier: MIT */
/*
 * A growable byte string on the heap. Ours.
 * Start it with ROOST_STR_INIT or zeroes; data is NULL only while nothing was ever added.
 * Once data is there it is always NUL-terminated beyond len; bytes may include NUL.
 */
#ifndef ROOST_STR_H
#define ROOST_STR_H

#include <stdarg.h>
#include <string.h>
#include <roost/api.h>

struct roost_str {
	char *data;
	size_t len, capacity;
};

#define ROOST_STR_INIT { NULL, 0, 0 }

ROOST_API void roost_str_free(struct roost_str *str);	/* leaves it empty and reusable */
/* Make room for extra bytes beyond len (and a NUL); returns where they go. */
ROOST_API char *roost_str_reserve(struct roost_str *str, size_t extra);
ROOST_API void roost_str_append(struct roost_str *str, const void *data, size_t len);
ROOST_API void roost_str_puts(struct roost_str *str, const char *text);
ROOST_API void roost_str_printf(struct roost_str *str, const char *format, ...)
	ROOST_PRINTF(2, 3);
ROOST_API void roost_str_vprintf(struct roost_str *str, const char *format, va_list args)
	ROOST_PRINTF(2, 0);
/* Decimal, much cheaper than printf. */
ROOST_API void roost_str_number(struct roost_str *str, uint64_t number);
/* Drop the first n bytes. */
ROOST_API void roost_str_shift(struct roost_str *str, size_t n);
/* Cut to len bytes; longer than it is does nothing. */
ROOST_API void roost_str_truncate(struct roost_str *str, size_t len);
/* Never NULL. Borrowed. */
ROOST_API const char *roost_str_text(const struct roost_str *str);

static inline void roost_str_byte(struct roost_str *str, char byte)
{
	char *end = roost_str_reserve(str, 1);

	end[0] = byte;
	end[1] = '\0';
	str->len++;
}

#endif
