/* words - a hash table of names, without regard to case. */
#include <ctype.h>
#include "sieve/words.h"

enum { FIRST_SLOTS = 256 };

/* In names this bit is case and nothing else. */
enum { CASE = 32 };

static uint32_t hash_name(struct sieve_text text)
{
	uint32_t hash = (uint32_t)text.len;

	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ ((unsigned char)text.data[i] | CASE)) * 0x01000193u;
	return hash ^ hash >> 15;
}

static bool is_name(const struct sieve_word *word, struct sieve_text text)
{
	if (word->len != text.len)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if ((word->name[i] | CASE) != (text.data[i] | CASE))
			return false;
	}
	return true;
}

/* Where the word is, or the empty slot where it would go. */
static uint32_t find_slot(const struct sieve_words *words, struct sieve_text text)
{
	uint32_t slot = hash_name(text) & words->mask;

	while (words->slots[slot] != NULL && !is_name(words->slots[slot], text))
		slot = (slot + 1) & words->mask;
	return slot;
}

struct sieve_word *sieve_words_find(const struct sieve_words *words, struct sieve_text text)
{
	return words->count > 0 ? words->slots[find_slot(words, text)] : NULL;
}

static void grow(struct sieve_words *words)
{
	struct sieve_word **old = words->slots;
	uint32_t count = words->mask + 1, size = old != NULL ? count * 2 : FIRST_SLOTS;

	words->mask = size - 1;
	words->slots = roost_arena_zalloc(words->arena, size * sizeof(*words->slots));
	for (uint32_t i = 0; old != NULL && i < count; i++) {
		if (old[i] != NULL)
			words->slots[find_slot(words, (struct sieve_text){ old[i]->name, old[i]->len })] =
				old[i];
	}
}

struct sieve_word *sieve_words_add(struct sieve_words *words, const char *name)
{
	struct sieve_word *word;
	char *lower;
	uint32_t slot;

	if (words->slots == NULL || words->count * 2 > words->mask)
		grow(words);
	slot = find_slot(words, sieve_text_of(name));
	if (words->slots[slot] != NULL)
		return words->slots[slot];
	word = roost_arena_new(words->arena, struct sieve_word);
	lower = roost_arena_strdup(words->arena, name);
	for (char *c = lower; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	word->name = lower;
	word->len = strlen(lower);
	words->slots[slot] = word;
	words->count++;
	return word;
}
