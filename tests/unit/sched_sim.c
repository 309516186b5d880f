#include "sched_sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH_MS ((uint64_t)RETRY_EPOCH_S * 1000)
#define SWEEP_MS 60000

enum { ARRIVE, DUE, END, WAKE };

#define broken(w, ...) do { \
	if ((w)->broken++ < 10) { \
		printf("# at %llu ms: ", (unsigned long long)(w)->now); \
		printf(__VA_ARGS__); \
		printf("\n"); \
	} \
} while (0)

static void
push(struct sim *w, uint64_t at, uint32_t what, uint32_t arg)
{
	uint32_t i, p;
	struct sim_event e = { at, what, arg };

	if (w->nheap == w->aheap) {
		w->aheap = w->aheap ? 2 * w->aheap : 1024;
		w->heap = realloc(w->heap, w->aheap * sizeof *w->heap);
	}
	for (i = w->nheap++; i > 0 && e.at < w->heap[p = (i - 1) / 2].at; i = p)
		w->heap[i] = w->heap[p];
	w->heap[i] = e;
}

static struct sim_event
pop(struct sim *w)
{
	struct sim_event top = w->heap[0], e = w->heap[--w->nheap];
	uint32_t i = 0, c;

	while ((c = 2 * i + 1) < w->nheap) {
		if (c + 1 < w->nheap && w->heap[c + 1].at < w->heap[c].at)
			c++;
		if (w->heap[c].at >= e.at)
			break;
		w->heap[i] = w->heap[c];
		i = c;
	}
	w->heap[i] = e;
	return top;
}

void
sim_init(struct sim *w, const struct sched_conf *c, uint32_t sites,
    uint32_t letters, uint64_t seed)
{
	uint32_t i;

	memset(w, 0, sizeof *w);
	sched_init(&w->s, c, seed);
	sched_gate(&w->s, 0, GATE_UP);
	w->rng = seed ^ 0x5555;
	w->now = EPOCH_MS;
	w->nsites = sites;
	w->nletters = letters;
	w->sites = calloc(sites, sizeof *w->sites);
	w->letters = calloc(letters, sizeof *w->letters);
	for (i = 0; i < sites; i++) {
		w->sites[i].ms = 20;
		w->sites[i].until = UINT64_MAX;
		w->sites[i].left = w->sites[i].leftlast = SCHED_NONE;
		snprintf(w->sites[i].key, sizeof w->sites[i].key, "smtp:s%u.test", i);
	}
}

void
sim_free(struct sim *w)
{
	sched_free(&w->s);
	free(w->sites);
	free(w->letters);
	free(w->heap);
}

void
sim_letter(struct sim *w, uint32_t i, uint32_t site, uint32_t sender,
    uint64_t at, int deferred)
{
	struct sim_letter *l = w->letters + i;

	l->site = site;
	l->sender = sender;
	l->born = l->due = EPOCH_MS + at;
	l->job = SCHED_NONE;
	l->fresh = !deferred;
	push(w, EPOCH_MS + at, deferred ? DUE : ARRIVE, i);
}

static struct site *
site_of(struct sim *w, struct sim_site *y)
{
	y->id = sched_site(&w->s, y->key, SCHED_REMOTE, 0);
	return w->s.sites + y->id;
}

static void
go(struct sim *w, uint32_t i)
{
	w->letters[i].gone = 1;
	w->gone++;
}

static int
isexpired(struct sim *w, const struct sim_letter *l, const struct site *x)
{
	uint32_t n = l->attempts > x->fails ? l->attempts : x->fails;

	return retry_expired(&w->s.c.retry, 0, l->born / 1000, n,
	    w->now / 1000);
}

static void
defer(struct sim *w, uint32_t i, uint64_t seconds)
{
	w->letters[i].due = w->now + seconds * 1000;
	w->letters[i].fresh = 0;
	push(w, w->letters[i].due, DUE, i);
}

/* Into core: a job. */
static void
load(struct sim *w, uint32_t i)
{
	struct sim_letter *l = w->letters + i;

	w->s.letters++;
	l->job = sched_add(&w->s, w->sites[l->site].id, l->sender, i);
	if (w->s.letters > w->s.c.core)
		broken(w, "core over its size");
	if (w->s.sites[w->sites[l->site].id].core > w->s.c.core / 8 + 1)
		broken(w, "%s holds %u of core", w->sites[l->site].key,
		    w->s.sites[w->sites[l->site].id].core);
	if (w->s.letters > w->maxcore)
		w->maxcore = w->s.letters;
}

static void
leave(struct sim *w, uint32_t i)
{
	struct sim_site *y = w->sites + w->letters[i].site;

	w->letters[i].next = SCHED_NONE;
	if (y->left == SCHED_NONE)
		y->left = i;
	else
		w->letters[y->leftlast].next = i;
	y->leftlast = i;
	y->nleft++;
	sched_left(&w->s, y->id);
}

/* The letter is due, or at the door. */
static void
come(struct sim *w, uint32_t i)
{
	struct sim_letter *l = w->letters + i;
	struct site *x = site_of(w, w->sites + l->site);
	int room = sched_room(&w->s, w->sites[l->site].id);

	if (room == SCHED_ROOM)
		load(w, i);
	else if (room == SCHED_CLOSED && isexpired(w, l, x)) {
		w->expired++;
		go(w, i);
	} else if (l->fresh)
		defer(w, i, 2);
	else
		leave(w, i);
}

/* What a cursor over the site's letters in the queue does in a turn. */
static void
fetch(struct sim *w, struct sim_site *y)
{
	int room = SCHED_ROOM;
	uint32_t n = y->nleft, i;

	while (n-- && (room = sched_room(&w->s, y->id)) == SCHED_ROOM) {
		i = y->left;
		y->left = w->letters[i].next;
		y->nleft--;
		load(w, i);
	}
	if (room == SCHED_FULL && y->nleft)
		return;
	y->cursor = 0;
	for (i = 0; i < y->nleft; i++)
		sched_left(&w->s, y->id);
	sched_fetched(&w->s, y->id);
}

/* A site is suspended for long: those of its letters that are too old. */
static void
sweep(struct sim *w, struct sim_site *y)
{
	struct site *x = w->s.sites + y->id;
	uint32_t i = y->left, next;

	if (x->fails < RETRY_ATTEMPTS_MIN || w->now < y->swept + SWEEP_MS)
		return;
	y->swept = w->now;
	y->left = y->leftlast = SCHED_NONE;
	y->nleft = 0;
	for (; i != SCHED_NONE; i = next) {
		next = w->letters[i].next;
		if (isexpired(w, w->letters + i, x)) {
			w->expired++;
			go(w, i);
		} else
			leave(w, i);
	}
}

/* Was this suspension as long as it should be? */
static void
check_suspension(struct sim *w, struct sim_site *y)
{
	struct site *x = w->s.sites + y->id;
	const struct retry *c = &w->s.c.retry;
	uint64_t base = (uint64_t)c->min << (x->fails > 20 ? 20 : x->fails - 1);
	uint64_t d = (x->until - w->now) / 1000;

	if (base > c->max)
		base = c->max;
	if (d < c->min || d > c->max || d < base * 4 / 5 || d > base * 5 / 4)
		broken(w, "%s suspended %u times, for %llu s", y->key,
		    x->fails, (unsigned long long)d);
	y->suspended = w->now;
	y->probes = 0;
	y->fails = x->fails;
	push(w, x->until, WAKE, 0);
	sweep(w, y);
}

static void
run(struct sim *w, const struct sched_order *o)
{
	struct sim_letter *l = w->letters + o->cookie;
	struct sim_site *y = w->sites + l->site;
	struct site *x = w->s.sites + o->site;
	uint32_t busy = 0, k, ms = y->ms;

	if (x->busy > site_window(x, w->s.c.window))
		broken(w, "%s: %u under way", y->key, x->busy);
	if (x->state == SITE_SUSPENDED)
		broken(w, "%s is suspended", y->key);
	if (x->state == SITE_PROBE && ++y->probes > 1)
		broken(w, "%s: a second probe", y->key);
	for (k = 0; k < SITE_TIERS; k++)
		busy += w->s.busy[SCHED_REMOTE][k];
	if (busy > w->s.c.limit[SCHED_REMOTE])
		broken(w, "channel over its limit");
	if (w->now >= y->from + EPOCH_MS && w->now < y->until) {
		if (y->kind == SIM_HANG) ms = 300000;
		if (y->kind == SIM_TARPIT) ms = 18000;
		if (y->kind == SIM_DEAD) ms = 1;
	}
	y->tries++;
	push(w, w->now + ms, END, o->cookie);
}

static int
outcome_of(struct sim *w, struct sim_site *y, const struct sim_letter *l)
{
	if (w->now < y->from + EPOCH_MS || w->now >= y->until)
		return SITE_OK;
	switch (y->kind) {
	case SIM_DEAD: case SIM_HANG: return SITE_FAILED;
	case SIM_FLAKY: return retry_random(&w->rng, 3) ? SITE_OK :
	    SITE_FAILED;
	case SIM_GREY: return l->attempts < 2 ? SITE_DEFERRED : SITE_OK;
	}
	return SITE_OK;
}

static void
end(struct sim *w, uint32_t i)
{
	struct sim_letter *l = w->letters + i;
	struct sim_site *y = w->sites + l->site;
	struct site *x;
	int outcome = outcome_of(w, y, l), before;

	before = w->s.sites[y->id].state;
	l->attempts++;
	sched_report(&w->s, l->job, outcome, 0, "connection refused", w->now);
	x = w->s.sites + y->id;
	if (x->state == SITE_SUSPENDED && before != SITE_SUSPENDED)
		check_suspension(w, y);
	sched_remove(&w->s, l->job);
	l->job = SCHED_NONE;
	w->s.letters--;
	if (outcome == SITE_OK) {
		if (!y->done)
			y->first = w->now;
		if (w->now - l->born > y->worst && l->born >= EPOCH_MS +
		    w->warm)
			y->worst = w->now - l->born;
		if (++y->done == w->count)
			w->counted = w->now;
		w->delivered++;
		go(w, i);
	} else if (isexpired(w, l, x)) {
		w->expired++;
		go(w, i);
	} else {
		w->deferrals++;
		defer(w, i, retry_after(&w->s.c.retry, l->attempts, &w->rng));
	}
}

/* All that the scheduler wants now. */
static void
turn(struct sim *w)
{
	struct sched_order o;
	uint32_t site, i, n = 0;

	while ((site = sched_fetch(&w->s, w->now)) != SCHED_NONE) {
		for (i = 0; w->sites[i].id != site; i++)
			;
		w->sites[i].cursor = 1;
	}
	for (i = 0; i < w->nsites; i++)
		if (w->sites[i].cursor)
			fetch(w, w->sites + i);
	for (; sched_next(&w->s, &o, w->now); n++) {
		if (o.what == SCHED_RUN) {
			run(w, &o);
			continue;
		}
		sched_remove(&w->s, o.job);
		w->s.letters--;
		i = o.cookie;
		w->letters[i].job = SCHED_NONE;
		defer(w, i, (w->s.sites[o.site].until > w->now ?
		    (w->s.sites[o.site].until - w->now) / 1000 : 0) + 2);
	}
	if (n > w->worst_turn)
		w->worst_turn = n;
}

void
sim_run(struct sim *w, uint64_t until)
{
	while (w->nheap && w->heap[0].at <= EPOCH_MS + until) {
		struct sim_event e = pop(w);

		if (e.at > w->now)
			w->now = e.at;
		w->steps++;
		switch (e.what) {
		case ARRIVE: case DUE: come(w, e.arg); break;
		case END: end(w, e.arg); break;
		}
		turn(w);
	}
}
