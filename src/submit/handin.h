#ifndef SUBMIT_HANDIN_H
#define SUBMIT_HANDIN_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#include "wire/envelope.h"
#include "wire/verdict.h"

/* Hand one letter in at run/pub/submit (doc/PROTOCOLS, 1). The program must
 * stand in the home. Every wait has an end, and trouble of any kind is a
 * verdict: whoever gets 0 from one of these calls finds it in h->verdict. A
 * call that ends before handin_end leaves nothing in the queue. */

#define HANDIN_DOWN_MS 2000	/* for a queue that is being restarted */
#define HANDIN_FULL_MS 10000	/* for a backlog that is full */
#define HANDIN_READ_MS 20000	/* for a queue that takes nothing at all, to
				 * take the letter's last octets */
#define HANDIN_WRITE_MS 60000	/* for the queue to take more octets */
#define HANDIN_ANSWER_MS 120000	/* for the answer */
#define HANDIN_BATCH_OCTETS 65536	/* collected before they are sent */

struct handin {
	int fd;
	stralloc out;
	size_t outpos;
	struct verdict verdict;
	char text[VERDICT_TEXT_OCTETS + 1];	/* the verdict's */
};
#define HANDIN_ZERO { .fd = -1, .out = STRALLOC_ZERO }

/* Connect, and begin a letter. Returns 1 or 0. */
int handin_begin(struct handin *h, const struct envelope *e);

/* A piece of the message. Returns 1 or 0. */
int handin_put(struct handin *h, const char *s, size_t n);

/* Tell the queue that we are still there: for who waits longer than it does
 * for the next piece. Returns 1 or 0. */
int handin_wait(struct handin *h);

/* The message is whole: h->verdict says what became of it. The text of a D is
 * the letter's id. Returns 1 if it is D, else 0. */
int handin_end(struct handin *h);

/* Give the letter up, and leave. */
void handin_drop(struct handin *h);

#endif
