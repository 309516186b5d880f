#include <skalibs/nonposix.h>

#include "pneu-queue/desk.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "pneu-queue/handin.h"
#include "run/log.h"
#include "run/now.h"
#include "run/service.h"

#define TICK_S 1		/* of a socket: who is idle looks about him */
#define SUBMIT_IDLE_S 30
#define INTAKE_SLACK_S 30	/* beyond the idle time of an SMTP client */
#define LETTERS 5000		/* after which a worker retires, when idle */
#define SHARE_WAIT_MS 2000	/* for one's share, while others are free */
#define SHARE_STEP_MS 10
#define DOOR_S 1		/* after SIGTERM, for those at the door */
#define STOP_MS 5000		/* after SIGTERM, for the letter at hand, */
#define STOP_IDLE_S 2		/* and for its sender to say nothing */

/* SIGTERM: end soon, when nobody waits at the door any more. SIGHUP: end when
 * the connection at hand has. */
static volatile sig_atomic_t stop, retire, closed;
static int door;		/* this worker's descriptor of the door */

/* A connection that accept has already taken is served; accept that waits
 * returns EINTR, and one that is just about to wait finds no socket. When
 * the parent stops it has shut the door down, so that accept ends by itself;
 * it has DOOR_S for that (a parent that was killed has not). */
static void
on_end(int sig)
{
	int e = errno;

	if (sig == SIGTERM || sig == SIGINT) {
		if (!stop)
			alarm(DOOR_S);
		stop = 1;
	} else {
		if (!closed)
			close(door);
		closed = 1;
		retire = retire || sig == SIGHUP;
	}
	errno = e;
}

static void
catch_end(void)
{
	static const int caught[] = { SIGTERM, SIGINT, SIGHUP, SIGALRM };
	struct sigaction a;
	size_t i;

	a.sa_handler = on_end;
	a.sa_flags = 0;			/* accept and recv return EINTR */
	sigfillset(&a.sa_mask);
	for (i = 0; i < sizeof caught / sizeof caught[0]; i++)
		sigaction(caught[i], &a, 0);
	a.sa_handler = SIG_IGN;		/* a lease is broken: spool/take.c */
	sigaction(SIGIO, &a, 0);
}

/* Does somebody wait for a worker of this door, and none is free? */
static int
wanted(const struct desk *d, const struct door *r)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };

	return !stop && !retire && !door_free(d, r) && poll(&p, 1, 0) > 0;
}

/* The last second brought nothing: how long may this go on? 1 yes, 0 no.
 * first: no letter has come yet. */
static int
patient(const struct handin *h, unsigned int idle, int first)
{
	unsigned int most = h->door->kind == DOOR_SUBMIT ? SUBMIT_IDLE_S :
	    (unsigned int)conf_num(&h->desk->conf, smtpd_timeout) +
	    INTAKE_SLACK_S;

	if (stop)
		return (first || h->state != HANDIN_IDLE) &&
		    idle < STOP_IDLE_S;
	if (h->state == HANDIN_IDLE && ((retire && !first) || h->tired ||
	    wanted(h->desk, h->door)))
		return 0;
	/* between letters intake may stay as long as nobody else comes */
	if (h->state == HANDIN_IDLE && h->door->kind == DOOR_INTAKE)
		return 1;
	return idle < most;
}

/* All frames that are here. 1, or -1 to end the connection. */
static int
take(struct handin *h, unsigned int *letters)
{
	struct frame f;
	int r = 1;

	while (r > 0 && (r = input_next(&h->in, &f)) > 0) {
		r = handin_frame(h, &f);
		*letters += h->state == HANDIN_IDLE;
	}
	h->tired = *letters >= LETTERS;
	return r < 0 || h->draft.spool.broken ? -1 : 1;
}

/* Nothing of a letter is here, nor on its way as far as can be seen: a
 * connection that is ended now takes nothing from its other end. */
static int
between(const struct handin *h)
{
	char c;

	return h->state == HANDIN_IDLE && h->in.start == h->in.end &&
	    recv(h->in.fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
}

/* Asked to end: may this connection be ended now? One that has not brought
 * its letter yet is waited for; who trickles does not hold a stop up. */
static int
mayend(const struct handin *h, int first, uint64_t *since)
{
	if (stop && !*since)
		*since = now_ms();
	if (stop && now_ms() - *since > STOP_MS)
		return 1;
	return !first && between(h);
}

/* One connection, to its end. */
static void
converse(struct handin *h, unsigned int *letters)
{
	unsigned int idle = 0, before = *letters;
	uint64_t since = 0;

	while ((!stop && !retire) ||
	    !mayend(h, *letters == before, &since)) {
		int r = input_fill(&h->in);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0 && errno == EAGAIN) {
			idle += TICK_S;
			if (!patient(h, idle, *letters == before))
				break;
			continue;
		}
		if (r <= 0 || take(h, letters) < 0)
			break;
		idle = 0;
	}
	handin_end(h);
}

/* Is uid within its share of the workers? One that is over it may wait a
 * little while others are free for others. */
static int
share(const struct desk *d, const struct door *r, uid_t uid)
{
	size_t most = r->n > 1 ? r->n / 2 : 1;
	int waited;

	if (r->kind != DOOR_SUBMIT || !uid || uid == d->self)
		return 1;
	for (waited = 0; door_serving(d, r, uid) > most;
	    waited += SHARE_STEP_MS) {
		if (waited >= SHARE_WAIT_MS || !door_free(d, r))
			return 0;
		poll(0, 0, SHARE_STEP_MS);
	}
	return 1;
}

/* May this uid come in by this door? */
static int
mayenter(const struct desk *d, const struct door *r, uid_t uid)
{
	return r->kind == DOOR_SUBMIT || uid == d->pneud || uid == d->pneub ||
	    uid == d->pneuf;
}

static void
serve(struct handin *h, int fd, unsigned int *letters)
{
	struct timeval tick = { .tv_sec = TICK_S };
	struct timeval patience = { .tv_sec = SUBMIT_IDLE_S };
	const struct desk *d = h->desk;
	uid_t uid;

	if (run_peer(fd, &uid) < 0 || !mayenter(d, h->door, uid)) {
		log_warn("connection to intake by a stranger");
		return;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	h->seat->uid = uid;
	h->seat->busy = 1;
	handin_begin(h, fd, uid);
	h->over = !share(d, h->door, uid);
	converse(h, letters);
	h->seat->busy = 0;
}

void
desk_serve(struct desk *d, struct door *r, size_t seat)
{
	static struct handin h;		/* with its buffer */
	unsigned int letters = 0;
	int fd;

	door = r->fd;
	catch_end();
	if (handin_init(&h, d, r, seat) < 0) {
		log_warnsys("unable to open the queue");
		exit(111);
	}
	while (letters < LETTERS && !closed && !h.draft.spool.broken) {
		fd = accept(r->fd, 0, 0);
		if (fd < 0) {
			if (errno == EINTR || errno == ECONNABORTED || closed)
				continue;
			if (stop || errno == EINVAL)	/* shut down */
				break;
			log_warnsys("unable to accept a connection");
			poll(0, 0, 100);	/* no descriptor, no memory */
			continue;
		}
		serve(&h, fd, &letters);
		close(fd);
	}
	exit(0);	/* also if broken: the next one starts at once */
}
