#include "pneu-remote/tlsrule.h"

#include <string.h>
#include <strings.h>

#define NO_ENGINE "TLS is required, but our TLS engine is unavailable"

static void
later(struct tlsrule *r, const char *why, int site)
{
	r->act = TLSRULE_LATER;
	r->why = why;
	r->site = site;
}

static void
must(struct tlsrule *r, const struct tlsrule_facts *f, enum tls_level level)
{
	r->act = TLSRULE_MUST;
	r->level = level;
	if (!f->engine)
		later(r, NO_ENGINE, 0);
}

static void
may(struct tlsrule *r, const struct tlsrule_facts *f)
{
	if (f->first) {
		must(r, f, TLS_ENCRYPT);
		return;
	}
	r->act = TLSRULE_CLEAR;
	r->level = TLS_MAY;
	if (f->failed)
		r->why = "TLS with it has failed";
	else if (!f->engine)
		r->why = "pneu-tls does not answer";
	else
		r->act = TLSRULE_MAY;
}

/* RFC 7672 section 2.2: where the DNS does not vouch for the host, as may;
 * where it says that there is something, what it says. */
static void
dane(struct tlsrule *r, const struct tlsrule_facts *f, int only)
{
	const char *why = 0;

	if (!f->secure)
		why = "non DNSSEC destination";
	else if (f->tlsafail) {
		later(r, "TLSA lookup error", 1);
		return;
	} else if (!f->tlsa)
		why = "no TLSA records found";
	else if (!f->usable) {
		if (only)
			later(r, "TLSA records unusable", 1);
		else
			must(r, f, TLS_ENCRYPT);
		return;
	}
	if (!why)
		must(r, f, TLS_DANE);
	else if (only)
		later(r, why, 1);
	else
		may(r, f);
}

/* RFC 8461 section 4: the certificate of a host that the policy names, with
 * the host's name. */
static void
sts(struct tlsrule *r, const struct tlsrule_facts *f)
{
	if (!f->listed)
		later(r, "the domain's MTA-STS policy does not name the host",
		    1);
	else
		must(r, f, TLS_SECURE);
	r->sts = STS_ENFORCE;
}

int
tlsrule_wantssts(enum tlspolicy_level l, const struct tlsrule_facts *f)
{
	return l == TLSPOLICY_MAY ||
	    (l == TLSPOLICY_DANE &&
	    !(f->secure && (f->tlsafail || (f->tlsa && f->usable))));
}

void
tlsrule(struct tlsrule *r, enum tlspolicy_level l,
    const struct tlsrule_facts *f)
{
	memset(r, 0, sizeof *r);
	if (f->sts == STS_ENFORCE && tlsrule_wantssts(l, f)) {
		sts(r, f);
		return;
	}
	if (f->sts == STS_TESTING && tlsrule_wantssts(l, f)) {
		r->sts = STS_TESTING;
		r->listed = f->listed;
	}
	switch (l) {
	case TLSPOLICY_NONE: r->act = TLSRULE_CLEAR; break;
	case TLSPOLICY_MAY: may(r, f); break;
	case TLSPOLICY_ENCRYPT: must(r, f, TLS_ENCRYPT); break;
	case TLSPOLICY_DANE: dane(r, f, 0); break;
	case TLSPOLICY_DANE_ONLY: dane(r, f, 1); break;
	case TLSPOLICY_FINGERPRINT: must(r, f, TLS_FINGERPRINT); break;
	case TLSPOLICY_VERIFY: must(r, f, TLS_VERIFY); break;
	case TLSPOLICY_SECURE: must(r, f, TLS_SECURE); break;
	}
}

int
tlsrule_wants(enum tlspolicy_level l, int secure)
{
	return secure && (l == TLSPOLICY_DANE || l == TLSPOLICY_DANE_ONLY);
}

static int
is(const struct tlspolicy_word *w, const char *word)
{
	return w->n == strlen(word) && !strncasecmp(w->s, word, w->n);
}

int
tlsrule_name(char *to, const struct tlspolicy_word *w, const char *host,
    const char *nexthop)
{
	int dot = is(w, "dot-nexthop");

	if (is(w, "hostname"))
		strcpy(to, host);
	else if (is(w, "nexthop") || dot) {
		if (!*nexthop)
			return 0;
		*to = '.';
		strcpy(to + dot, nexthop);
	} else {
		memcpy(to, w->s, w->n);
		to[w->n] = 0;
	}
	return 1;
}
