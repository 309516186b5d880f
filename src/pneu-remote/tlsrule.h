#ifndef PNEU_REMOTE_TLSRULE_H
#define PNEU_REMOTE_TLSRULE_H

#include <stddef.h>

#include "pneu-remote/mx.h"
#include "tlspolicy/tlspolicy.h"
#include "wire/sts.h"
#include "wire/tls.h"

/* What is done about TLS with a host that is about to be connected to: a
 * pure decision. */

struct tlsrule_facts {
	int secure;		/* its MX and address are signed */
	int tlsafail;		/* its TLSA records: cannot be had now */
	int tlsa;		/* there are some, signed */
	int usable;		/* of which a mailer can use one */
	int engine;		/* pneu-tls is there */
	int failed;		/* TLS with this host failed a moment ago */
	enum sts_mode sts;	/* of the domain's MTA-STS policy */
	int listed;		/* which names the host */
	int first;		/* TLS from the first octet, or none */
};

enum tlsrule_act {
	TLSRULE_CLEAR,		/* connect, without TLS */
	TLSRULE_MAY,		/* TLS if it is offered */
	TLSRULE_MUST,		/* TLS or nothing */
	TLSRULE_LATER		/* do not connect */
};

struct tlsrule {
	enum tlsrule_act act;
	enum tls_level level;	/* MAY, MUST */
	const char *why;	/* LATER: for whom it may concern, 4.7.5;
				 * CLEAR: what is logged, or 0. Static */
	int site;		/* LATER: the host's fault, not ours */
	enum sts_mode sts;	/* MAY, CLEAR: STS_TESTING; MUST, LATER:
				 * STS_ENFORCE: because of the MTA-STS
				 * policy; the host's name is to be verified */
	int listed;		/* STS_TESTING: as in the facts */
};

void tlsrule(struct tlsrule *r, enum tlspolicy_level l,
    const struct tlsrule_facts *f);

/* 1 if its TLSA records are to be looked for. */
int tlsrule_wants(enum tlspolicy_level l, int secure);

/* 1 if the domain's MTA-STS policy is to be looked for: DANE, where there are
 * records that can be used, comes first (RFC 8461 2). */
int tlsrule_wantssts(enum tlspolicy_level l, const struct tlsrule_facts *f);

/* What the certificate is compared with: w, "hostname", "nexthop" or
 * "dot-nexthop" or a name, as tls_ask has it, in to[0..NEXTHOP_HOST_OCTETS +
 * 2). nexthop is "" if it is an address. Returns 1, or 0 if that is
 * nothing. */
int tlsrule_name(char *to, const struct tlspolicy_word *w, const char *host,
    const char *nexthop);

#endif
