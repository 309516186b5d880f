#ifndef TLSPOLICY_TLSPOLICY_H
#define TLSPOLICY_TLSPOLICY_H

#include <stddef.h>

/* What TLS we ask of a destination: a row of the table tls_policy, as
 * Postfix's smtp_tls_policy_maps has them, or smtp_tls_security_level:
 *
 *	LEVEL [match=NAME:NAME...] [servername=NAME]
 *
 *	none		no TLS
 *	may		TLS if it is offered, in clear if it is not or fails
 *	encrypt		TLS with anybody
 *	dane		by the TLSA records of a destination whose DNS is
 *			signed (RFC 7672); without them as may
 *	dane-only	the same; without them nothing is sent
 *	fingerprint	match= has SHA-256 of the certificate or of its
 *			public key, divided by '|'; also fingerprint=, and
 *			either of them more than once
 *	verify		a name of match= is in a certificate that a CA of
 *			smtp_tls_CAfile has signed; without match=: hostname
 *	secure		the same; without match=: nexthop:dot-nexthop
 *
 * A name is a host name, ".domain" (any name below it), "hostname" (the
 * host's name, as the DNS has it), "nexthop" (the destination's) or
 * "dot-nexthop" (any name below that). Words are divided by white space or
 * commas. */

enum tlspolicy_level {
	TLSPOLICY_NONE, TLSPOLICY_MAY, TLSPOLICY_ENCRYPT, TLSPOLICY_DANE,
	TLSPOLICY_DANE_ONLY, TLSPOLICY_FINGERPRINT, TLSPOLICY_VERIFY,
	TLSPOLICY_SECURE
};

#define TLSPOLICY_MATCHES 16	/* names, as wire/tls.h has it; prints too */

struct tlspolicy_word {
	const char *s;		/* no NUL */
	size_t n;
};

struct tlspolicy {
	enum tlspolicy_level level;
	size_t n;		/* 0 of verify and secure: their default */
	struct tlspolicy_word match[TLSPOLICY_MATCHES];
	struct tlspolicy_word servername;	/* n 0: none */
};

/* Parse the whole of s[0..n), to which p points then. Returns 1, or -1 with
 * *why, what is wrong at offset *at. */
int tlspolicy_scan(struct tlspolicy *p, const char *s, size_t n,
    const char **why, size_t *at);

/* The word of a level; 1 with *l, or 0 if s[0..n) is none. */
const char *tlspolicy_name(enum tlspolicy_level l);
int tlspolicy_level(enum tlspolicy_level *l, const char *s, size_t n);

/* 1 if nothing is to be sent in clear, whatever the DNS says. */
int tlspolicy_must(enum tlspolicy_level l);

/* The keys by which the policy for a destination (in lower case: domain,
 * [host], [host]:port) is looked up in the table, one after another: the
 * whole of it, then of a domain each ".parent". key is 0, then what was
 * returned last; returns 0 at the end. */
const char *tlspolicy_key(const char *dest, const char *key);

/* 1 if s[0..n) is such a key: also ".domain". */
int tlspolicy_iskey(const char *s, size_t n);

#endif
