#include "pneu-tls/tls.h"

#include <errno.h>
#include <unistd.h>

#include "run/log.h"
#include "run/service.h"
#include "wire/verdict.h"

#define OFFER(m) ((m)->offers ? "offer=1\n" : "offer=0\n")

static void
tell(struct tls *m, struct asker *a)
{
	if (a->isserver)
		frame_put(&a->s.out, 'N', 0, OFFER(m), sizeof "offer=1");
}

void
asker_tell(struct tls *m)
{
	int is = sign_isup(m);
	size_t i;

	if (is == m->offers)
		return;
	m->offers = is;
	for (i = 0; i < TLS_ASKERS; i++)
		if (m->askers[i].s.fd >= 0)
			tell(m, &m->askers[i]);
}

void
asker_accept(struct tls *m, enum tls_door door)
{
	static const char *const users[TLS_DOORS] = {
		"pneud", "pneur", "pneum"
	};
	int fd = run_accept(m->listens[door]);
	struct asker *a = m->askers;
	uid_t uid;

	if (fd < 0)
		return;
	while (a < m->askers + TLS_ASKERS && a->s.fd >= 0)
		a++;
	if (a == m->askers + TLS_ASKERS || run_peer(fd, &uid) < 0 ||
	    !run_isuser(&m->conf, uid, users[door])) {
		close(fd);
		return;
	}
	stream_open(&a->s, fd);
	a->isserver = door == TLS_SERVER;
	tell(m, a);
}

static void
gone(struct tls *m, struct asker *a)
{
	struct link **all = genalloc_s(struct link *, &m->links);
	size_t n = genalloc_len(struct link *, &m->links), i;

	stream_close(&a->s);
	for (i = 0; i < n; i++)
		if (all[i] && all[i]->asker == a)
			link_forget(all[i]);
}

static int
refuse(struct tls *m, struct asker *a, uint32_t tag, const char *why)
{
	struct verdict v;

	verdict_set(&v, VERDICT_LATER, "4.7.0", 0, why);
	m->tmp.len = 0;
	return verdict_put(&m->tmp, &v) && frame_put(&a->s.out, 'F', tag,
	    m->tmp.s, m->tmp.len) ? 0 : -1;
}

/* A question. Returns 0, or -1 if it makes no sense. */
static int
ask(struct tls *m, struct asker *a, struct frame *f)
{
	struct tls_ask q = TLS_ASK_ZERO;
	int fd = stream_takefd(&a->s), r = -1;

	if (fd < 0 || f->type != (a->isserver ? 'S' : 'C') ||
	    tls_ask_scan(&q, f->s, f->n) < 0) {
		if (fd >= 0)
			close(fd);
		errno = EPROTO;
	} else if (a->isserver && !sign_isup(m)) {
		close(fd);
		r = refuse(m, a, f->tag,
		    "TLS not available due to local problem");
	} else if (!link_new(m, a, f->tag, fd, &q))
		r = refuse(m, a, f->tag, "too many TLS sessions");
	else
		r = 0;
	tls_ask_free(&q);
	return r;
}

void
asker_read(struct tls *m, struct asker *a)
{
	struct frame f;
	ssize_t r = stream_fill(&a->s);
	int got;

	while ((got = stream_next(&a->s, &f)) > 0)
		if ((got = ask(m, a, &f)) < 0)
			break;
	if (got < 0)
		log_warnsys("what ", a->isserver ? "pneu-smtpd" :
		    "a client", " asks");
	if (r < 0 || got < 0)
		gone(m, a);
}

void
asker_turn(struct tls *m)
{
	struct asker *a;

	for (a = m->askers; a < m->askers + TLS_ASKERS; a++)
		if (a->s.fd >= 0 && (a->s.eof || (stream_pending(&a->s) &&
		    stream_flush(&a->s) < 0)))
			gone(m, a);
}
