#ifndef TESTS_UNIT_HOST_H
#define TESTS_UNIT_HOST_H

/* A host for the session machine of pneu-smtpd that does no I/O: it makes up
 * the answers, at once or later, and keeps what is said. For the unit test
 * and the fuzzer. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pneu-smtpd/session.h"

struct host {
	struct session s;
	struct session_conf c;
	int late;		/* answer when the session has stopped */
	int noalias, noqueue, noauth;	/* they are not there */
	int breaks;		/* so often pneu-queue goes away after X */
	char kind;		/* of pneu-queue's verdict: D, L or N */
	stralloc out;		/* all replies */
	stralloc letters;	/* frames as text: "E...", M as it is, X, A */
	stralloc log;
	stralloc asked;		/* every question, a line each */
	struct {
		uint16_t tag;
		char addr[ADDRESS_PATH_OCTETS + 1];
	} q[SESSION_ASKS];
	int nq, wantsway, wantsverdict, wantsetrn;
	char last;		/* frame */
	uint64_t now, room;
	int hastls;		/* pneu-tls is there; 2: it fails */
	size_t dropped;		/* octets that came in clear behind STARTTLS */
	unsigned long committed;
};

static int
host_is(const char *addr, const char *local)
{
	size_t n = strlen(local);

	return !strncmp(addr, local, n) && addr[n] == '@';
}

/* us.test is ours, mx.test relayed to, others are others. */
static void
host_answer(struct host *h, uint16_t tag, const char *addr)
{
	const char *at = strrchr(addr, '@');
	struct route r;

	memset(&r, 0, sizeof r);
	r.class = !at || !strcmp(at, "@us.test") ? ROUTE_LOCAL :
	    at && !strcmp(at, "@mx.test") ? ROUTE_RELAY : ROUTE_OTHER;
	r.kind = ROUTE_USER;
	if (host_is(addr, "nobody") || (r.class == ROUTE_LOCAL &&
	    strpbrk(addr, "%!\""))) {
		r.kind = ROUTE_NONE;
		verdict_set(&r.verdict, 'N', "5.1.1", 0, "no such user");
	} else if (host_is(addr, "later")) {
		r.kind = ROUTE_NONE;
		verdict_set(&r.verdict, 'L', "4.3.0", 0, "try later");
	}
	session_routed(&h->s, tag, &r, h->now);
}

static int
host_ask(void *x, uint16_t tag, const char *addr, size_t n)
{
	struct host *h = x;

	if (h->noalias)
		return 0;
	stralloc_catb(&h->asked, addr, n);
	stralloc_append(&h->asked, '\n');
	if (!h->late) {
		host_answer(h, tag, addr);
		return 1;
	}
	if (h->nq == SESSION_ASKS)
		abort();
	h->q[h->nq].tag = tag;
	memcpy(h->q[h->nq].addr, addr, n + 1);
	h->nq++;
	return 1;
}

static int
host_begin(void *x, int big)
{
	struct host *h = x;

	if (h->noqueue)
		return -1;
	if (h->late)
		h->wantsway = 1;
	return !h->late;
}

static void
host_verdict(struct host *h)
{
	struct verdict v;

	h->wantsverdict = 0;
	if (h->breaks) {
		h->breaks--;
		session_verdict(&h->s, 0, h->now);
		return;
	}
	if (h->kind == 'D')
		verdict_set(&v, 'D', "2.0.0", 0, "A1B2");
	else if (h->kind == 'L')
		verdict_set(&v, 'L', "4.3.1", 0, "no space");
	else
		verdict_set(&v, 'N', "5.6.0", 0, "not this one");
	h->committed += h->kind == 'D';
	session_verdict(&h->s, &v, h->now);
}

static int
host_send(void *x, char type, const char *s, size_t n)
{
	struct host *h = x;

	/* E+ M* (X|A), and A at any time */
	if ((type == 'E' && h->last && !strchr("EXA", h->last)) ||
	    (type == 'M' && !strchr("EM", h->last)) ||
	    (type == 'X' && !strchr("EM", h->last)))
		abort();
	h->wantsway = 0;
	if (type == 'E' && h->last != 'E')
		stralloc_append(&h->letters, '{');
	stralloc_catb(&h->letters, s, n);
	if (type == 'X')
		stralloc_append(&h->letters, '}');
	if (type == 'A')
		stralloc_append(&h->letters, '~');
	h->last = type;
	if (type == 'X')
		h->wantsverdict = 1;
	return 1;
}

static void
host_log(void *x, const char *line)
{
	struct host *h = x;

	stralloc_cats(&h->log, line);
	stralloc_append(&h->log, '\n');
}

static uint64_t
host_room(void *x)
{
	return ((struct host *)x)->room;
}

static int
host_tls(void *x)
{
	return ((struct host *)x)->hastls;
}

/* What pneu-auth is asked: "TYPE MECH DATA\n", of Q a number; the test
 * answers. */
static int
host_auth(void *x, char type, const char *mech, const char *s, size_t n)
{
	struct host *h = x;
	char number[32];

	if (h->noauth && type != 'A')
		return 0;
	stralloc_append(&h->asked, type);
	stralloc_append(&h->asked, ' ');
	stralloc_cats(&h->asked, mech ? mech : "-");
	stralloc_append(&h->asked, ' ');
	if (type == 'Q') {
		snprintf(number, sizeof number, "%u", (unsigned int)n);
		stralloc_cats(&h->asked, number);
	} else if (s)
		stralloc_catb(&h->asked, s, n);
	else
		stralloc_append(&h->asked, '-');
	stralloc_append(&h->asked, '\n');
	return 1;
}

static int
host_owns(void *x, const char *user, const char *addr)
{
	return !strcmp(addr, "down@b.test") ? -1 :
	    strcmp(addr, "other@b.test") != 0;
}

static unsigned int
host_rights(void *x, const char *peer)
{
	return !strcmp(peer, "127.0.0.1") ? SESSION_LOCAL :
	    !strcmp(peer, "127.0.0.2") || !strcmp(peer, "192.0.2.9") ?
	    SESSION_XCLIENT : 0;
}

/* Of later.test an answer comes; of mx.test there is nobody to ask. */
static int
host_etrn(void *x, const char *domain, size_t n)
{
	struct host *h = x;

	stralloc_cats(&h->asked, "etrn ");
	stralloc_catb(&h->asked, domain, n);
	stralloc_append(&h->asked, '\n');
	if (!strcmp(domain, "later.test")) {
		h->wantsetrn = 1;
		return 1;
	}
	return strcmp(domain, "mx.test") ? -1 : 0;
}

static void
host_who(void *x, struct compose_who *w)
{
	w->us = 1000000;
	w->pid = 7;
	w->zonename = "UTC";
}

static const struct session_ops host_ops = {
	.ask = host_ask, .begin = host_begin, .send = host_send,
	.log = host_log, .room = host_room, .tls = host_tls,
	.auth = host_auth, .owns = host_owns, .who = host_who,
	.rights = host_rights, .etrn = host_etrn
};

static void
host_init(struct host *h)
{
	memset(h, 0, sizeof *h);
	h->kind = 'D';
	h->now = 1000;
	h->room = UINT64_MAX;
	h->c.name = "mx.us.test";
	h->c.origin = "us.test";
	h->c.banner = "ESMTP pneu";
	h->c.hops = 10;
	h->c.rcpts = 100;
	h->c.soft = 10;
	h->c.hard = 20;
	h->c.sleep_ms = 1000;
	h->c.timeout_ms = 300000;
	h->c.tls = SESSION_TLS_MAY;
}

static void
host_begin_session(struct host *h, unsigned int rights)
{
	session_init(&h->s, &h->c, &host_ops, h, "192.0.2.9", rights, h->now);
}

/* Read the replies, as the client does. */
static void
host_drain(struct host *h)
{
	if (!session_says(&h->s))
		return;
	stralloc_catb(&h->out, h->s.out.s, h->s.out.len);
	h->s.out.len = 0;
	session_sent(&h->s, h->now);
}

/* Whatever is waited for happens: an answer, or time. 0: nothing does. */
static int
host_event(struct host *h)
{
	struct verdict v;

	host_drain(h);
	if (h->nq) {	/* the newest first: any order will do */
		h->nq--;
		host_answer(h, h->q[h->nq].tag, h->q[h->nq].addr);
	} else if (h->wantsway) {
		h->wantsway = 0;
		session_granted(&h->s, 1, h->now);
	} else if (h->wantsverdict) {
		host_verdict(h);
	} else if (h->wantsetrn) {
		h->wantsetrn = 0;
		verdict_set(&v, h->kind, h->kind == 'D' ? "2.0.0" : "4.7.1",
		    0, "");
		session_flushed(&h->s, &v, h->now);
	} else if (h->s.wake) {
		h->now = h->s.wake;
		session_tick(&h->s, h->now);
	} else
		return 0;
	return 1;
}

/* TLS begins: what came behind the command is forgotten. */
static int
host_handover(struct host *h, size_t n)
{
	if (!session_handover(&h->s, n, h->now))
		return 0;
	h->dropped += n;
	if (h->hastls > 1)
		session_unsecured(&h->s, "SSL_accept error", h->now);
	else
		session_secured(&h->s, "TLSv1.2 with cipher C (1/1 bits)",
		    "mx.us.test", h->now);
	host_drain(h);
	return 1;
}

static void
host_feed(struct host *h, const char *s, size_t n)
{
	size_t used;

	while (n) {
		used = session_feed(&h->s, s, n, h->now);
		s += used;
		n -= used;
		host_drain(h);
		if (host_handover(h, n))
			return;
		if (n && !session_wants(&h->s) && !host_event(h))
			return;
	}
}

static void
host_end(struct host *h)
{
	while (host_event(h))
		;
	if (!session_eof(&h->s, h->now))
		abort();
	host_drain(h);
	if (!session_over(&h->s))
		abort();
}

static void
host_free(struct host *h)
{
	session_free(&h->s);
	stralloc_free(&h->out);
	stralloc_free(&h->letters);
	stralloc_free(&h->log);
	stralloc_free(&h->asked);
}

#endif
