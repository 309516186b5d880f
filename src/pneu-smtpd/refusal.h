#ifndef PNEU_SMTPD_REFUSAL_H
#define PNEU_SMTPD_REFUSAL_H

#include "wire/route.h"

/* What a client is told of a recipient, by pneu-alias's answer. */
struct refusal {
	char dsn[VERDICT_CODE_OCTETS + 1];
	char text[256];		/* without the address, in Postfix's words */
};

/* Returns 250, or the code of a refusal, which f then holds. r 0: there was
 * no answer. trusted: the client may relay anywhere. */
unsigned short refusal_of(struct refusal *f, const struct route *r,
    int trusted);

#endif
