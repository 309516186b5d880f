#ifndef SMTP_XATTR_H
#define SMTP_XATTR_H

#include <stddef.h>

/* Arguments of XCLIENT and XFORWARD (Postfix's XCLIENT_README and
 * XFORWARD_README): attributes NAME=value, divided by spaces; values in xtext
 * or, where they are no xtext, as they stand. */

#define XATTR_OCTETS 255		/* of a value */
#define XATTR_PROTO_OCTETS 64		/* of XFORWARD's PROTO */

enum xattr_name {
	XATTR_NAME, XATTR_ADDR, XATTR_PORT, XATTR_PROTO, XATTR_HELO,
	XATTR_LOGIN, XATTR_DESTADDR, XATTR_DESTPORT,	/* XCLIENT only */
	XATTR_IDENT, XATTR_SOURCE,			/* XFORWARD only */
	XATTRS
};

enum xattr_error {
	XATTR_SYNTAX = -1,	/* not attribute=value */
	XATTR_LONG = -2,
	XATTR_FOREIGN = -3,	/* no such attribute; value has its name */
	XATTR_BAD = -4		/* this value of name */
};

struct xattr {
	enum xattr_name name;
	int known;		/* 0: [UNAVAILABLE], or [TEMPUNAVAIL] of NAME */
	char value[XATTR_OCTETS + 1];	/* printable, not quoted any more; of
				 * addresses without "IPv6:", as inet_ntop(3)
				 * writes them, IPv4 for what maps it */
};

/* What the commands take, as the reply to EHLO has it. */
#define XATTR_CLIENT "NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT"
#define XATTR_FORWARD "NAME ADDR PORT PROTO HELO IDENT SOURCE"

/* Parse the attribute at the beginning of s[0..n), n > 0, of XFORWARD or (0)
 * XCLIENT. Returns octets used, with the spaces behind it, or an error. */
int xattr_scan(struct xattr *a, int forward, const char *s, size_t n);

/* "NAME", "ADDR", ... */
const char *xattr_word(enum xattr_name name);

#endif
