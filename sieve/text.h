/* Some bytes somewhere else; may hold NULs, not NUL-terminated unless said so. */
#ifndef SIEVE_TEXT_H
#define SIEVE_TEXT_H

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <roost/arena.h>
#include <roost/str.h>

struct sieve_text { const char *data; size_t len; };

#define SIEVE_TEXT(literal) ((struct sieve_text){ (literal), sizeof(literal) - 1 })

static inline struct sieve_text sieve_text_of(const char *string)
{
	return (struct sieve_text){ string, strlen(string) };
}

/* NULs inside are kept, one is added. */
static inline struct sieve_text sieve_text_dup(struct roost_arena *arena, struct sieve_text text)
{
	char *copy = roost_arena_alloc(arena, text.len + 1);

	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return (struct sieve_text){ copy, text.len };
}

static inline struct sieve_text sieve_text_of_str(const struct roost_str *str)
{
	return (struct sieve_text){ roost_str_text(str), str->len };
}

static inline bool sieve_text_equal(struct sieve_text a, struct sieve_text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Equal but for ASCII case. */
static inline bool sieve_text_is(struct sieve_text text, const char *word)
{
	return strlen(word) == text.len && strncasecmp(text.data, word, text.len) == 0;
}

/* Whether it is a word of a list with blanks or commas between; NULL is an empty list. */
static inline bool sieve_text_in(struct sieve_text text, const char *list)
{
	while (list != NULL && *list != '\0') {
		size_t len = strcspn(list, " ,\t");

		if (len > 0 && len == text.len && strncasecmp(list, text.data, len) == 0)
			return true;
		list += len + strspn(list + len, " ,\t");
	}
	return false;
}

#endif
