#include "dsn.h"

#include <stdio.h>
#include <string.h>

#include "mail/date.h"
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

static void
put_header(struct text *t, const struct dsn *d)
{
	text_put(t, "Date: ");
	put_date(t, d->now);
	text_put(t, "\nFrom: Mail Delivery System <MAILER-DAEMON@");
	text_put(t, d->host);
	text_put(t, ">\nTo: <");
	text_put(t, d->to);
	text_put(t, d->isdouble ? ">\nSubject: Undelivered Mail (its sender "
	    "cannot be told)\n" DSN_DOUBLE " " :
	    ">\nSubject: Undelivered Mail Returned to Sender\n");
	if (d->isdouble) {
		text_put(t, d->o->id);
		text_put(t, "\n");
	}
	text_put(t, "Auto-Submitted: auto-replied\nMessage-ID: <");
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
	if (d->eightbit)
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

/* One recipient: what was said about him and, unless it stands above, what
 * that means. */
static const char *
put_why(struct text *t, const struct dsn *d, size_t i, const char *above)
{
	const char *advice;
	struct verdict v;

	why(d, i, &v);
	text_put(t, "\n<");
	text_ascii(t, order_rcpt(d->o, i)->addr);
	text_put(t, ">:\n");
	text_fold(t, "    ", "    ", v.text, v.textlen);
	if (v.kind == VERDICT_LATER) {
		text_put(t, "    It was tried for ");
		put_age(t, d->now > d->o->time ? d->now - d->o->time : 0);
		text_put(t, ".\n");
	}
	advice = dsn_advice(&v);
	if (advice != above)
		text_fold(t, "    ", "    ", advice, strlen(advice));
	return advice;
}

static void
put_people(struct text *t, const struct dsn *d)
{
	const char *above = 0;
	size_t i, n = 0;

	for (i = next(d, 0); i < order_nrcpts(d->o); i = next(d, i + 1))
		n++;
	put_part(t, d, "Notification", "text/plain; charset=us-ascii");
	text_put(t, "\nThis is the mail system at ");
	text_put(t, d->host);
	text_put(t, d->isdouble ? ".\n\nA message without a sender who could "
	    "be told (a notification, mostly)\nof " : ".\n\nYour message "
	    "of ");
	put_date(t, d->o->time);
	text_put(t, n == 1 ? "\ncould not be delivered to this address:\n" :
	    "\ncould not be delivered to these addresses:\n");
	for (i = next(d, 0); i < order_nrcpts(d->o); i = next(d, i + 1))
		above = put_why(t, d, i, above);
	text_put(t, d->headers ? "\nThe header of the message is below.\n" :
	    "\nThe message is below.\n");
}

/* RFC 3464 section 2.2. */
static void
put_message(struct text *t, const struct dsn *d)
{
	put_part(t, d, "Delivery report", "message/delivery-status");
	text_put(t, "\nReporting-MTA: dns; ");
	text_put(t, d->host);
	if (d->o->envid) {
		text_put(t, "\nOriginal-Envelope-Id: ");
		text_xtext(t, d->o->envid);
	}
	text_put(t, "\nX-Pneu-Queue-ID: ");
	text_put(t, d->o->id);
	text_put(t, "\nX-Pneu-Sender: rfc822; ");
	text_ascii(t, d->o->sender);
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

	why(d, i, &v);
	text_put(t, "\nFinal-Recipient: rfc822; ");
	text_ascii(t, r->addr);
	if (r->orcpt) {
		text_put(t, "\nOriginal-Recipient: ");
		text_xtext(t, r->orcpt);
	}
	text_put(t, "\nAction: failed\nStatus: ");
	text_put(t, v.code);
	if (said_scan(&s, v.text, v.textlen)) {
		text_put(t, "\nRemote-MTA: dns; ");
		text_putb(t, s.host, s.hostlen);
		text_put(t, "\n");
		text_fold(t, "Diagnostic-Code: smtp; ", "    ", s.reply,
		    s.replylen);
	} else {
		text_put(t, "\n");
		text_fold(t, "Diagnostic-Code: X-Pneu; ", "    ", v.text,
		    v.textlen);
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
	put_part(&t, d, d->headers ? "Undelivered Message Headers" :
	    "Undelivered Message", d->headers ? "text/rfc822-headers" :
	    "message/rfc822");
	if (d->eightbit)
		text_put(&t, "Content-Transfer-Encoding: 8bit\n");
	text_put(&t, "\nReturn-Path: <");
	text_ascii(&t, d->o->sender);
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
