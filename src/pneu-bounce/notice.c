#include "notice.h"

#include <errno.h>
#include <string.h>

#include <skalibs/types.h>
#include <skalibs/uint64.h>

#include "header.h"
#include "look.h"
#include "mail/utf8.h"
#include "plan.h"
#include "run/log.h"
#include "wire/envelope.h"

#define TRIES 100		/* boundaries */

/* Look at the original: all of it if it may come back whole, or its first
 * part, in which the header is. Of a damaged one nothing comes back, but
 * its sender is told. Returns 1, 2 if it is damaged, 0 if the job has
 * ended. */
static int
look(struct resubmit_job *j, struct resubmit_end *e, struct look *l,
    int whole, char *buf)
{
	const struct notice *x = j->x;
	struct hand_reader r;
	ssize_t n;

	hand_reader_init(&r, j->order);
	look_init(l, x->dsn.boundary);
	do {
		n = hand_read(&r, buf, RESUBMIT_CHUNK_OCTETS);
		if (n < 0) {
			log_warnsys(j->order->o.id, ": unable to read");
			if (errno != EBADMSG) {
				resubmit_later(j, e,
				    "unable to read the letter");
				return 0;
			}
			look_init(l, x->dsn.boundary);
			return 2;
		}
		look_take(l, buf, (size_t)n);
	} while (n && whole);
	look_end(l);
	return 1;
}

/* Choose a boundary that is not in the original, and whether that comes
 * back whole. Returns 1, or 0 and the job has ended. */
static int
prepare(struct resubmit_job *j, struct resubmit_end *e, struct look *l,
    uint64_t limit, char *buf)
{
	struct notice *x = j->x;
	int whole = plan_iswhole(&j->order->o, limit);
	unsigned int try;
	int r;

	for (try = 0; try < TRIES; try++) {
		dsn_boundary(&x->dsn, try);
		r = look(j, e, l, whole, buf);
		if (!r)
			return 0;
		if (r == 2)
			whole = 0;
		if (!l->found)
			break;
	}
	x->dsn.headers = !whole || l->longline || l->found;
	x->dsn.eightbit = x->dsn.headers ? l->header8bit &&
	    (x->dsn.global || !plan_isform(&j->order->o)) : l->eightbit;
	return 1;
}

static int
put_envelope(struct resubmit_job *j)
{
	static const char *const steps[] = { "bounce", "delay", "success" };
	const struct notice *x = j->x;
	struct envelope v = ENVELOPE_ZERO;
	int r;

	v.sender = "";
	v.parent = j->order->o.id;
	v.step = resubmit_step(j, x->dsn.isdouble ? "double" :
	    steps[x->dsn.kind], x->dsn.told);
	v.body = x->dsn.eightbit || x->dsn.text8bit || x->dsn.global ?
	    "8BITMIME" : "7BIT";
	v.smtputf8 = utf8_has(x->dsn.to, strlen(x->dsn.to));
	r = envelope_add(&v, x->dsn.to) && resubmit_envelope(j, &v);
	envelope_free(&v);
	return r;
}

/* The header comes back, and that is all. */
static int
put_header(struct resubmit_job *j, const struct look *l, char *buf)
{
	const struct notice *x = j->x;
	size_t max = l->headerlen < NOTICE_HEADER_OCTETS ?
	    (size_t)l->headerlen : NOTICE_HEADER_OCTETS;
	struct hand_reader r;
	ssize_t n;

	hand_reader_init(&r, j->order);
	n = max ? hand_read(&r, buf, max) : 0;
	return n >= 0 && header_put(&j->text, buf, (size_t)n,
	    !x->dsn.eightbit) && notice_tail(j) && resubmit_finish(j);
}

int
notice_tail(struct resubmit_job *j)
{
	const struct notice *x = j->x;

	return dsn_tail(&j->text, &x->dsn);
}

static void
discard(struct resubmit_job *j, struct resubmit_end *e, const char *why)
{
	log_warn(j->order->o.id, ": undeliverable postmaster notification "
	    "discarded");
	resubmit_end(j, e, VERDICT_DONE, "2.0.0", why, strlen(why));
}

/* Who is told? The postmaster if the sender cannot be. Returns 1, 0 and the job has ended, -1 without memory. */
static int
tell(struct resubmit_job *j, struct resubmit_end *e, const struct conf *c)
{
	static const char nobody[] = "nobody is to be told";
	const struct order *o = &j->order->o;
	struct notice *x = j->x;
	int r;

	x->addr.len = 0;
	if (!plan_notice(&x->addr, conf_str(c, 2bounce_notice_recipient),
	    conf_str(c, myorigin)))
		return -1;
	r = plan_tell(&x->told, o, x->addr.s, &x->dsn.to);
	x->dsn.kind = plan_kind(o);
	x->dsn.isdouble = x->refused || !*o->sender;
	if (x->refused)
		x->dsn.to = x->addr.s;
	x->refused = 0;
	x->dsn.told = x->told.s;
	if (r)
		return r;
	if (x->dsn.isdouble)
		discard(j, e, nobody);
	else
		resubmit_end(j, e, VERDICT_DONE, "2.0.0", nobody,
		    sizeof nobody - 1);
	return 0;
}

static void
put_number(char s[UINT64_FMT + 1], uint64_t u)
{
	s[uint64_fmt(s, u)] = 0;
}

/* The admin's template of this kind, if there is one: strings one after
 * another (pneu-conf/templates.h). */
static void
take_template(struct notice *x, const struct conf *c)
{
	static const char *const names[] = { "failure", "delay", "success" };
	const char **to[] = { &x->template.charset, &x->template.from,
	    &x->template.subject, &x->template.double_subject,
	    &x->template.text };
	const char *name = names[x->dsn.kind], *v, *nul;
	size_t i, n;

	if (conf_lookup(c, "bounce_template", name, strlen(name), &v, &n) <= 0)
		return;
	for (i = 0; i < sizeof to / sizeof to[0]; i++) {
		if (!(nul = memchr(v, 0, n)))
			return;
		*to[i] = v;
		n -= (size_t)(nul + 1 - v);
		v = nul + 1;
	}
	x->dsn.template = &x->template;
	for (v = x->template.text; *v; v++)
		if ((unsigned char)*v > 127)
			x->dsn.text8bit = 1;
}

int
notice_begin(struct resubmit_job *j, struct resubmit_end *e,
    const struct conf *c, char *buf, uint64_t now)
{
	struct notice *x = j->x;
	struct look l;
	int r;

	memset(&x->dsn, 0, sizeof x->dsn);
	x->dsn.o = &j->order->o;
	x->dsn.host = conf_str(c, myhostname);
	x->dsn.origin = conf_str(c, myorigin);
	x->dsn.now = now;
	x->dsn.until = j->order->o.time + conf_num(c, maximal_queue_lifetime);
	put_number(x->size_limit, conf_num(c, bounce_size_limit));
	put_number(x->warning, conf_num(c, delay_warning_time));
	put_number(x->lifetime, conf_num(c, maximal_queue_lifetime));
	x->dsn.size_limit = x->size_limit;
	x->dsn.warning = x->warning;
	x->dsn.lifetime = x->lifetime;
	if ((r = tell(j, e, c)) <= 0)
		return !r;
	take_template(x, c);
	dsn_global(&x->dsn);
	if (!prepare(j, e, &l, conf_num(c, bounce_size_limit), buf))
		return 1;
	if (x->dsn.isdouble && l.isdouble) {
		discard(j, e, "discarded");
		return 1;
	}
	if (!put_envelope(j) || !dsn_head(&j->text, &x->dsn))
		return 0;
	return x->dsn.headers ? put_header(j, &l, buf) : resubmit_original(j);
}

int
notice_refused(struct resubmit_job *j, const struct order *o,
    const struct resubmit_end *e)
{
	struct notice *x = j->x;

	if (x->dsn.isdouble || x->dsn.kind != DSN_FAILURE)
		return 0;
	log_warn(o->id, ": sender non-delivery notification refused: ",
	    e->text);
	return x->refused = 1;
}
