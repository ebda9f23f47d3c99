/* words - a hash table of names, without regard to case. */
#include "sieve/hash.h"
#include "sieve/words.h"

enum { FIRST_SLOTS = 1024 };

/* In letters this bit is case and nothing else; what else may be in a name stays different. */
#define CASE_BITS 0x2020202020202020u

static inline uint64_t load4(const char *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* The first eight bytes, or all of them: the length tells which. No byte behind the text is looked at. */
static inline uint64_t first_bytes(struct sieve_text text)
{
	const char *at = text.data, *end = at + text.len;

	if (text.len > 8)
		return sieve_hash_load(at) | CASE_BITS;
	if (text.len >= 4)
		return load4(at) | load4(end - 4) << 32 | CASE_BITS;
	return (uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[text.len / 2] << 8 |
		(uint64_t)(unsigned char)end[-1] << 16 | CASE_BITS;
}

static inline uint64_t last_bytes(struct sieve_text text)
{
	return text.len > 8 ? sieve_hash_load(text.data + text.len - 8) | CASE_BITS : 0;
}

static inline uint32_t slot_of(const struct sieve_words *words, uint64_t first, uint64_t last)
{
	return (uint32_t)((first ^ last) * SIEVE_HASH_FACTOR >> 40) & words->mask;
}

struct sieve_word *sieve_words_find(const struct sieve_words *words, struct sieve_text text)
{
	struct sieve_word *word;
	uint64_t first, last;
	uint32_t slot;

	if (words == NULL || words->count == 0 || text.len == 0)
		return NULL;
	first = first_bytes(text);
	last = last_bytes(text);
	for (slot = slot_of(words, first, last); (word = words->slots[slot]) != NULL;
	     slot = (slot + 1) & words->mask) {
		if (word->first == first && word->last == last && word->len == text.len &&
		    (text.len <= 16 || strncasecmp(word->name, text.data, text.len) == 0))
			break;
	}
	return word;
}

static void insert(struct sieve_words *words, struct sieve_word *word)
{
	uint32_t slot = slot_of(words, word->first, word->last);

	while (words->slots[slot] != NULL)
		slot = (slot + 1) & words->mask;
	words->slots[slot] = word;
}

static void grow(struct sieve_words *words)
{
	struct sieve_word **old = words->slots;
	uint32_t count = words->mask + 1, size = old != NULL ? count * 2 : FIRST_SLOTS;

	words->mask = size - 1;
	words->slots = roost_arena_zalloc(words->arena, size * sizeof(*words->slots));
	for (uint32_t i = 0; old != NULL && i < count; i++) {
		if (old[i] != NULL)
			insert(words, old[i]);
	}
}

struct sieve_word *sieve_words_add(struct sieve_words *words, const char *name)
{
	struct sieve_text text = sieve_text_of(name);
	struct sieve_word *word = sieve_words_find(words, text);

	if (word != NULL)
		return word;
	if (words->slots == NULL || words->count * 2 > words->mask)
		grow(words);
	word = roost_arena_new(words->arena, struct sieve_word);
	*word = (struct sieve_word){ .name = name, .len = text.len, .first = first_bytes(text),
				     .last = last_bytes(text) };
	insert(words, word);
	words->count++;
	return word;
}
