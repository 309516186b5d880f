#ifndef PNEU_FORWARD_FORWARD_H
#define PNEU_FORWARD_FORWARD_H

#include <stdint.h>

#include "conf/conf.h"
#include "deliver/delivered.h"
#include "plan.h"
#include "resubmit/resubmit.h"

/* A recipient stands for others: the letter for them. An order names one
 * recipient; his targets stand in it, or pneu-alias is asked for them. */

struct forward {
	struct plan plan;
	struct delivered seen;
	struct envelope e;
};

/* As begin and heard of struct resubmit; j->x is a struct forward. */
int forward_begin(struct resubmit_job *j, struct resubmit_end *e,
    const struct conf *c, char *buf, uint64_t now);
int forward_heard(struct resubmit_job *j, struct resubmit_end *e,
    const struct conf *c, const struct frame *f);

#endif
