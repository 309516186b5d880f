#include "rewrite/rewrite.h"

#include <string.h>
#include <strings.h>

#include "wire/route.h"

/* Which addresses in brackets are ours depends on the interfaces; for maps
 * they are all as if they were. */
static char
domain_class(void *x, const char *domain, size_t n)
{
	const struct conf *c = x;
	const char *p = domain, *end = domain + n;

	if (*domain == '[' || conf_has(c, CONF_mydestination, domain, n))
		return ROUTE_LOCAL;
	while (p < end && (p = memchr(p + 1, '.', (size_t)(end - p - 1))))
		if (conf_has(c, CONF_mydestination, p, (size_t)(end - p)))
			return ROUTE_LOCAL;
	return ROUTE_OTHER;
}

static int
no_user(void *x, const char *name)
{
	(void)x;
	(void)name;
	return 0;
}

static int
lookup(void *x, const char *table, const char *key, size_t keylen,
    const char **v, size_t *n)
{
	return conf_lookup(x, table, key, keylen, v, n);
}

void
rewrite_facts(struct facts *f, const struct conf *c)
{
	f->origin = conf_str(c, myorigin);
	f->delimiters = conf_str(c, recipient_delimiter);
	f->domain = domain_class;
	f->user = no_user;
	f->lookup = lookup;
	f->x = (void *)(uintptr_t)c;
}

int
rewrite_has(const struct conf *c, const char *table)
{
	const char *v;
	size_t n;

	return conf_lookup(c, table, "", 0, &v, &n) > 0;
}

void
rewrite_init(struct rewrite *r, const struct conf *c)
{
	r->c = c;
	rewrite_facts(&r->facts, c);
	r->canonical = rewrite_has(c, "canonical");
	r->sender = rewrite_has(c, "sender_canonical");
	r->recipient = rewrite_has(c, "recipient_canonical");
	r->generic = rewrite_has(c, "generic");
	r->masquerade = c->len[CONF_masquerade_domains] != 0;
}

int
rewrite_incoming(const struct rewrite *r)
{
	return r->canonical || r->sender || r->recipient || r->masquerade;
}

int
rewrite_senders(const struct rewrite *r)
{
	return r->canonical || r->sender || r->masquerade;
}

int
rewrite_outgoing(const struct rewrite *r)
{
	return r->generic;
}

const char *
rewrite_masquerade(const char *l, size_t len, const char *domain)
{
	const char *end = l + len, *item;
	size_t n = strlen(domain), m;
	int not;

	for (; l < end; l += strlen(l) + 1) {
		not = *l == '!';
		item = l + not;
		m = strlen(item);
		if (m > n || strcasecmp(domain + n - m, item) ||
		    (m < n && domain[n - m - 1] != '.'))
			continue;
		return not || m == n ? 0 : item;
	}
	return 0;
}

/* Puts what x has become by one table back to x. Returns as step_map. */
static int
one(struct step_addr *x, const struct rewrite *r, const char *table)
{
	struct step_addr to;
	int e = step_map(&to, x, table, &r->facts);

	if (e > 0)
		*x = to;
	return e;
}

/* An address without a domain stays one, if no table has it. */
static int
masquerade(struct address *a, const struct rewrite *r, int bare)
{
	const char *d;

	if (!r->masquerade || bare || a->at >= a->len)
		return 0;
	d = rewrite_masquerade(conf_str(r->c, masquerade_domains),
	    r->c->len[CONF_masquerade_domains], a->s + a->at + 1);
	if (!d)
		return 0;
	a->len = a->at + 1 + strlen(d);	/* shorter than it was */
	memcpy(a->s + a->at + 1, d, strlen(d) + 1);
	return 1;
}

int
rewrite_in(struct address *to, const struct rewrite *r, const char *s,
    size_t n, enum headmap_kind k)
{
	struct step_addr x;
	int own = k == HEADMAP_SENDER ? r->sender : r->recipient;
	int e = 0, f = 0, bare = !memchr(s, '@', n);

	if (!n || step_addr(&x, s, n, &r->facts) < 0)
		return 0;
	if (own)
		e = one(&x, r, k == HEADMAP_SENDER ? "sender_canonical" :
		    "recipient_canonical");
	if (e >= 0 && r->canonical)
		f = one(&x, r, "canonical");
	if (e < 0 || f < 0)
		return -1;
	*to = x.a;
	return masquerade(to, r, bare && !e && !f) || e || f;
}

int
rewrite_out(struct address *to, const struct rewrite *r, const char *s,
    size_t n)
{
	struct step_addr x;
	int e;

	if (!n || step_addr(&x, s, n, &r->facts) < 0)
		return 0;
	e = one(&x, r, "generic");
	*to = x.a;
	return e;
}

/* The same spelling is no other address. */
static int
put(stralloc *sa, int e, const struct address *to, const struct header_addr *a)
{
	if (e <= 0 || (to->len == a->n && !memcmp(to->s, a->s, a->n)))
		return e < 0 ? -1 : 0;
	return stralloc_catb(sa, to->s, to->len) ? 1 : -1;
}

int
rewrite_header_in(void *x, stralloc *sa, const struct header_addr *a,
    enum headmap_kind k)
{
	struct address to;

	return put(sa, rewrite_in(&to, x, a->s, a->n, k), &to, a);
}

int
rewrite_header_out(void *x, stralloc *sa, const struct header_addr *a,
    enum headmap_kind k)
{
	struct address to;

	(void)k;
	return put(sa, rewrite_out(&to, x, a->s, a->n), &to, a);
}
