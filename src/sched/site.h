#ifndef SCHED_SITE_H
#define SCHED_SITE_H

#include <stddef.h>
#include <stdint.h>

#include "sched/retry.h"

/* A destination: a site that mail goes to, or a user of this host. Its
 * window is how many deliveries it may have at a time. */

#define SITE_WINDOW_FIRST 5	/* of a site that we know nothing of */
#define SITE_KEY_OCTETS 1024	/* of its name, with NUL */
#define SITE_SLOW_MS 2000	/* a delivery that takes longer is slow */

enum site_state {
	SITE_OPEN,		/* up to window deliveries */
	SITE_SUSPENDED,		/* none, until then */
	SITE_PROBE		/* one, whose outcome decides */
};

/* How quickly it has been seen to take mail: who is slow may not take all
 * the room of a channel from who is not. */
enum site_tier { SITE_FAST, SITE_NEW, SITE_SLOW, SITE_TIERS };

struct site {
	char *key;		/* "smtp:example.org", "user:joe"; 0: free */
	char *why;		/* its last failure, in the caller's words; 0 */
	uint32_t hash;
	uint8_t channel, gate, state, tier;
	uint32_t window, threshold, grown;
	uint32_t row;		/* failures with nothing good between them */
	uint32_t fails;		/* suspensions, likewise */
	uint64_t until;		/* end of the suspension, ms */
	uint64_t cut;		/* deliveries begun before that number do not
				 * shrink the window again */
	uint32_t latency;	/* ms, averaged; 0: not known */
	uint32_t busy;		/* deliveries under way */
	uint32_t hung;		/* of these, for more than SITE_SLOW_MS */
	uint32_t queued;	/* jobs that wait here */
	uint32_t core;		/* all jobs that are in core */
	uint32_t left;		/* letters that were left in the queue because
				 * there was no room here */
	uint32_t held;		/* reasons not to forget it */
	uint64_t serial;	/* of this use of the place in the table */
	uint8_t fetching;	/* someone is at it */

	/* the scheduler's own */
	uint32_t senders;	/* ring of senders with jobs: the next one */
	uint32_t chain, heap;
	uint8_t list[2];
	uint32_t prev[2], next[2];
};

/* What a delivery tells of the site. */
enum site_outcome {
	SITE_OK,		/* it answered, and took or refused the letter */
	SITE_DEFERRED,		/* it answered, and wants that letter later */
	SITE_FAILED,		/* it did not, or wants no letter now */
	SITE_LOST		/* we know nothing */
};

/* A new site, with nothing known. */
void site_begin(struct site *x, uint32_t max);

/* How many deliveries it may have now, max being the setting. */
uint32_t site_window(const struct site *x, uint32_t max);

/* A delivery, number seq, ended well at the site's end: the window grows, by
 * one for each up to the threshold, then by one for each window's worth. */
void site_good(struct site *x, uint32_t max, int grow);

/* A delivery failed for the site's fault; seconds: it said when to come back
 * (0: no). The window is halved, once for all deliveries that were under way
 * together (last is the number of the delivery begun last); after as many
 * failures in a row as it is then wide, at least two, the site is suspended:
 * at the n-th time for retry_after(n). */
void site_bad(struct site *x, const struct retry *c, uint64_t seq,
    uint64_t last, uint32_t seconds, uint64_t now_ms, uint64_t *rng);

/* Its suspension is over: it gets a probe. */
void site_reopen(struct site *x);

/* One more delivery that took ms. */
void site_took(struct site *x, uint64_t ms);
int site_tier(const struct site *x);

#endif
