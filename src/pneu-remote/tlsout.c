#include "pneu-remote/remote.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "run/log.h"
#include "run/service.h"

/* Our connection to pneu-tls (doc/PROTOCOLS 9). It is made when it is first
 * needed; while there is none it is tried again after WAIT_MIN_MS, then
 * twice as long each time, up to WAIT_MAX_MS. */
#define WAIT_MIN_MS 50
#define WAIT_MAX_MS 2000

int
tlsout_isup(struct remote *r)
{
	struct tlsout *t = &r->tlsout;
	int fd;

	if (t->s.fd >= 0)
		return 1;
	if (r->now < t->retry)
		return 0;
	fd = run_connect("tlsout", "tls");
	if (fd >= 0) {
		stream_open(&t->s, fd);
		t->wait = 0;
		return 1;
	}
	if (!t->wait)
		log_warnsys("unable to connect to run/tlsout/tls");
	t->wait = !t->wait ? WAIT_MIN_MS : 2 * t->wait > WAIT_MAX_MS ?
	    WAIT_MAX_MS : 2 * t->wait;
	t->retry = r->now + t->wait;
	return 0;
}

void
tlsout_begin(struct conn *c, struct remote *r)
{
	struct tlsout *t = &r->tlsout;
	int fd = c->fd;

	if (!tlsout_isup(r)) {
		tlsout_failed(c, r, VERDICT_LATER, "4.7.5", 0,
		    "our TLS engine is unavailable");
		return;
	}
	if (!++t->tag)
		t->tag++;
	c->tag = t->tag;
	c->fd = -1;		/* it goes with the frame */
	if (!stream_putfd(&t->s, fd) ||
	    !frame_put(&t->s.out, 'C', c->tag, c->ask.s, c->ask.len))
		strerr_diefusys(111, "ask pneu-tls");
}

/* No TLS with this host. Who may do without is connected to it again, in
 * clear. */
void
tlsout_failed(struct conn *c, struct remote *r, char kind, const char *code,
    int site, const char *text)
{
	struct job *j = c->job;
	char relay[CONN_RELAY_OCTETS];

	if (c->tls == TLSRULE_MAY && j && j->o) {
		memcpy(relay, j->relay, sizeof relay);
		log_info("TLS with ", relay, " failed, going on in clear: ",
		    text);
		conn_close(c, r);
		job_plain(j);
		return;
	}
	client_unsecured(&c->client, kind, code, site, text);
	r->out.len = 0;
	conn_after(c, r);
}

/* The one whose handshake has this tag; 0 if it is not there any more. */
static struct conn *
find(const struct remote *r, uint32_t tag)
{
	struct conn **a = genalloc_s(struct conn *, &r->active);
	size_t i, n = genalloc_len(struct conn *, &r->active);

	for (i = 0; i < n; i++)
		if (a[i]->tag && (!tag || a[i]->tag == tag))
			return a[i];
	return 0;
}

/* In Postfix's words. */
static void
tell(const struct conn *c, const struct tls_answer *a, stralloc *sa)
{
	static const char *const words[] = { "Anonymous", "Untrusted",
	    "Trusted", "Verified", "Verified" };
	char port[UINT_FMT];

	sa->len = 0;
	port[uint_fmt(port, c->port)] = 0;
	if (!tls_answer_text(sa, a) || !stralloc_0(sa))
		strerr_diefusys(111, "tell of TLS");
	log_info(words[a->trust], " TLS connection established to ", c->host,
	    ":", port, ": ", sa->s);
}

static int
begun(struct conn *c, struct remote *r, struct frame *f, int fd)
{
	struct tls_answer a;

	if (tls_answer_scan(&a, f->s, f->n) < 0)
		return -1;
	tell(c, &a, &r->words);
	if (c->sts == STS_TESTING && a.trust < TLS_VERIFIED && c->job)
		sts_would(c->job, c->host, "its certificate is not verified");
	ndelay_on(fd);
	c->fd = fd;
	c->tag = 0;
	r->out.len = 0;
	client_secured(&c->client, &r->out, r->now);
	conn_after(c, r);
	return 1;
}

static int
failed(struct conn *c, struct remote *r, struct frame *f)
{
	char text[CLIENT_FAIL_OCTETS];
	struct verdict v;
	size_t n;

	if (verdict_scan(&v, f->s, f->n) < 0 || v.kind == VERDICT_DONE)
		return -1;
	n = v.textlen < sizeof text ? v.textlen : sizeof text - 1;
	memcpy(text, v.text, n);
	text[n] = 0;
	c->tag = 0;
	/* what is short is ours (RFC 3463 3.4), all else is the host's */
	tlsout_failed(c, r, v.kind, v.code, strncmp(v.code + 1, ".3.", 3),
	    text);
	return 1;
}

static int
answer(struct remote *r, struct frame *f)
{
	struct conn *c = f->tag ? find(r, f->tag) : 0;
	int fd, e;

	if (f->type == 'F')
		return c ? failed(c, r, f) : 0;
	if (f->type != 'R' || (fd = stream_takefd(&r->tlsout.s)) < 0)
		return -1;
	e = c ? begun(c, r, f, fd) : 0;
	if (e <= 0)
		close(fd);	/* he is not waiting any more */
	return e;
}

/* Nobody will answer what was asked. */
static void
lost(struct remote *r)
{
	struct conn *c;

	stream_close(&r->tlsout.s);
	r->tlsout.retry = r->now + WAIT_MIN_MS;
	while ((c = find(r, 0))) {
		c->tag = 0;
		tlsout_failed(c, r, VERDICT_LATER, "4.7.5", 0,
		    "our TLS engine has ended");
	}
}

void
tlsout_read(struct remote *r)
{
	struct stream *s = &r->tlsout.s;
	struct frame f;
	ssize_t n = stream_fill(s);
	int got;

	while ((got = stream_next(s, &f)) > 0)
		if ((got = answer(r, &f)) < 0)
			break;
	if (got < 0)
		log_warn("run/tlsout/tls: an answer that makes no sense");
	if (n < 0 || got < 0)
		lost(r);
}

void
tlsout_turn(struct remote *r)
{
	if (r->tlsout.s.fd >= 0 && stream_pending(&r->tlsout.s) &&
	    stream_flush(&r->tlsout.s) < 0)
		lost(r);
}
