#ifndef PNEU_LSPAWN_RUNNER_H
#define PNEU_LSPAWN_RUNNER_H

#include "conf/conf.h"

/* A process that delivers to Maildirs of many users, in a guise (guise.h).
 * It is nobody, can become nobody else, starts nothing, and no octet of a
 * message comes into its memory: the kernel copies that from the queue's file
 * to the user's. Of what is another's it reads orders and the names of files.
 * What is not plain (plain.h), or does not go smoothly until the file is
 * written, it leaves as it was: a process of the user's own is to see to it,
 * and to say why.
 *
 * Requests on 0, as many as are at hand together; answers there, too:
 *
 *	O tag	an order, as in doc/PROTOCOLS 6; descriptor: the letter's
 *	N tag	(answer) not for me: nothing has been done
 *	C tag	(answer) orders up to this one, but those of which N was said,
 *		are about to be seen in new/
 *	V tag	(answer) a report
 *
 * An end of the requests ends it; what it had not begun to make visible then
 * is removed. */

#define RUNNER_BATCH 8		/* orders at a time */

/* Serve 0. lookup is a socket of lookup_share. Returns at the end. */
void runner_run(const struct conf *c, int lookup);

#endif
