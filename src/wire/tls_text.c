/* The texts within the fields of wire/tls.h. */
#include "wire/tls.h"

#include <string.h>
#include <skalibs/fmtscan.h>
#include <skalibs/types.h>

#define SHA256_OCTETS 32
#define SHA512_OCTETS 64

/* Pairs of digits, sep between them allowed if it is not 0, up to the end of
 * s. Returns how many octets, -1 if malformed or more than max. */
static ssize_t
unhex(unsigned char *to, size_t max, const char *s, char sep)
{
	size_t n;
	unsigned char hi, lo;

	for (n = 0; *s; n++, s += 2) {
		if (n && sep && *s == sep)
			s++;
		if ((hi = fmtscan_num((unsigned char)s[0], 16)) >= 16 ||
		    (lo = fmtscan_num((unsigned char)s[1], 16)) >= 16 ||
		    n == max)
			return -1;
		to[n] = (unsigned char)(hi << 4 | lo);
	}
	return (ssize_t)n;
}

int
tls_print_scan(unsigned char print[TLS_PRINT_OCTETS], const char *s)
{
	return unhex(print, TLS_PRINT_OCTETS, s, ':') == TLS_PRINT_OCTETS ?
	    1 : -1;
}

/* A number of 0 to 255 and a space. Returns octets used, or 0. */
static size_t
octet(unsigned char *u, const char *s)
{
	uint32_t v;
	size_t n = uint32_scan(s, &v);

	if (!n || v > 255 || s[n] != ' ')
		return 0;
	*u = (unsigned char)v;
	return n + 1;
}

int
tls_tlsa_scan(struct tls_tlsa *t, const char *s)
{
	size_t k;
	ssize_t n;

	if (!(k = octet(&t->usage, s)))
		return -1;
	s += k;
	if (!(k = octet(&t->selector, s)))
		return -1;
	s += k;
	if (!(k = octet(&t->type, s)))
		return -1;
	n = unhex(t->data, sizeof t->data, s + k, 0);
	if (n <= 0)
		return -1;
	t->n = (size_t)n;
	return 1;
}

int
tls_tlsa_isusable(const struct tls_tlsa *t)
{
	if (t->usage != 2 && t->usage != 3)
		return 0;
	if (t->selector > 1)
		return 0;
	switch (t->type) {
	case 0: return 1;
	case 1: return t->n == SHA256_OCTETS;
	case 2: return t->n == SHA512_OCTETS;
	}
	return 0;
}

int
tls_answer_text(stralloc *sa, const struct tls_answer *a)
{
	char fmt[UINT32_FMT];

	return stralloc_cats(sa, a->version) &&
	    stralloc_cats(sa, " with cipher ") &&
	    stralloc_cats(sa, a->cipher) && stralloc_cats(sa, " (") &&
	    stralloc_catb(sa, fmt, uint32_fmt(fmt, a->bits)) &&
	    stralloc_cats(sa, "/") &&
	    stralloc_catb(sa, fmt, uint32_fmt(fmt, a->of)) &&
	    stralloc_cats(sa, " bits)") &&
	    (!a->more || (stralloc_cats(sa, " ") &&
	    stralloc_cats(sa, a->more)));
}
