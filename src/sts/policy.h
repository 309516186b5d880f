#ifndef STS_POLICY_H
#define STS_POLICY_H

#include <stddef.h>

#include "wire/sts.h"

/* What a domain says of MTA-STS (RFC 8461): the TXT record of _mta-sts.DOMAIN
 * and the policy, a file of lines. All of it is a stranger's. No I/O. */

#define STS_TEXT_OCTETS 65536		/* of a policy; RFC 8461 3.3 */
#define STS_MAX_AGE_S 31557600		/* more is as much; RFC 8461 3.2 */

/* Look at one TXT record (its strings joined). Returns 1 with its id, 0 if it
 * is about something else (it does not begin with "v=STSv1;"), -1 if it is
 * malformed. RFC 8461 section 3.1. */
int sts_record_scan(char id[STS_ID_OCTETS + 1], const char *s, size_t n);

/* Parse a policy, lines that end in LF or CRLF, into p: mode, max_age and mx
 * (p->id and p->fetched are left alone). Keys that are not known are passed
 * over; of those that may stand there once the first counts. Returns 1; -1
 * with *why, static. RFC 8461 section 3.2. */
int sts_text_scan(struct sts_policy *p, const char *s, size_t n,
    const char **why);

/* 1 if host, in any case, is one that p names: "*." stands for one label,
 * the leftmost. RFC 8461 section 4.1. */
int sts_ismx(const struct sts_policy *p, const char *host);

#endif
