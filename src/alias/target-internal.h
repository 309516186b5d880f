#ifndef ALIAS_TARGET_INTERNAL_H
#define ALIAS_TARGET_INTERNAL_H

#include "alias/target.h"

/* target_item.c: the items of a list, before it is asked what they mean. */

/* An item of the list: s[at..end). */
struct target_item {
	size_t at, end;
	int quoted;		/* all of it that counts is a quoted string */
};

/* The step fails, as w->error says. Returns -1; nomem: for lack of memory. */
int target_bad(struct target_walk *w, const char *error, size_t at);
int target_nomem(struct target_walk *w);

/* Pass over what is between items. */
void target_skip(struct target_walk *w);

/* Find the item at w->pos and step over it: to a comma, or the line's end,
 * outside of quotes, comments and <>; and over comments before its text; of a
 * quoted string step in. Returns 1, or -1. */
int target_item(struct target_walk *w, struct target_item *x);

/* Append the item to w->out, emptied, as it is meant: without quotes and
 * comments. Returns 1, or -1. */
int target_decode(struct target_walk *w, const struct target_item *x);

#endif
