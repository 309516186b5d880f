#ifndef DELIVER_DELIVERED_H
#define DELIVER_DELIVERED_H

#include <stddef.h>

#include "wire/envelope.h"

/* Looking for Delivered-To fields in the header of a message that comes in
 * parts: who finds his own address there delivers in a circle. No I/O.
 *
 *	state	octet		next
 *	BEGIN	LF		END (an empty line ends the header)
 *		d D		NAME
 *		other		SKIP
 *	NAME	next of name	NAME
 *		SP TAB :	as in COLON, if the name is whole
 *		LF		BEGIN
 *		other		SKIP
 *	COLON	SP TAB		COLON (RFC 5322 4.5: space before the colon)
 *		:		VALUE
 *		LF		BEGIN
 *		other		SKIP
 *	VALUE	LF		FOLD
 *		other		VALUE, kept
 *	FOLD	SP TAB		VALUE (RFC 5322 2.2.3: a folded line)
 *		other		a value is whole; as in BEGIN
 *	SKIP	LF		BEGIN
 */

struct delivered {
	char state;
	size_t matched;			/* octets of the name */
	size_t len;			/* of the value, also if it is cut */
	char value[ENVELOPE_ADDRESS_OCTETS + 1];
};

void delivered_init(struct delivered *d);

/* Look on in (*s)[0..*n), and move both behind what was looked at. Returns
 * 1 if the value of a Delivered-To field is whole: d->value, NUL-terminated,
 * without white space around it, "" if longer than an address may be (call
 * again); 0 if all has been looked at; -1 if the header has ended. */
int delivered_next(struct delivered *d, const char **s, size_t *n);

/* The message has ended. Returns 1 if that made a value whole, or 0. */
int delivered_end(struct delivered *d);

#endif
