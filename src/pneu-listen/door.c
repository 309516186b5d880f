#include <skalibs/nonposix.h>

#include "door.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/sysdeps.h>

#include "conf/listen.h"
#include "run/log.h"

#define BACKLOG 1024		/* connections waiting for accept */

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t
fill(union address *a, const struct net *x, uint16_t port)
{
	memset(a, 0, sizeof *a);
	if (x->is6) {
		a->in6.sin6_family = AF_INET6;
		a->in6.sin6_port = htons(port);
		memcpy(&a->in6.sin6_addr, x->ip, 16);
		return sizeof a->in6;
	}
	a->in.sin_family = AF_INET;
	a->in.sin_port = htons(port);
	memcpy(&a->in.sin_addr, x->ip, 4);
	return sizeof a->in;
}

/* What accepted connections inherit is set here, once: no Nagle (a reply is
 * one write), and keepalive, which finds hosts that are gone. */
static int
options(int fd, int is6)
{
	static const int on = 1;

	if (is6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
	    sizeof on) < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

/* Returns 1, or 0 if there is no such address family here. */
static int
open_one(struct door *d, const char *s)
{
	union address a;
	struct listen_at l;
	socklen_t len;
	int fd;

	if (listen_scan(&l, s, strlen(s)) < 0)
		strerr_dief(100, "setting listen: not address:port: ", s);
	len = fill(&a, &l.at, l.port);
	fd = socket(a.sa.sa_family, SOCK_STREAM, 0);
	if (fd < 0 && errno == EAFNOSUPPORT) {
		log_warnsys("unable to listen on ", s);
		return 0;
	}
	if (fd < 0 || coe(fd) < 0 || ndelay_on(fd) < 0 ||
	    options(fd, l.at.is6) < 0)
		strerr_diefusys(111, "make a socket for ", s);
	if (bind(fd, &a.sa, len) < 0 || listen(fd, BACKLOG) < 0)
		strerr_diefusys(111, "listen on ", s);
	d->fd = fd;
	d->role = l.role;
	d->proxy = l.proxy;
	return 1;
}

size_t
door_open(const struct conf *c, struct door *doors)
{
	const char *s;
	size_t n = 0;

	for (s = conf_first(c, CONF_listen); s;
	    s = conf_next(c, CONF_listen, s)) {
		if (n == DOOR_MAX)
			strerr_dief(100, "setting listen: too many addresses");
		n += open_one(doors + n, s) > 0;
	}
	if (!n)
		strerr_dief(100, "setting listen: no address to listen on");
	return n;
}

void
door_peer(struct door_peer *p, const void *ip, int is6, uint16_t port)
{
	static const unsigned char mapped[12] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
	};
	const unsigned char *s = ip;

	p->is6 = is6 && memcmp(s, mapped, sizeof mapped);
	if (is6 && !p->is6)
		s += sizeof mapped;
	memset(p->ip, 0, sizeof p->ip);
	memcpy(p->ip, s, p->is6 ? 16 : 4);
	p->port = port;
}

static void
take(struct door_peer *p, const union address *a)
{
	memset(p, 0, sizeof *p);
	if (a->sa.sa_family != AF_INET6)
		door_peer(p, &a->in.sin_addr, 0, ntohs(a->in.sin_port));
	else
		door_peer(p, &a->in6.sin6_addr, 1, ntohs(a->in6.sin6_port));
}

int
door_accept(int fd, struct door_peer *p)
{
	union address a;
	socklen_t len = sizeof a;
	int r;

	do {
#ifdef SKALIBS_HASACCEPT4
		r = accept4(fd, &a.sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
		r = accept(fd, &a.sa, &len);
		if (r >= 0 && (ndelay_on(r) < 0 || coe(r) < 0)) {
			close(r);
			return -1;
		}
#endif
	} while (r < 0 && errno == EINTR);
	if (r >= 0)
		take(p, &a);
	return r;
}

int
door_local(int fd, struct door_peer *p)
{
	union address a;
	socklen_t len = sizeof a;

	if (getsockname(fd, &a.sa, &len) < 0)
		return -1;
	take(p, &a);
	return 1;
}

void
door_fmt(char s[DOOR_TEXT_OCTETS], const struct door_peer *p)
{
	size_t n;

	inet_ntop(p->is6 ? AF_INET6 : AF_INET, p->ip, s, DOOR_TEXT_OCTETS);
	n = strlen(s);
	snprintf(s + n, DOOR_TEXT_OCTETS - n, " %u", (unsigned int)p->port);
}
