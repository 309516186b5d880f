#ifndef SMTP_CHUNK_H
#define SMTP_CHUNK_H

#include <stddef.h>
#include <stdint.h>

#include "smtp/data.h"

/* BDAT (RFC 3030 section 2, CHUNKING): a message in chunks of told size,
 * without dots and without an end of its own. */

/* Parse the arguments of BDAT, "86 LAST". Returns 1 with *n, the octets that
 * follow, and *last; 0: no number, so that nothing follows; -1: a number that
 * we cannot count to, so that nobody knows where they end; -2: *n octets
 * follow, but what stands behind the number is not LAST. */
int smtp_chunk_scan(uint64_t *n, int *last, const char *s, size_t len);

/* Decode octets of chunks, s[0..n), to out (room: SMTP_DECODE_OCTETS): by the
 * rules of struct smtp_decoder, but a dot is a dot, and nothing ends the
 * message. A CR and its LF may stand in two chunks. Returns octets written. */
size_t smtp_chunk_decode(struct smtp_decoder *d, char *out, const char *s,
    size_t n);

/* The last chunk has ended: writes what has been held back, and the line end
 * of a last line that has none; sets d->done. Returns octets, 2 at most. */
size_t smtp_chunk_end(struct smtp_decoder *d, char *out);

#endif
