#ifndef PNEU_LSPAWN_BECOME_H
#define PNEU_LSPAWN_BECOME_H

#include "conf/conf.h"
#include "deliver/place.h"

/* A forked child turns into a recipient. These look up the user, in the
 * child, so that a directory service that hangs holds up nobody else. */

#define BECOME_LOOKUP_S 30	/* then the child is ended by SIGALRM */
#define BECOME_WARM_S 5

/* Have the system's user database ready in this process, so that forked
 * children find it so: the modules loaded, what is not there known. A child
 * tries it first, and if that takes long it is not done. */
void become_warm(void);

/* Become user, or, if it is "", who owns the virtual mailboxes: groups, gid,
 * uid, for good; p is filled (strings live as long as the process and c).
 * uid 0 and gid 0 are refused, and users below min_uid. Without root only
 * the caller's own uid will do. Returns 1; or 0 with v saying why nothing is
 * delivered, and the process then is nobody: uid and gid 65534. */
int become(const struct conf *c, const char *user, struct place *p,
    struct verdict *v, stralloc *text);

#endif
