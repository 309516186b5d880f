#ifndef PNEU_SENDMAIL_TOOLS_H
#define PNEU_SENDMAIL_TOOLS_H

#include "pneu-sendmail/flags.h"

/* The modes that others do: the admin's tools of HOME/bin, under the
 * caller's own uid. Those without a result do not return. */

/* Run one and wait for it. Returns its exit code. */
int tools_run(const char *const *argv);

/* -bp, -bP, -q: pneu-q. */
void tools_queue(const struct flags *f) __attribute__((noreturn));

/* -bi, -bC: pneu-conf. */
void tools_conf(const struct flags *f) __attribute__((noreturn));

/* -bs of a network connection: pneu-smtpd. */
void tools_smtpd(void) __attribute__((noreturn));

/* -bd: say how the mail system is started. */
void tools_daemon(void) __attribute__((noreturn));

#endif
