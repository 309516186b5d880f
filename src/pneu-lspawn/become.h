#ifndef PNEU_LSPAWN_BECOME_H
#define PNEU_LSPAWN_BECOME_H

#include "conf/conf.h"
#include "deliver/place.h"
#include "pneu-lspawn/lookup.h"

/* A forked child turns into a recipient. */

/* Become user, or, if it is "", who owns the virtual mailboxes: groups, gid,
 * uid, for good; p is filled (strings live as long as w and c). If known is
 * 0 the user is looked up here, into w; else w is he.
 * uid 0 and gid 0 are refused, and users below min_uid. Without root only
 * the caller's own uid will do. Returns 1; or 0 with v saying why nothing is
 * delivered, and the process then is nobody: uid and gid 65534. */
int become(const struct conf *c, const char *user, struct who *w, int known,
    struct place *p, struct verdict *v, stralloc *text);

/* Be nobody for good, if root; dies if it cannot. */
void become_nobody(void);

#endif
