#ifndef PNEU_SMTPD_HOPS_H
#define PNEU_SMTPD_HOPS_H

#include <stddef.h>

/* Received fields of a message's header, counted as it passes by (loop
 * detection, RFC 5321 section 6.3). */
struct hops {
	unsigned int n;
	unsigned char at;	/* octets matched of this line, or below */
};

#define HOPS_ZERO { 0, 0 }

/* Take some more of the message, lines ended by LF. Returns h->n. */
unsigned int hops_feed(struct hops *h, const char *s, size_t n);

#endif
