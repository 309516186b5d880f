#ifndef MAIL_VERP_H
#define MAIL_VERP_H

#include <skalibs/stralloc.h>

/* The senders of lists that a user keeps, as dot-qmail(5) and qmail-send(8)
 * have them. Bytes to bytes. An address is canonical (mail/address.h).
 *
 *	list-owner@host		all that fails of the list goes there
 *	list-owner-@host-@[]	each recipient has one of his own (a variable
 *				envelope return path): to joe@there it is sent
 *				by list-owner-joe=there@host
 *
 * No address that comes in by SMTP or from a caller ends in -@[]. */

/* Append the sender of what goes on from addr: the first form or, if each is
 * not 0, the second. Returns 1, or 0 with ENOMEM. No NUL is put. */
int verp_owner(stralloc *sa, const char *addr, int each);

/* 1 if sender is of the second form. */
int verp_is(const char *sender);

/* Append what such a sender is to a recipient or, if that is 0, to who makes
 * a notification about several: list-owner-@host. Returns 1, or 0 with ENOMEM.
 * No NUL is put. */
int verp_for(stralloc *sa, const char *sender, const char *rcpt);

#endif
