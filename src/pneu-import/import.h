#ifndef PNEU_IMPORT_IMPORT_H
#define PNEU_IMPORT_IMPORT_H

#include "pneu-import/plan.h"
#include "pneu-import/source.h"

/* Read a configuration from src into p. host is the name of this host, for
 * one that does not say its own. Returns 1, or 0 if there is none. */
typedef int import_read(struct plan *p, const struct source *src,
    const char *host);

import_read import_postfix, import_qmail, import_sendmail;

#endif
