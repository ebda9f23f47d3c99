/* CRC32C: the processor's instruction where there is one, a table elsewhere. */
#include <stdbool.h>
#include <string.h>
#include "modules/mail/index/crc.h"
#include "modules/mail/index/le.h"

#define POLYNOMIAL 0x82f63b78u		/* reflected */

static uint32_t table[8][256];
static bool table_made;

static void make_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
		table[0][i] = crc;
	}
	for (int k = 1; k < 8; k++) {
		for (int i = 0; i < 256; i++)
			table[k][i] = (table[k - 1][i] >> 8) ^ table[0][table[k - 1][i] & 0xff];
	}
	table_made = true;
}

uint32_t crc32c_portable(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *at = data;

	if (!table_made)
		make_table();
	crc = ~crc;
	for (; len >= 8; at += 8, len -= 8) {
		uint32_t low = le32_get(at) ^ crc, high = le32_get(at + 4);

		crc = table[7][low & 0xff] ^ table[6][(low >> 8) & 0xff] ^
			table[5][(low >> 16) & 0xff] ^ table[4][low >> 24] ^
			table[3][high & 0xff] ^ table[2][(high >> 8) & 0xff] ^
			table[1][(high >> 16) & 0xff] ^ table[0][high >> 24];
	}
	for (; len > 0; at++, len--)
		crc = (crc >> 8) ^ table[0][(crc ^ *at) & 0xff];
	return ~crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2")))
static uint32_t crc32c_sse42(uint32_t start, const void *data, size_t len)
{
	const uint8_t *at = data;
	uint64_t crc = (uint32_t)~start;

	for (; len >= 8; at += 8, len -= 8) {
		uint64_t word;

		memcpy(&word, at, 8);
		crc = _mm_crc32_u64(crc, word);
	}
	for (; len > 0; at++, len--)
		crc = _mm_crc32_u8((uint32_t)crc, *at);
	return ~(uint32_t)crc;
}

uint32_t crc32c(uint32_t crc, const void *data, size_t len)
{
	return __builtin_cpu_supports("sse4.2") ? crc32c_sse42(crc, data, len) :
		crc32c_portable(crc, data, len);
}
#else
uint32_t crc32c(uint32_t crc, const void *data, size_t len)
{
	return crc32c_portable(crc, data, len);
}
#endif
