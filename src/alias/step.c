#include "alias/step.h"

#include <string.h>
#include <strings.h>

#include "alias/target.h"
#include "wire/route.h"

/* Names that always reach someone: RFC 5321 4.5.1, RFC 2142, and root,
 * whom nothing is delivered as. */
static const char *const admins[] = {
	"root", "postmaster", "mailer-daemon", "abuse"
};

static void
lower(char *to, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		to[i] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] + 32) : s[i];
	to[n] = 0;
}

/* The domain of x, which gives it its class. */
static void
set_domain(struct step_addr *x, const struct facts *f)
{
	x->domainlen = x->a.len > x->a.at ? x->a.len - x->a.at - 1 : 0;
	if (!x->domainlen) {	/* <postmaster> is ours, whatever our domain */
		x->domain[0] = 0;
		x->class = ROUTE_LOCAL;
		return;
	}
	lower(x->domain, x->a.s + x->a.at + 1, x->domainlen);
	x->class = f->domain(f->x, x->domain, x->domainlen);
}

/* The local part of a canonical address as it is meant. Returns its length. */
static size_t
unquote(char *to, const struct address *a)
{
	size_t i, n = 0;

	if (a->s[0] != '"') {
		memcpy(to, a->s, a->at);
		return a->at;
	}
	for (i = 1; i + 1 < a->at; i++) {
		if (a->s[i] == '\\' && i + 2 < a->at)
			i++;
		to[n++] = a->s[i];
	}
	return n;
}

int
step_addr(struct step_addr *x, const char *s, size_t n, const struct facts *f)
{
	char local[ADDRESS_PATH_OCTETS + 1];
	size_t m = strlen(f->origin);
	struct address *a = &x->a;

	if (address_scan8(a, s, n) < 0 || !a->at)
		return -1;
	x->locallen = unquote(local, a);
	lower(x->local, local, x->locallen);
	if (!x->locallen)
		return -1;
	if (a->at == a->len && strcmp(x->local, "postmaster")) {
		if (a->len + 1 + m > ADDRESS_PATH_OCTETS)
			return -1;
		a->s[a->len] = '@';
		memcpy(a->s + a->len + 1, f->origin, m + 1);
		a->len += 1 + m;
	}
	if (a->len > a->at && a->len - a->at - 1 > ADDRESS_DOMAIN_OCTETS)
		return -1;
	set_domain(x, f);
	return 1;
}

/* owner-list and list-request are names of their own, as with Postfix. */
static int
iswhole(const struct step_addr *x)
{
	return (x->locallen > 6 && !memcmp(x->local, "owner-", 6)) ||
	    (x->locallen > 8 &&
	    !memcmp(x->local + x->locallen - 8, "-request", 8));
}

int
step_split(const struct step_addr *x, const char *delimiters, size_t *at)
{
	const char *s = x->local;
	size_t i, end = *at;
	int left = STEP_SPLITS, whole = iswhole(x);

	if (!*at) {
		*at = x->locallen;
		return 1;
	}
	for (*at = 0, i = 1; i < end && left; i++)
		if (s[i] && strchr(delimiters, s[i]) &&
		    !(whole && s[i] == '-')) {
			*at = i;
			left--;
		}
	return *at != 0;
}

/* Look up the key that is made of two parts. Returns as the lookup does. */
static int
find(struct step *st, const char *table, const char *a, size_t n,
    const char *b, size_t m, const struct facts *f)
{
	int r;

	if (n + m > STEP_KEY_OCTETS)
		return 0;
	memcpy(st->key, a, n);
	memcpy(st->key + n, b, m);
	st->key[n + m] = 0;
	r = f->lookup(f->x, table, st->key, n + m, &st->v, &st->n);
	if (!r)
		return 0;
	st->kind = r > 0 ? STEP_ROW : STEP_LATER;
	st->table = table;
	return r;
}

/* "@domain", then "@.parent" of those above it. */
static int
find_rest(struct step *st, const struct step_addr *x, const char *table,
    const struct facts *f)
{
	const char *p = x->domain, *end = p + x->domainlen;
	int r = find(st, table, "@", 1, p, x->domainlen, f);

	while (!r && *x->domain != '[' && p < end &&
	    (p = memchr(p + 1, '.', (size_t)(end - p - 1))))
		r = find(st, table, "@", 1, p, (size_t)(end - p), f);
	st->rest = 1;
	st->at = x->locallen;
	return r;
}

int
step_lookup(struct step *st, const struct step_addr *x, const char *table,
    const struct facts *f)
{
	char domain[ADDRESS_DOMAIN_OCTETS + 2];
	int r = 0, bare;

	st->rest = 0;
	domain[0] = '@';
	memcpy(domain + 1, x->domain, x->domainlen);
	for (bare = !x->domainlen; bare < 2 && !r; bare++) {
		if (bare && x->class != ROUTE_LOCAL &&
		    strcasecmp(x->domain, f->origin))
			break;
		st->at = 0;
		while (!r && step_split(x, f->delimiters, &st->at))
			r = find(st, table, x->local, st->at, domain,
			    bare ? 0 : x->domainlen + 1, f);
	}
	if (!r && x->domainlen)
		r = find_rest(st, x, table, f);
	return r;
}

/* Of the aliases: name@domain, name. Of a name that an extension is cut off
 * from also name+*, as with Sendmail. */
static int
find_alias(struct step *st, const struct step_addr *x, const struct facts *f)
{
	char tail[ADDRESS_DOMAIN_OCTETS + 2];
	int r = 0;

	if (st->at < x->locallen) {
		tail[0] = x->local[st->at];
		tail[1] = '*';
		r = find(st, "aliases", x->local, st->at, tail, 2, f);
	}
	if (!r && x->domainlen) {
		tail[0] = '@';
		memcpy(tail + 1, x->domain, x->domainlen);
		r = find(st, "aliases", x->local, st->at, tail,
		    x->domainlen + 1, f);
	}
	return r ? r : find(st, "aliases", x->local, st->at, "", 0, f);
}

static int
isadmin(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof admins / sizeof admins[0]; i++)
		if (strlen(admins[i]) == n && !memcmp(admins[i], s, n))
			return 1;
	return 0;
}

/* Is the name a user? Users' names are short, and no path. */
static int
find_user(struct step *st, const struct step_addr *x, const struct facts *f)
{
	int r;

	if (st->at > STEP_USER_OCTETS || memchr(x->local, '/', st->at))
		return 0;
	memcpy(st->key, x->local, st->at);
	st->key[st->at] = 0;
	r = f->user(f->x, st->key);
	if (!r && !isadmin(st->key, st->at))
		return 0;
	st->kind = r > 0 ? STEP_USER : r < 0 ? STEP_LATER_USERS : STEP_ADMIN;
	return 1;
}

void
step(struct step *st, const struct step_addr *x, int not,
    const struct facts *f)
{
	int r = 0;

	st->kind = STEP_ON;
	st->rest = 0;
	if (!(not & STEP_NOVIRTUAL) && step_lookup(st, x, "virtual", f))
		return;
	st->rest = 0;
	if (x->class != ROUTE_LOCAL)
		return;
	st->at = 0;
	while (!r && step_split(x, f->delimiters, &st->at)) {
		if (!(not & STEP_NOALIASES))
			r = find_alias(st, x, f);
		if (!r)
			r = find_user(st, x, f);
	}
	if (!r && !(not & STEP_NOALIASES) && x->domainlen)
		r = find_rest(st, x, "aliases", f);
	if (!r)
		st->kind = STEP_NONE;
}

int
step_target(const struct step *st, size_t *pos, const char **s, size_t *n)
{
	const char *nl;

	if (*pos >= st->n)
		return 0;
	*s = st->v + *pos;
	nl = memchr(*s, '\n', st->n - *pos);
	*n = nl ? (size_t)(nl - *s) : st->n - *pos;
	*pos += *n + 1;
	return 1;
}

/* Append local part s[0..n), as it is meant, with each * made x's, and the
 * extension that goes along. Returns 1, or 0 with ENOMEM. */
static int
put_local(stralloc *sa, const char *s, size_t n, const struct step_addr *x,
    const struct step *st)
{
	char mine[ADDRESS_PATH_OCTETS + 1];
	size_t i, len = unquote(mine, &x->a);
	int ok = 1;

	for (i = 0; ok && i < n; i++)
		ok = st->rest && s[i] == '*' ? stralloc_catb(sa, mine, len) :
		    stralloc_append(sa, s[i]);
	if (ok && !st->rest && st->table[0] != 'a' && st->at < len)
		ok = stralloc_catb(sa, mine + st->at, len - st->at);
	return ok;
}

int
step_to(struct step_addr *to, const struct step_addr *x,
    const struct step *st, const char *s, size_t n, const struct facts *f)
{
	stralloc sa = STRALLOC_ZERO, addr = STRALLOC_ZERO;
	char local[ADDRESS_PATH_OCTETS + 1];
	struct address a;
	int r = -1;

	if (address_scan8(&a, s, n) < 0 || !a.at)
		return -1;
	if (put_local(&sa, local, unquote(local, &a), x, st) &&
	    address_put(&addr, sa.s, sa.len, a.s + a.at + (a.at < a.len),
	    a.at < a.len ? a.len - a.at - 1 : 0) > 0)
		r = step_addr(to, addr.s, addr.len, f);
	stralloc_free(&sa);
	stralloc_free(&addr);
	return r;
}

int
step_isself(const struct step_addr *to, const struct step_addr *x,
    const struct step *st)
{
	size_t n = strcspn(st->key, "@");

	if (!strcmp(to->local, x->local) && !strcmp(to->domain, x->domain))
		return 1;
	return st->table[0] == 'a' && to->class == ROUTE_LOCAL && n &&
	    to->locallen == n && !memcmp(to->local, st->key, n);
}

int
step_map(struct step_addr *to, const struct step_addr *x,
    const char *table, const struct facts *f)
{
	const char *s;
	struct step st = { .kind = STEP_ON };
	size_t n, pos = 0;
	int r = step_lookup(&st, x, table, f);

	if (r <= 0)
		return r;
	return step_target(&st, &pos, &s, &n) &&
	    step_to(to, x, &st, s, n, f) > 0;
}
