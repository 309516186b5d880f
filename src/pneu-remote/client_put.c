#include "pneu-remote/client-internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <skalibs/types.h>

#include "mail/utf8.h"

/* Commands, and whether a letter can be put into them. */

void
client_put(struct client *c, stralloc *out, const char *s, ...)
{
	va_list ap;

	va_start(ap, s);
	for (; s; s = va_arg(ap, const char *))
		if (!stralloc_cats(out, s))
			c->full = 1;
	va_end(ap);
}

void
client_put_ehlo(struct client *c, stralloc *out, uint64_t now)
{
	c->state = CLIENT_EHLO;
	c->first = 1;
	c->deadline = now + c->opts->helo_ms;
	client_put(c, out, c->lmtp ? "LHLO " : "EHLO ", c->opts->helo,
	    "\r\n", (char *)0);
}

/* What the address is written as. */
static const char *
written(const struct client *c, const char *s)
{
	return c->l->address ? c->l->address(c->l->arg, s) : s;
}

/* 1 if s has octets that no command may have in it. */
static int
isbad(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 32 || *s == 127)
			return 1;
	return 0;
}

static int
has8bit(const char *s)
{
	return utf8_has(s, strlen(s));
}

/* RFC 6531 3.2: who does not offer SMTPUTF8 is not given what needs it. */
static void
no_utf8(const struct client *c, char text[CLIENT_FAIL_OCTETS])
{
	snprintf(text, CLIENT_FAIL_OCTETS, "SMTPUTF8 is required, but was "
	    "not offered by host %s", c->host);
}

/* Recipients that cannot be written into a command. */
static void
drop_bad(struct client *c)
{
	struct client_letter *l = c->l;
	char text[CLIENT_FAIL_OCTETS];
	struct verdict v;
	size_t i, n = l->n;

	for (i = 0; i < n; i++) {
		const char *addr;

		if (l->rcpt[i] != CLIENT_TODO)
			continue;
		addr = order_rcpt(l->o, i)->addr;
		if (isbad(addr)) {
			verdict_set(&v, VERDICT_NEVER, "5.1.3", 0,
			    "bad recipient address syntax");
			client_settle(c, i, i + 1, CLIENT_TODO, &v, 0);
		} else if (has8bit(written(c, addr)) &&
		    !(c->ext & CLIENT_SMTPUTF8)) {
			no_utf8(c, text);
			verdict_set(&v, VERDICT_NEVER, "5.6.7", 0, text);
			client_settle(c, i, i + 1, CLIENT_TODO, &v, 0);
		} else if (has8bit(written(c, addr)))
			l->utf8 = 1;
	}
}

int
client_check(struct client *c)
{
	struct client_letter *l = c->l;
	char text[CLIENT_FAIL_OCTETS];

	drop_bad(c);
	if (!memchr(l->rcpt, CLIENT_TODO, l->n))
		return 0;
	if (isbad(l->o->sender)) {
		client_settle_all(c, CLIENT_TODO, VERDICT_NEVER, "5.1.7", 0,
		    "bad sender address syntax");
		return 0;
	}
	if (c->maxsize && l->size > c->maxsize) {
		snprintf(text, sizeof text, "message size %llu exceeds size "
		    "limit %llu of server %s", (unsigned long long)l->size,
		    (unsigned long long)c->maxsize, c->host);
		client_settle_all(c, CLIENT_TODO, VERDICT_NEVER, "5.3.4", 0,
		    text);
		return 0;
	}
	if (has8bit(written(c, l->o->sender)))
		l->utf8 = 1;
	if (l->utf8 && !(c->ext & CLIENT_SMTPUTF8)) {
		no_utf8(c, text);
		client_settle_all(c, CLIENT_TODO, VERDICT_NEVER, "5.6.7", 0,
		    text);
		return 0;
	}
	return 1;
}

/* A parameter of RFC 3461, or of RFC 4954 section 5, for who takes it. */
static void
put_option(struct client *c, stralloc *out, const char *name, const char *s,
    unsigned int ext)
{
	if ((c->ext & ext) && s && *s && !isbad(s) && !strchr(s, ' '))
		client_put(c, out, name, s, (char *)0);
}

void
client_put_mail(struct client *c, stralloc *out)
{
	struct client_letter *l = c->l;
	char fmt[UINT64_FMT];

	client_put(c, out, "MAIL FROM:<", written(c, l->o->sender), ">",
	    (char *)0);
	if ((c->ext & CLIENT_SIZE) && l->size) {
		fmt[uint64_fmt(fmt, l->size)] = 0;
		client_put(c, out, " SIZE=", fmt, (char *)0);
	}
	if ((c->ext & CLIENT_8BITMIME) && l->body8)
		client_put(c, out, " BODY=8BITMIME", (char *)0);
	if (l->utf8)
		client_put(c, out, " SMTPUTF8", (char *)0);
	put_option(c, out, " RET=", l->o->ret, CLIENT_DSN);
	put_option(c, out, " ENVID=", l->o->envid, CLIENT_DSN);
	put_option(c, out, " AUTH=", l->o->auth, CLIENT_OFFERS_AUTH);
	client_put(c, out, "\r\n", (char *)0);
}

/* What stands for the address in the xtext of ORCPT: RFC 3461 section 4. */
static void
put_xtext(struct client *c, stralloc *out, const char *s)
{
	static const char digits[] = "0123456789ABCDEF";
	char x[4] = "";

	for (; *s; s++) {
		x[0] = *s;
		x[1] = 0;
		if (*s < 33 || *s > 126 || *s == '+' || *s == '=') {
			x[0] = '+';
			x[1] = digits[(unsigned char)*s >> 4];
			x[2] = digits[(unsigned char)*s & 15];
		}
		client_put(c, out, x, (char *)0);
	}
}

/* ORCPT of an internationalized address, all ASCII: RFC 6533 section 3. */
static void
put_utf8(struct client *c, stralloc *out, const char *s)
{
	static const char name[] = " ORCPT=utf-8;";
	stralloc plain = STRALLOC_ZERO, sa = STRALLOC_ZERO;

	if ((c->ext & CLIENT_DSN) &&
	    utf8_unxtext(&plain, s, strlen(s)) &&
	    utf8_xtext(&sa, plain.s, plain.len) && stralloc_0(&sa))
		client_put(c, out, name, sa.s, (char *)0);
	stralloc_free(&plain);
	stralloc_free(&sa);
}

/* NOTIFY and ORCPT go on as they came. Of an address that an alias has
 * changed the next host learns what it was (RFC 3461 5.2.1 c). */
static void
put_dsn(struct client *c, stralloc *out, const struct order_rcpt *r)
{
	put_option(c, out, " NOTIFY=", r->notify, CLIENT_DSN);
	if (r->orcpt && (c->l->utf8 || !has8bit(r->orcpt))) {
		put_option(c, out, " ORCPT=", r->orcpt, CLIENT_DSN);
		return;
	}
	if (r->orcpt) {
		put_utf8(c, out, r->orcpt + strcspn(r->orcpt, ";") + 1);
		return;
	}
	if (!(c->ext & CLIENT_DSN) || !r->orig || !*r->orig ||
	    isbad(r->orig))
		return;
	if (has8bit(r->orig)) {
		put_utf8(c, out, r->orig);
		return;
	}
	client_put(c, out, " ORCPT=rfc822;", (char *)0);
	put_xtext(c, out, r->orig);
}

/* RCPTDOMAINMAX: has this transaction room for the domain of addr? */
static int
fits(struct client *c, const char *addr)
{
	const char *at = strrchr(addr, '@');
	size_t max = c->limits.rcptdomainmax, i;

	if (!max)
		return 1;
	if (max > CLIENT_DOMAINS)
		max = CLIENT_DOMAINS;
	at = at ? at : "";
	for (i = 0; i < c->ndomains; i++)
		if (!strcasecmp(c->domains[i], at))
			return 1;
	if (c->ndomains == max)
		return 0;
	c->domains[c->ndomains++] = at;
	return 1;
}

int
client_put_rcpt(struct client *c, stralloc *out)
{
	struct client_letter *l = c->l;
	size_t n = l->n;

	/* those who are left out are for the next transaction */
	if (c->limits.rcptmax && c->nsent >= c->limits.rcptmax)
		c->next = n;
	while (c->next < n && (l->rcpt[c->next] != CLIENT_TODO ||
	    !fits(c, order_rcpt(l->o, c->next)->addr)))
		c->next++;
	if (c->next == n)
		return 0;
	client_put(c, out, "RCPT TO:<", written(c, order_rcpt(l->o,
	    c->next)->addr), ">", (char *)0);
	put_dsn(c, out, order_rcpt(l->o, c->next));
	client_put(c, out, "\r\n", (char *)0);
	l->rcpt[c->next++] = CLIENT_SENT;
	c->nsent++;
	return 1;
}
