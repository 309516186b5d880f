#ifndef WIRE_STS_H
#define WIRE_STS_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

/* What pneu-remote asks of pneu-sts, and what it answers (doc/PROTOCOLS 13):
 * lines of wire/field.h. The same lines are the policies that pneu-sts keeps
 * on disk.
 *
 *	domain=		(the question, a P frame) a domain in lower case
 *
 *	mode=		(the answer, an A frame) none, testing or enforce
 *	mx=		0 or more patterns of hosts, in lower case: a name, or
 *			"*." and a name
 *	id=		of the policy, as the DNS had it; absent: there is none
 *	fetched=	Unix seconds: when it was
 *	max_age=	seconds that it is good for since then */

#define STS_ID_OCTETS 32		/* RFC 8461 3.1 */
#define STS_MX_OCTETS 16384		/* all patterns, each with a NUL */

enum sts_mode { STS_NONE, STS_TESTING, STS_ENFORCE };

struct sts_policy {
	enum sts_mode mode;
	char id[STS_ID_OCTETS + 1];	/* "": no policy */
	uint64_t fetched;
	uint32_t max_age;
	stralloc mx;			/* each with a NUL behind it */
};

#define STS_POLICY_ZERO { .mx = STRALLOC_ZERO }

/* No policy, the storage kept. */
void sts_policy_clear(struct sts_policy *p);

/* "none", "testing", "enforce"; 1 with *m, or 0 if s[0..n) is none of them
 * (RFC 8461 3.2: in lower case). */
const char *sts_mode_word(enum sts_mode m);
int sts_mode_scan(enum sts_mode *m, const char *s, size_t n);

/* Append p as text to sa. Returns 1, or 0 with ENOMEM. */
int sts_policy_put(stralloc *sa, const struct sts_policy *p);

/* Parse the whole of s[0..n), which is changed, into p, whose storage is its
 * own. Returns 1, or -1 with errno EINVAL or ENOMEM. */
int sts_policy_get(struct sts_policy *p, char *s, size_t n);

#endif
