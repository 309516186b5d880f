#include "wire/order.h"

#include <errno.h>
#include <string.h>

#include "wire/field.h"

size_t
order_nrcpts(const struct order *o)
{
	return genalloc_len(struct order_rcpt, &o->rcpts);
}

struct order_rcpt *
order_rcpt(const struct order *o, size_t i)
{
	return genalloc_s(struct order_rcpt, &o->rcpts) + i;
}

struct order_rcpt *
order_add(struct order *o, uint32_t n, const char *addr)
{
	struct order_rcpt r = { .n = n, .addr = addr };

	if (!genalloc_append(struct order_rcpt, &o->rcpts, &r))
		return 0;
	return order_rcpt(o, order_nrcpts(o) - 1);
}

void
order_clear(struct order *o)
{
	genalloc rcpts = o->rcpts;

	memset(o, 0, sizeof *o);
	o->rcpts = rcpts;
	genalloc_setlen(struct order_rcpt, &o->rcpts, 0);
}

void
order_free(struct order *o)
{
	genalloc_free(struct order_rcpt, &o->rcpts);
}

static int
take_number(const struct field *f, uint64_t *to, uint64_t max)
{
	uint64_t u;

	if (!field_uint(f, &u) || u > max)
		return (errno = EINVAL, -1);
	*to = u;
	return 1;
}

/* A line that belongs to the recipient begun last. */
static int
take_rcpt(struct order *o, const struct field *f)
{
	struct order_rcpt *r;
	uint64_t u;

	if (field_is(f, "n")) {
		if (take_number(f, &u, UINT32_MAX) < 0)
			return -1;
		if (order_nrcpts(o) >= ORDER_RCPTS)
			return (errno = EINVAL, -1);
		return order_add(o, (uint32_t)u, 0) ? 1 : -1;
	}
	if (!order_nrcpts(o))
		return 1;
	r = order_rcpt(o, order_nrcpts(o) - 1);
	if (field_is(f, "rcpt")) r->addr = f->value;
	else if (field_is(f, "ext")) r->ext = f->value;
	else if (field_is(f, "mailbox")) r->mailbox = f->value;
	else if (field_is(f, "notify")) r->notify = f->value;
	else if (field_is(f, "orcpt")) r->orcpt = f->value;
	else if (field_is(f, "why")) r->why = f->value;
	else if (field_is(f, "orig")) r->orig = f->value;
	else if (field_is(f, "target")) r->target = f->value;
	else if (field_is(f, "forward")) r->forward = f->value;
	else if (field_is(f, "owner")) r->owner = f->value;
	else if (field_is(f, "action")) r->action = f->value;
	return 1;
}

static int
take(struct order *o, const struct field *f)
{
	uint64_t u;

	if (memchr(f->value, 0, f->valuelen))
		return (errno = EINVAL, -1);
	if (field_is(f, "id")) o->id = f->value;
	else if (field_is(f, "sender")) o->sender = f->value;
	else if (field_is(f, "body")) o->body = f->value;
	else if (field_is(f, "ret")) o->ret = f->value;
	else if (field_is(f, "envid")) o->envid = f->value;
	else if (field_is(f, "auth")) o->auth = f->value;
	else if (field_is(f, "login")) o->login = f->value;
	else if (field_is(f, "method")) o->method = f->value;
	else if (field_is(f, "client")) o->client = f->value;
	else if (field_is(f, "helo")) o->helo = f->value;
	else if (field_is(f, "proto")) o->proto = f->value;
	else if (field_is(f, "to")) o->to = f->value;
	else if (field_is(f, "smtputf8")) o->smtputf8 = 1;
	else if (field_is(f, "off")) return take_number(f, &o->off, INT64_MAX);
	else if (field_is(f, "len")) return take_number(f, &o->len, INT64_MAX);
	else if (field_is(f, "time"))
		return take_number(f, &o->time, INT64_MAX);
	else if (field_is(f, "crc")) {
		if (take_number(f, &u, UINT32_MAX) < 0)
			return -1;
		o->crc = (uint32_t)u;
	} else
		return take_rcpt(o, f);
	return 1;
}

int
order_scan(struct order *o, char *s, size_t n)
{
	struct field f;
	size_t i;
	int used;

	order_clear(o);
	for (; n; s += used, n -= (size_t)used) {
		used = field_scan(&f, s, n);
		if (used <= 0)
			return (errno = EINVAL, -1);
		if (take(o, &f) < 0)
			return -1;
	}
	if (!o->id || !o->sender || !o->to || !order_nrcpts(o))
		return (errno = EINVAL, -1);
	for (i = 0; i < order_nrcpts(o); i++)
		if (!order_rcpt(o, i)->addr)
			return (errno = EINVAL, -1);
	return 1;
}

int
order_put(stralloc *sa, const struct order *o)
{
	size_t i;

	if (!field_puts(sa, "id", o->id) || !field_putu(sa, "off", o->off) ||
	    !field_putu(sa, "len", o->len) || !field_putu(sa, "crc", o->crc) ||
	    !field_putu(sa, "time", o->time) ||
	    !field_puts(sa, "sender", o->sender) ||
	    !field_putopt(sa, "body", o->body) ||
	    (o->smtputf8 && !field_puts(sa, "smtputf8", "1")) ||
	    !field_putopt(sa, "ret", o->ret) ||
	    !field_putopt(sa, "envid", o->envid) ||
	    !field_putopt(sa, "auth", o->auth) ||
	    !field_putopt(sa, "client", o->client) ||
	    !field_putopt(sa, "helo", o->helo) ||
	    !field_putopt(sa, "proto", o->proto) ||
	    !field_putopt(sa, "login", o->login) ||
	    !field_putopt(sa, "method", o->method) ||
	    !field_puts(sa, "to", o->to))
		return 0;
	for (i = 0; i < order_nrcpts(o); i++) {
		const struct order_rcpt *r = order_rcpt(o, i);

		if (!field_putu(sa, "n", r->n) ||
		    !field_puts(sa, "rcpt", r->addr) ||
		    !field_putopt(sa, "ext", r->ext) ||
		    !field_putopt(sa, "mailbox", r->mailbox) ||
		    !field_putopt(sa, "notify", r->notify) ||
		    !field_putopt(sa, "orcpt", r->orcpt) ||
		    !field_putopt(sa, "why", r->why) ||
		    !field_putopt(sa, "orig", r->orig) ||
		    !field_putopt(sa, "target", r->target) ||
		    !field_putopt(sa, "forward", r->forward) ||
		    !field_putopt(sa, "owner", r->owner) ||
		    !field_putopt(sa, "action", r->action))
			return 0;
	}
	return 1;
}

/* 1 when f ends the report, 0 to go on, -1. */
static int
take_report(struct report *r, const struct field *f)
{
	uint64_t u;

	if (field_is(f, "n")) {
		uint32_t n;

		if (take_number(f, &u, UINT32_MAX) < 0)
			return -1;
		n = (uint32_t)u;
		return genalloc_append(uint32_t, &r->ns, &n) ? 0 : -1;
	}
	if (field_is(f, "relay"))
		r->relay = f->value;
	else if (field_is(f, "made"))
		r->made = f->value;
	else if (field_is(f, "action"))
		r->action = f->value;
	else if (field_is(f, "owner"))
		r->owner = f->value;
	else if (field_is(f, "forward")) {
		if (f->valuelen > FORWARD_OCTETS ||
		    memchr(f->value, 0, f->valuelen))
			return (errno = EINVAL, -1);
		r->forward = f->value;
	} else if (field_is(f, "site"))
		r->site = 1;
	else if (field_is(f, "conn")) {
		if (take_number(f, &u, UINT32_MAX) < 0)
			return -1;
		r->conn = (uint32_t)u;
	} else if (field_is(f, "xmit")) {
		if (take_number(f, &u, UINT32_MAX) < 0)
			return -1;
		r->xmit = (uint32_t)u;
	} else if (field_is(f, "verdict")) {
		if (verdict_scan(&r->verdict, f->value, f->valuelen) < 0 ||
		    !genalloc_len(uint32_t, &r->ns))
			return (errno = EINVAL, -1);
		return 1;
	}
	return 0;
}

int
report_scan(struct report *r, char *s, size_t n)
{
	genalloc ns = r->ns;
	struct field f;
	size_t at = 0;
	int used, end;

	memset(r, 0, sizeof *r);
	r->ns = ns;
	genalloc_setlen(uint32_t, &r->ns, 0);
	if (!n)
		return 0;
	for (end = 0; !end; at += (size_t)used) {
		used = field_scan(&f, s + at, n - at);
		if (used <= 0)
			return (errno = EINVAL, -1);
		if ((end = take_report(r, &f)) < 0)
			return -1;
	}
	return (int)at;
}

int
report_put(stralloc *sa, const struct report *r)
{
	size_t i, at = sa->len;
	stralloc v = STRALLOC_ZERO;
	int ok;

	for (i = 0; i < genalloc_len(uint32_t, &r->ns); i++)
		if (!field_putu(sa, "n", genalloc_s(uint32_t, &r->ns)[i]))
			goto fail;
	if (!field_putopt(sa, "relay", r->relay) ||
	    !field_putopt(sa, "forward", r->forward) ||
	    !field_putopt(sa, "made", r->made) ||
	    !field_putopt(sa, "action", r->action) ||
	    !field_putopt(sa, "owner", r->owner) ||
	    !field_putu(sa, "conn", r->conn) ||
	    !field_putu(sa, "xmit", r->xmit) ||
	    (r->site && !field_puts(sa, "site", "1")))
		goto fail;
	ok = verdict_put(&v, &r->verdict) &&
	    field_put(sa, "verdict", v.s, v.len);
	stralloc_free(&v);
	if (ok)
		return 1;
fail:
	sa->len = at;
	return 0;
}
