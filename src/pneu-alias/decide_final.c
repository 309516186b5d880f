#include "decide-internal.h"

#include <string.h>

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
	const struct facts *f = &w->f->facts;
	int r = f->lookup(f->x, table, key, keylen, v, n);

	if (r < 0)
		later(w, "4.3.0", "table lookup failure");
	return r;
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

void
decide_user(struct work *w, const char *name, const char *ext)
{
	w->d->route.user = decide_keep(w, name, strlen(name));
	w->d->route.ext = decide_keep(w, ext, strlen(ext));
	if (w->d->route.user && w->d->route.ext)
		w->d->route.kind = ROUTE_USER;
}

/* Into the hands of transport, for him: admin@origin, as if an alias made it
 * so. Who has the other end knows him, but not what we call him by. */
static void
admin_goes(struct work *w, const char *name)
{
	const struct facts *f = &w->f->facts;
	stralloc *s = &w->d->tmp;
	const char *addr;

	s->len = 0;
	if (address_put(s, name, strlen(name), f->origin,
	    strlen(f->origin)) <= 0 ||
	    !(addr = decide_keep(w, s->s, s->len)) ||
	    step_addr(&w->x, addr, strlen(addr), f) < 0)
		later(w, "4.3.5", "admin_mailbox is no user");
	else
		decide_nexthop(w, w->f->transport, strlen(w->f->transport));
}

void
decide_admin(struct work *w)
{
	const struct facts *f = &w->f->facts;
	const char *s = w->f->admin;
	int r = strchr(s, '/') || strlen(s) > STEP_USER_OCTETS ? 0 :
	    f->user(f->x, s);

	if (r < 0)
		later(w, "4.3.0", "user database unavailable");
	else if (r && *w->f->transport && !w->asuser)
		admin_goes(w, s);
	else if (r)
		decide_user(w, s, "");
	else
		mailbox(w, s, strlen(s));
}

/* Look the address up in a table of addresses: whole, without extension,
 * then @domain. Returns as conf_lookup. */
static int
lookup_address(struct work *w, const char *table, const char **v, size_t *n)
{
	char key[ADDRESS_PATH_OCTETS + 1 + ADDRESS_DOMAIN_OCTETS];
	const struct step_addr *x = &w->x;
	size_t at = 0;
	int r, more;

	do {
		more = step_split(x, w->f->facts.delimiters, &at);
		memcpy(key, x->local, at);
		key[at] = '@';
		memcpy(key + at + 1, x->domain, x->domainlen);
		r = decide_lookup(w, table, key, at + 1 + x->domainlen, v, n);
	} while (!r && more);
	return r;
}

/* With a transport the table says who there is; without it the other end
 * does. */
static void
decide_virtual(struct work *w, const char *unknown)
{
	const char *v, *to = w->x.class == ROUTE_VIRTUAL ? w->f->vtransport :
	    "";
	size_t n;
	int r = lookup_address(w, "virtual_mailboxes", &v, &n);

	if (!r && *to) {
		r = decide_lookup(w, "virtual_mailboxes", "", 0, &v, &n);
		r = r < 0 ? r : !r;
	}
	if (r > 0 && *to)
		decide_nexthop(w, to, strlen(to));
	else if (r > 0)
		mailbox(w, v, n);
	else if (!r && !strcmp(w->x.local, "postmaster"))
		decide_admin(w);	/* RFC 5321 4.5.1 */
	else if (!r)
		never(w, "5.1.1", unknown);
}

static void
decide_relay(struct work *w)
{
	const char *v;
	size_t n;
	int r = decide_lookup(w, "relay_recipients", w->x.domain,
	    w->x.domainlen, &v, &n);

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

static void
decide_on(struct work *w)
{
	switch (w->x.class) {
	case DECIDE_ALIASES:
		decide_virtual(w, "User unknown in virtual alias table");
		break;
	case ROUTE_VIRTUAL:
		decide_virtual(w, "User unknown in virtual mailbox table");
		break;
	case ROUTE_RELAY:
		decide_relay(w);
		break;
	default:
		decide_remote(w);
	}
}

void
decide_final(struct work *w)
{
	switch (w->st.kind) {
	case STEP_USER:
		if (*w->f->transport && !w->asuser) {
			decide_nexthop(w, w->f->transport,
			    strlen(w->f->transport));
			break;
		}
		decide_user(w, w->st.key, w->st.at < w->x.locallen ?
		    w->x.local + w->st.at + 1 : "");
		break;
	case STEP_ADMIN:
		decide_admin(w);
		break;
	case STEP_NONE:
		never(w, "5.1.1", "User unknown in local recipient table");
		break;
	case STEP_LATER:
		later(w, "4.3.0", "table lookup failure");
		break;
	case STEP_LATER_USERS:
		later(w, "4.3.0", "user database unavailable");
		break;
	default:
		decide_on(w);
	}
}
