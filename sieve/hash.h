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

static inline uint64_t sieve_hash(uint64_t hash, struct sieve_text text)
{
	uint64_t a = hash, b = hash + 1, c = hash + 2, d = hash + 3, word = 0;
	size_t left = text.len;
	const char *at = text.data;

	for (; left >= 32; left -= 32, at += 32) {
		a = sieve_hash_step(a, sieve_hash_load(at));
		b = sieve_hash_step(b, sieve_hash_load(at + 8));
		c = sieve_hash_step(c, sieve_hash_load(at + 16));
		d = sieve_hash_step(d, sieve_hash_load(at + 24));
	}
	for (; left >= 8; left -= 8, at += 8)
		a = sieve_hash_step(a, sieve_hash_load(at));
	if (left > 0)
		memcpy(&word, at, left);
	hash = sieve_hash_step(a, word);
	hash = sieve_hash_step(hash, b);
	hash = sieve_hash_step(hash, c);
	hash = sieve_hash_step(hash, d);
	hash = (hash ^ text.len) * SIEVE_HASH_FACTOR;
	return hash ^ hash >> 29;
}

/* For tables of short texts: every byte counts, none is looked for one by one. */
static inline uint64_t sieve_hash_short(const char *at, size_t len)
{
	uint64_t hash = len;
	size_t left = len;

	for (; left > 8; left -= 8, at += 8)
		hash = sieve_hash_step(hash, sieve_hash_load(at));
	if (len >= 8) {
		hash = sieve_hash_step(hash, sieve_hash_load(at + left - 8));
	} else {
		uint64_t word = 0;

		for (size_t i = 0; i < left; i++)
			word = word << 8 | (unsigned char)at[i];
		hash = sieve_hash_step(hash, word);
	}
	return hash ^ hash >> 32;
}

#endif
