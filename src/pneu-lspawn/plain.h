#ifndef PNEU_LSPAWN_PLAIN_H
#define PNEU_LSPAWN_PLAIN_H

#include "conf/conf.h"
#include "pneu-lspawn/lookup.h"
#include "wire/order.h"

/* Which orders a runner (runner.h) may serve: a letter of moderate size into
 * one user's Maildir, where nothing else is to be done. No I/O. */

#define PLAIN_OCTETS 65536	/* of a message; a longer one is worth a process */

/* The user's name in the destination of an order, or 0. */
const char *plain_user(const char *to);

/* 1 if mail of user goes to his Maildir, for all that the settings say. */
int plain_isplace(const struct conf *c, const char *user);

/* 1 if o is for one user's mailbox, and not for what an alias or forwarding
 * file says. */
int plain_isorder(const struct order *o);

/* 1 if a runner may act as him: neither with the uid nor with any group of
 * root, nor below min_uid. */
int plain_iswho(const struct conf *c, const struct who *w);

#endif
