#include <skalibs/nonposix.h>

#include "run/hand.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/log.h"
#include "tap.h"
#include "wire/crc32c.h"
#include "wire/field.h"

/* pneu-send's end is p, the program's h. */
static int warnings;

void
log_warning(int sys, const char *s, ...)
{
	warnings++;
}

static int
connection(struct hand *h, struct stream *p)
{
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) < 0)
		return 0;
	if (p->fd >= 0)
		stream_close(p);
	stream_open(p, sv[0]);
	hand_take(h, sv[1]);
	return 1;
}

static int
letter(const char *text, size_t n)
{
	char name[] = "/tmp/hand_test.XXXXXX";
	int fd = mkstemp(name);

	unlink(name);
	return write(fd, text, n) == (ssize_t)n ? fd : -1;
}

/* Order a letter to n recipients, with indexes from 10 on. */
static void
order(struct stream *p, uint32_t tag, const char *id, unsigned int n)
{
	struct order o = ORDER_ZERO;
	ssize_t at;
	unsigned int i;

	o.id = id;
	o.sender = "s@a.test";
	o.to = "smtp:b.test";
	o.off = 4;
	o.len = 5;
	o.crc = crc32c(0, "hello", 5);
	for (i = 0; i < n; i++)
		order_add(&o, 10 + i, "r@b.test");
	stream_putfd(p, letter("headhello", 9));
	at = frame_begin(&p->out, 'O', tag);
	order_put(&p->out, &o);
	frame_end(&p->out, at);
	order_free(&o);
}

static struct hand_order *
next(struct hand *h)
{
	h->readable = 1;
	return hand_next(h);
}

/* What the program said, as types and tags: "T7 V7 G0". */
static const char *
said(struct stream *p)
{
	static char buf[1000];
	struct frame f;
	size_t n = 0;

	while (stream_fill(p) > 0)
		while (stream_next(p, &f) > 0)
			n += (size_t)sprintf(buf + n, "%s%c%u", n ? " " : "",
			    f.type, (unsigned int)f.tag);
	buf[n] = 0;
	return buf;
}

static int
report(struct hand *h, struct hand_order *o, uint32_t lo, uint32_t hi)
{
	struct report r = REPORT_ZERO;
	int e;

	for (; lo <= hi; lo++)
		genalloc_append(uint32_t, &r.ns, &lo);
	r.relay = "here";
	verdict_set(&r.verdict, VERDICT_DONE, "2.0.0", 0, "ok");
	e = hand_report(h, o, &r);
	genalloc_free(uint32_t, &r.ns);
	return e;
}

static int
closed(struct stream *p)
{
	while (stream_fill(p) > 0)
		;
	return p->eof;
}

static void
test_takeover(struct hand *h, struct stream *p)
{
	struct hand_order *a, *b;
	struct report r = REPORT_ZERO;

	connection(h, p);
	ok(!strcmp(said(p), "G0"), "nothing in hand: G");
	order(p, 7, "A", 3);
	order(p, 8, "B", 2);
	stream_flush(p);
	a = next(h);
	b = hand_next(h);
	ok(a && b && !hand_next(h), "two orders, no more");
	ok(a->tag == 7 && b->tag == 8 && !strcmp(a->o.id, "A") &&
	    a->left == 3 && b->left == 2 && a->fd >= 0 && a->fd != b->fd,
	    "with their tags and descriptors");
	ok(report(h, a, 11, 11) == 1 && a->left == 2 && hand_isdone(a, 1),
	    "a report about the second recipient");
	ok(report(h, a, 11, 12) == -1 && errno == EINVAL && a->left == 2 &&
	    !hand_isdone(a, 2), "not twice about one");
	ok(report(h, a, 12, 13) == -1 && a->left == 2,
	    "nor about one of no order of ours");
	hand_flush(h);
	ok(!strcmp(said(p), "V7"), "one report was said");
	connection(h, p);
	ok(!strcmp(said(p), "T7 V7 T8 G0"), "taken over with its report");
	stream_close(p);
	ok(!next(h) && h->s.fd < 0, "pneu-send goes away");
	verdict_set(&r.verdict, VERDICT_LATER, "4.3.0", 0, "no");
	ok(hand_rest(h, a, &r) == 1 && h->open == 1 && h->n == 2,
	    "finished while nobody listens, and kept");
	connection(h, p);
	ok(!strcmp(said(p), "T7 V7 V7 T8 G0"), "and said to the next");
	frame_put(&p->out, 'A', 7, "", 0);
	frame_put(&p->out, 'A', 99, "", 0);
	stream_flush(p);
	ok(!next(h) && h->n == 1, "acknowledged and forgotten");
	ok(hand_open(h, 0) == b && !hand_open(h, b), "one is open");
	frame_put(&p->out, 'A', 8, "", 0);
	stream_flush(p);
	ok(!next(h) && h->n == 1, "acknowledged early: still in hand");
	ok(report(h, b, 10, 11) == 1 && !h->n && !h->open,
	    "until it is finished");
}

static void
test_malformed(struct hand *h, struct stream *p)
{
	warnings = 0;
	connection(h, p);
	order(p, 1, "C", 1);
	order(p, 1, "D", 1);
	stream_flush(p);
	ok(next(h) && !hand_next(h) && h->s.fd < 0 && h->n == 1 &&
	    warnings == 1, "a tag in use ends the connection, not its order");
	connection(h, p);
	frame_put(&p->out, 'O', 2, "id=x\n", 5);
	stream_flush(p);
	ok(!next(h) && closed(p), "no descriptor");
	connection(h, p);
	stream_putfd(p, letter("x", 1));
	frame_put(&p->out, 'O', 2, "id=x\n", 5);
	stream_flush(p);
	ok(!next(h) && closed(p), "not an order");
	connection(h, p);
	frame_put(&p->out, 'Y', 2, "", 0);
	stream_flush(p);
	ok(!next(h) && closed(p) && h->n == 1 && warnings == 4,
	    "unknown type");
}

static void
test_many(struct hand *h, struct stream *p)
{
	uint32_t i;
	size_t n = 0;
	struct hand_order *o;
	iopause_fd x[HAND_FDS];

	connection(h, p);
	said(p);
	for (i = 0; i < 100; i++)
		order(p, 1000 + i * HAND_BUCKETS, "M", 1);
	stream_flush(p);
	hand_stop(h);
	ok(!next(h), "stopped: none is taken");
	hand_flush(h);			/* Z */
	hand_iopause(h, x);
	ok(x[1].fd == -1, "nor waited for");
	h->stopped = 0;
	for (o = next(h); o; o = hand_next(h))
		n += report(h, o, 10, 10) == 1;
	ok(n == 100 && h->n == 101 && h->open == 1,
	    "100 orders in one bucket");
	hand_iopause(h, x);
	ok(x[1].events == (IOPAUSE_READ | IOPAUSE_WRITE), "answers wait");
	hand_flush(h);
	said(p);
	for (i = 0; i < 100; i++)
		frame_put(&p->out, 'A', 1000 + (i * 7 % 100) * HAND_BUCKETS,
		    "", 0);
	stream_flush(p);
	ok(!next(h) && h->n == 1 && h->first == h->last,
	    "acknowledged in another order");
}

static void
test_read(void)
{
	struct hand_order o = { .fd = letter("headhello", 9) };
	struct hand_reader r;
	char buf[10];

	o.o.off = 4;
	o.o.len = 5;
	o.o.crc = crc32c(0, "hello", 5);
	hand_reader_init(&r, &o);
	ok(hand_read(&r, buf, 3) == 3 && !memcmp(buf, "hel", 3) &&
	    hand_read(&r, buf, 10) == 2 && !memcmp(buf, "lo", 2) &&
	    hand_read(&r, buf, 10) == 0, "read to the end");
	o.o.crc++;
	hand_reader_init(&r, &o);
	ok(hand_read(&r, buf, 4) == 4 && hand_read(&r, buf, 4) == -1 &&
	    errno == EBADMSG, "a wrong CRC shows before the last octet");
	o.o.len = 6;
	hand_reader_init(&r, &o);
	ok(hand_read(&r, buf, 10) == 5 && hand_read(&r, buf, 10) == -1 &&
	    errno == EBADMSG, "and so does one that is cut short");
	close(o.fd);
}

int
main(void)
{
	static struct hand h;
	struct stream p = STREAM_ZERO;

	hand_init(&h, -1);
	test_takeover(&h, &p);
	test_malformed(&h, &p);
	test_many(&h, &p);
	test_read();
	stream_free(&p);
	hand_free(&h);
	return tap_end();
}
