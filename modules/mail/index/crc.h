/* CRC32C (Castagnoli), as the index's files use it. */
#ifndef MAIL_INDEX_CRC_H
#define MAIL_INDEX_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Start with 0; the result goes in again for the next piece. */
uint32_t crc32c(uint32_t crc, const void *data, size_t len);
/* What processors without the instruction run; here for the test that both agree. */
uint32_t crc32c_portable(uint32_t crc, const void *data, size_t len);

#endif
