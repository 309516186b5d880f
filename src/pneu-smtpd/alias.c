#include "pneu-smtpd/smtpd.h"

#include <errno.h>
#include <string.h>

#include "wire/routes.h"

/* The tag of a question: the session's slot, and its own number. */
#define SLOT_BITS 16

int
alias_ask(struct conn *c, uint16_t tag, const char *addr, size_t n)
{
	struct smtpd *m = c->m;
	struct route r;

	if (routes_find(&m->routes, &r, addr, n, m->now)) {
		session_routed(&c->s, tag, &r, m->now);
		return 1;
	}
	return smtpd_reach(m, &m->alias, &m->alias_retry, "alias") &&
	    frame_put(&m->alias.out, 'Q', c->slot << SLOT_BITS | tag, addr, n);
}

/* Nobody will answer what is asked. */
static void
broken(struct smtpd *m)
{
	struct conn **all = genalloc_s(struct conn *, &m->conns);
	size_t n = genalloc_len(struct conn *, &m->conns), i;

	stream_close(&m->alias);
	routes_forget(&m->routes);
	for (i = 0; i < n; i++)
		if (all[i]) {
			session_unrouted(&all[i]->s, m->now);
			all[i]->dirty = 1;
		}
}

static int
answer(struct smtpd *m, struct frame *f)
{
	struct conn *c;
	struct route r;
	uint32_t slot = f->tag >> SLOT_BITS;
	uint16_t tag = (uint16_t)f->tag;
	const char *addr;

	if (f->type == 'F') {
		routes_forget(&m->routes);
		return 0;
	}
	if (f->type != 'R' || slot >= genalloc_len(struct conn *, &m->conns))
		return (errno = EPROTO, -1);
	c = genalloc_s(struct conn *, &m->conns)[slot];
	addr = c ? session_asked(&c->s, tag) : 0;
	if (!addr)
		return 0;	/* nobody waits for it any more */
	if (routes_scan(&m->routes, &r, addr, strlen(addr), f->s, f->n,
	    m->now) < 0)
		return (errno = EPROTO, -1);
	session_routed(&c->s, tag, &r, m->now);
	c->dirty = 1;
	return 0;
}

void
alias_read(struct smtpd *m)
{
	if (smtpd_hear(m, &m->alias, "run/alias/alias", answer) < 0)
		broken(m);
}

void
alias_turn(struct smtpd *m)
{
	if (m->alias.fd >= 0 && stream_pending(&m->alias) &&
	    stream_flush(&m->alias) < 0)
		broken(m);
}
