/* XCLIENT and XFORWARD: a proxy or a filter of ours says whom it speaks for.
 * Postfix's XCLIENT_README and XFORWARD_README. */
#include "pneu-smtpd/session-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define METHOD "XCLIENT"	/* of a login that XCLIENT said */
#define LINE_OCTETS 1024

struct said {
	char has[XATTRS];
	struct xattr a[XATTRS];
};

/* What was said of k: its value, none if it is not to be had; else as it
 * was. */
static const char *
value(const struct said *x, enum xattr_name k, const char *was,
    const char *none)
{
	return !x->has[k] ? was : x->a[k].known ? x->a[k].value : none;
}

static int
may(struct session *s, const char *verb, size_t n)
{
	if (s->inmail)
		refuse(s, 503, "5.5.1", "Error: MAIL transaction in progress");
	else if (!n)
		refuse(s, 501, "5.5.4", "Syntax: ", verb,
		    " attribute=value...");
	else if (!s->xclient)
		refuse(s, 550, "5.7.0", "Error: insufficient authorization");
	else
		return 1;
	return 0;
}

static void
refuse_attribute(struct session *s, const char *verb, int e,
    const struct xattr *a)
{
	if (e == XATTR_SYNTAX)
		refuse(s, 501, "5.5.4", "Error: attribute=value expected");
	else if (e == XATTR_LONG)
		refuse(s, 501, "5.5.4", "Error: attribute value too long");
	else if (e == XATTR_FOREIGN)
		refuse(s, 501, "5.5.4", "Bad ", verb, " attribute name: ",
		    a->value);
	else
		refuse(s, 501, "5.5.4", "Bad ", xattr_word(a->name),
		    " syntax: ", a->value);
}

/* All of the arguments, or nothing counts. */
static int
scan(struct session *s, struct said *x, int forward, const char *arg,
    size_t n)
{
	const char *verb = forward ? "XFORWARD" : "XCLIENT";
	struct xattr a;
	int r;

	if (!may(s, verb, n))
		return 0;
	memset(x->has, 0, sizeof x->has);
	for (; n; arg += r, n -= (size_t)r) {
		r = xattr_scan(&a, forward, arg, n);
		if (r < 0) {
			refuse_attribute(s, verb, r, &a);
			return 0;
		}
		x->has[a.name] = 1;
		x->a[a.name] = a;
	}
	return 1;
}

/* "name[address]" with what is new of either; "" is nobody. */
static void
rename_client(char client[SESSION_CLIENT_OCTETS + 1], const struct said *x)
{
	char was[SESSION_CLIENT_OCTETS + 1], *addr = was;

	strcpy(was, *client ? client : "unknown[unknown]");
	addr = strchr(was, '[');
	*addr++ = 0;
	addr[strcspn(addr, "]")] = 0;
	snprintf(client, SESSION_CLIENT_OCTETS + 1, "%.*s[%.*s]", XATTR_OCTETS,
	    value(x, XATTR_NAME, was, "unknown"), SESSION_PEER_OCTETS,
	    value(x, XATTR_ADDR, addr, "unknown"));
}

/* Who has authenticated: the client that it speaks for, not the one that has
 * spoken so far. */
static int
rename_user(struct session *s, const struct said *x)
{
	const char *name = s->login.len && !strcmp(s->method, METHOD) ?
	    s->login.s : "";

	name = value(x, XATTR_LOGIN, name, "");
	s->authname.len = 0;
	if (*name && (!stralloc_cats(&s->authname, name) ||
	    !stralloc_0(&s->authname)))
		return 0;
	strcpy(s->method, METHOD);
	return 1;
}

/* Room for any name. */
static int
widen(struct session *s)
{
	char *p;

	if (s->client != s->self)
		return 1;
	if (!(p = malloc(SESSION_CLIENT_OCTETS + 1)))
		return 0;
	s->client = strcpy(p, s->self);
	return 1;
}

/* The session begins anew, and the client is another. */
static int
become(struct session *s, const struct said *x)
{
	const char *helo = value(x, XATTR_HELO, "", "");
	const char *addr;
	char peer[SESSION_PEER_OCTETS + 1];
	unsigned int rights;

	if (!rename_user(s, x) || !widen(s))
		return 0;
	rename_client(s->client, x);
	addr = strchr(s->client, '[') + 1;
	snprintf(peer, sizeof peer, "%.*s", (int)strcspn(addr, "]"), addr);
	rights = s->ops->rights ? s->ops->rights(s->host, peer) : 0;
	s->local = (rights & SESSION_LOCAL) != 0;
	s->xclient = (rights & SESSION_XCLIENT) != 0;
	s->here = (rights & SESSION_HERE) != 0;
	session_anew(s);
	if (s->authname.len) {
		if (!stralloc_copy(&s->login, &s->authname))
			return 0;
		s->trusted = 1;
	}
	if (!*helo)
		return 1;
	s->proto = strcasecmp(value(x, XATTR_PROTO, "", ""), "ESMTP") ? 'H' :
	    'E';
	return session_keephelo(s, helo, strlen(helo));
}

void
session_xclient(struct session *s, const char *arg, size_t n)
{
	char line[LINE_OCTETS], from[SESSION_CLIENT_OCTETS + 1];
	struct said x;

	if (!scan(s, &x, 0, arg, n))
		return;
	strcpy(from, s->client);
	if (!become(s, &x)) {
		session_lost(s, s->now);
		return;
	}
	snprintf(line, sizeof line, "XCLIENT from %s: the client is %s%s%.255s",
	    from, s->client, s->login.len ? ", sasl_username=" : "",
	    s->login.len ? s->login.s : "");
	s->ops->log(s->host, line);
	say(s, 220, 0, s->c->name, " ", s->c->banner);
}

void
session_xforward(struct session *s, const char *arg, size_t n)
{
	struct session_forward *f;
	struct said x;

	if (!scan(s, &x, 1, arg, n))
		return;
	if (!s->forward && !(s->forward = calloc(1, sizeof *f))) {
		session_lost(s, s->now);
		return;
	}
	f = s->forward;
	if (x.has[XATTR_NAME] || x.has[XATTR_ADDR])
		rename_client(f->client, &x);
	if (x.has[XATTR_IDENT])
		strcpy(f->ident, value(&x, XATTR_IDENT, "", ""));
	say(s, 250, "2.0.0", "Ok");
}
