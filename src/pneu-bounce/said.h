#ifndef PNEU_BOUNCE_SAID_H
#define PNEU_BOUNCE_SAID_H

#include <stddef.h>

/* What another host said, as pneu-remote writes it into a verdict's text, in
 * Postfix's words: "host mx.example[192.0.2.1] said: 550 5.1.1 ... (in reply
 * to RCPT TO command)". */
struct said {
	const char *host;	/* its name or, without one, its address */
	size_t hostlen;
	const char *reply;
	size_t replylen;
};

/* Parse s[0..n). Returns 1, or 0 if it is no such text. */
int said_scan(struct said *d, const char *s, size_t n);

#endif
