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
	uint64_t lanes[4] = { hash, hash + 1, hash + 2, hash + 3 }, word = 0;
	size_t left = text.len;
	const char *at = text.data;

	for (; left >= 32; left -= 32, at += 32) {
		for (unsigned i = 0; i < 4; i++)
			lanes[i] = sieve_hash_step(lanes[i], sieve_hash_load(at + 8 * i));
	}
	for (; left >= 8; left -= 8, at += 8)
		lanes[0] = sieve_hash_step(lanes[0], sieve_hash_load(at));
	if (left > 0)
		memcpy(&word, at, left);
	hash = sieve_hash_step(lanes[0], word);
	for (unsigned i = 1; i < 4; i++)
		hash = sieve_hash_step(hash, lanes[i]);
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
