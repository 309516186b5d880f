#include "dsn-internal.h"

#include <string.h>
#include <strings.h>

#include "mail/template.h"

#define DAY_S 86400
#define HOUR_S 3600

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
	    dsn_double_text : PART(d, text);
}

/* s with its variables. */
static void
put_template(struct text *t, const struct dsn *d, const char *s)
{
	char date[DATE_FMT], until[DATE_FMT];
	const char *values[TEMPLATE_VARS];
	size_t i, n = 0, bad;

	for (i = dsn_next(d, 0); i < order_nrcpts(d->o); i = dsn_next(d, i + 1))
		n++;
	dsn_date_fmt(date, d->o->time);
	dsn_date_fmt(until, d->until);
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

void
dsn_header(struct text *t, const struct dsn *d)
{
	text_put(t, "Date: ");
	dsn_date(t, d->now);
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
	text_putu(t, order_rcpt(d->o, dsn_next(d, 0))->n);
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

	dsn_why(d, i, &v);
	s = dsn_said(d, i, &v, &n);
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

void
dsn_people(struct text *t, const struct dsn *d)
{
	const char *above = 0, *charset = PART(d, charset);
	const char *text = text_of(d);
	size_t i;

	dsn_part(t, d, "Notification", "text/plain; charset=");
	t->sa->len -= t->ok;		/* its newline */
	text_put(t, isutf8(d) ? "utf-8" : charset);
	text_put(t, "\n");
	if (d->text8bit || isutf8(d))
		text_put(t, "Content-Transfer-Encoding: 8bit\n");
	text_put(t, "\n");
	put_template(t, d, text);
	for (i = dsn_next(d, 0); i < order_nrcpts(d->o); i = dsn_next(d, i + 1))
		above = put_why(t, d, i, above);
	text_put(t, d->headers ? "\nThe header of the message is below.\n" :
	    "\nThe message is below.\n");
}
