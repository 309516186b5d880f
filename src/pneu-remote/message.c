#include "pneu-remote/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pneu-remote/fold.h"
#include "pneu-remote/recode.h"

void
message_init(struct message *m, struct hand_order *o)
{
	memset(m, 0, sizeof *m);
	m->o = o;
	hand_reader_init(&m->r, o);
}

static char *
buffer_get(struct message_pool *p)
{
	if (p->nused >= MESSAGE_BUFFERS)
		return 0;
	p->nused++;
	if (p->nspare)
		return p->spare[--p->nspare];
	return malloc(MESSAGE_SMALL_OCTETS);
}

static void
buffer_put(struct message_pool *p, char *s)
{
	p->nused--;
	p->spare[p->nspare++] = s;
}

int
message_check(struct message *m, struct message_pool *p)
{
	uint64_t len = m->o->o.len;
	char *to = p->part;
	ssize_t n;

	if (!m->small && m->r.at == m->o->o.off && len &&
	    len <= MESSAGE_SMALL_OCTETS)
		m->small = buffer_get(p);
	if (m->small)
		to = m->small + m->len;
	n = hand_read(&m->r, to, MESSAGE_PART_OCTETS);
	if (n < 0)
		return -1;
	scan_feed(&m->facts, to, (size_t)n);
	if (m->small)
		m->len += (size_t)n;
	return m->r.at == m->r.end;
}

/* The next part of the message as it is in the file. Returns its length, 0
 * at the end, -1. */
static ssize_t
part(struct message *m, struct message_pool *p, const char **s)
{
	size_t n = m->len - m->at;

	if (!m->small) {
		*s = p->part;
		return hand_read(&m->r, p->part, MESSAGE_PART_OCTETS);
	}
	*s = m->small + m->at;
	m->at = m->len;
	return (ssize_t)n;
}

static void
rewind_(struct message *m)
{
	struct smtp_encoder zero = SMTP_ENCODER_ZERO;

	m->at = 0;
	m->enc = zero;
	if (!m->small)
		hand_reader_init(&m->r, m->o);
}

/* The last part has been read. */
static int
isend(const struct message *m)
{
	return m->small ? m->at == m->len : m->r.at == m->r.end;
}

/* The next part of it, recoded, into mid. Returns 1 if it was the last, 0,
 * or -1. */
static int
recode_part(struct message *m, struct message_pool *p, stralloc *mid)
{
	const char *s;
	ssize_t n = part(m, p, &s);

	mid->len = 0;
	if (n < 0 || recode_feed(m->recode, mid, s, (size_t)n) < 0)
		return -1;
	if (!isend(m))
		return 0;
	return recode_end(m->recode, mid) < 0 ? -1 : 1;
}

/* Recode a part for nothing but to see that it can be done, and how long
 * the whole becomes. If parts do not have the encoding that they are
 * labelled with, do it again with all of them. */
static int
try_recode(struct message *m, struct message_pool *p)
{
	int e;

	if (!m->recode) {
		struct scan zero = SCAN_ZERO;

		if (!(m->recode = malloc(sizeof *m->recode)))
			return -1;
		recode_init(m->recode, m->all);
		m->sent = zero;
		rewind_(m);
	}
	e = recode_part(m, p, &p->mid);
	if (e < 0 && errno == EILSEQ && !m->all) {
		m->all = 1;
		recode_init(m->recode, 1);
		memset(&m->sent, 0, sizeof m->sent);
		rewind_(m);
		return 0;
	}
	if (e >= 0)
		scan_feed(&m->sent, p->mid.s, p->mid.len);
	return e;
}

static int
prepare(struct message *m, const struct scan *facts)
{
	rewind_(m);
	m->wire = scan_wire(facts);
	if (m->recode)
		recode_init(m->recode, m->all);
	if (m->map && !m->head && !(m->head = calloc(1, sizeof *m->head)))
		return -1;
	if (m->head)
		headmap_init(m->head, m->map, m->mapx);
	if (!facts->longline && !m->map) {
		free(m->fold);
		m->fold = 0;
		return 1;
	}
	if (!m->fold && !(m->fold = malloc(sizeof *m->fold)))
		return -1;
	fold_init(m->fold);
	return 1;
}

int
message_start(struct message *m, struct message_pool *p, int seven)
{
	int e;

	if (seven && (m->facts.head8 || m->facts.body8)) {
		if (!m->recoded) {
			if ((e = try_recode(m, p)) <= 0)
				return e;
			m->recoded = 1;
		}
		return prepare(m, &m->sent);
	}
	free(m->recode);
	m->recode = 0;
	m->recoded = 0;
	return prepare(m, &m->facts);
}

static int
encode(struct message *m, stralloc *out, const char *s, size_t n, int last)
{
	if (!stralloc_readyplus(out, SMTP_ENCODE_OCTETS(n) +
	    SMTP_ENCODE_END_OCTETS))
		return 0;
	out->len += smtp_encode(&m->enc, out->s + out->len, s, n);
	if (last)
		out->len += smtp_encode_end(&m->enc, out->s + out->len);
	return 1;
}

int
message_send(struct message *m, struct message_pool *p, stralloc *out)
{
	const char *s;
	ssize_t n;
	int last;

	if (m->recode) {
		if ((last = recode_part(m, p, &p->mid)) < 0)
			return -1;
		s = p->mid.s;
		n = (ssize_t)p->mid.len;
	} else {
		if ((n = part(m, p, &s)) < 0)
			return -1;
		last = isend(m);
	}
	if (m->head) {
		p->mapped.len = 0;
		if (headmap_feed(m->head, &p->mapped, s, (size_t)n) < 0 ||
		    (last && headmap_end(m->head, &p->mapped) < 0))
			return -1;
		s = p->mapped.s;
		n = (ssize_t)p->mapped.len;
	}
	if (m->fold) {
		p->folded.len = 0;
		if (!fold_feed(m->fold, &p->folded, s, (size_t)n) ||
		    (last && !fold_end(m->fold, &p->folded)))
			return -1;
		s = p->folded.s;
		n = (ssize_t)p->folded.len;
	}
	return encode(m, out, s, (size_t)n, last) ? last : -1;
}

void
message_free(struct message *m, struct message_pool *p)
{
	if (m->small)
		buffer_put(p, m->small);
	m->small = 0;
	if (m->head)
		headmap_free(m->head);
	free(m->head);
	free(m->fold);
	free(m->recode);
	m->head = 0;
	m->fold = 0;
	m->recode = 0;
}
