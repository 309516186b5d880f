#ifndef WIRE_NOTIFY_H
#define WIRE_NOTIFY_H

/* Of what a sender wants to hear: the NOTIFY of RFC 3461 section 4.1, as
 * envelopes and orders carry it (notify=). */

enum {
	NOTIFY_SUCCESS = 1, NOTIFY_FAILURE = 2, NOTIFY_DELAY = 4
};

/* The NOTIFY_* of s; s 0 (absent): failures and delays; NEVER or what makes
 * no sense: 0. Case does not matter. */
unsigned int notify_scan(const char *s);

/* The text for some of NOTIFY_*, a string of its own: "NEVER" for 0. */
const char *notify_text(unsigned int mask);

#endif
