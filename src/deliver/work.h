#ifndef DELIVER_WORK_H
#define DELIVER_WORK_H

#include "deliver/place.h"

/* The work of pneu-local: doc/PROTOCOLS section 8 on descriptors in
 * (requests) and out (answers), which may be one, both blocking. Takes all
 * letters at hand, delivers them together by the rules of p, and reports
 * them in one write. Sets the umask to 077.
 *
 * why, if not null: nothing is delivered, and every order gets this verdict.
 *
 * Returns 0 when the requests have ended between letters or within one (it
 * then leaves nothing); -1 with errno if reading or writing failed, if
 * memory ran out, or with EPROTO. */
int work_run(const struct place *p, const struct verdict *why, int in,
    int out);

#endif
