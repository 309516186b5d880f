#include <skalibs/nonposix.h>

#include "lobby.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/log.h"

void
lobby_enter(struct lobby *l, int fd, const struct door_peer *p)
{
	struct guest *g = &l->guests[l->n++];

	memset(g, 0, sizeof *g);
	g->fd = fd;
	g->peer = *p;
	tain_addsec_g(&g->until, LOBBY_S);
}

void
lobby_iopause(const struct lobby *l, iopause_fd *x, tain *t)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		x[i].fd = l->guests[i].fd;
		x[i].events = IOPAUSE_READ;
		x[i].revents = 0;
		if (tain_less(&l->guests[i].until, t))
			*t = l->guests[i].until;
	}
}

static ssize_t
get(int fd, void *s, size_t n, int flags)
{
	ssize_t r;

	do
		r = recv(fd, s, n, MSG_DONTWAIT | flags);
	while (r < 0 && errno == EINTR);
	if (r == 0)
		errno = ECONNRESET;
	return r > 0 ? r : -1;
}

/* Octets whose meaning is known: they are passed over. 1 when all have been,
 * 0 more is needed, -1. */
static int
pass_over(struct guest *g)
{
	unsigned char buf[512];
	ssize_t r;

	while (g->skip) {
		r = get(g->fd, buf, g->skip < sizeof buf ? g->skip :
		    sizeof buf, 0);
		if (r < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? 0 :
			    -1;
		g->skip -= (size_t)r;
	}
	return 1;
}

/* Look at what is there, and take what is of the header. As pass_over. */
static int
hear(struct guest *g)
{
	size_t had = g->n;
	ssize_t r;
	int got;

	if (g->known)
		return pass_over(g);
	r = get(g->fd, g->s + had, sizeof g->s - had, MSG_PEEK);
	if (r < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
	got = proxy_scan(&g->proxy, g->s, had + (size_t)r);
	if (got < 0)
		return (errno = EPROTO, -1);
	if (!got) {		/* all of it is of the header */
		g->n += (size_t)r;
		g->skip = (size_t)r;
		return pass_over(g) < 0 ? -1 : 0;
	}
	g->known = 1;
	g->skip = g->proxy.len - had;
	return pass_over(g);
}

static void
whois(struct door_peer *p, const struct guest *g)
{
	*p = g->peer;
	if (g->proxy.kind == PROXY_UNKNOWN)
		p->unknown = 1;
	if (g->proxy.kind != PROXY_CLIENT)
		return;
	door_peer(p, g->proxy.src.ip, g->proxy.is6, g->proxy.src.port);
	p->hasto = g->proxy.is6 ? 6 : 4;
	memcpy(p->to, g->proxy.dst.ip, sizeof p->to);
	p->toport = g->proxy.dst.port;
}

static void
put_out(const struct guest *g, const char *why)
{
	char ip[DOOR_TEXT_OCTETS];

	door_fmt(ip, &g->peer);
	*strchr(ip, ' ') = 0;
	log_warn("haproxy read: ", why, ": closing connection from [", ip,
	    "]");
	close(g->fd);
}

enum lobby_answer
lobby_see(struct lobby *l, size_t i, int readable, int *fd,
    struct door_peer *p)
{
	struct guest *g = &l->guests[i];
	int r = readable ? hear(g) : 0;

	if (r == 0 && tain_future(&g->until))
		return LOBBY_WAITS;
	if (r > 0) {
		*fd = g->fd;
		whois(p, g);
	} else
		put_out(g, r == 0 ? "timeout error" : errno == EPROTO ?
		    "not a PROXY header" : "lost connection");
	if (i != --l->n)
		*g = l->guests[l->n];
	return r > 0 ? LOBBY_GOES : LOBBY_OUT;
}

void
lobby_close(struct lobby *l)
{
	while (l->n)
		close(l->guests[--l->n].fd);
}
