/* words - a hash table of names, without regard to case. */
#include "sieve/words.h"

enum { FIRST_SLOTS = 1024 };

static void insert(struct sieve_words *words, struct sieve_word *word)
{
	uint32_t slot = sieve_word_slot(words, word->first, word->last);

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
	*word = (struct sieve_word){ .name = name, .len = text.len, .first = sieve_word_first(text),
				     .last = sieve_word_last(text) };
	insert(words, word);
	words->count++;
	return word;
}
