/* CRC-32C (Castagnoli), the checksum of everything that the index writes. RFC 3720 appendix B.4. */
#ifndef MAIL_INDEX_CRC_H
#define MAIL_INDEX_CRC_H

#include <stddef.h>
#include <stdint.h>

uint32_t index_crc(const void *data, size_t len);

#endif
