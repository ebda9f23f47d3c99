/* A checksum against accidents, not attackers: any change within eight bytes changes it. */
#ifndef SIEVE_HASH_H
#define SIEVE_HASH_H

#include <stdint.h>
#include "sieve/text.h"

static inline uint64_t sieve_hash(uint64_t hash, struct sieve_text text)
{
	uint64_t word;

	for (size_t at = 0; at < text.len; at += sizeof(word)) {
		size_t left = text.len - at;

		word = 0;
		memcpy(&word, text.data + at, left < sizeof(word) ? left : sizeof(word));
		/* Each step can be undone, so that different words stay different. */
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	hash = (hash ^ text.len) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

#endif
