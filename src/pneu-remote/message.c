#include "pneu-remote/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pneu-remote/fold.h"

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

int
message_start(struct message *m, struct message_pool *p, int seven)
{
	if (seven && (m->facts.head8 || m->facts.body8))
		return (errno = EILSEQ, -1);
	rewind_(m);
	m->wire = scan_wire(&m->facts);
	if (!m->facts.longline)
		return 1;
	if (!m->fold && !(m->fold = malloc(sizeof *m->fold)))
		return -1;
	fold_init(m->fold);
	return 1;
}

/* s[0..n), and the end of the message if last, through the filters. */
static int
filter(struct message *m, stralloc *mid, const char *s, size_t n, int last)
{
	mid->len = 0;
	if (!fold_feed(m->fold, mid, s, n) ||
	    (last && !fold_end(m->fold, mid)))
		return 0;
	return 1;
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
	ssize_t n = part(m, p, &s);
	size_t len = (size_t)n;
	int last;

	if (n < 0)
		return -1;
	last = m->small || m->r.at == m->r.end;
	if (m->fold) {
		if (!filter(m, &p->mid, s, len, last))
			return -1;
		s = p->mid.s;
		len = p->mid.len;
	}
	return encode(m, out, s, len, last) ? last : -1;
}

void
message_free(struct message *m, struct message_pool *p)
{
	if (m->small)
		buffer_put(p, m->small);
	m->small = 0;
	free(m->fold);
	m->fold = 0;
}
