#include "pneu-smtpd/smtpd.h"

#include <errno.h>

#include "run/log.h"
#include "run/service.h"
#include "wire/field.h"

/* The way to pneu-send, for ETRN (doc/PROTOCOLS 4). There are few seats: it
 * is there while somebody waits. */

/* The tag of a question: the session's slot, and a number. */
#define SLOT_BITS 16

static uint32_t
tag_of(const struct conn *c)
{
	return c->slot << SLOT_BITS | c->etrntag;
}

static int
reach(struct smtpd *m)
{
	int fd;

	if (m->ctl.fd >= 0)
		return 1;
	fd = run_connect("pub", "ctl");
	if (fd < 0) {
		log_warnsys("unable to connect to run/pub/ctl");
		return 0;
	}
	stream_open(&m->ctl, fd);
	m->etrns = 0;
	return 1;
}

int
ctl_etrn(struct conn *c, const char *domain, size_t n)
{
	struct smtpd *m = c->m;
	ssize_t at;

	if (!conf_has(&m->conf, CONF_relay_domains, domain, n))
		return -1;
	if (!reach(m))
		return 0;
	c->etrntag = ++m->etrnseq;
	at = frame_begin(&m->ctl.out, 'F', tag_of(c));
	if (at < 0 || !field_put(&m->ctl.out, "site", domain, n) ||
	    !frame_end(&m->ctl.out, at))
		return 0;
	c->etrnwaits = 1;
	m->etrns++;
	return 1;
}

/* Nobody will answer what is asked. */
static void
broken(struct smtpd *m)
{
	struct conn **all = genalloc_s(struct conn *, &m->conns);
	size_t n = genalloc_len(struct conn *, &m->conns), i;

	stream_close(&m->ctl);
	for (i = 0; i < n; i++)
		if (all[i] && all[i]->etrnwaits) {
			all[i]->etrnwaits = 0;
			session_flushed(&all[i]->s, 0, m->now);
			all[i]->dirty = 1;
		}
}

static int
answer(struct smtpd *m, struct frame *f)
{
	uint32_t slot = f->tag >> SLOT_BITS;
	struct verdict v;
	struct conn *c;

	if (f->type != 'V' || verdict_scan(&v, f->s, f->n) <= 0 ||
	    slot >= genalloc_len(struct conn *, &m->conns))
		return (errno = EPROTO, -1);
	if (m->etrns)
		m->etrns--;
	c = genalloc_s(struct conn *, &m->conns)[slot];
	if (!c || !c->etrnwaits || c->etrntag != (uint16_t)f->tag)
		return 0;	/* nobody waits for it any more */
	c->etrnwaits = 0;
	session_flushed(&c->s, &v, m->now);
	c->dirty = 1;
	return 0;
}

void
ctl_read(struct smtpd *m)
{
	if (smtpd_hear(m, &m->ctl, "run/pub/ctl", answer) < 0)
		broken(m);
}

void
ctl_turn(struct smtpd *m)
{
	if (m->ctl.fd < 0)
		return;
	if (!m->etrns || (stream_pending(&m->ctl) &&
	    stream_flush(&m->ctl) < 0))
		broken(m);
}
