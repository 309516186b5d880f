/* What a worker of pneu-lspawn is sent, and what it may say. */
#include <skalibs/nonposix.h>

#include "pneu-lspawn/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <skalibs/djbunix.h>

#include "tap.h"
#include "wire/crc32c.h"

static struct hand hand;
static struct stream send_, child;	/* pneu-send's end, the worker's */
static struct worker w;
static struct jobs spare;

/* Give hand an order of two recipients with the message msg; its tag. */
static struct hand_order *
take_order(uint32_t tag, const char *msg, uint32_t crc)
{
	struct order o = ORDER_ZERO;
	stralloc sa = STRALLOC_ZERO;
	char path[] = "/tmp/pneu-test.XXXXXX";
	int fd = mkstemp(path);

	unlink(path);
	if (write(fd, msg, strlen(msg)) != (ssize_t)strlen(msg))
		ok(0, "write");
	o.id = "ID";
	o.sender = "s@x.test";
	o.to = "user:u";
	o.len = strlen(msg);
	o.crc = crc;
	order_add(&o, 3, "a@x");
	order_add(&o, 5, "b@x");
	order_put(&sa, &o);
	stream_putfd(&send_, fd);
	frame_put(&send_.out, 'O', tag, sa.s, sa.len);
	stream_flush(&send_);
	stralloc_free(&sa);
	order_free(&o);
	hand.readable = 1;
	return hand_next(&hand);
}

static void
begin(void)
{
	struct stream zero = STREAM_ZERO;
	int fd[2];

	send_ = child = w.s = zero;
	memset(&w, 0, sizeof w);
	w.s = zero;
	stralloc_copyb(&w.user, "u", 2);
	hand_init(&hand, -1);
	socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
	stream_open(&send_, fd[0]);
	ndelay_on(fd[1]);
	hand_take(&hand, fd[1]);
	socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
	stream_open(&w.s, fd[0]);
	stream_open(&child, fd[1]);
}

static void
end(void)
{
	struct job *j;

	while ((j = jobs_shift(&spare)))
		free(j);
	stralloc_free(&w.user);
	genalloc_free(uint32_t, &w.ns);
	hand_free(&hand);
	stream_free(&send_);
	stream_free(&child);
	stream_free(&w.s);
}

/* Give the worker an order, and read what it is sent: types into s. */
static struct job *
give(uint32_t tag, const char *msg, uint32_t crc, char *s)
{
	struct job *j = calloc(1, sizeof *j);
	struct frame f;

	j->o = take_order(tag, msg, crc);
	worker_give(&w, j);
	worker_feed(&w, &hand, &spare);
	while (stream_fill(&child) > 0)
		while (stream_next(&child, &f) > 0)
			*s++ = f.type;
	*s = 0;
	return j;
}

/* What pneu-send hears, as "TAG:n,n=KIND.CODE ". */
static const char *
heard(void)
{
	static char s[4096];
	struct report r = REPORT_ZERO;
	struct frame f;
	size_t i;
	int used;

	hand_flush(&hand);
	s[0] = 0;
	while (stream_fill(&send_) > 0)
		;
	while (stream_next(&send_, &f) > 0) {
		if (f.type != 'V')
			continue;
		while (f.n && (used = report_scan(&r, f.s, f.n)) > 0) {
			f.s += used;
			f.n -= (size_t)used;
			sprintf(s + strlen(s), "%u:", f.tag);
			for (i = 0; i < genalloc_len(uint32_t, &r.ns); i++)
				sprintf(s + strlen(s), "%u,",
				    genalloc_s(uint32_t, &r.ns)[i]);
			sprintf(s + strlen(s), "%s=%c%s%s ", r.relay,
			    r.verdict.kind, r.verdict.code, r.site ? "!" : "");
		}
	}
	genalloc_free(uint32_t, &r.ns);
	return s;
}

static ssize_t
say(char type, uint32_t tag, const char *s)
{
	frame_put(&child.out, type, tag, s, strlen(s));
	stream_flush(&child);
	return worker_take(&w, &hand, &spare);
}

static const char msg[] = "Subject: x\n\nbody\n";
#define CRC crc32c(0, msg, sizeof msg - 1)
#define DONE "verdict=D 2.0.0 0 ok\n"

static void
honest(void)
{
	char s[16];
	const char *h;

	begin();
	give(7, msg, CRC, s);
	ok(!strcmp(s, "OMX"), "is sent %s", s);
	ok(say('V', 7, "n=5\nrelay=evil\nsite=1\n" DONE) == 1 &&
	    w.jobs.first, "a verdict");
	h = heard();
	ok(!strcmp(h, "7:5,local=D2.0.0 "), "relay and site are not its: %s",
	    h);
	ok(say('V', 7, "n=3\nverdict=L 4.0.0 0 x\n") == 1 && !w.jobs.first &&
	    spare.last, "the last one finishes the order");
	h = heard();
	ok(!strcmp(h, "7:3,local=L4.0.0 ") && !hand.open, "%s", h);
	end();
}

static void
damaged(void)
{
	char s[16];
	const char *h;

	begin();
	give(7, msg, CRC + 1, s);
	ok(!strcmp(s, "OA"), "is sent %s", s);
	h = heard();
	ok(!strcmp(h, "7:3,5,local=L4.3.5 ") && !w.jobs.first && !w.feeding,
	    "a damaged letter: %s", h);
	give(8, msg, CRC, s);
	ok(!strcmp(s, "OMX"), "the next is sent %s", s);
	worker_fail(&w, &hand, &spare, 0, "ends");
	end();
}

static const struct {
	const char *what;
	char type;
	uint32_t tag;
	const char *s;
} lies[] = {
	{ "about another order", 'V', 8, "n=3\n" DONE },
	{ "about no recipient of it", 'V', 7, "n=4\n" DONE },
	{ "about one twice in a report", 'V', 7, "n=3\nn=3\n" DONE },
	{ "about one twice", 'V', 7, "n=3\n" DONE "n=3\n" DONE },
	{ "about none", 'V', 7, DONE },
	{ "no report", 'V', 7, "x" },
	{ "a verdict that is none", 'V', 7, "n=3\nverdict=D 5.0.0 0 x\n" },
	{ "another type", 'A', 7, "" },
};

static void
liar(void)
{
	char s[16];
	const char *h;
	size_t i;

	for (i = 0; i < sizeof lies / sizeof *lies; i++) {
		begin();
		give(7, msg, CRC, s);
		ok(say(lies[i].type, lies[i].tag, lies[i].s) == -1 &&
		    errno == EPROTO, "%s", lies[i].what);
		worker_fail(&w, &hand, &spare, 0, "lies");
		h = heard();
		ok(strstr(h, "5,local=L4.3.0") && !w.jobs.first && !hand.open,
		    "the rest is later: %s", h);
		end();
	}
}

/* A verdict on a letter whose message is not all sent: of a process that
 * takes nothing more. */
static void
early(void)
{
	char *big = malloc(2000001);
	struct job *j = calloc(1, sizeof *j);

	memset(big, 'x', 2000000);
	big[2000000] = 0;
	begin();
	j->o = take_order(7, big, crc32c(0, big, 2000000));
	worker_give(&w, j);
	ok(worker_feed(&w, &hand, &spare) > 0 && w.feeding == j,
	    "a big letter waits for its process");
	ok(stream_pending(&w.s) <= 2 * WORKER_FEED_OCTETS + 100,
	    "with little of it in memory");
	ok(say('V', 7, "n=3\nn=5\n" DONE) == -1, "about what it has not read");
	worker_fail(&w, &hand, &spare, 0, "lies");
	ok(strstr(heard(), "7:3,5,local=L4.3.0"), "is later");
	end();
	free(big);
}

int
main(void)
{
	honest();
	damaged();
	liar();
	early();
	return tap_end();
}
