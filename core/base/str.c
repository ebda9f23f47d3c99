/* A growable byte string on the heap. */
#include <stdio.h>
#include <stdlib.h>
#include <roost/str.h>
#include "core/base/memory.h"

void roost_str_free(struct roost_str *str)
{
	free(str->data);
	*str = (struct roost_str)ROOST_STR_INIT;
}

char *roost_str_reserve(struct roost_str *str, size_t extra)
{
	size_t need = str->len + extra + 1;

	if (need > str->capacity) {
		size_t capacity = str->capacity < 32 ? 64 : str->capacity * 2;

		if (capacity < need)
			capacity = need;
		str->data = mem_realloc(str->data, capacity);
		str->capacity = capacity;
	}
	return str->data + str->len;
}

void roost_str_append(struct roost_str *str, const void *data, size_t len)
{
	char *end = roost_str_reserve(str, len);

	if (len > 0)
		memcpy(end, data, len);
	end[len] = '\0';
	str->len += len;
}

void roost_str_puts(struct roost_str *str, const char *text)
{
	roost_str_append(str, text, strlen(text));
}

void roost_str_vprintf(struct roost_str *str, const char *format, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return;
	vsnprintf(roost_str_reserve(str, (size_t)len), (size_t)len + 1, format, args);
	str->len += (size_t)len;
}

void roost_str_printf(struct roost_str *str, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	roost_str_vprintf(str, format, args);
	va_end(args);
}

void roost_str_number(struct roost_str *str, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	roost_str_append(str, digits + at, sizeof(digits) - at);
}

void roost_str_shift(struct roost_str *str, size_t n)
{
	if (n == 0)
		return;
	if (n > str->len)
		n = str->len;
	str->len -= n;
	memmove(str->data, str->data + n, str->len + 1);
}

void roost_str_truncate(struct roost_str *str, size_t len)
{
	if (len >= str->len)
		return;
	str->len = len;
	str->data[len] = '\0';
}

const char *roost_str_text(const struct roost_str *str)
{
	return str->data == NULL ? "" : str->data;
}
