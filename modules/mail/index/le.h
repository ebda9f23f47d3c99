/* Numbers in the index's files: little-endian, at any alignment. */
#ifndef MAIL_INDEX_LE_H
#define MAIL_INDEX_LE_H

#include <endian.h>
#include <stdint.h>
#include <string.h>
#include <roost/str.h>

static inline uint32_t le32_get(const void *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return le32toh(value);
}

static inline uint64_t le64_get(const void *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return le64toh(value);
}

static inline void le32_set(void *to, uint32_t value)
{
	value = htole32(value);
	memcpy(to, &value, sizeof(value));
}

static inline void le64_set(void *to, uint64_t value)
{
	value = htole64(value);
	memcpy(to, &value, sizeof(value));
}

static inline void le32_put(struct roost_str *out, uint32_t value)
{
	value = htole32(value);
	roost_str_append(out, &value, sizeof(value));
}

static inline void le64_put(struct roost_str *out, uint64_t value)
{
	value = htole64(value);
	roost_str_append(out, &value, sizeof(value));
}

/* Reading fields one by one; what is missing gives 0 and sets broken. */
struct le_reader {
	const uint8_t *at, *end;
	bool broken;
};

static inline const uint8_t *le_bytes(struct le_reader *reader, size_t len)
{
	const uint8_t *at = reader->at;

	if ((size_t)(reader->end - at) < len) {
		reader->broken = true;
		return NULL;
	}
	reader->at += len;
	return at;
}

static inline uint32_t le32(struct le_reader *reader)
{
	const uint8_t *at = le_bytes(reader, 4);

	return at == NULL ? 0 : le32_get(at);
}

static inline uint64_t le64(struct le_reader *reader)
{
	const uint8_t *at = le_bytes(reader, 8);

	return at == NULL ? 0 : le64_get(at);
}

#endif
