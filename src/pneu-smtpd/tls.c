#include "pneu-smtpd/smtpd.h"

#include <errno.h>
#include <unistd.h>

#include "wire/field.h"
#include "wire/tls.h"

int
tls_offers(struct smtpd *m)
{
	if (!m->hastls || m->tls.fd >= 0)
		return m->hastls && m->offers;
	smtpd_reach(m, &m->tls, &m->tls_retry, "tls");
	return 0;	/* it will say */
}

/* Those who wait will not be answered. */
static void
broken(struct smtpd *m)
{
	struct conn **all = genalloc_s(struct conn *, &m->conns);
	size_t n = genalloc_len(struct conn *, &m->conns), i;

	stream_close(&m->tls);
	m->offers = 0;
	m->tls_retry = m->now + SMTPD_RETRY_MS;
	for (i = 0; i < n; i++)
		if (all[i] && all[i]->tls) {
			all[i]->tls = 0;
			session_unsecured(&all[i]->s, "pneu-tls has ended",
			    m->now);
			all[i]->dirty = 1;
		}
}

/* The descriptor goes with the question. */
void
tls_begin(struct conn *c)
{
	struct smtpd *m = c->m;
	struct tls_ask a = TLS_ASK_ZERO;
	ssize_t at;
	int fd = c->rfd;

	c->in.len = c->inpos = 0;
	if (!tls_offers(m)) {
		session_unsecured(&c->s,
		    "TLS not available due to local problem", m->now);
		return;
	}
	if (c->wfd != fd)
		close(c->wfd);
	c->rfd = c->wfd = -1;
	if (!++m->tls_tag)
		m->tls_tag = 1;
	a.peer = c->s.client;
	at = stream_putfd(&m->tls, fd) ?
	    frame_begin(&m->tls.out, 'S', m->tls_tag) : -1;
	if (at < 0 || !tls_ask_put(&m->tls.out, &a) ||
	    !frame_end(&m->tls.out, at)) {
		session_unsecured(&c->s, "out of memory", m->now);
		broken(m);
	} else
		c->tls = m->tls_tag;
	c->dirty = 1;
}

/* N: is there a certificate? */
static int
news(struct smtpd *m, struct frame *f)
{
	struct field x;
	uint64_t u;
	int used = field_scan(&x, f->s, f->n);

	if (used <= 0 || !field_is(&x, "offer") || !field_uint(&x, &u))
		return -1;
	m->offers = u != 0;
	return 0;
}

static struct conn *
find(const struct smtpd *m, uint32_t tag)
{
	struct conn **all = genalloc_s(struct conn *, &m->conns);
	size_t n = genalloc_len(struct conn *, &m->conns), i;

	for (i = 0; i < n; i++)
		if (all[i] && all[i]->tls == tag)
			return all[i];
	return 0;
}

static int
secured(struct smtpd *m, struct frame *f)
{
	struct conn *c = find(m, f->tag);
	struct tls_answer a;
	stralloc *text = &m->text;
	int fd = stream_takefd(&m->tls);

	if (fd < 0)
		return -1;
	if (tls_answer_scan(&a, f->s, f->n) < 0 || !c) {
		close(fd);
		return c ? -1 : 0;	/* he has gone meanwhile */
	}
	c->tls = 0;
	c->rfd = c->wfd = fd;
	c->socket = c->dirty = 1;
	c->eof = 0;
	text->len = 0;
	if (!tls_answer_text(text, &a) || !stralloc_0(text))
		return -1;
	session_secured(&c->s, text->s, a.sni, m->now);
	return 0;
}

static int
failed(struct smtpd *m, struct frame *f)
{
	struct conn *c = find(m, f->tag);
	struct verdict v;

	if (verdict_scan(&v, f->s, f->n) < 0)
		return -1;
	if (!c)
		return 0;
	c->tls = 0;
	c->dirty = 1;
	m->text.len = 0;
	if (!stralloc_catb(&m->text, v.text, v.textlen) ||
	    !stralloc_0(&m->text))
		return -1;
	session_unsecured(&c->s, m->text.s, m->now);
	return 0;
}

static int
answer(struct smtpd *m, struct frame *f)
{
	errno = EPROTO;
	switch (f->type) {
	case 'N': return news(m, f);
	case 'R': return secured(m, f);
	case 'F': return failed(m, f);
	}
	return -1;
}

void
tls_read(struct smtpd *m)
{
	if (smtpd_hear(m, &m->tls, "run/tls/tls", answer) < 0)
		broken(m);
}

void
tls_turn(struct smtpd *m)
{
	if (m->tls.fd >= 0 && stream_pending(&m->tls) &&
	    stream_flush(&m->tls) < 0)
		broken(m);
}
