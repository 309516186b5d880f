#ifndef PNEU_BOUNCE_PLAN_H
#define PNEU_BOUNCE_PLAN_H

#include <stdint.h>
#include <skalibs/stralloc.h>

#include "dsn.h"
#include "wire/order.h"

/* Who is told what. Pure: no I/O. */

/* Decide about an order: *to becomes its sender or, if there is none (what
 * failed is a notification), notice, the postmaster's address. told gets an
 * octet per recipient: 1 if the notification is about it. It is not about
 * those whose NOTIFY does not have what has happened (RFC 3461 4.1) and,
 * without a sender, about notice itself: that would go round; nor, without a
 * sender, about anything but failures. Returns 1, 0 if nobody is to be told, -1
 * with ENOMEM. */
int plan_tell(stralloc *told, const struct order *o, const char *notice,
    const char **to);

/* What an order is about: its recipients' action=, all of one kind. */
enum dsn_kind plan_kind(const struct order *o);

/* 1 if the original may come back whole: it was not delivered, it has no
 * more than limit octets, its sender did not ask for the header only (RFC 3461 4.3), and its form is
 * not what was wrong with it (5.6.x). */
int plan_iswhole(const struct order *o, uint64_t limit);

/* 1 if its form was what was wrong with it. */
int plan_isform(const struct order *o);

/* Append addr, with @origin if it has no domain, and a NUL. 1, or 0 with
 * ENOMEM. */
int plan_notice(stralloc *sa, const char *addr, const char *origin);

#endif
