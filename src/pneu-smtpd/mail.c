#include "pneu-smtpd/session-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pneu-smtpd/refusal.h"
#include "wire/field.h"

#define KEEP_OCTETS 1024	/* of storage that an idle session keeps */

static void
shrink(stralloc *sa)
{
	if (sa->a > KEEP_OCTETS)
		stralloc_free(sa);
	sa->len = 0;
}

static void
reset(struct session *s)
{
	session_forget(s);
	s->inmail = s->streaming = s->ended = s->again = s->allowed = 0;
	s->bdat = SESSION_BDAT_NONE;
	s->utf8 = 0;
	s->nrcpts = s->nover = 0;
	s->size = 0;
	s->why = 0;
	shrink(&s->sender);
	shrink(&s->env);
	shrink(&s->asked);
	shrink(&s->whys);
	shrink(&s->whytext);
	shrink(&s->msg);
	session_unmap(s);
	genalloc_setlen(struct session_ask, &s->asks, 0);
	s->nanswered = 0;
}

void
session_reset(struct session *s)
{
	reset(s);
	free(s->forward);
	s->forward = 0;
}

void
session_anew(struct session *s)
{
	session_reset(s);
	s->helo.len = 0;
	s->proto = 0;
	s->junk = 0;
	s->login.len = 0;
	s->trusted = s->local;
}

size_t
session_asking(const struct session *s)
{
	return genalloc_len(struct session_ask, &s->asks) - s->nanswered;
}

/* Refuse the arguments of MAIL or RCPT, by the error of smtp_path_scan. */
static void
refuse_path(struct session *s, int mail, const struct smtp_path *p, int e)
{
	const char *dsn, *text;
	unsigned int code;

	text = smtp_path_refusal(e, mail, &code, &dsn);
	refuse(s, code, dsn, text, text[strlen(text) - 1] == ' ' ? p->word :
	    "");
}

/* Give an address without a domain ours, where that is meant: whatever a
 * client of mynetworks says. Postmaster's alone stays as it is: he is here,
 * wherever mail for our domain goes (RFC 5321 4.5.1). Returns 1, or 0 if it
 * may not lack one. */
static int
complete(const struct session *s, struct address *a, int rcpt)
{
	size_t n = strlen(s->c->origin);

	if (a->at < a->len || (rcpt && a->len == 10 &&
	    !strncasecmp(a->s, "postmaster", 10)))
		return 1;
	if (!s->trusted || a->len + 1 + n >= sizeof a->s)
		return 0;
	a->s[a->len] = '@';
	memcpy(a->s + a->len + 1, s->c->origin, n + 1);
	a->len += 1 + n;
	return 1;
}

/* What may stand before MAIL and RCPT has; 0 if it is refused. */
static int
in_order(struct session *s, int mail)
{
	if (!s->proto)
		refuse(s, 503, "5.5.1", "Error: send HELO/EHLO first");
	else if (mail && s->inmail)
		refuse(s, 503, "5.5.1", "Error: nested MAIL command");
	else if (!mail && !s->inmail)
		refuse(s, 503, "5.5.1", "Error: need MAIL command");
	else if (!mail && s->bdat)
		refuse(s, 503, "5.5.1", "Error: RCPT after BDAT");
	else
		return 1;
	return 0;
}

/* Who is not trusted may not say for whom he speaks: RFC 4954 section 5. */
static int
put_auth(struct session *s, const struct smtp_path *p)
{
	return s->trusted ? field_put(&s->env, "auth", p->auth, p->authlen) :
	    field_puts(&s->env, "auth", "<>");
}

static int
begin_envelope(struct session *s, const struct smtp_path *p)
{
	reset(s);	/* XFORWARD is about this letter */
	if (!stralloc_copyb(&s->sender, p->addr.s, p->addr.len) ||
	    !stralloc_0(&s->sender) ||
	    !field_puts(&s->env, "client", s->client) ||
	    !field_puts(&s->env, "helo", s->helo.s) ||
	    !field_puts(&s->env, "proto", session_proto(s, p->utf8)) ||
	    (s->tls.len && !field_puts(&s->env, "tls", s->tls.s)) ||
	    (s->login.len && (!field_puts(&s->env, "login", s->login.s) ||
	    !field_puts(&s->env, "method", s->method))) ||
	    (p->auth && !put_auth(s, p)) ||
	    !field_put(&s->env, "sender", p->addr.s, p->addr.len) ||
	    (p->body && !field_puts(&s->env, "body", p->body)) ||
	    (p->ret && !field_puts(&s->env, "ret", p->ret)) ||
	    (p->utf8 && !field_puts(&s->env, "smtputf8", "1")) ||
	    (p->envid && !field_put(&s->env, "envid", p->envid, p->envidlen)))
		return 0;
	s->inmail = 1;
	s->utf8 = (char)p->utf8;
	return 1;
}

int
session_mail(struct session *s, const char *arg, size_t n)
{
	struct smtp_path p;
	int r;

	if (!in_order(s, 1) || session_needsauth(s))
		return 1;
	r = s->c->utf8 ? smtp_path_scan8(&p, 1, arg, n) :
	    smtp_path_scan(&p, 1, arg, n);
	if (r < 0) {
		refuse_path(s, 1, &p, r);
	} else if (p.addr.len && !complete(s, &p.addr, 0)) {
		refuse(s, 504, "5.5.2", "<", p.addr.s, ">: Sender address "
		    "rejected: need fully-qualified address");
	} else if (p.auth && !session_offersauth(s)) {
		refuse(s, 555, "5.5.4", "Unsupported option: AUTH=",
		    p.authlen == 2 ? "<>" : "");
	} else if (!session_mayown(s, p.addr.s)) {
		;
	} else if (s->c->size && p.size > s->c->size) {
		refuse(s, 552, "5.3.4",
		    "Message size exceeds fixed limit");
	} else if (s->ops->room(s->host) <= p.size) {
		/* RFC 1870 section 6.1 */
		say(s, 452, "4.3.1", "Insufficient system storage");
		s->nbad[SMTP_MAIL]++;
	} else if (!begin_envelope(s, &p)) {
		session_close(s);
	} else
		say(s, 250, "2.1.0", "Ok");
	return 1;
}

/* Ask pneu-alias about a recipient. */
static void
ask(struct session *s, const struct smtp_path *p)
{
	struct session_ask q = { (uint32_t)s->asked.len, 0, 0, ++s->tag, 0 };
	const struct address *a = &p->addr;

	/* address, notify and orcpt, each with a NUL */
	if (!stralloc_catb(&s->asked, a->s, a->len + 1) ||
	    !stralloc_cats(&s->asked, p->notify) ||
	    !stralloc_0(&s->asked) ||
	    !stralloc_catb(&s->asked, p->orcpt ? p->orcpt : "",
	    p->orcptlen) || !stralloc_0(&s->asked) ||
	    !genalloc_append(struct session_ask, &s->asks, &q)) {
		session_close(s);
		return;
	}
	s->since = s->now;
	if (!s->ops->ask(s->host, q.tag, a->s, a->len))
		session_routed(s, q.tag, 0, s->now);
}

/* 1 done, 0: its answer is a refusal here and now, and others' answers have
 * to come first. */
int
session_rcpt(struct session *s, const char *arg, size_t n)
{
	struct smtp_path p;
	size_t asking = session_asking(s);
	int r, room;

	r = s->utf8 ? smtp_path_scan8(&p, 0, arg, n) :
	    smtp_path_scan(&p, 0, arg, n);
	room = s->nrcpts + asking < s->c->rcpts;
	if (asking >= SESSION_ASKS)
		return 0;
	if (s->inmail && !s->bdat && r > 0 && p.addr.len && room &&
	    complete(s, &p.addr, 1) && !(s->bare && s->c->forbid_lf)) {
		ask(s, &p);
		return 1;
	}
	if (asking)
		return 0;
	if (!in_order(s, 0))
		return 1;
	if (r < 0)
		refuse_path(s, 0, &p, r);
	else if (!p.addr.len)
		refuse_path(s, 0, &p, ADDRESS_SYNTAX);
	else if (!room && s->nover++ < SESSION_OVER) {
		/* RFC 5321 4.5.3.1.10: it is to send what was taken */
		say(s, 452, "4.5.3", "Error: too many recipients");
		s->nbad[SMTP_RCPT]++;
	} else if (!room)
		refuse(s, 452, "4.5.3", "Error: too many recipients");
	else
		refuse(s, 504, "5.5.2", "<", p.addr.s, ">: Recipient address "
		    "rejected: need fully-qualified address");
	return 1;
}

/* Has addr been taken already? Looked for among the first, so that very many
 * do not cost their square. */
static int
istaken(const struct session *s, const char *addr)
{
	const char *p = s->env.s, *end = p + s->env.len, *nl;
	size_t n = strlen(addr);

	if (s->nrcpts > SESSION_TWINS)
		return 0;
	for (; p < end && (nl = memchr(p, '\n', (size_t)(end - p)));
	    p = nl + 1)
		if ((size_t)(nl - p) == 5 + n && !memcmp(p, "rcpt=", 5) &&
		    !memcmp(p + 5, addr, n))
			return 1;
	return 0;
}

/* Add a recipient, with what RFC 3461 has of him behind his address. 1 or 0,
 * ENOMEM. */
static int
add(struct session *s, const char *addr)
{
	const char *notify = addr + strlen(addr) + 1;
	const char *orcpt = notify + strlen(notify) + 1;

	return istaken(s, addr) || (field_puts(&s->env, "rcpt", addr) &&
	    (!*notify || field_puts(&s->env, "notify", notify)) &&
	    (!*orcpt || field_puts(&s->env, "orcpt", orcpt)));
}

/* Settle the oldest question, whose answer is there. */
static void
settle(struct session *s, const struct session_ask *q)
{
	const char *addr = s->asked.s + q->at;
	char text[512], *sp;

	s->verb = SMTP_RCPT;
	if (q->code == 250) {
		if (!add(s, addr)) {
			session_close(s);
			return;
		}
		s->nrcpts++;
		say(s, 250, "2.1.5", "Ok");
		return;
	}
	snprintf(text, sizeof text, "%.*s", (int)q->whylen, s->whys.s + q->why);
	if ((sp = strchr(text, ' ')))
		*sp++ = 0;
	session_logreject(s, "RCPT", q->code, text, sp, addr);
	if (q->code / 100 == 5)
		refuse(s, q->code, text, sp);
	else {
		say(s, q->code, text, sp);
		s->nbad[SMTP_RCPT]++;
	}
}

static void
settle_all(struct session *s)
{
	struct session_ask *q;

	while (session_asking(s) && s->mode != SESSION_CLOSED) {
		q = genalloc_s(struct session_ask, &s->asks) + s->nanswered;
		if (!q->code)
			return;
		s->nanswered++;
		settle(s, q);
	}
	genalloc_setlen(struct session_ask, &s->asks, 0);
	s->nanswered = 0;
	s->asked.len = s->whys.len = 0;
}

/* Note the answer to q. */
static void
note(struct session *s, struct session_ask *q, const struct route *r)
{
	struct refusal f;

	q->code = refusal_of(&f, r, s->trusted);
	if (q->code == 250)
		return;
	q->why = (uint32_t)s->whys.len;
	if (!stralloc_cats(&s->whys, f.dsn) || !stralloc_cats(&s->whys, " <") ||
	    !stralloc_cats(&s->whys, s->asked.s + q->at) ||
	    !stralloc_cats(&s->whys, ">: ") ||
	    !stralloc_cats(&s->whys, f.text))
		session_close(s);
	q->whylen = (uint32_t)s->whys.len - q->why;
}

/* The question with this tag, if it has no answer yet; else 0. */
static struct session_ask *
find(const struct session *s, uint16_t tag)
{
	struct session_ask *q = genalloc_s(struct session_ask, &s->asks);
	size_t i, n = genalloc_len(struct session_ask, &s->asks);

	for (i = s->nanswered; i < n; i++)
		if (q[i].tag == tag && !q[i].code)
			return q + i;
	return 0;
}

const char *
session_asked(const struct session *s, uint16_t tag)
{
	struct session_ask *q = find(s, tag);

	return q ? s->asked.s + q->at : 0;
}

void
session_routed(struct session *s, uint16_t tag, const struct route *r,
    uint64_t now)
{
	struct session_ask *q = find(s, tag);

	s->now = now;
	if (!q)
		return;
	note(s, q, r);
	if (s->mode == SESSION_CLOSED)
		return;
	s->since = now;
	settle_all(s);
	session_tick(s, now);
}

void
session_unrouted(struct session *s, uint64_t now)
{
	struct session_ask *q = genalloc_s(struct session_ask, &s->asks);
	size_t i, n = genalloc_len(struct session_ask, &s->asks);

	s->now = now;
	for (i = s->nanswered; i < n; i++)
		if (!q[i].code)
			note(s, q + i, 0);
	if (s->mode == SESSION_CLOSED)
		return;
	settle_all(s);
	session_tick(s, now);
}
