#ifndef PNEU_SENDMAIL_SERVE_H
#define PNEU_SENDMAIL_SERVE_H

/* sendmail -bs: SMTP on descriptors 0 and 1 (pneu-sendmail/talk.h), each
 * message completed as any other of the caller's and handed in at the submit
 * socket. Behind inetd, where descriptor 0 is a network's, the client is a
 * stranger, and pneu-smtpd takes over. */
void serve(void) __attribute__((noreturn));

#endif
