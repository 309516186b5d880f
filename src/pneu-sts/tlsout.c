#include "pneu-sts/sts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/strerr.h>

#include "run/log.h"
#include "run/service.h"
#include "wire/tls.h"

/* Our connection to pneu-tls (doc/PROTOCOLS 9), made when it is needed. */
#define RETRY_MS 500
#define NO_ENGINE "our TLS engine is unavailable"

static int
isup(struct sts *m)
{
	int fd;

	if (m->tls.fd >= 0)
		return 1;
	if (m->now < m->retry)
		return 0;
	fd = run_connect("tlssts", "tls");
	if (fd >= 0) {
		stream_open(&m->tls, fd);
		return 1;
	}
	log_warnsys("unable to connect to run/tlssts/tls");
	m->retry = m->now + RETRY_MS;
	return 0;
}

/* A certificate of a CA of ours, for the very host (RFC 8461 3.3). */
void
tlsout_begin(struct sts *m, struct fetch *f, const char *peer)
{
	struct tls_ask q = TLS_ASK_ZERO;
	const char *host = f->host;
	int fd = f->fd;

	if (!isup(m)) {
		fetch_end(m, f, NO_ENGINE);
		return;
	}
	q.peer = peer;
	q.host = host;
	q.level = TLS_SECURE;
	m->tmp.len = 0;
	if (!genalloc_append(const char *, &q.match, &host) ||
	    !tls_ask_put(&m->tmp, &q))
		strerr_diefusys(111, "ask pneu-tls");
	tls_ask_free(&q);
	if (!++m->tag)
		m->tag++;
	f->tag = m->tag;
	f->fd = -1;		/* it goes with the frame */
	if (!stream_putfd(&m->tls, fd) ||
	    !frame_put(&m->tls.out, 'C', f->tag, m->tmp.s, m->tmp.len))
		strerr_diefusys(111, "ask pneu-tls");
}

/* The one that waits for the answer with this tag, or 0: for any. */
static struct fetch *
find(const struct sts *m, uint32_t tag)
{
	size_t i;

	for (i = 0; i < STS_FETCHES; i++) {
		struct fetch *f = m->fetches[i];

		if (f && f->stage == FETCH_TLS && (!tag || f->tag == tag))
			return f;
	}
	return 0;
}

static int
failed(struct sts *m, struct fetch *f, struct frame *fr)
{
	char why[STS_WHY_OCTETS];
	struct verdict v;
	size_t n;

	if (verdict_scan(&v, fr->s, fr->n) < 0)
		return -1;
	n = v.textlen < sizeof why ? v.textlen : sizeof why - 1;
	memcpy(why, v.text, n);
	why[n] = 0;
	fetch_end(m, f, why);
	return 1;
}

static int
answer(struct sts *m, struct frame *fr)
{
	struct fetch *f = fr->tag ? find(m, fr->tag) : 0;
	int fd;

	if (fr->type == 'F')
		return f ? failed(m, f, fr) : 0;
	if (fr->type != 'R' || (fd = stream_takefd(&m->tls)) < 0)
		return -1;
	if (f)
		fetch_secured(m, f, fd);
	else
		close(fd);	/* nobody waits any more */
	return 1;
}

static void
lost(struct sts *m)
{
	struct fetch *f;

	stream_close(&m->tls);
	while ((f = find(m, 0)))
		fetch_end(m, f, "our TLS engine has ended");
}

void
tlsout_read(struct sts *m)
{
	ssize_t n = stream_fill(&m->tls);
	struct frame f;
	int got;

	while ((got = stream_next(&m->tls, &f)) > 0)
		if ((got = answer(m, &f)) < 0)
			break;
	if (got < 0)
		log_warn("run/tlssts/tls: an answer that makes no sense");
	if (n < 0 || got < 0)
		lost(m);
}

void
tlsout_turn(struct sts *m)
{
	if (m->tls.fd >= 0 && stream_pending(&m->tls) &&
	    stream_flush(&m->tls) < 0)
		lost(m);
}
