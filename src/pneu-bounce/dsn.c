#include "dsn-internal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mail/utf8.h"
#include "said.h"

void
dsn_boundary(struct dsn *d, unsigned int try)
{
	snprintf(d->boundary, sizeof d->boundary, "=_%.30s.%lx.%u",
	    d->o->id, (unsigned long)d->now & 0xffffffff, try);
}

void
dsn_date_fmt(char s[DATE_FMT], uint64_t when)
{
	char zone[9];

	date_fmt(s, when, date_zone(when, zone), zone);
}

void
dsn_date(struct text *t, uint64_t when)
{
	char s[DATE_FMT];

	dsn_date_fmt(s, when);
	text_put(t, s);
}

size_t
dsn_next(const struct dsn *d, size_t i)
{
	while (i < order_nrcpts(d->o) && !d->told[i])
		i++;
	return i;
}

void
dsn_why(const struct dsn *d, size_t i, struct verdict *v)
{
	const char *s = order_rcpt(d->o, i)->why;

	if (!s || verdict_scan(v, s, strlen(s)) < 0)
		verdict_set(v, VERDICT_NEVER, "5.0.0", 0,
		    "it could not be delivered");
}

void
dsn_part(struct text *t, const struct dsn *d, const char *what,
    const char *type)
{
	text_put(t, "\n--");
	text_put(t, d->boundary);
	text_put(t, "\nContent-Description: ");
	text_put(t, what);
	text_put(t, "\nContent-Type: ");
	text_put(t, type);
	text_put(t, "\n");
}

const char *
dsn_said(const struct dsn *d, size_t i, const struct verdict *v, size_t *n)
{
	const char *a = order_rcpt(d->o, i)->action;
	size_t len = a ? strlen(a) : 0;

	*n = v->textlen;
	if (v->kind != VERDICT_DONE || !a || *n < len + 2 ||
	    memcmp(v->text, a, len) || v->text[len] != ':')
		return v->text;
	*n -= len + 2;
	return v->text + len + 2;
}

/* An address with its type: RFC 3464 2.1.2, RFC 6533 section 3. */
static void
put_address(struct text *t, const struct dsn *d, const char *s)
{
	text_put(t, d->global && utf8_has(s, strlen(s)) ? "utf-8; " :
	    "rfc822; ");
	text_utf8(t, s, d->global);
}

/* What ORCPT said. */
static void
put_orcpt(struct text *t, const struct dsn *d, const char *s)
{
	stralloc sa = STRALLOC_ZERO;

	if (!d->global || strncasecmp(s, "utf-8;", 6)) {
		text_xtext(t, s);
		return;
	}
	t->ok = t->ok && utf8_unxtext(&sa, s + 6, strlen(s + 6)) &&
	    stralloc_0(&sa);
	text_put(t, "utf-8; ");
	if (t->ok)
		text_utf8(t, sa.s, 1);
	stralloc_free(&sa);
}

/* RFC 3464 section 2.2. */
static void
put_message(struct text *t, const struct dsn *d)
{
	dsn_part(t, d, "Delivery report", d->global ?
	    "message/global-delivery-status" : "message/delivery-status");
	if (d->global)
		text_put(t, "Content-Transfer-Encoding: 8bit\n");
	text_put(t, "\nReporting-MTA: dns; ");
	text_put(t, d->host);
	if (d->o->envid) {
		text_put(t, "\nOriginal-Envelope-Id: ");
		text_xtext(t, d->o->envid);
	}
	text_put(t, "\nX-Pneu-Queue-ID: ");
	text_put(t, d->o->id);
	text_put(t, "\nX-Pneu-Sender: ");
	put_address(t, d, d->o->sender);
	text_put(t, "\nArrival-Date: ");
	dsn_date(t, d->o->time);
	text_put(t, "\n");
}

/* RFC 3464 section 2.3. */
static void
put_recipient(struct text *t, const struct dsn *d, size_t i)
{
	const struct order_rcpt *r = order_rcpt(d->o, i);
	struct verdict v;
	struct said s;
	const char *text;
	size_t n;

	dsn_why(d, i, &v);
	text = dsn_said(d, i, &v, &n);
	text_put(t, "\nFinal-Recipient: ");
	put_address(t, d, r->addr);
	if (r->orcpt) {
		text_put(t, "\nOriginal-Recipient: ");
		put_orcpt(t, d, r->orcpt);
	} else if (r->orig) {
		text_put(t, "\nOriginal-Recipient: ");
		put_address(t, d, r->orig);
	}
	text_put(t, "\nAction: ");
	text_put(t, r->action ? r->action : "failed");
	text_put(t, "\nStatus: ");
	text_put(t, v.code);
	if (said_scan(&s, text, n)) {
		text_put(t, "\nRemote-MTA: dns; ");
		text_putb(t, s.host, s.hostlen);
		text_put(t, "\n");
		text_fold(t, "Diagnostic-Code: smtp; ", "    ", s.reply,
		    s.replylen);
	} else {
		text_put(t, "\n");
		text_fold(t, "Diagnostic-Code: X-Pneu; ", "    ", text, n);
	}
	if (d->kind == DSN_DELAY) {
		text_put(t, "Will-Retry-Until: ");
		dsn_date(t, d->until);
		text_put(t, "\n");
	}
}

static int
isglobal(const char *s)
{
	return s && utf8_has(s, strlen(s)) && utf8_is(s, strlen(s));
}

void
dsn_global(struct dsn *d)
{
	size_t i;

	d->global = isglobal(d->o->sender) || isglobal(d->to);
	for (i = dsn_next(d, 0); i < order_nrcpts(d->o); i = dsn_next(d, i + 1)) {
		const struct order_rcpt *r = order_rcpt(d->o, i);

		d->global |= isglobal(r->addr) || isglobal(r->orig) ||
		    (r->orcpt && !strncasecmp(r->orcpt, "utf-8;", 6));
	}
}

int
dsn_head(stralloc *sa, const struct dsn *d)
{
	struct text t = { sa, 1 };
	size_t i;

	dsn_header(&t, d);
	dsn_people(&t, d);
	put_message(&t, d);
	for (i = dsn_next(d, 0); i < order_nrcpts(d->o); i = dsn_next(d, i + 1))
		put_recipient(&t, d, i);
	dsn_part(&t, d, d->kind == DSN_DELAY ? "Delayed Message Headers" :
	    d->kind == DSN_SUCCESS ? "Message Headers" : d->headers ?
	    "Undelivered Message Headers" : "Undelivered Message",
	    d->global && d->eightbit ? d->headers ? "message/global-headers" :
	    "message/global" : d->headers ? "text/rfc822-headers" :
	    "message/rfc822");
	if (d->eightbit)
		text_put(&t, "Content-Transfer-Encoding: 8bit\n");
	text_put(&t, "\nReturn-Path: <");
	text_utf8(&t, d->o->sender, d->global && d->eightbit);
	text_put(&t, ">\n");
	return t.ok;
}

int
dsn_tail(stralloc *sa, const struct dsn *d)
{
	struct text t = { sa, 1 };

	text_put(&t, "\n--");
	text_put(&t, d->boundary);
	text_put(&t, "--\n");
	return t.ok;
}
