#ifndef QUEUE_HANDIN_INTERNAL_H
#define QUEUE_HANDIN_INTERNAL_H

#include "pneu-queue/handin.h"
#include "wire/verdict.h"

/* Send a verdict; blocks at most as long as the socket's timeout. 1, or -1:
 * the connection is to be ended. */
int handin_answer(struct handin *h, char kind, const char *code,
    const char *text);

/* Say no to the letter at hand, of which nothing is kept, and pass over the
 * rest of it. 1 or -1. */
int handin_refuse(struct handin *h, char kind, const char *code,
    const char *why);

/* The same when the system would not do what; errno says why. */
int handin_failed(struct handin *h, const char *what);

/* Keep nothing of the letter at hand. */
void handin_forget(struct handin *h);

#endif
