#include "pneu-tls/tls.h"

#include <errno.h>
#include <skalibs/strerr.h>

#include "run/log.h"
#include "run/service.h"

#define LIST_TAG UINT32_MAX	/* of the question for the chains */

int
sign_isup(const struct tls *m)
{
	return m->key.fd >= 0 && m->chains->n > 0;
}

/* Sessions that wait for a signature get none. */
static void
broken(struct tls *m)
{
	struct link **all = genalloc_s(struct link *, &m->links);
	size_t n = genalloc_len(struct link *, &m->links), i;

	stream_close(&m->key);
	chains_drop(m->fresh);
	m->fresh = 0;
	m->key_retry = m->now + TLS_RETRY_MS;
	for (i = 0; i < n; i++)
		if (all[i] && all[i]->signs) {
			all[i]->signs = 0;
			all[i]->dirty = 1;
			engine_signed(all[i]->e, 0, 0);
		}
	asker_tell(m);
}

static int
list(struct tls *m)
{
	chains_drop(m->fresh);
	m->fresh = chains_new();
	return m->fresh && frame_put(&m->key.out, 'L', LIST_TAG, "", 0);
}

void
sign_turn(struct tls *m)
{
	int fd;

	if (m->key.fd < 0 && m->now >= m->key_retry && !m->finish) {
		m->key_retry = m->now + TLS_RETRY_MS;
		if ((fd = run_connect("key", "key")) >= 0) {
			stream_open(&m->key, fd);
			if (!list(m))
				broken(m);
		}
	}
	if (m->key.fd >= 0 && stream_pending(&m->key) &&
	    stream_flush(&m->key) < 0)
		broken(m);
}

int
sign_ask(struct link *l)
{
	struct tls *m = l->m;

	if (m->key.fd < 0)
		return 0;
	m->tmp.len = 0;
	return key_ask_put(&m->tmp, engine_ask(l->e)) &&
	    frame_put(&m->key.out, 'S', l->slot, m->tmp.s, m->tmp.len);
}

/* A signature, or that there is none (n 0). Tags are slots: who waits has
 * one, and nobody else gets it until the answer is there or the connection
 * has ended. */
static void
signature(struct tls *m, uint32_t slot, const char *s, size_t n)
{
	struct link *l = slot < genalloc_len(struct link *, &m->links) ?
	    genalloc_s(struct link *, &m->links)[slot] : 0;

	if (!l || !l->signs)
		return;
	l->signs = 0;
	l->dirty = 1;
	engine_signed(l->e, (const unsigned char *)s, n);
}

static int
answer(struct tls *m, const struct frame *f)
{
	int r;

	switch (f->type) {
	case 'N':
		return list(m) ? 0 : -1;
	case 'C':
		r = m->fresh ? chains_add(m->fresh, f->s, f->n) : -1;
		if (r < 0)
			log_warn("pneu-key lists a chain that makes no sense");
		return r > 0 ? 0 : -1;
	case 'E':
		if (!m->fresh)
			return (errno = EPROTO, -1);
		chains_drop(m->chains);
		m->chains = m->fresh;
		m->fresh = 0;
		asker_tell(m);
		return 0;
	case 'S':
		signature(m, f->tag, f->s, f->n);
		return 0;
	case 'F':
		log_warn("pneu-key does not sign: ", "no signature");
		signature(m, f->tag, 0, 0);
		return 0;
	}
	return (errno = EPROTO, -1);
}

void
sign_read(struct tls *m)
{
	struct frame f;
	ssize_t r = stream_fill(&m->key);
	int got;

	while ((got = stream_next(&m->key, &f)) > 0)
		if ((got = answer(m, &f)) < 0)
			break;
	if (got < 0)
		log_warnsys("run/key/key");
	if (r < 0 || got < 0)
		broken(m);
}
