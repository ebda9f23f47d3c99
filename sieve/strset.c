/* Sets of constant strings: a hash set, and a scan for many patterns at once. */
#include <stddef.h>
#include <string.h>
#include "sieve/hash.h"
#include "sieve/strset.h"

/* Scripts are their author's own: a plain hash does, collisions only slow him down. */
struct sieve_strset {
	const struct sieve_text *texts;
	uint32_t *slots;		/* number + 1 of a text; 0 empty */
	size_t mask;
	uint64_t lengths;		/* bit n: a text of length n (63: and longer) is there */
};

static uint64_t length_bit(size_t len)
{
	return (uint64_t)1 << (len < 63 ? len : 63);
}

static bool text_is(const struct sieve_text *a, const char *text, size_t len)
{
	return a->len == len && memcmp(a->data, text, len) == 0;
}

struct sieve_strset *sieve_strset_create(struct roost_arena *arena, const struct sieve_text *texts,
					 size_t count)
{
	struct sieve_strset *set = roost_arena_new(arena, struct sieve_strset);
	size_t slots = 4;

	while (slots < count * 2)
		slots *= 2;
	set->texts = roost_arena_dup(arena, texts, count * sizeof(*texts));
	set->slots = roost_arena_zalloc(arena, slots * sizeof(*set->slots));
	set->mask = slots - 1;
	for (size_t i = 0; i < count; i++) {
		size_t slot = sieve_hash_short(texts[i].data, texts[i].len) & set->mask;

		while (set->slots[slot] != 0)
			slot = (slot + 1) & set->mask;
		set->slots[slot] = (uint32_t)i + 1;
		set->lengths |= length_bit(texts[i].len);
	}
	return set;
}

bool sieve_strset_has(const struct sieve_strset *set, const char *text, size_t len)
{
	size_t slot;

	if ((set->lengths & length_bit(len)) == 0)
		return false;
	for (slot = sieve_hash_short(text, len) & set->mask; set->slots[slot] != 0;
	     slot = (slot + 1) & set->mask) {
		if (text_is(&set->texts[set->slots[slot] - 1], text, len))
			return true;
	}
	return false;
}

/*
 * Patterns in buckets by a hash of their first two bytes; a bitmap of those pairs rules out almost
 * every position of the text with one look. Patterns of one byte stand in a bitmap of their own.
 */
struct bucket { uint32_t first, count; };

enum { MAX_FEW = 4 };

struct sieve_multi {
	uint32_t few;			/* not 0: that many texts, and nothing of what follows longest */
	struct sieve_text *texts;	/* of two bytes and more, in order of their buckets */
	size_t longest;
	size_t count;
	bool always;			/* an empty pattern */
	bool any_single;
	uint64_t single[4];
	uint64_t pairs[1024];		/* 65536 bits */
	struct bucket buckets[256];
};

static unsigned pair_of(const char *at)
{
	return (unsigned)(unsigned char)at[0] << 8 | (unsigned char)at[1];
}

static unsigned bucket_of(unsigned pair)
{
	return (pair * 0x9e3779b1u) >> 24;
}

static size_t longest_of(const struct sieve_text *texts, size_t count)
{
	size_t longest = 0;

	for (size_t i = 0; i < count; i++)
		longest = texts[i].len > longest ? texts[i].len : longest;
	return longest;
}

size_t sieve_multi_longest(const struct sieve_multi *multi)
{
	return multi->longest;
}

/* One scan for each is cheaper than tables that have to be made first. */
static struct sieve_multi *few_create(struct roost_arena *arena, const struct sieve_text *texts,
				      size_t count)
{
	struct sieve_multi *multi = roost_arena_alloc(arena, offsetof(struct sieve_multi, count));

	multi->texts = roost_arena_dup(arena, texts, count * sizeof(*texts));
	multi->few = (uint32_t)count;
	multi->longest = longest_of(texts, count);
	return multi;
}

static bool few_in(const struct sieve_multi *multi, const char *text, size_t len)
{
	for (uint32_t i = 0; i < multi->few; i++) {
		if (memmem(text, len, multi->texts[i].data, multi->texts[i].len) != NULL)
			return true;
	}
	return false;
}

struct sieve_multi *sieve_multi_create(struct roost_arena *arena, const struct sieve_text *texts,
				       size_t count)
{
	struct sieve_multi *multi;
	uint32_t next[256];

	if (count > 0 && count <= MAX_FEW)
		return few_create(arena, texts, count);
	multi = roost_arena_new(arena, struct sieve_multi);
	multi->texts = roost_arena_alloc(arena, count * sizeof(*texts));
	multi->longest = longest_of(texts, count);
	for (size_t i = 0; i < count; i++) {
		unsigned char byte = texts[i].len > 0 ? (unsigned char)texts[i].data[0] : 0;

		if (texts[i].len == 0) {
			multi->always = true;
		} else if (texts[i].len == 1) {
			multi->single[byte / 64] |= (uint64_t)1 << byte % 64;
			multi->any_single = true;
		} else {
			unsigned pair = pair_of(texts[i].data);

			multi->pairs[pair / 64] |= (uint64_t)1 << pair % 64;
			multi->buckets[bucket_of(pair)].count++;
			multi->count++;
		}
	}
	for (uint32_t i = 0, first = 0; i < 256; i++) {
		multi->buckets[i].first = next[i] = first;
		first += multi->buckets[i].count;
	}
	for (size_t i = 0; i < count; i++) {
		if (texts[i].len >= 2)
			multi->texts[next[bucket_of(pair_of(texts[i].data))]++] = texts[i];
	}
	return multi;
}

static bool pattern_at(const struct sieve_multi *multi, unsigned pair, const char *text, size_t len)
{
	const struct bucket *bucket = &multi->buckets[bucket_of(pair)];

	for (uint32_t i = bucket->first; i < bucket->first + bucket->count; i++) {
		const struct sieve_text *pattern = &multi->texts[i];

		if (pattern->len <= len && memcmp(pattern->data, text, pattern->len) == 0)
			return true;
	}
	return false;
}

bool sieve_multi_in(const struct sieve_multi *multi, const char *text, size_t len)
{
	if (multi->few > 0)
		return few_in(multi, text, len);
	if (multi->always)
		return true;
	if (multi->count == 1 && !multi->any_single)
		return memmem(text, len, multi->texts[0].data, multi->texts[0].len) != NULL;
	for (size_t i = 0; multi->any_single && i < len; i++) {
		unsigned char byte = (unsigned char)text[i];

		if ((multi->single[byte / 64] >> byte % 64 & 1) != 0)
			return true;
	}
	if (multi->count == 0 || len < 2)
		return false;
	for (size_t i = 0; i + 1 < len; i++) {
		unsigned pair = pair_of(text + i);

		if ((multi->pairs[pair / 64] >> pair % 64 & 1) != 0 &&
		    pattern_at(multi, pair, text + i, len - i))
			return true;
	}
	return false;
}
