#ifndef PNEU_BOUNCE_NOTICE_H
#define PNEU_BOUNCE_NOTICE_H

#include <stdint.h>
#include <skalibs/stralloc.h>
#include <skalibs/uint64.h>

#include "conf/conf.h"
#include "dsn.h"
#include "resubmit/resubmit.h"

/* The notification that an order asks for. */

#define NOTICE_HEADER_OCTETS 65536	/* of a header; the rest is left out */

struct notice {
	struct dsn dsn;
	stralloc told, addr;
	struct dsn_template template;
	int refused;		/* the sender's was: the postmaster's next */
	char size_limit[UINT64_FMT + 1], warning[UINT64_FMT + 1],
	    lifetime[UINT64_FMT + 1];
};

/* As begin and tail of struct resubmit; j->x is a struct notice. If nobody
 * is to be told the job ends, done. */
int notice_begin(struct resubmit_job *j, struct resubmit_end *e,
    const struct conf *c, char *buf, uint64_t now);
int notice_tail(struct resubmit_job *j);

/* As refused of struct resubmit: what pneu-queue will never take is not tried
 * without end, the postmaster is told in the sender's place; and if that is
 * refused too, it stands in the log. */
int notice_refused(struct resubmit_job *j, const struct order *o,
    const struct resubmit_end *e);

#endif
