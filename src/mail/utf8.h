#ifndef MAIL_UTF8_H
#define MAIL_UTF8_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

/* UTF-8 (RFC 3629), and what RFC 6533 makes of it where there is but ASCII. */

/* The character at s[0..n). Returns its octets, or -1: not UTF-8. */
int utf8_scan(uint32_t *c, const char *s, size_t n);

/* 1 if all of s[0..n) is UTF-8, without control characters of C1. */
int utf8_is(const char *s, size_t n);

/* 1 if an octet over 127 is in s[0..n). */
int utf8_has(const char *s, size_t n);

/* Append a domain, U-labels (RFC 5890) become A-labels: Punycode (RFC 3492).
 * Latin, Greek and Cyrillic capitals become small, ASCII's in such labels
 * too; nothing else is mapped or normalized. Returns 1, 0 with ENOMEM, -1 if
 * it is not UTF-8. That it is a domain is for address_isdomain to say. */
int utf8_domain(stralloc *sa, const char *s, size_t n);

/* Append an address, UTF-8, as utf-8-addr-xtext (RFC 6533 section 3), with
 * \x{HEX} for what is not plain ASCII. Returns 1, or 0 with ENOMEM or if it
 * is not UTF-8. */
int utf8_xtext(stralloc *sa, const char *s, size_t n);

/* The other way, of utf-8-addr-xtext and utf-8-addr-unitext. What is not
 * well-formed stays as it is. */
int utf8_unxtext(stralloc *sa, const char *s, size_t n);

#endif
