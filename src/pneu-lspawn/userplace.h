#ifndef PNEU_LSPAWN_USERPLACE_H
#define PNEU_LSPAWN_USERPLACE_H

#include "conf/conf.h"
#include "deliver/place.h"
#include "pneu-lspawn/lookup.h"

/* Where and by which rules the mail of a user is delivered. */

/* The group that may make files in mail_spool_directory, if users' mailboxes
 * are there and it takes a group to do so; else MBOX_NOGID. Never gid 0. */
gid_t userplace_group(const struct conf *c);

/* Fill p for user, who is w; group is userplace_group, if the process has it
 * as its saved group. Strings live as long as user, w, c and the process.
 * Returns 1, or 0 with ENOMEM. */
int userplace(struct place *p, const struct conf *c, const char *user,
    const struct who *w, gid_t group);

#endif
