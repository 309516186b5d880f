#ifndef WIRE_FIELD_H
#define WIRE_FIELD_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

/* Payloads and the envelope in a letter's file are lines "name=value\n".
 * A name is 1 to FIELD_NAME_OCTETS of a-z 0-9 '-' '_'. In a value the octets
 * 0..31, 127 and '%' are written %XX (upper-case hexadecimal), all others
 * stand as they are. A reader passes over names that it does not know. */

#define FIELD_NAME_OCTETS 32

struct field {
	const char *name;	/* points into the line; no NUL */
	size_t namelen;
	char *value;		/* decoded in place; a NUL follows it */
	size_t valuelen;
};

/* Parse one line from s[0..n), decoding the value in place and putting a
 * NUL behind it (over the newline or before it). Returns octets used,
 * newline included, 0 if there is no newline, -1 if malformed. A line must
 * be scanned once only. */
int field_scan(struct field *f, char *s, size_t n);

/* 1 if the name of f is name. */
int field_is(const struct field *f, const char *name);

/* Append "name=value\n" to sa. Returns 1, or 0 with ENOMEM. */
int field_put(stralloc *sa, const char *name, const char *value, size_t n);
int field_puts(stralloc *sa, const char *name, const char *value);
int field_putu(stralloc *sa, const char *name, uint64_t value);

/* The same where the field may be absent: value 0 appends nothing. */
int field_putopt(stralloc *sa, const char *name, const char *value);

/* The value as a number, decimal. Returns 1, or 0 if it is none. */
int field_uint(const struct field *f, uint64_t *u);

#endif
