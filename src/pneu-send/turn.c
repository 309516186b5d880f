#include <stdlib.h>
#include <string.h>
#include <skalibs/strerr.h>

#include "pneu-send/ctl.h"
#include "pneu-send/send.h"

#define SAVE_MS 60000		/* between savings of the site table */
#define TURN_ORDERS 1000	/* of the scheduler, in one turn */

/* What the scheduler wants done now. */
static void
dispatch(struct send *g)
{
	struct sched_order o;
	int n;

	for (n = 0; n < TURN_ORDERS && g->now >= g->fdpause && !g->stop &&
	    sched_next(&g->s, &o, g->now); n++)
		if (o.what == SCHED_RUN)
			job_run(g, o.job);
		else
			job_park(g, o.job);
	if (n == TURN_ORDERS)
		g->busy = 1;
}

void
turn(struct send *g)
{
	peer_turn(g);
	dirs_turn(g);
	if (scan_isactive(g)) {
		/* others work on what there is while we read what is next */
		dispatch(g);
		peer_flush(g);
	}
	scan_turn(g);
	dispatch(g);
	settle_turn(g);
	ctl_expire(g);
	if (g->saved + SAVE_MS <= g->now) {
		sites_save(g);
		g->saved = g->now;
	}
	peer_flush(g);
}

static uint64_t
earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t
send_deadline(const struct send *g)
{
	uint64_t t = earlier(g->saved + SAVE_MS, sched_deadline(&g->s));

	t = earlier(t, peer_deadline(g));
	t = earlier(t, settle_deadline(g));
	t = earlier(t, dirs_deadline(g));
	t = earlier(t, ctl_deadline(g));
	if (g->fdpause > g->now)
		t = earlier(t, g->fdpause);
	if (g->stop)
		t = earlier(t, g->stopped + (g->now < g->stopped + STOP_MS ?
		    STOP_MS : STOP_LONG_MS));
	return g->busy || ctl_busy(g) ? g->now : t;
}

void
send_begin(struct send *g)
{
	memset(g->bucket, 0xff, sizeof g->bucket);
	g->freemail = g->mark = g->marklast = NONE;
	g->letter = (struct letter)LETTER_ZERO;
	g->order = (struct order)ORDER_ZERO;
	g->report = (struct report)REPORT_ZERO;
	g->start = g->saved = g->now;
	sites_configure(g);
	g->serial = (uint32_t)g->wall_us;
	if (!g->amails)
		strerr_diefusys(111, "allocate");
	peer_init(g);
	ctl_init(g);
	g->newagain = 1;
}
