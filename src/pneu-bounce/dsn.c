#include "dsn.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mail/date.h"
#include "mail/template.h"
#include "mail/utf8.h"
#include "said.h"
#include "text.h"

#define DAY_S 86400
#define HOUR_S 3600

void
dsn_boundary(struct dsn *d, unsigned int try)
{
	snprintf(d->boundary, sizeof d->boundary, "=_%.30s.%lx.%u",
	    d->o->id, (unsigned long)d->now & 0xffffffff, try);
}

static void
put_date(struct text *t, uint64_t when)
{
	char zone[9], s[DATE_FMT];

	date_fmt(s, when, date_zone(when, zone), zone);
	text_put(t, s);
}

/* The recipients that this is about: the next index from i on. */
static size_t
next(const struct dsn *d, size_t i)
{
	while (i < order_nrcpts(d->o) && !d->told[i])
		i++;
	return i;
}

static void
why(const struct dsn *d, size_t i, struct verdict *v)
{
	const char *s = order_rcpt(d->o, i)->why;

	if (!s || verdict_scan(v, s, strlen(s)) < 0)
		verdict_set(v, VERDICT_NEVER, "5.0.0", 0,
		    "it could not be delivered");
}

/* By the code's subject and detail, RFC 3463 section 3. */
const char *
dsn_advice(const struct verdict *v)
{
	static const struct {
		const char *code, *text;
	} *a, all[] = {
		{ ".1.1", "There is no such mailbox there. Please look for "
		    "a typing error in the address." },
		{ ".1.2", "No mail can be sent to this domain. Please look "
		    "for a typing error behind the @." },
		{ ".1.3", "The address is not written as addresses are. "
		    "Please look for a typing error." },
		{ ".1.10", "This domain says that it takes no mail. Please "
		    "look for a typing error behind the @." },
		{ ".2.1", "The mailbox takes no mail. Please reach the "
		    "recipient in another way." },
		{ ".2.2", "The mailbox is full. Please try again later, or "
		    "reach the recipient in another way." },
		{ ".2.3", "The message is too large for this mailbox. "
		    "Please send less, or send it in another way." },
		{ ".3.4", "The message is too large for the recipient's "
		    "mail system. Please send less, or send it in another "
		    "way." },
		{ ".4.4", "No mail can be sent to this domain. Please look "
		    "for a typing error behind the @." },
		{ ".4.6", "The message went round in circles. Please send "
		    "this text to the recipient's postmaster." },
		{ ".6.", "The message has a form that the recipient's mail "
		    "system cannot take. Plain text can be sent." },
		{ ".7.", "The recipient's mail system does not want this "
		    "message. If you think that it should, please send this "
		    "text to the recipient, in another way." },
		{ 0, 0 },
	};
	size_t n;

	if (v->kind != VERDICT_LATER)
		for (a = all; a->code; a++) {
			n = strlen(a->code);
			if (!strncmp(v->code + 1, a->code, n) &&
			    (a->code[n - 1] == '.' || !v->code[n + 1]))
				return a->text;
		}
	if (v->kind == VERDICT_LATER)
		return "It will not be tried any more. Please send it again "
		    "later, or reach the recipient in another way.";
	return "If you need help, please send this text to your postmaster.";
}

static void
put_age(struct text *t, uint64_t s)
{
	uint64_t n = s >= 2 * DAY_S ? s / DAY_S : s >= 2 * HOUR_S ?
	    s / HOUR_S : s >= 120 ? s / 60 : s;

	text_putu(t, n);
	text_put(t, s >= 2 * DAY_S ? " days" : s >= 2 * HOUR_S ?
	    " hours" : s >= 120 ? " minutes" : n == 1 ? " second" :
	    " seconds");
}

const struct dsn_template *
dsn_default(enum dsn_kind kind)
{
	static const struct dsn_template all[] = {
		{ "us-ascii", "Mail Delivery System <MAILER-DAEMON@$myhostname>",
		  "Undelivered Mail Returned to Sender",
		  "Undelivered Mail (its sender cannot be told)",
		  "This is the mail system at $myhostname.\n\n"
		  "Your message of $date\n"
		  "could not be delivered to $these:\n" },
		{ "us-ascii", "Mail Delivery System <MAILER-DAEMON@$myhostname>",
		  "Delayed Mail (still being retried)", "",
		  "This is the mail system at $myhostname.\n\n"
		  "This is a warning only. You do not need to send your message "
		  "again.\n\n"
		  "Your message of $date\n"
		  "has not been delivered yet to $these. It will be tried\n"
		  "until $until,\n"
		  "and you will be told if that fails:\n" },
		{ "us-ascii", "Mail Delivery System <MAILER-DAEMON@$myhostname>",
		  "Successful Mail Delivery Report", "",
		  "This is the mail system at $myhostname.\n\n"
		  "You asked to be told what has become of your message\n"
		  "of $date, to $these:\n" },
	};

	return all + kind;
}

static const char double_text[] =
"This is the mail system at $myhostname.\n\n"
"A message without a sender who could be told (a notification, mostly)\n"
"of $date\n"
"could not be delivered to $these:\n";

/* A part of the template, or of the built-in one if it is not given. */
#define PART(d, part) ((d)->template && *(d)->template->part ? \
	(d)->template->part : dsn_default((d)->kind)->part)

/* The part for people is, or may be, in UTF-8. */
static int
isutf8(const struct dsn *d)
{
	const char *s = PART(d, charset);

	return d->global && (!strcasecmp(s, "us-ascii") ||
	    !strcasecmp(s, "utf-8"));
}

static const char *
text_of(const struct dsn *d)
{
	return d->isdouble && !(d->template && *d->template->text) ?
	    double_text : PART(d, text);
}

static void
date_text(char s[DATE_FMT + 1], uint64_t when)
{
	char zone[9];

	s[date_fmt(s, when, date_zone(when, zone), zone)] = 0;
}

/* s with its variables. */
static void
put_template(struct text *t, const struct dsn *d, const char *s)
{
	char date[DATE_FMT + 1], until[DATE_FMT + 1];
	const char *values[TEMPLATE_VARS];
	size_t i, n = 0, bad;

	for (i = next(d, 0); i < order_nrcpts(d->o); i = next(d, i + 1))
		n++;
	date_text(date, d->o->time);
	date_text(until, d->until);
	values[TEMPLATE_myhostname] = d->host;
	values[TEMPLATE_myorigin] = d->origin ? d->origin : d->host;
	values[TEMPLATE_date] = date;
	values[TEMPLATE_these] = n == 1 ? "this address" : "these addresses";
	values[TEMPLATE_until] = until;
	values[TEMPLATE_bounce_size_limit] = d->size_limit ? d->size_limit :
	    "";
	values[TEMPLATE_delay_warning_time] = d->warning ? d->warning : "0";
	values[TEMPLATE_maximal_queue_lifetime] = d->lifetime ? d->lifetime :
	    "0";
	t->ok = t->ok && template_expand(t->sa, s, strlen(s), values,
	    &bad) > 0;
}

/* From as Postfix's templates have it, "MAILER-DAEMON (Name)", gets a
 * domain. */
static void
put_from(struct text *t, const struct dsn *d)
{
	const char *s = PART(d, from), *sp = strchr(s, ' ');
	size_t n = sp ? (size_t)(sp - s) : strlen(s);

	text_put(t, "\nFrom: ");
	if (memchr(s, '@', strlen(s))) {
		put_template(t, d, s);
		return;
	}
	text_putb(t, s, n);
	text_put(t, "@");
	text_put(t, d->host);
	put_template(t, d, s + n);
}

static void
put_header(struct text *t, const struct dsn *d)
{
	text_put(t, "Date: ");
	put_date(t, d->now);
	put_from(t, d);
	text_put(t, "\nTo: <");
	text_utf8(t, d->to, 1);
	text_put(t, ">\nSubject: ");
	if (d->isdouble) {
		put_template(t, d, PART(d, double_subject));
		text_put(t, "\n" DSN_DOUBLE " ");
		text_put(t, d->o->id);
	} else
		put_template(t, d, PART(d, subject));
	text_put(t, "\nAuto-Submitted: auto-replied\nMessage-ID: <");
	text_put(t, d->o->id);
	text_put(t, ".");
	text_putu(t, order_rcpt(d->o, next(d, 0))->n);
	text_put(t, ".");
	text_putu(t, d->now);
	text_put(t, "@");
	text_put(t, d->host);
	text_put(t, ">\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/report; report-type=delivery-status;\n"
	    "\tboundary=\"");
	text_put(t, d->boundary);
	text_put(t, "\"\n");
	if (d->eightbit || d->text8bit || d->global)
		text_put(t, "Content-Transfer-Encoding: 8bit\n");
	text_put(t, "\nThis is a MIME-encapsulated message.\n");
}

static void
put_part(struct text *t, const struct dsn *d, const char *what,
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

/* What a verdict says to people, without the action before it, by which
 * pneu-send remembers it. */
static const char *
said(const struct dsn *d, size_t i, const struct verdict *v, size_t *n)
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

/* What it means, and what to do. */
static const char *
advice_of(const struct dsn *d, size_t i, const struct verdict *v)
{
	const char *a = order_rcpt(d->o, i)->action;

	if (d->kind == DSN_FAILURE)
		return dsn_advice(v);
	if (d->kind == DSN_DELAY)
		return "You need not do anything.";
	if (!a)
		a = "";
	return !strcmp(a, "relayed") ? "It was passed on to the next mail "
	    "system, which takes it but does not send such reports. You will "
	    "hear of it if it fails there." : !strcmp(a, "expanded") ?
	    "It was sent on to the several addresses that this one stands "
	    "for. You will hear of those where it fails." :
	    "It was delivered.";
}

/* One recipient: what was said about him and, unless it stands above, what
 * that means. */
static const char *
put_why(struct text *t, const struct dsn *d, size_t i, const char *above)
{
	const char *advice, *s;
	struct verdict v;
	size_t n;

	why(d, i, &v);
	s = said(d, i, &v, &n);
	text_put(t, "\n<");
	text_utf8(t, order_rcpt(d->o, i)->addr, isutf8(d));
	text_put(t, ">:\n");
	text_fold(t, "    ", "    ", s, n);
	if (v.kind == VERDICT_LATER) {
		text_put(t, "    It was tried for ");
		put_age(t, d->now > d->o->time ? d->now - d->o->time : 0);
		text_put(t, ".\n");
	}
	advice = advice_of(d, i, &v);
	if (advice != above)
		text_fold(t, "    ", "    ", advice, strlen(advice));
	return advice;
}

static void
put_people(struct text *t, const struct dsn *d)
{
	const char *above = 0, *charset = PART(d, charset);
	const char *text = text_of(d);
	size_t i;

	put_part(t, d, "Notification", "text/plain; charset=");
	t->sa->len -= t->ok;		/* its newline */
	text_put(t, isutf8(d) ? "utf-8" : charset);
	text_put(t, "\n");
	if (d->text8bit || isutf8(d))
		text_put(t, "Content-Transfer-Encoding: 8bit\n");
	text_put(t, "\n");
	put_template(t, d, text);
	for (i = next(d, 0); i < order_nrcpts(d->o); i = next(d, i + 1))
		above = put_why(t, d, i, above);
	text_put(t, d->headers ? "\nThe header of the message is below.\n" :
	    "\nThe message is below.\n");
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
	put_part(t, d, "Delivery report", d->global ?
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
	put_date(t, d->o->time);
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

	why(d, i, &v);
	text = said(d, i, &v, &n);
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
		put_date(t, d->until);
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
	for (i = next(d, 0); i < order_nrcpts(d->o); i = next(d, i + 1)) {
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

	put_header(&t, d);
	put_people(&t, d);
	put_message(&t, d);
	for (i = next(d, 0); i < order_nrcpts(d->o); i = next(d, i + 1))
		put_recipient(&t, d, i);
	put_part(&t, d, d->kind == DSN_DELAY ? "Delayed Message Headers" :
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
