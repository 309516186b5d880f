/* How sessions end. */
#include "pneu-tls/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/log.h"
#include "wire/verdict.h"

void
link_free(struct link *l)
{
	struct tls *m = l->m;

	if (l->e)
		engine_free(l->e);
	if (l->net >= 0)
		close(l->net);
	if (l->clear >= 0)
		close(l->clear);
	stralloc_free(&l->peer);
	genalloc_s(struct link *, &m->links)[l->slot] = 0;
	m->nlinks--;
	free(l);
}

/* why 0: as the engine says. In Postfix's words, as far as it has some. */
void
link_fail(struct link *l, const char *why)
{
	char text[VERDICT_TEXT_OCTETS];
	struct verdict v;
	int cert = 0;

	if (!why)
		why = engine_error(l->e, &cert);
	if (!*why)
		why = "lost connection";
	if (l->isserver)
		snprintf(text, sizeof text, "SSL_accept error from %s: %s",
		    l->peer.s, why);
	else if (cert)
		snprintf(text, sizeof text, "certificate verification failed "
		    "for %s: %s", l->peer.s, why);
	else
		snprintf(text, sizeof text, "Cannot start TLS: %s", why);
	verdict_set(&v, VERDICT_LATER, "4.7.5", 0, text);
	l->m->tmp.len = 0;
	if (!verdict_put(&l->m->tmp, &v) || !frame_put(&l->asker->s.out, 'F',
	    l->tag, l->m->tmp.s, l->m->tmp.len))
		l->asker->s.eof = 1;
	link_free(l);
}

/* The engine flushes, takes leave, and is then closed: link_drain. */
void
link_leave(struct link *l)
{
	l->mode = LINK_LEAVES;
	l->deadline = l->m->now + TLS_LEAVE_MS;
	engine_close(l->e);
}

/* All that was to be said to the peer has left; he is to see the end, and
 * not a reset for what he sends still, by which he could lose our last
 * words. */
static void
linger(struct link *l)
{
	l->mode = LINK_LINGERS;
	l->deadline = l->m->now + TLS_LINGER_MS;
	close(l->clear);
	l->clear = -1;
	l->netin = 1;
	l->dirty = 1;
	if (shutdown(l->net, SHUT_WR) < 0 || l->neteof)
		l->deadline = l->m->now;
}

void
link_drain(struct link *l)
{
	int cert;
	const char *why = engine_error(l->e, &cert);

	if (*why)
		log_info("TLS session of ", l->peer.s, " ended: ", why);
	if (l->mode == LINK_LEAVES) {
		linger(l);
	} else {
		l->mode = LINK_DRAINS;
		l->deadline = l->m->now + TLS_LEAVE_MS;
		close(l->net);
		l->net = -1;
		shutdown(l->clear, SHUT_WR);
		l->clearin = 1;
		l->dirty = 1;
	}
	engine_free(l->e);	/* most of the memory */
	l->e = 0;
}
