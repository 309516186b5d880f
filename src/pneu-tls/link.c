#include "pneu-tls/tls.h"

#include <skalibs/nonposix.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/djbunix.h>

#include "run/log.h"

/* A free slot, or -1. */
static ssize_t
free_slot(struct tls *m)
{
	struct link **all = genalloc_s(struct link *, &m->links), *none = 0;
	size_t n = genalloc_len(struct link *, &m->links), i;

	if (m->nlinks < n)
		for (i = 0; i < n; i++)
			if (!all[i])
				return (ssize_t)i;
	if (n >= TLS_LINKS || !genalloc_append(struct link *, &m->links, &none))
		return -1;
	return (ssize_t)n;
}

int
link_new(struct tls *m, struct asker *asker, uint32_t tag, int net,
    const struct tls_ask *a)
{
	ssize_t slot = free_slot(m);
	struct link *l = slot < 0 ? 0 : calloc(1, sizeof *l);

	if (!l)
		goto none;
	l->isserver = (char)asker->isserver;
	l->e = l->isserver ? engine_server(m->engines, m->chains) :
	    engine_client(m->engines, a, (int64_t)time(0));
	if (!l->e || !stralloc_cats(&l->peer, a->peer) ||
	    !stralloc_0(&l->peer))
		goto none;
	ndelay_on(net);
	l->m = m;
	l->asker = asker;
	l->tag = tag;
	l->slot = (uint32_t)slot;
	l->net = net;
	l->clear = -1;
	l->netin = l->dirty = 1;
	l->deadline = m->now + TLS_HANDSHAKE_S * 1000 - 1000;
	genalloc_s(struct link *, &m->links)[slot] = l;
	m->nlinks++;
	return 1;
none:
	if (l && l->e)
		engine_free(l->e);
	free(l);
	close(net);
	return 0;
}

/* Tell the asker; give him a clear socket. 0 if that cannot be. */
static int
answer(struct link *l)
{
	struct tls_answer a;
	stralloc *out = &l->asker->s.out;
	ssize_t at;
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) < 0)
		return 0;
	ndelay_on(fd[0]);
	coe(fd[0]);
	coe(fd[1]);
	l->clear = fd[0];
	engine_answer(l->e, &a);
	if (!stralloc_readyplus(out, 1))
		return (close(fd[1]), 0);
	if (!stream_putfd(&l->asker->s, fd[1]))
		return 0;
	at = frame_begin(out, 'R', l->tag);
	if (at < 0 || !tls_answer_put(out, &a) || !frame_end(out, at)) {
		l->asker->s.eof = 1;	/* out is torn */
		return 0;
	}
	l->asker = 0;
	l->mode = LINK_OPEN;
	l->deadline = 0;
	return 1;
}

/* Octets to the peer. 1 if some have left. */
static int
net_out(struct link *l)
{
	size_t n;
	unsigned char *s = engine_buf(l->e, ENGINE_NETOUT, &n);
	ssize_t r;

	do
		r = send(l->net, s, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (r < 0 && errno == EINTR);
	if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		l->netfull = 1;
		return 0;
	}
	if (r < 0) {	/* nobody is there: nothing is for him */
		l->neteof = 1;
		l->netfull = 1;
		return 0;
	}
	engine_used(l->e, ENGINE_NETOUT, (size_t)r);
	return 1;
}

/* Octets from the peer. */
static int
net_in(struct link *l)
{
	size_t n;
	unsigned char *s = engine_buf(l->e, ENGINE_NETIN, &n);
	ssize_t r;

	do
		r = recv(l->net, s, n, MSG_DONTWAIT);
	while (r < 0 && errno == EINTR);
	if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		l->netin = 0;
		return 0;
	}
	if (r <= 0) {
		l->neteof = 1;
		l->netin = 0;
		return 1;
	}
	engine_used(l->e, ENGINE_NETIN, (size_t)r);
	return 1;
}

static int
clear_out(struct link *l)
{
	size_t n;
	unsigned char *s = engine_buf(l->e, ENGINE_CLEAROUT, &n);
	ssize_t r;

	do
		r = send(l->clear, s, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (r < 0 && errno == EINTR);
	if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		l->clearfull = 1;
		return 0;
	}
	if (r < 0)	/* he does not want it */
		r = (ssize_t)n;
	engine_used(l->e, ENGINE_CLEAROUT, (size_t)r);
	return 1;
}

static int
clear_in(struct link *l)
{
	size_t n;
	unsigned char *s = engine_buf(l->e, ENGINE_CLEARIN, &n);
	ssize_t r;

	do
		r = recv(l->clear, s, n, MSG_DONTWAIT);
	while (r < 0 && errno == EINTR);
	if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		l->clearin = 0;
		return 0;
	}
	if (r <= 0) {
		link_leave(l);
		return 1;
	}
	engine_used(l->e, ENGINE_CLEARIN, (size_t)r);
	engine_flush(l->e);
	if ((size_t)r < n)
		l->clearin = 0;
	return 1;
}

/* Something that can be done now. Returns 1 if something was. */
static int
step(struct link *l)
{
	unsigned int st = engine_state(l->e);

	if (st & ENGINE_SIGN) {
		if (!l->signs && !sign_ask(l))
			engine_signed(l->e, 0, 0);
		else
			return (l->signs = 1, 0);
		return 1;
	}
	if (st & ENGINE_NETOUT && !l->netfull && net_out(l))
		return 1;
	if (l->mode == LINK_SHAKES && st & ENGINE_OPEN)
		return answer(l) ? 1 : (link_free(l), -1);
	if (st & ENGINE_CLEAROUT && l->mode == LINK_OPEN) {
		if (!l->clearfull)
			return clear_out(l);
		/* he may wait for us to take what he says, first */
		return st & ENGINE_CLEARIN && l->clearin && clear_in(l);
	}
	if (st & ENGINE_CLEAROUT && l->mode == LINK_LEAVES) {
		size_t n;	/* nobody is there for it */

		engine_buf(l->e, ENGINE_CLEAROUT, &n);
		engine_used(l->e, ENGINE_CLEAROUT, n);
		return 1;
	}
	if (st & ENGINE_CLOSED || (l->neteof && (!(st & ENGINE_NETOUT) ||
	    l->netfull))) {
		if (l->mode == LINK_SHAKES)
			link_fail(l, 0);
		else
			link_drain(l);
		return -1;
	}
	if (st & ENGINE_NETIN && l->netin && net_in(l))
		return 1;
	if (st & ENGINE_CLEARIN && l->mode == LINK_OPEN && l->clearin)
		return clear_in(l);
	return 0;
}

/* What comes now is for nobody. */
static void
discard(struct link *l, int fd, char *ready)
{
	char buf[4096];
	ssize_t r;

	while (*ready) {
		r = recv(fd, buf, sizeof buf, MSG_DONTWAIT);
		if (r > 0 || (r < 0 && errno == EINTR))
			continue;
		*ready = 0;
		if (!r || (errno != EAGAIN && errno != EWOULDBLOCK)) {
			link_free(l);
			return;
		}
	}
}

void
link_pump(struct link *l)
{
	int r;

	l->dirty = 0;
	if (l->mode == LINK_LINGERS) {
		discard(l, l->net, &l->netin);
		return;
	}
	if (l->mode == LINK_DRAINS) {
		discard(l, l->clear, &l->clearin);
		return;
	}
	do
		r = step(l);
	while (r > 0);
}

short
link_net(const struct link *l)
{
	unsigned int st;

	if (l->net < 0 || l->mode == LINK_DRAINS)
		return 0;
	if (l->mode == LINK_LINGERS)
		return IOPAUSE_READ;
	st = engine_state(l->e);
	return (short)((st & ENGINE_NETIN && !l->neteof ? IOPAUSE_READ : 0) |
	    (st & ENGINE_NETOUT && !l->neteof ? IOPAUSE_WRITE : 0));
}

short
link_clear(const struct link *l)
{
	unsigned int st;

	if (l->clear < 0 || l->mode == LINK_LINGERS || l->mode == LINK_LEAVES)
		return 0;
	if (l->mode == LINK_DRAINS)
		return IOPAUSE_READ;
	st = engine_state(l->e);
	return (short)((st & ENGINE_CLEARIN ? IOPAUSE_READ : 0) |
	    (st & ENGINE_CLEAROUT ? IOPAUSE_WRITE : 0));
}

void
link_tick(struct link *l)
{
	if (l->mode == LINK_SHAKES)
		link_fail(l, "the handshake took too long");
	else
		link_free(l);
}

void
link_forget(struct link *l)
{
	l->asker = 0;
	if (l->mode == LINK_SHAKES)
		link_free(l);
}
