/* words - a hash table of names, without regard to case. */
#include <ctype.h>
#include "sieve/words.h"

enum { FIRST_SLOTS = 1024 };

/* In letters this bit is case and nothing else; few words are alike in what is looked at here. */
static uint32_t hash_name(struct sieve_text text)
{
	enum { CASE = 32 };
	uint32_t first = (unsigned char)text.data[0] | CASE;
	uint32_t middle = (unsigned char)text.data[text.len / 2] | CASE;
	uint32_t last = (unsigned char)text.data[text.len - 1] | CASE;

	return (((first * 31 + middle) * 31 + last) * 31 + (uint32_t)text.len) * 0x9e3779b1u >> 16;
}

static bool is_name(const struct sieve_word *word, struct sieve_text text)
{
	return word->len == text.len && (memcmp(word->name, text.data, text.len) == 0 ||
					 strncasecmp(word->name, text.data, text.len) == 0);
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
	return words->count > 0 && text.len > 0 ? words->slots[find_slot(words, text)] : NULL;
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
