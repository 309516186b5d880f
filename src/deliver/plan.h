#ifndef DELIVER_PLAN_H
#define DELIVER_PLAN_H

#include <skalibs/stralloc.h>

#include "deliver/place.h"
#include "wire/order.h"

/* What is to become of one recipient's copy: his mailbox, or what his
 * forwarding file says.
 *
 *	target=		file			plan
 *	no		none or empty		his mailbox
 *	no		not to be used		his mailbox, with a note
 *	no		one target, no address	that
 *	no		others			PLAN_FORWARD
 *	\user ~user	any			his mailbox; as without target=
 *	other		has it			that
 *	other		has it not		his mailbox, with a note
 *	any		(a place that obeys)	that
 *
 * The commands of a .qmail file are run in their order before anything else
 * in it, since 99 and 100 say what becomes of the rest. */

enum plan_kind {
	PLAN_MAILDIR,		/* what: its path */
	PLAN_MBOX,		/* what: its path. The user's mailbox */
	PLAN_FILE,		/* what: its path. Appended to as an mbox */
	PLAN_COMMAND,		/* what: the command */
	PLAN_COMMANDS,		/* what: targets, a NUL behind each */
	PLAN_FORWARD,		/* what: targets, a newline behind each */
	PLAN_DISCARD,		/* what: says why */
	PLAN_REFUSE		/* verdict, code; what: its text */
};

struct plan {
	char kind;		/* enum plan_kind */
	char qmail;		/* commands by the rules of qmail-command(8) */
	char owner;		/* of struct forward: of what goes on */
	char box;		/* his mailbox, in which loops are looked for */
	char verdict;		/* VERDICT_LATER or _NEVER */
	const char *code;
	/* NUL-ended, at these offsets of the text that plan_make wrote to */
	size_t what, whatlen;
	size_t note;		/* to be said of a delivery; 0: nothing */
	size_t def;		/* DEFAULT of qmail-command(8); 0: nothing */
};

/* Make the plan for recipient r of a user's place, strings appended to text.
 * Returns 0, or -1 with ENOMEM. */
int plan_make(struct plan *pl, stralloc *text, const struct place *p,
    const struct order_rcpt *r);

/* The first command among the targets s[0..n), a NUL behind each; or 0. */
const char *plan_command(const char *s, size_t n);

/* Append the targets s[0..n), a NUL behind each, to out with a newline
 * behind each, commands only if all is not 0. Returns 1, or 0 with ENOMEM. */
int plan_put(stralloc *out, const char *s, size_t n, int all);

#endif
