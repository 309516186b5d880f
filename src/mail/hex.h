#ifndef MAIL_HEX_H
#define MAIL_HEX_H

/* The value of a hexadecimal digit as xtext (RFC 3461 section 4) and our own
 * wire have it, in upper case; -1: it is none. */
static inline int
hex_upper(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

#endif
