#ifndef SASL_BASE64_H
#define SASL_BASE64_H

#include <stddef.h>
#include <skalibs/stralloc.h>

/* Base 64, RFC 4648 section 4, as strict as it can be read: no line ends, no
 * foreign octets, padding where it belongs, no bits that are lost. */

/* Append what s[0..n) stands for to sa. Returns 1, 0 with ENOMEM, or -1 if
 * it is malformed; sa is then as it was. */
int base64_scan(stralloc *sa, const char *s, size_t n);

/* Append s[0..n) encoded to sa. Returns 1, or 0 with ENOMEM. */
int base64_put(stralloc *sa, const char *s, size_t n);

#endif
