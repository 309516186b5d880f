#ifndef PNEU_SENDMAIL_FLAGS_INTERNAL_H
#define PNEU_SENDMAIL_FLAGS_INTERNAL_H

#include "pneu-sendmail/flags.h"

/* What the files of flags_scan share. Functions that take a flag return 1,
 * or 0 with f->error; c is the flag, arg its argument. */

typedef int flags_take(struct flags *f, char c, const char *arg);

/* f->error by a format of c and arg; returns 0. */
int flags_wrong(struct flags *f, const char *fmt, char c, const char *arg);

/* flags_dsn.c */
flags_take flags_type, flags_notify, flags_return, flags_envid;

/* flags_mode.c */
flags_take flags_mode, flags_queued, flags_option, flags_longoption,
    flags_errors;

/* flags_postqueue.c: the whole line, as flags_scan. */
int flags_postqueue(struct flags *f, int argc, char *const *argv);

#endif
