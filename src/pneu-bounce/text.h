#ifndef PNEU_BOUNCE_TEXT_H
#define PNEU_BOUNCE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

/* Text that grows; whether memory lasted is asked once, at the end. */
struct text {
	stralloc *sa;
	int ok;
};

void text_putb(struct text *t, const char *s, size_t n);
void text_put(struct text *t, const char *s);
void text_putu(struct text *t, uint64_t u);

/* s as it is if that may be and it is UTF-8, else as by text_ascii. */
void text_utf8(struct text *t, const char *s, int may);

/* s with '?' for each octet that is not printable ASCII. */
void text_ascii(struct text *t, const char *s);

/* The same of what an xtext stands for (RFC 3461 section 4: "+2B" is a
 * plus). */
void text_xtext(struct text *t, const char *s);

/* s[0..n), made ASCII, as lines of at most TEXT_LINE_OCTETS where it has
 * spaces to break at, first behind the first prefix, then behind next. */
#define TEXT_LINE_OCTETS 76
void text_fold(struct text *t, const char *first, const char *next,
    const char *s, size_t n);

#endif
