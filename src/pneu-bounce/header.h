#ifndef PNEU_BOUNCE_HEADER_H
#define PNEU_BOUNCE_HEADER_H

#include <skalibs/stralloc.h>

/* Append the header lines s[0..n) so that every mail system takes them:
 * lines cut at LOOK_LINE_OCTETS (look.h), a newline behind the last, and, if
 * ascii, '?' for octets over 127 and 0. Returns 1, or 0 with ENOMEM. */
int header_put(stralloc *sa, const char *s, size_t n, int ascii);

#endif
