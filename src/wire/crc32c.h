#ifndef WIRE_CRC32C_H
#define WIRE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli; RFC 3720 appendix B.4). Start with crc 0 and feed
 * the result back in: crc32c(crc32c(0, a, n), b, m) is that of a then b. */
uint32_t crc32c(uint32_t crc, const char *s, size_t n);

#endif
