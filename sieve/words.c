/* words - a hash table of names, without regard to case. */
#include "sieve/hash.h"
#include "sieve/words.h"

enum { FIRST_SLOTS = 1024 };

/* In letters this bit is case and nothing else; what else may be in a name stays different. */
#define CASE_BITS 0x2020202020202020u

static uint64_t load4(const char *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static uint64_t load8(const char *at)
{
	return sieve_hash_load(at) | CASE_BITS;
}

/* Parts of a length overlap as they have to: no byte behind the text is looked at. */
static struct sieve_name fold(struct sieve_text text)
{
	struct sieve_name name = { .len = text.len };
	const char *at = text.data, *end = at + text.len;

	if (text.len < 4) {
		name.parts[0] = ((uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[text.len / 2] << 8 |
				 (uint64_t)(unsigned char)end[-1] << 16) | CASE_BITS;
	} else if (text.len <= 8) {
		name.parts[0] = load4(at) | load4(end - 4) << 32 | CASE_BITS;
	} else {
		name.parts[0] = load8(at);
		name.parts[1] = load8(end - 8);
	}
	if (text.len > 16) {
		name.parts[2] = load8(at + 8);
		name.parts[3] = load8(end - 16);
	}
	return name;
}

static bool is_name(const struct sieve_name *a, const struct sieve_name *b)
{
	return a->len == b->len && a->parts[0] == b->parts[0] && a->parts[1] == b->parts[1] &&
		a->parts[2] == b->parts[2] && a->parts[3] == b->parts[3];
}

/* Where the word is, or the empty slot where it would go. */
static uint32_t find_slot(const struct sieve_words *words, const struct sieve_name *name)
{
	uint64_t hash = (name->parts[0] ^ (name->parts[1] << 1) ^ name->len) * SIEVE_HASH_FACTOR;
	uint32_t slot = (uint32_t)(hash >> 40) & words->mask;

	while (words->slots[slot] != NULL && !is_name(&words->slots[slot]->name, name))
		slot = (slot + 1) & words->mask;
	return slot;
}

struct sieve_word *sieve_words_find(const struct sieve_words *words, struct sieve_text text)
{
	struct sieve_name name;

	if (words == NULL || words->count == 0 || text.len == 0 || text.len > SIEVE_MAX_NAME)
		return NULL;
	name = fold(text);
	return words->slots[find_slot(words, &name)];
}

static void grow(struct sieve_words *words)
{
	struct sieve_word **old = words->slots;
	uint32_t count = words->mask + 1, size = old != NULL ? count * 2 : FIRST_SLOTS;

	words->mask = size - 1;
	words->slots = roost_arena_zalloc(words->arena, size * sizeof(*words->slots));
	for (uint32_t i = 0; old != NULL && i < count; i++) {
		if (old[i] != NULL)
			words->slots[find_slot(words, &old[i]->name)] = old[i];
	}
}

struct sieve_word *sieve_words_add(struct sieve_words *words, const char *text)
{
	struct sieve_name name = fold(sieve_text_of(text));
	struct sieve_word *word;
	uint32_t slot;

	if (words->slots == NULL || words->count * 2 > words->mask)
		grow(words);
	slot = find_slot(words, &name);
	if (words->slots[slot] != NULL)
		return words->slots[slot];
	word = roost_arena_new(words->arena, struct sieve_word);
	word->name = name;
	words->slots[slot] = word;
	words->count++;
	return word;
}
