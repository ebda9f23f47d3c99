/* Checksums against accidents, not attackers: any change within eight bytes changes them. */
#ifndef SIEVE_HASH_H
#define SIEVE_HASH_H

#include <stdint.h>
#include "sieve/text.h"

#define SIEVE_HASH_FACTOR 0x9e3779b97f4a7c15u

static inline uint64_t sieve_hash_load(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* Each step can be undone, so that different words stay different. */
static inline uint64_t sieve_hash_step(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * SIEVE_HASH_FACTOR;
	return hash << 27 | hash >> 37;
}

/* The word at at, which is copied to to unless that is NULL. */
static inline uint64_t sieve_hash_pass(char *to, const char *at)
{
	uint64_t word = sieve_hash_load(at);

	if (to != NULL)
		memcpy(to, &word, sizeof(word));
	return word;
}

static inline __attribute__((always_inline)) uint64_t sieve_hash_copy(uint64_t hash, char *to,
								      struct sieve_text text)
{
	uint64_t a = hash, b = hash + 1, c = hash + 2, d = hash + 3, word = 0;
	const bool copy = to != NULL;
	const char *at = text.data, *end = at + text.len;

	for (; end - at >= 32; at += 32, to = copy ? to + 32 : NULL) {
		a = sieve_hash_step(a, sieve_hash_pass(to, at));
		b = sieve_hash_step(b, sieve_hash_pass(copy ? to + 8 : NULL, at + 8));
		c = sieve_hash_step(c, sieve_hash_pass(copy ? to + 16 : NULL, at + 16));
		d = sieve_hash_step(d, sieve_hash_pass(copy ? to + 24 : NULL, at + 24));
	}
	for (; end - at >= 8; at += 8, to = copy ? to + 8 : NULL)
		a = sieve_hash_step(a, sieve_hash_pass(to, at));
	if (at < end) {
		memcpy(&word, at, (size_t)(end - at));
		if (copy)
			memcpy(to, at, (size_t)(end - at));
	}
	hash = sieve_hash_step(a, word);
	hash = sieve_hash_step(hash, b);
	hash = sieve_hash_step(hash, c);
	hash = sieve_hash_step(hash, d);
	hash = (hash ^ text.len) * SIEVE_HASH_FACTOR;
	return hash ^ hash >> 29;
}

static inline uint64_t sieve_hash(uint64_t hash, struct sieve_text text)
{
	return sieve_hash_copy(hash, NULL, text);
}

/* For tables of short texts: every byte counts, none is looked for one by one. */
static inline uint64_t sieve_hash_short(const char *at, size_t len)
{
	const char *end = at + len;
	uint64_t hash = len;

	for (; end - at > 8; at += 8)
		hash = sieve_hash_step(hash, sieve_hash_load(at));
	if (len >= 8) {
		hash = sieve_hash_step(hash, sieve_hash_load(end - 8));
	} else if (len >= 4) {
		uint32_t first, last;

		memcpy(&first, at, sizeof(first));
		memcpy(&last, end - sizeof(last), sizeof(last));
		hash = sieve_hash_step(hash, first | (uint64_t)last << 32);
	} else if (len > 0) {
		hash = sieve_hash_step(hash, (unsigned char)at[0] | (uint64_t)(unsigned char)at[len / 2] << 8 |
				       (uint64_t)(unsigned char)end[-1] << 16);
	}
	return hash ^ hash >> 32;
}

#endif
