#ifndef PNEU_SENDMAIL_DELIVER_H
#define PNEU_SENDMAIL_DELIVER_H

#include "pneu-sendmail/flags.h"
#include "submit/submit.h"

/* The letter on descriptor 0, into the queue; args are its recipients, up to
 * a null pointer. Returns when it is there, and exits when it will not be. */
void deliver(const struct flags *f, char *const *args);

/* Add what is missing of the header. From is the sender's; of the null
 * sender, as Postfix has it. As submit_finish. */
int deliver_finish(struct submit *s);

#endif
