#include "pneu-remote/remote.h"

#include <stdio.h>
#include <string.h>
#include <skalibs/sha256.h>
#include <skalibs/strerr.h>

#include "run/log.h"
#include "sts/policy.h"
#include "wire/field.h"

/* What TLS a job's next host needs: its policy, its TLSA records, and what
 * pneu-tls is asked. */

#define WORDS_OCTETS (TLS_MATCHES * (NEXTHOP_HOST_OCTETS + 2) + \
    TLS_PRINTS * 128 + 2 * DNSMSG_DATA_OCTETS + DNSMSG_RECORDS * 16)

static void
nomem(void)
{
	strerr_diefusys(111, "make ready for TLS");
}

/* The row of the table for dest (1), else the setting (0). -1: the table
 * cannot be read now. */
static int
lookup(const struct remote *r, const char *dest, const char **v, size_t *n)
{
	const char *key = 0;
	int e = 0;

	while (r->tlsrows && !e && (key = tlspolicy_key(dest, key)))
		e = conf_lookup(&r->conf, "tls_policy", key, strlen(key), v,
		    n);
	if (!e) {
		*v = conf_str(&r->conf, smtp_tls_security_level);
		*n = strlen(*v);
	}
	return e;
}

/* What the table may know it by; of LMTP the host and port. 0: a socket of
 * this host, where there is nothing to hide. */
static const char *
name_of(const struct job *j)
{
	const char *s = j->dest.s;

	if (!j->hop.lmtp)
		return s;
	if (j->hop.path[0])
		return 0;
	s += strlen("lmtp:");
	return strncmp(s, "inet:", 5) ? s : s + 5;
}

int
tls_policy(struct job *j)
{
	const char *v = "none", *why, *name = name_of(j);
	size_t n = strlen(v), at;
	int row = 0;

	if (name && (row = lookup(j->r, name, &v, &n)) < 0)
		return 0;
	j->ownrow = row;
	if (!stralloc_copyb(&j->policy, v, n) ||
	    !stralloc_copys(&j->key, j->dest.s) ||
	    !stralloc_append(&j->key, ' ') ||
	    !stralloc_catb(&j->key, v, n) || !stralloc_0(&j->key))
		nomem();
	if (tlspolicy_scan(&j->tls, j->policy.s, n, &why, &at) > 0)
		return 1;
	log_warn("tls_policy: ", j->key.s, ": ", why);
	return 0;
}

/* One of the names of a host's TLSA records: RFC 7672 2.2.3. 0: not known
 * yet. */
static int
ask_dns(struct job *j, const char *base, uint16_t port, struct dns_answer *a)
{
	char name[NEXTHOP_HOST_OCTETS + 20];
	int n = snprintf(name, sizeof name, "_%u._tcp.%s", port, base);

	if (!j->asked)
		j->asked = j->r->now;
	memset(a, 0, sizeof *a);
	a->kind = DNSMSG_NODATA;
	if (n > NEXTHOP_HOST_OCTETS || dns_get(&j->r->dns, name, DNS_TLSA,
	    j->asked, j->r->now, a))
		return 1;
	if (j->r->now < j->asked + REMOTE_DNS_MS)
		return 0;
	a->kind = DNSMSG_LATER;
	return 1;
}

/* "USAGE SELECTOR TYPE HEX" of a record, with its NUL. */
static void
put_tlsa(stralloc *sa, const struct dns_answer *a,
    const struct dnsmsg_record *rr)
{
	static const char digits[] = "0123456789abcdef";
	char s[20];
	size_t i;

	snprintf(s, sizeof s, "%u %u %u ", rr->usage, rr->selector, rr->match);
	if (!stralloc_cats(sa, s))
		nomem();
	for (i = 0; i < rr->len; i++) {
		unsigned char c = (unsigned char)a->data[rr->at + i];

		if (!stralloc_append(sa, digits[c >> 4]) ||
		    !stralloc_append(sa, digits[c & 15]))
			nomem();
	}
	if (!stralloc_0(sa))
		nomem();
}

/* Can a mailer use the record? Its text is appended to sa then. */
static int
isusable(stralloc *sa, const struct dns_answer *a,
    const struct dnsmsg_record *rr)
{
	size_t len = sa->len;
	struct tls_tlsa t;

	put_tlsa(sa, a, rr);
	if (tls_tlsa_scan(&t, sa->s + len) > 0 && tls_tlsa_isusable(&t))
		return 1;
	sa->len = len;
	return 0;
}

/* What the DNS says of t's certificates. 0: not known yet. */
static int
find_tlsa(struct job *j, const struct mx_target *t, struct tlsrule_facts *f)
{
	stralloc *sa = &j->r->words;
	const char *name[2] = { t->base, t->host };
	size_t i, k;

	for (i = 0; i < 2 && !(i && !strcmp(name[0], name[1])); i++) {
		if (!ask_dns(j, name[i], t->port, &j->tlsa))
			return 0;
		switch (j->tlsa.kind) {
		case DNSMSG_FOUND:
			break;
		case DNSMSG_NODATA:
		case DNSMSG_NXDOMAIN:
			continue;
		default:
			f->tlsafail = 1;
			return 1;
		}
		if (!j->tlsa.secure)
			continue;
		f->tlsa = 1;
		j->base = name[i];
		for (k = 0; k < j->tlsa.n && !f->usable; k++) {
			sa->len = 0;
			f->usable = isusable(sa, &j->tlsa, j->tlsa.rr + k);
		}
		return 1;
	}
	return 1;
}

int
tls_rule(struct job *j, const struct mx_target *t, struct tlsrule *rule)
{
	struct tlsrule_facts f;

	memset(&f, 0, sizeof f);
	f.secure = t->secure;
	if (tlsrule_wants(j->tls.level, f.secure) && !find_tlsa(j, t, &f))
		return 0;
	j->asked = 0;
	/* what the admin says of a destination comes before what it says of
	 * itself; a host that he names has no domain */
	if (j->hop.mx && !j->ownrow && tlsrule_wantssts(j->tls.level, &f)) {
		if (!sts_find(j))
			return 0;
		f.sts = j->policy_sts.mode;
		f.listed = sts_ismx(&j->policy_sts, t->host);
	}
	f.first = t->port == NEXTHOP_TLS_PORT && !j->hop.lmtp;
	f.failed = j->plain;
	f.engine = j->tls.level != TLSPOLICY_NONE && !f.failed &&
	    tlsout_isup(j->r);
	tlsrule(rule, j->tls.level, &f);
	return 1;
}

/* A string of the question, in r->words, which has room for all of them. */
static void
add(struct remote *r, genalloc *list, const char *s, size_t n)
{
	const char *p = r->words.s + r->words.len;

	if (!stralloc_catb(&r->words, s, n) || !stralloc_0(&r->words) ||
	    !genalloc_append(const char *, list, &p))
		nomem();
}

/* verify, secure: a name of these; fingerprint: one of those. By MTA-STS the
 * host's own name (RFC 8461 4.1). */
static void
add_matches(struct job *j, const struct mx_target *t, enum sts_mode sts)
{
	static const struct tlspolicy_word verify[] = { { "hostname", 8 } },
	    secure[] = { { "nexthop", 7 }, { "dot-nexthop", 11 } };
	struct remote *r = j->r;
	const struct tlspolicy_word *w = j->tls.match;
	size_t i, n = j->tls.n;
	char name[NEXTHOP_HOST_OCTETS + 2];

	if (sts || (!n && r->ask.level == TLS_VERIFY)) {
		w = verify;
		n = 1;
	} else if (!n && r->ask.level == TLS_SECURE) {
		w = secure;
		n = 2;
	}
	for (i = 0; i < n; i++)
		if (r->ask.level == TLS_FINGERPRINT)
			add(r, &r->ask.print, w[i].s, w[i].n);
		else if (tlsrule_name(name, w + i, t->host,
		    j->hop.isip ? "" : j->hop.host))
			add(r, &r->ask.match, name, strlen(name));
}

/* RFC 7672 3.2.2: names count for DANE-TA only. */
static void
add_dane(struct job *j)
{
	struct remote *r = j->r;
	size_t i;

	add(r, &r->ask.match, j->base, strlen(j->base));
	if (j->hop.mx && strcmp(j->base, j->hop.host))
		add(r, &r->ask.match, j->hop.host, strlen(j->hop.host));
	for (i = 0; i < j->tlsa.n; i++) {
		const char *p = r->words.s + r->words.len;

		if (isusable(&r->words, &j->tlsa, j->tlsa.rr + i) &&
		    !genalloc_append(const char *, &r->ask.tlsa, &p))
			nomem();
	}
}

/* The session to be resumed is one that was begun by the same question. */
static void
put_session(stralloc *sa)
{
	static const char digits[] = "0123456789abcdef";
	SHA256Schedule h = SHA256_INIT();
	char sum[32], hex[65];
	size_t i;

	sha256_update(&h, sa->s, sa->len);
	sha256_final(&h, sum);
	for (i = 0; i < sizeof sum; i++) {
		hex[2 * i] = digits[(unsigned char)sum[i] >> 4];
		hex[2 * i + 1] = digits[sum[i] & 15];
	}
	hex[64] = 0;
	if (!field_puts(sa, "session", hex))
		nomem();
}

void
tls_need(struct conn *c, struct job *j, const struct mx_target *t,
    const struct tlsrule *rule)
{
	struct remote *r = j->r;
	const char *sni = t->host;

	c->tls = rule->act;
	c->why = rule->why;
	c->sts = rule->sts;
	if (c->sts == STS_TESTING && !rule->listed)
		sts_would(j, j->relay, "it does not name the host");
	c->tag = 0;
	c->ask.len = 0;
	if (rule->act == TLSRULE_CLEAR)
		return;
	r->words.len = 0;
	if (!stralloc_ready(&r->words, WORDS_OCTETS))
		nomem();
	tls_ask_clear(&r->ask);
	r->ask.peer = j->relay;
	r->ask.level = rule->level;
	if (rule->level == TLS_DANE) {
		sni = j->base;
		add_dane(j);
	} else
		add_matches(j, t, c->sts);
	if (j->tls.servername.n) {
		sni = r->words.s + r->words.len;
		if (!stralloc_catb(&r->words, j->tls.servername.s,
		    j->tls.servername.n) || !stralloc_0(&r->words))
			nomem();
	}
	r->ask.host = j->hop.isip && sni == t->host ? 0 : sni;
	if (!tls_ask_put(&c->ask, &r->ask))
		nomem();
	put_session(&c->ask);
}
