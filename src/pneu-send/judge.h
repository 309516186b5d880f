#ifndef PNEU_SEND_JUDGE_H
#define PNEU_SEND_JUDGE_H

#include "pneu-send/send.h"

/* What to do with the letter c->name that a cursor has met: take it into
 * core, leave it where it lies (its site has no room), skip it (it is not
 * for this cursor), wait here until there is room, put it off unread (OFF),
 * or STOP, since the cursor's site is suspended. */
enum { TAKE, LEAVE, SKIP, WAIT, OFF, STOP };

int judge(const struct send *g, const struct cursor *c);

#endif
