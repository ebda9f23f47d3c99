/* The names of commands, tests and tags that an instance knows, each once, with all it can mean. */
#ifndef SIEVE_WORDS_H
#define SIEVE_WORDS_H

#include "sieve/hash.h"

struct sieve_def;
struct sieve_tag;

/* A command or test of this name; numbers of its operations from 1, 0: it is none. */
struct sieve_meaning {
	struct sieve_meaning *next;
	const struct sieve_def *def;
	uint32_t extension;
	uint32_t command, test;
};

struct sieve_tag_meaning {
	struct sieve_tag_meaning *next;
	const struct sieve_tag *tag;
	uint32_t extension;
};

struct sieve_word {
	uint64_t first, last;		/* bytes of the name */
	const char *name;
	size_t len;
	struct sieve_meaning *meanings;	/* in the order of the extensions */
	struct sieve_tag_meaning *tags;
};

struct sieve_words {
	struct roost_arena *arena;
	struct sieve_word **slots;
	uint32_t count, mask;		/* of the slots; 0: none yet */
};

/* In letters this bit is case and nothing else; what else may be in a name stays different. */
#define SIEVE_CASE_BITS 0x2020202020202020u

static inline uint64_t sieve_word_load4(const char *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* The first eight bytes, or all of them: the length tells which. No byte behind the text is looked at. */
static inline uint64_t sieve_word_first(struct sieve_text text)
{
	const char *at = text.data, *end = at + text.len;

	if (text.len > 8)
		return sieve_hash_load(at) | SIEVE_CASE_BITS;
	if (text.len >= 4)
		return sieve_word_load4(at) | sieve_word_load4(end - 4) << 32 | SIEVE_CASE_BITS;
	return (uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[text.len / 2] << 8 |
		(uint64_t)(unsigned char)end[-1] << 16 | SIEVE_CASE_BITS;
}

static inline uint64_t sieve_word_last(struct sieve_text text)
{
	return text.len > 8 ? sieve_hash_load(text.data + text.len - 8) | SIEVE_CASE_BITS : 0;
}

static inline uint32_t sieve_word_slot(const struct sieve_words *words, uint64_t first, uint64_t last)
{
	return (uint32_t)((first ^ last) * SIEVE_HASH_FACTOR >> 40) & words->mask;
}

/* text: letters, digits, '_'. NULL: nothing has this name, or words is NULL. */
static inline struct sieve_word *sieve_words_find(const struct sieve_words *words, struct sieve_text text)
{
	struct sieve_word *word;
	uint64_t first, last;
	uint32_t slot;

	if (words == NULL || words->count == 0 || text.len == 0)
		return NULL;
	first = sieve_word_first(text);
	last = sieve_word_last(text);
	for (slot = sieve_word_slot(words, first, last); (word = words->slots[slot]) != NULL;
	     slot = (slot + 1) & words->mask) {
		if (word->first == first && word->last == last && word->len == text.len &&
		    (text.len <= 16 || strncasecmp(word->name, text.data, text.len) == 0))
			break;
	}
	return word;
}

/* name outlives the words. */
struct sieve_word *sieve_words_add(struct sieve_words *words, const char *name);

#endif
