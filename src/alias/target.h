#ifndef ALIAS_TARGET_H
#define ALIAS_TARGET_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "mail/header.h"

/* What an alias, or a line of a .forward, stands for: lists of targets as
 * Sendmail and Postfix have them (aliases(5), local(8)). Bytes to bytes.
 *
 *	user, user@domain, Name <user@domain>, (comment) user, "a b"@domain
 *	\user			his mailbox
 *	|command, "|command args"
 *	/file, "/file name", /directory/
 *	:include:/file, ":include:/file name"
 *	./file, ~/file		with TARGET_HOME
 *
 * divided by commas. A quoted string is its content: quotes, and one
 * backslash of each pair, go; white space outside of quotes becomes one
 * space; comments (in parentheses) go. */

/* How the text is to be read; or'ed. */
#define TARGET_LINES 1		/* a file: a line's end divides, too, and a
				 * line that begins with # is a comment, also
				 * behind blanks */
#define TARGET_HOME 2		/* somebody's: ~/ and ./ are his home */
#define TARGET_DOMAIN 4		/* @domain is *@domain: whoever at another */

/* The first octet of a target's text (wire/route.h, TARGETS) says which it
 * is, except of an address, which begins with none of these: where its local
 * part does it is written with quotes. */
enum target_kind {
	TARGET_ADDRESS = 'a',	/* canonical (mail/address.h), with a domain
				 * or without */
	TARGET_MAILBOX = '\\',	/* \user */
	TARGET_COMMAND = '|',	/* |command args */
	TARGET_FILE = '/',	/* /path, or ./path from the home */
	TARGET_INCLUDE = ':',	/* :include:/path, or :include:./path */
	TARGET_USER = '~',	/* ~user@domain: as itself, by no table any
				 * more. Not written by people */
	TARGET_REFUSED = '!'	/* !5.4.6 text: likewise. Bounces so */
};

struct target {
	enum target_kind kind;
	const char *s;		/* its text, NUL behind it; lasts until the
				 * next step */
	size_t n;		/* at most TARGET_OCTETS */
	size_t at;		/* where in the list it begins */
};

struct target_walk {
	const char *s;
	size_t n, pos;
	int how;
	stralloc out;
	const char *error;	/* of the last -1; 0: no memory */
	size_t errat;		/* and where */
	/* inside */
	struct header_walk group;	/* an item with several addresses */
	size_t item;
	int ingroup;
};
#define TARGET_WALK(s, n, how) \
	{ s, n, 0, how, STRALLOC_ZERO, 0, 0, HEADER_WALK(0, 0), 0, 0 }

/* The next target of the list. Returns 1, 0 at the end, -1 if the next item
 * is none: it has been passed over, and the walk may go on. */
int target_next(struct target_walk *w, struct target *t);
void target_walk_free(struct target_walk *w);

/* Walk over another list with the storage of w. */
void target_walk_over(struct target_walk *w, const char *s, size_t n, int how);

/* Which kind the text s[0..n) of a target is. */
enum target_kind target_kind(const char *s, size_t n);

/* Path of an INCLUDE's text, NUL-ended as the text is. */
const char *target_include(const char *s);

/* Append the text of an address, canonical or not, in the form that a list
 * of targets has it. Returns 1, 0 with ENOMEM, -1 if it is no address. */
int target_putaddress(stralloc *sa, const char *s, size_t n);

#endif
