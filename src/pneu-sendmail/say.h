#ifndef PNEU_SENDMAIL_SAY_H
#define PNEU_SENDMAIL_SAY_H

#include "run/sysexits.h"
#include "submit/submit.h"

/* What we are called, and whether anything is to be said on descriptor 2. */
void say_init(const char *argv0, int quiet);

/* "sendmail: warning: TEXT" on descriptor 2. */
void say_warning(const char *a, const char *b);

/* "sendmail: fatal: TEXT" there, and exit. */
void die(int code, const char *a, const char *b)
    __attribute__((noreturn));

/* "fatal: user@host(1000): why", as Postfix says it of a letter. */
void die_letter(const struct submit *s, int code, const char *why)
    __attribute__((noreturn));

/* By the verdict of s. */
void die_verdict(const struct submit *s) __attribute__((noreturn));

#endif
