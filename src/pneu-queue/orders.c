#include "pneu-queue/desk.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/iopause.h>
#include <skalibs/selfpipe.h>

#include "pneu-queue/order.h"
#include "run/log.h"
#include "run/now.h"
#include "run/service.h"
#include "run/stream.h"

/* The orders worker: one connection; all orders that are here, then one
 * answer. Each order is done or not done, so it may be ended anywhere
 * (doc/INTERNALS); but if all stop, pneu-send has verdicts that would be
 * forgotten. So after SIGTERM it goes on until pneu-send has gone, or says
 * nothing any more. */
#define STOP_MS 3500		/* after SIGTERM, at most; pneu-send: 3000 */
#define STOP_QUIET_MS 1000	/* and while orders come; */
#define STOP_LONG_MS 31500	/* or if it says W: it waits, too */

/* How long to wait for an order, having been told to stop at that time (0:
 * not). Milliseconds, -1 for ever, 0 no more. */
static int
patience(uint64_t stopped, int connected, int stay)
{
	int64_t left;

	if (!stopped)
		return -1;
	left = (int64_t)(stopped + (stay ? STOP_LONG_MS : STOP_MS) - now_ms());
	if (!connected || left <= 0)
		return 0;
	return stay || left < STOP_QUIET_MS ? (int)left : STOP_QUIET_MS;
}

/* The descriptor that tells of SIGTERM. */
static int
trap(void)
{
	int fd = selfpipe_init();

	if (fd < 0 || selfpipe_trap(SIGTERM) <= 0) {
		log_warnsys("unable to trap signals");
		exit(111);
	}
	return fd;
}

/* A new connection ends the old one: its orders may be half heard, but they
 * come again. */
static void
take_connection(const struct desk *d, struct stream *s)
{
	int fd = run_accept(d->orders);
	uid_t uid;

	if (fd < 0) {
		if (errno != EAGAIN && errno != ECONNABORTED) {
			log_warnsys("unable to accept a connection");
			poll(0, 0, 100);
		}
		return;
	}
	if (run_peer(fd, &uid) < 0 || uid != d->pneus) {
		log_warn("connection to orders by a stranger");
		close(fd);
		return;
	}
	stream_close(s);
	stream_open(s, fd);
}

static void
obey(const struct desk *d, struct stream *s, struct qorder *o, int *stay)
{
	struct frame f;
	int r = 1;

	if (stream_fill(s) < 0) {
		stream_close(s);
		return;
	}
	while ((r = stream_next(s, &f)) > 0)
		if (f.type == 'W')
			*stay = 1;
		else if (qorder_frame(o, &f, d->queue, (uint64_t)time(0),
		    &s->out) < 0) {
			log_warn("malformed order, or no memory for it");
			r = -1;
			break;
		}
	if (r < 0 || stream_flush(s) < 0)
		stream_close(s);
}

void
desk_orders(struct desk *d)
{
	struct stream s = STREAM_ZERO;
	struct qorder o = QORDER_ZERO;
	struct pollfd p[3];
	uint64_t stopped = 0;
	int r, stay = 0;

	o.spares = d->spares;
	p[2].fd = trap();
	p[2].events = POLLIN;
	for (;;) {
		short e = s.fd < 0 ? 0 : stream_events(&s);

		p[0].fd = d->orders;
		p[0].events = POLLIN;
		p[1].fd = s.fd;
		p[1].events = (short)((e & IOPAUSE_READ ? POLLIN : 0) |
		    (e & IOPAUSE_WRITE ? POLLOUT : 0));
		p[0].revents = p[1].revents = p[2].revents = 0;
		r = poll(p, 3, patience(stopped, s.fd >= 0, stay));
		if (!r)
			exit(0);
		if (r < 0) {
			if (errno == EINTR)
				continue;
			log_warnsys("unable to poll");
			exit(111);
		}
		while (p[2].revents && selfpipe_read() > 0)
			if (!stopped)
				stopped = now_ms();
		if (p[0].revents) {
			take_connection(d, &s);
			stay = 0;
			continue;
		}
		if (p[1].revents & POLLOUT && stream_flush(&s) < 0)
			stream_close(&s);
		else if (p[1].revents)
			obey(d, &s, &o, &stay);
	}
}
