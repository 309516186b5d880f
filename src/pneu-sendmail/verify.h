#ifndef PNEU_SENDMAIL_VERIFY_H
#define PNEU_SENDMAIL_VERIFY_H

/* -bv and -bt: where would mail for an address go? pneu-alias says it on
 * descriptor 1, run as the caller. */

/* -bv: each of args, up to a null pointer. Exits with 67 if one cannot be
 * reached, 75 if that cannot be told now. */
void verify(char *const *args) __attribute__((noreturn));

/* -bt: the addresses on descriptor 0, each on a line, plain or as Sendmail's
 * address test mode has them: "3,0 ADDRESS", "/parse ADDRESS",
 * "/try MAILER ADDRESS". */
void verify_test(void) __attribute__((noreturn));

#endif
