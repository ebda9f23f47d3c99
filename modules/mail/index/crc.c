/* CRC-32C: the processor's instruction where it has one, a table elsewhere. */
#include <string.h>
#include "modules/mail/index/crc.h"

static uint32_t by_table(const unsigned char *data, size_t len)
{
	static uint32_t table[256];
	uint32_t crc = ~0u;

	if (table[1] == 0) {
		for (uint32_t byte = 0; byte < 256; byte++) {
			uint32_t value = byte;

			for (int bit = 0; bit < 8; bit++)
				value = (value >> 1) ^ ((value & 1) != 0 ? 0x82f63b78u : 0);
			table[byte] = value;
		}
	}
	for (size_t i = 0; i < len; i++)
		crc = (crc >> 8) ^ table[(crc ^ data[i]) & 0xff];
	return ~crc;
}

#ifdef __x86_64__
#include <nmmintrin.h>

__attribute__((target("sse4.2")))
static uint32_t by_instruction(const unsigned char *data, size_t len)
{
	uint64_t crc = ~0u;

	for (; len >= 8; data += 8, len -= 8) {
		uint64_t word;

		memcpy(&word, data, sizeof(word));
		crc = _mm_crc32_u64(crc, word);
	}
	for (; len > 0; data++, len--)
		crc = _mm_crc32_u8((uint32_t)crc, *data);
	return ~(uint32_t)crc;
}
#endif

uint32_t index_crc(const void *data, size_t len)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("sse4.2"))
		return by_instruction(data, len);
#endif
	return by_table(data, len);
}
