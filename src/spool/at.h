#ifndef SPOOL_AT_H
#define SPOOL_AT_H

#include <stdint.h>

#include "spool/name.h"

/* Where a letter lies, relative to the queue directory:
 *
 *	new/G/NAME	defer/T/NAME	hold/NAME	bad/NAME
 *
 * and the directories new/G and defer/T. */

enum at_top { AT_NEW, AT_DEFER, AT_HOLD, AT_BAD };

struct at {
	enum at_top top;
	uint64_t dir;			/* G or T; 0 in hold/ and bad/ */
	struct letter_name name;
	const char *file;		/* the last part of the path scanned */
};

/* Parse the whole string s as the path of a letter: each part is of exactly
 * the form above, so no path leads out of the queue. Returns 1 or -1.
 * a->file points into s. */
int at_scan(struct at *a, const char *s);

/* The same for a file of any name, but ones that begin with a dot or hold
 * a slash or an octet outside 33..126; a->name is then empty. For what is
 * to be moved to bad/. */
int at_scan_any(struct at *a, const char *s);

/* The same for the directories new/G and defer/T; a->file is "". */
int at_scan_dir(struct at *a, const char *s);

/* Write the path of the directory of a to s, "new/0f3c2a11" or "hold", with
 * a NUL, at most AT_DIR_OCTETS + 1. Returns its length. */
#define AT_DIR_OCTETS 31
#define AT_PATH_OCTETS (AT_DIR_OCTETS + 1 + 255)	/* of at_scan_any */
unsigned int at_dir_fmt(char *s, enum at_top top, uint64_t dir);

#endif
