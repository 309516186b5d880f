#ifndef SPOOL_MADE_H
#define SPOOL_MADE_H

#include <stdint.h>

#include "spool/name.h"

/* Letters that are made of another one in the queue, their parent: a bounce,
 * what a list, an owner- alias or a .forward makes. Each is a step of its
 * parent, named by a text; the same step done twice, since who did it died
 * before he could say so, is to make one letter. So its id follows from
 * parent and step, and queue/made/ID remembers it, from before it is
 * published until the parent's recipients are marked:
 *
 *	made/ID		"PARENT STEP\n": it may be in the queue
 *	made/ID.d	the same: it was, and has been removed
 *
 * Nothing of it is flushed (doc/INTERNALS, SUCCESSOR). */

#define MADE_STEP_OCTETS 200
#define MADE_KEEP_S (101 * 86400)	/* beyond every maximal_queue_lifetime */

enum { MADE_NEW, MADE_AGAIN, MADE_GONE };

/* Remember this step; its letter's id goes to id. Returns MADE_NEW; MADE_AGAIN:
 * it was begun before, and made_find tells how far that came; MADE_GONE: it
 * was done, and its letter has left the queue; -1 with errno, EINVAL: parent
 * is no id, or step is empty, too long or has control characters. */
int made_claim(int queuefd, const char *parent, const char *step,
    char id[LETTER_ID_OCTETS + 1]);

/* MADE_AGAIN: is the letter in the queue, or was it? A walk over all of it. 1,
 * 0, or -1 with errno. */
int made_find(int queuefd, const char *id);

/* The letter is about to be removed. 1, also if it is not remembered; -1. */
int made_gone(int queuefd, const char *id);

/* Its parent's recipients are marked, or it was never published. Returns 1,
 * also if it is not remembered, or -1 with errno. */
int made_forget(int queuefd, const char *id);

/* Forget what is older than MADE_KEEP_S, at the start. 1, or -1. */
int made_sweep(int queuefd, uint64_t now);

#endif
