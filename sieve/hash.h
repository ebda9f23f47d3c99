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
