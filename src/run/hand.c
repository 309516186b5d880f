#include "run/hand.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "run/hand-internal.h"
#include "run/log.h"
#include "wire/field.h"

#define FILL_OCTETS 65536	/* what stream_fill reads at most */

void
hand_init(struct hand *h, int listenfd)
{
	struct stream s = STREAM_ZERO;

	memset(h, 0, sizeof *h);
	h->s = s;
	h->listen = listenfd;
}

static void
disconnect(struct hand *h, const char *why)
{
	if (why)
		log_warn("connection of pneu-send ended: ", why);
	stream_close(&h->s);
	h->readable = 0;
}

static struct hand_order *
take_order(struct hand *h, const struct frame *f)
{
	struct hand_order *o = 0;
	int fd = stream_takefd(&h->s);

	if (fd < 0)
		disconnect(h, "an order without a descriptor");
	else if (hand_find(h, f->tag))
		disconnect(h, "an order with a tag that is in use");
	else if (h->n >= HAND_ORDERS)
		disconnect(h, "too many orders");
	else if (!(o = hand_new(h, f, fd)))
		disconnect(h, strerror(errno));
	if (!o && fd >= 0)
		close(fd);
	return o;
}

/* An order that is acknowledged before all its reports are made is still
 * the program's: hand_report forgets it. */
static void
take_ack(struct hand *h, uint32_t tag)
{
	struct hand_order *o = hand_find(h, tag);

	if (!o)
		return;
	o->acked = 1;
	if (!o->left)
		hand_forget(h, o);
}

/* A read that brought no descriptor and did not fill the buffer has most
 * likely emptied the socket: if not, iopause says so. */
static int
fill(struct hand *h)
{
	size_t nfds = genalloc_len(int, &h->s.infds);
	ssize_t r = stream_fill(&h->s);

	if (r < 0) {
		disconnect(h, h->s.eof && errno == EPIPE ? 0 :
		    strerror(errno));
		return 0;
	}
	if (r < FILL_OCTETS && genalloc_len(int, &h->s.infds) == nfds)
		h->readable = 0;
	return r > 0;
}

struct hand_order *
hand_next(struct hand *h)
{
	struct frame f;
	int r;

	while (h->s.fd >= 0 && !h->stopped) {
		r = stream_next(&h->s, &f);
		if (r < 0)
			disconnect(h, "a malformed frame");
		else if (!r) {
			if (!h->readable || !fill(h))
				return 0;
		} else if (f.type == 'O') {
			struct hand_order *o = take_order(h, &f);

			if (o)
				return o;
		} else if (f.type == 'A')
			take_ack(h, f.tag);
		else
			disconnect(h, "a frame of unknown type");
	}
	return 0;
}

int
hand_isdone(const struct hand_order *o, size_t i)
{
	return o->done.s[i] != 0;
}

/* Note that every recipient in ns has a verdict. They mostly come in their
 * order, so each search starts where the last one ended. Returns 1, or 0
 * with nothing noted. */
static int
note(struct hand_order *o, const uint32_t *ns, size_t n)
{
	size_t all = order_nrcpts(&o->o), at = 0, i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < all; k++, at = (at + 1) % all)
			if (!o->done.s[at] && order_rcpt(&o->o, at)->n == ns[i])
				break;
		if (k == all)
			break;
		o->done.s[at] = 2;
	}
	for (k = 0; k < all; k++)
		if (o->done.s[k] == 2)
			o->done.s[k] = i == n;
	if (i < n || !n)
		return 0;
	o->left -= n;
	return 1;
}

static void
finish(struct hand *h, struct hand_order *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
	h->open--;
	if (o->acked)
		hand_forget(h, o);
}

int
hand_report(struct hand *h, struct hand_order *o, const struct report *r)
{
	size_t was = o->said.len;
	ssize_t at = frame_begin(&o->said, 'V', o->tag);

	/* All that may fail comes before the recipients are noted. */
	if (at < 0 || !report_put(&o->said, r) || !frame_end(&o->said, at) ||
	    (h->s.fd >= 0 &&
	    !stralloc_readyplus(&h->s.out, o->said.len - was))) {
		o->said.len = was;
		return -1;
	}
	if (!note(o, genalloc_s(uint32_t, &r->ns),
	    genalloc_len(uint32_t, &r->ns))) {
		o->said.len = was;
		return (errno = EINVAL, -1);
	}
	if (h->s.fd >= 0)
		stralloc_catb(&h->s.out, o->said.s + was, o->said.len - was);
	if (!o->left)
		finish(h, o);
	return 1;
}

int
hand_rest(struct hand *h, struct hand_order *o, const struct report *r)
{
	struct report all = *r;
	size_t i, n = order_nrcpts(&o->o);

	h->tmp.len = 0;
	for (i = 0; i < n; i++)
		if (!o->done.s[i] && !stralloc_catb(&h->tmp,
		    (char *)&order_rcpt(&o->o, i)->n, sizeof(uint32_t)))
			return -1;
	all.ns = h->tmp;
	return hand_report(h, o, &all);
}

struct hand_order *
hand_open(const struct hand *h, const struct hand_order *behind)
{
	struct hand_order *o = behind ? behind->next : h->first;

	while (o && !o->left)
		o = o->next;
	return o;
}

/* T: what is in hand. */
static int
put_taken(stralloc *sa, const struct hand_order *o)
{
	ssize_t at = frame_begin(sa, 'T', o->tag);
	size_t i;

	if (at < 0 || !field_puts(sa, "id", o->o.id) ||
	    !field_puts(sa, "to", o->o.to))
		return 0;
	for (i = 0; i < order_nrcpts(&o->o); i++)
		if (!field_putu(sa, "n", order_rcpt(&o->o, i)->n))
			return 0;
	return frame_end(sa, at);
}

void
hand_take(struct hand *h, int fd)
{
	const struct hand_order *o;
	int good = 1;

	disconnect(h, 0);
	stream_open(&h->s, fd);
	for (o = h->first; o && good; o = o->next)
		good = put_taken(&h->s.out, o) &&
		    stralloc_catb(&h->s.out, o->said.s, o->said.len);
	if (!good || !frame_put(&h->s.out, 'G', 0, "", 0)) {
		disconnect(h, strerror(errno));
		return;
	}
	hand_flush(h);
}

void
hand_iopause(const struct hand *h, iopause_fd *x)
{
	x[0].fd = h->stopped ? -1 : h->listen;
	x[0].events = IOPAUSE_READ;
	x[0].revents = 0;
	x[1].fd = h->s.fd;
	x[1].events = stream_events(&h->s);
	x[1].revents = 0;
	if (h->stopped)
		x[1].events &= ~IOPAUSE_READ;
	if (!x[1].events)
		x[1].fd = -1;
}

void
hand_flush(struct hand *h)
{
	if (h->s.fd >= 0 && stream_pending(&h->s) && stream_flush(&h->s) < 0)
		disconnect(h, 0);
}

void
hand_stop(struct hand *h)
{
	if (!h->stopped && h->s.fd >= 0)
		frame_put(&h->s.out, 'Z', 0, "", 0);
	h->stopped = 1;
}

size_t
hand_pending(const struct hand *h)
{
	return h->s.fd >= 0 ? stream_pending(&h->s) : 0;
}

void
hand_free(struct hand *h)
{
	struct hand_order *o, *next;

	stream_free(&h->s);
	for (o = h->first; o; o = next) {
		next = o->next;
		hand_destroy(o);
	}
	for (o = h->spare; o; o = next) {
		next = o->next;
		hand_destroy(o);
	}
	stralloc_free(&h->tmp);
	if (h->listen >= 0)
		close(h->listen);
	hand_init(h, -1);
}
