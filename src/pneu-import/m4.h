#ifndef PNEU_IMPORT_M4_H
#define PNEU_IMPORT_M4_H

#include "pneu-import/str.h"

/* What calls of macros a file for m4 has, without m4: `quotes', dnl, and
 * comments with # are known, definitions are not carried out. */

#define M4_ARGS 9

struct m4_call {
	const char *name;
	const char *args[M4_ARGS];	/* "" where there is none */
	int n;
	unsigned int line;		/* from 1 */
};

struct m4 {
	const char *s;
	unsigned int line;
};

/* The next call NAME(...), or a line that is none (name 0, args[0] the
 * line; NAME alone on its line, too). Returns 1, or 0 at the end. */
int m4_next(struct m4 *m, struct m4_call *c);

#endif
