#ifndef RUN_HAND_H
#define RUN_HAND_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/iopause.h>
#include <skalibs/stralloc.h>

#include "conf/conf.h"
#include "run/stream.h"
#include "wire/order.h"

/* Orders in hand: the server half of doc/PROTOCOLS section 6, for the
 * delivery programs (pneu-lspawn, pneu-remote, pneu-bounce). It holds the
 * one connection of pneu-send, and each order from the moment it is taken
 * until pneu-send acknowledges its verdicts, whatever becomes of the
 * connection; a new connection is told first what is in hand (T, V, G).
 *
 * The event loop of such a program:
 *
 *	hand_init(&h, run_bind(...));
 *	for (;;) {
 *		hand_iopause(&h, x);
 *		... iopause_g(x, ...)
 *		hand_io(&h, x, &conf);
 *		while ((o = hand_next(&h)))
 *			begin the work for o (o->x is the program's own)
 *		... hand_report(&h, o, &report) as recipients are settled
 *		hand_flush(&h);
 *	}
 *
 * Pointers to orders stay valid until the report about their last
 * recipient; after it they are not the program's any more. */

#define HAND_FDS 2		/* entries of iopause that it needs */
#define HAND_ORDERS 65536	/* in hand; more ends the connection */
#define HAND_BUCKETS 1024

struct hand_order {
	struct order o;		/* strings live as long as the order */
	uint32_t tag;
	int fd;			/* of the letter, read-only: use pread. Closed
				 * with the last report; the program may close
				 * it before and set it to -1 */
	size_t left;		/* recipients without a verdict */
	void *x;		/* the program's; 0 at first */

	/* hand.c's own */
	int acked;
	stralloc text, done, said;
	struct hand_order *prev, *next, *chain;
};

struct hand {
	int listen;		/* listening socket, or -1 */
	struct stream s;	/* s.fd is -1: not connected */
	int readable;
	int stopped;		/* hand_stop: take no new orders */
	size_t n;		/* orders in hand */
	size_t open;		/* of these, with recipients left */
	struct hand_order *first, *last, *spare;
	size_t nspare;
	struct hand_order *bucket[HAND_BUCKETS];
	stralloc tmp;
};

/* h is to be kept where it is. listenfd may be -1 (see hand_take). */
void hand_init(struct hand *h, int listenfd);

/* Fill x[0..HAND_FDS) with what to wait for (fd -1: nothing). */
void hand_iopause(const struct hand *h, iopause_fd *x);

/* Act on what iopause found: accept a connection (only pneu-send's uid, see
 * run_isuser; it ends the old one), note that there is something to read. */
void hand_io(struct hand *h, const iopause_fd *x, const struct conf *c);

/* Use the connected socket fd from here on: end the old connection, say
 * what is in hand. hand_io does it; tests do it themselves. */
void hand_take(struct hand *h, int fd);

/* The next new order, or 0 if there is none now. Acknowledgements are taken
 * on the way. A malformed frame, an order without a descriptor, or with a
 * tag that is in hand ends the connection. To be called until it returns 0
 * after each hand_io. */
struct hand_order *hand_next(struct hand *h);

/* Report on recipients of o, by their index (struct order_rcpt n). Returns
 * 1; -1 with EINVAL, and nothing said, if one is not of this order, has a
 * verdict already or stands there twice; -1 with ENOMEM. The report leaves
 * at hand_flush. When o->left has become 0 the order is finished, its
 * descriptor closed, and o not to be used any more. */
int hand_report(struct hand *h, struct hand_order *o, const struct report *r);

/* The same about every recipient of o that has no verdict yet; r->ns is not
 * used. Returns 1, or -1 with ENOMEM. */
int hand_rest(struct hand *h, struct hand_order *o, const struct report *r);

/* 1 if the recipient at place i of o->o has a verdict. */
int hand_isdone(const struct hand_order *o, size_t i);

/* Send what is to be said. A connection that fails is closed. */
void hand_flush(struct hand *h);

/* Take no more orders: what comes is left unread, and pneu-send is told (Z). For SIGTERM; the program
 * ends when h->open is 0 and hand_pending is. */
void hand_stop(struct hand *h);

/* Octets of reports that pneu-send has not been sent. 0 if there is no
 * connection. */
size_t hand_pending(const struct hand *h);

/* Unfinished orders: first = 0 gives the first, then the one behind it; 0
 * at the end. */
struct hand_order *hand_open(const struct hand *h,
    const struct hand_order *behind);

/* Close everything, free storage. */
void hand_free(struct hand *h);

/* Reading an order's message front to end; several may read one order. */
struct hand_reader {
	int fd;
	uint64_t at, end;
	uint32_t crc, want;
};

void hand_reader_init(struct hand_reader *r, const struct hand_order *o);

/* Read the next part, at most max (> 0) octets, to s. Returns its length, 0
 * at the end, -1 with errno; EBADMSG: the message is not what was committed
 * (cut short, or its CRC-32C is wrong), which shows before its last octet
 * has been handed out. */
ssize_t hand_read(struct hand_reader *r, char *s, size_t max);

#endif
