#ifndef DOTFORWARD_LIST_H
#define DOTFORWARD_LIST_H

#include <stddef.h>
#include <skalibs/stralloc.h>

/* What a user's ~/.forward or .qmail file says: its targets, in the form of
 * wire/route.h. No I/O of its own. */

#define LIST_OCTETS 40000	/* of all targets; a report with them, each
				 * octet written %XX, fits a frame */
#define LIST_DEPTH 20		/* of :include: files */

struct list {
	stralloc s;		/* the targets, a NUL behind each */
	size_t n;		/* how many */
	stralloc why;		/* after a 0: what is wrong, NUL-ended */
};

#define LIST_ZERO { STRALLOC_ZERO, 0, STRALLOC_ZERO }

struct list_self {
	const char *user;	/* whose file it is */
	const char *addr;	/* the recipient */
};

/* Append the text of an included file to sa. Returns 1; 0, the file is not
 * to be used, with the reason appended to why; -1 with errno, later. */
typedef int list_reader(void *x, const char *path, stralloc *sa,
    stralloc *why);

/* Read the .forward file s[0..n) into l, which is emptied. What stands twice
 * is kept once; the user himself, as a name, as \name, as the recipient's
 * address or with its domain, is \name, his mailbox; \other is "other".
 * file is its name, for messages. Returns 1; 0 with l->why; -1 with errno. */
int list_scan(struct list *l, const char *file, const char *s, size_t n,
    const struct list_self *self, list_reader *read, void *x);

/* The same with a file of dot-qmail(5): a target a line. noplaces: it may
 * hold addresses only, as its mode says. */
int list_scanqmail(struct list *l, const char *file, const char *s, size_t n,
    int noplaces);

/* The first target, the one behind t, or 0 at the end. */
const char *list_next(const struct list *l, const char *t);

/* 1 if target is one of them. */
int list_has(const struct list *l, const char *target);

void list_free(struct list *l);

#endif
