#include "decide.h"

#include <string.h>

#include "decide-internal.h"

/* Names that always reach someone: RFC 5321 4.5.1, RFC 2142, and root,
 * whom nothing is delivered as. */
static const char *const admins[] = {
	"root", "postmaster", "mailer-daemon", "abuse"
};

void
decide_none(struct work *w, char kind, const char *code, const char *text)
{
	w->d->route.kind = ROUTE_NONE;
	verdict_set(&w->d->route.verdict, kind, code, 0, text);
}

static void
never(struct work *w, const char *code, const char *text)
{
	decide_none(w, VERDICT_NEVER, code, text);
}

static void
later(struct work *w, const char *code, const char *text)
{
	decide_none(w, VERDICT_LATER, code, text);
}

const char *
decide_keep(struct work *w, const char *s, size_t n)
{
	char *to = w->d->room + w->used;

	if (n >= sizeof w->d->room - w->used) {
		later(w, "4.3.5", "table entry too long");
		return 0;
	}
	memcpy(to, s, n);
	to[n] = 0;
	w->used += n + 1;
	return to;
}

int
decide_lookup(struct work *w, const char *table, const char *key, size_t keylen,
    const char **v, size_t *n)
{
	int r = w->f->lookup(w->f->x, table, key, keylen, v, n);

	if (r < 0)
		later(w, "4.3.0", "table lookup failure");
	return r;
}

/* Walk over the ways to divide the local part into a name and an extension:
 * undivided first, then at each of the first DECIDE_SPLITS delimiters, the
 * last of them first, so that a name with a '-' in it is found before a
 * shorter one. *at is the length of the name; start with 0. Returns 0 at
 * the end. */
static int
split(const struct work *w, size_t *at)
{
	const char *s = w->local;
	size_t i, end = *at;
	int left = DECIDE_SPLITS;

	if (!*at) {
		*at = w->locallen;
		return 1;
	}
	for (*at = 0, i = 1; i < end && left; i++)
		if (s[i] && strchr(w->f->delimiters, s[i])) {
			*at = i;
			left--;
		}
	return *at != 0;
}

static const char *
extension(struct work *w, size_t at)
{
	return at < w->locallen ? w->local + at + 1 : "";
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

/* A Maildir of the virtual user, by its path below virtual_mailbox_base. */
static void
mailbox(struct work *w, const char *v, size_t n)
{
	const char *s;

	while (n && *v == '/') {
		v++;
		n--;
	}
	if (!(s = decide_keep(w, v, n)))
		return;
	if (!n || !strncmp(s, "../", 3) || strstr(s, "/../") ||
	    !strcmp(s, "..") || (n > 2 && !strcmp(s + n - 3, "/.."))) {
		later(w, "4.3.5", "mailbox outside virtual_mailbox_base");
		return;
	}
	w->d->route.kind = ROUTE_MAILBOX;
	w->d->route.mailbox = s;
}

/* Is name a user? 1 and decided (also when that cannot be told), or 0. */
static int
user(struct work *w, const char *name, const char *ext)
{
	int r = w->f->user(w->f->x, name);

	if (r < 0)
		later(w, "4.3.0", "user database unavailable");
	else if (r) {
		w->d->route.kind = ROUTE_USER;
		w->d->route.user = decide_keep(w, name, strlen(name));
		w->d->route.ext = decide_keep(w, ext, strlen(ext));
	}
	return r != 0;
}

static void
admin(struct work *w)
{
	const char *s = w->f->admin;

	if (strchr(s, '/') || strlen(s) > DECIDE_USER_OCTETS ||
	    !user(w, s, ""))
		mailbox(w, s, strlen(s));
}

/* Users' names are short, and no path. */
static int
isname(const char *s, size_t n)
{
	return n <= DECIDE_USER_OCTETS && !memchr(s, '/', n);
}

static void
decide_local(struct work *w)
{
	char name[DECIDE_USER_OCTETS + 1];
	size_t at = 0;

	while (split(w, &at)) {
		if (!isname(w->local, at))
			continue;
		memcpy(name, w->local, at);
		name[at] = 0;
		if (user(w, name, extension(w, at)))
			return;
		if (isadmin(name, at)) {
			admin(w);
			return;
		}
	}
	never(w, "5.1.1", "User unknown in local recipient table");
}

/* Look the address up in a table of addresses: whole, without extension,
 * then @domain. Returns as conf_lookup. */
static int
lookup_address(struct work *w, const char *table, const char **v, size_t *n)
{
	char key[ADDRESS_PATH_OCTETS + 1 + ADDRESS_DOMAIN_OCTETS];
	size_t at = 0;
	int r, more;

	do {
		more = split(w, &at);
		memcpy(key, w->local, at);
		key[at] = '@';
		memcpy(key + at + 1, w->domain, w->domainlen);
		r = decide_lookup(w, table, key, at + 1 + w->domainlen, v, n);
	} while (!r && more);
	return r;
}

static void
decide_virtual(struct work *w)
{
	const char *v;
	size_t n;
	int r = lookup_address(w, "virtual_mailboxes", &v, &n);

	if (r > 0)
		mailbox(w, v, n);
	else if (!r && !strcmp(w->local, "postmaster"))
		admin(w);	/* RFC 5321 4.5.1 */
	else if (!r)
		never(w, "5.1.1", "User unknown in virtual mailbox table");
}

static void
decide_relay(struct work *w)
{
	const char *v;
	size_t n;
	int r = decide_lookup(w, "relay_recipients", w->domain, w->domainlen,
	    &v, &n);

	if (r > 0) {
		r = lookup_address(w, "relay_recipients", &v, &n);
		if (!r)
			never(w, "5.1.1",
			    "User unknown in relay recipient table");
		r = r > 0 ? 0 : -1;
	}
	if (!r)
		decide_remote(w);
}

static char
class_of(const struct work *w)
{
	char class = w->f->domain(w->f->x, w->domain, w->domainlen);

	/* Who is sent a!b@c, a%b@c or "a@b"@c may take it for mail to
	 * another domain, and us for one that may send it there: that is
	 * for those to ask who may relay. */
	if (class == ROUTE_RELAY && strpbrk(w->local, "%!@"))
		return ROUTE_OTHER;
	return class;
}

static void
lower(char *to, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		to[i] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] + 32) : s[i];
	to[n] = 0;
}

static void
set_domain(struct work *w, const char *s, size_t n)
{
	char ip[16];

	w->domainlen = n > ADDRESS_DOMAIN_OCTETS ? ADDRESS_DOMAIN_OCTETS : n;
	lower(w->domain, s, w->domainlen);
	w->literal = address_literal_scan(ip, w->domain, w->domainlen) > 0;
}

/* Take the address apart. Returns 1, or -1 if it is malformed. */
static int
take(struct work *w, const char *addr, size_t n)
{
	stralloc *local = &w->d->tmp;
	struct address a;

	local->len = 0;
	if (address_scan(&a, addr, n) < 0 || !a.at ||
	    !address_local(local, a.s, a.at))
		return -1;
	w->locallen = local->len;
	lower(w->local, local->s, local->len);
	if (a.at < a.len)
		set_domain(w, a.s + a.at + 1, a.len - a.at - 1);
	return w->locallen ? 1 : -1;
}

void
decide(struct decision *d, const char *addr, size_t n, const struct facts *f)
{
	struct work w = { .d = d, .f = f };

	memset(&d->route, 0, sizeof d->route);
	d->route.class = ROUTE_OTHER;
	if (take(&w, addr, n) < 0) {
		never(&w, "5.1.3", "Bad recipient address syntax");
		return;
	}
	/* RFC 5321 4.5.1: <postmaster> is ours, whatever our domain. */
	if (!w.domainlen && !strcmp(w.local, "postmaster"))
		d->route.class = ROUTE_LOCAL;
	else {
		if (!w.domainlen)
			set_domain(&w, f->origin, strlen(f->origin));
		d->route.class = class_of(&w);
	}
	switch (d->route.class) {
	case ROUTE_LOCAL: decide_local(&w); break;
	case ROUTE_VIRTUAL: decide_virtual(&w); break;
	case ROUTE_RELAY: decide_relay(&w); break;
	default: decide_remote(&w); break;
	}
}
