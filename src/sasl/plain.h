#ifndef SASL_PLAIN_H
#define SASL_PLAIN_H

#include <stddef.h>
#include <skalibs/stralloc.h>

/* PLAIN, RFC 4616: [authzid] NUL authcid NUL password. */

/* Parse s[0..n); user and pass get a NUL behind them. Returns 1, 0 with
 * ENOMEM, -1: malformed, empty or over SASL_NAME_OCTETS (sasl/server.h); or
 * -2: the authzid is somebody else, who user may not be (user and pass are
 * set). */
int plain_scan(stralloc *user, stralloc *pass, const char *s, size_t n);

/* Append the message of a client. Returns 1, or 0 with ENOMEM. */
int plain_put(stralloc *sa, const char *user, const char *pass);

#endif
