#ifndef WIRE_VERDICT_H
#define WIRE_VERDICT_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

/* The one typed answer of every stage. On the wire it is text:
 *
 *	KIND SP CODE SP SECONDS SP TEXT
 *
 * KIND is D (done), L (later) or N (never); CODE an enhanced status code of
 * RFC 3463 section 2 whose class agrees with KIND (2, 4, 5); SECONDS a
 * decimal number, 0 or how long the other side asks us to wait; TEXT
 * printable ASCII, made so by verdict_put. */

#define VERDICT_CODE_OCTETS 11		/* "5.999.999", RFC 3463 section 2 */
#define VERDICT_TEXT_OCTETS 512

enum verdict_kind {
	VERDICT_DONE = 'D',
	VERDICT_LATER = 'L',
	VERDICT_NEVER = 'N'
};

struct verdict {
	char kind;			/* enum verdict_kind */
	char code[VERDICT_CODE_OCTETS + 1];	/* with NUL */
	uint32_t seconds;
	const char *text;		/* no NUL */
	size_t textlen;
};

/* Parse a verdict that is the whole of s[0..n). Returns 1, or -1 if it is
 * malformed. v->text points into s. */
int verdict_scan(struct verdict *v, const char *s, size_t n);

/* Append v to sa, the text cut to VERDICT_TEXT_OCTETS and each octet that
 * is not printable ASCII made a '?' (newlines and tabs a space). Returns 1,
 * or 0 with ENOMEM. */
int verdict_put(stralloc *sa, const struct verdict *v);

/* Fill v from strings that the caller keeps. */
void verdict_set(struct verdict *v, char kind, const char *code,
    uint32_t seconds, const char *text);

#endif
