#ifndef PNEU_REMOTE_FOLD_H
#define PNEU_REMOTE_FOLD_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "pneu-remote/scan.h"

/* Lines over SCAN_LINE_OCTETS are broken, as Postfix does it
 * (smtp_line_length_limit): a header line before its last white space that
 * fits (RFC 5322 2.2.3), any other by a line end and a space. Nothing is
 * cut (doc/VIOLATIONS). */
struct fold {
	char line[SCAN_LINE_OCTETS];
	size_t n;
	int body;
};

void fold_init(struct fold *f);

/* Append what comes of s[0..n) to out. Returns 1, or 0 with ENOMEM. */
int fold_feed(struct fold *f, stralloc *out, const char *s, size_t n);
int fold_end(struct fold *f, stralloc *out);

#endif
