#ifndef PNEU_ALIAS_INCLUDE_H
#define PNEU_ALIAS_INCLUDE_H

#include <stddef.h>

#include "alias/target.h"
#include "wire/route.h"

/* A list's file, :include:/file, read a piece at a time. */

#define INCLUDE_LINE_OCTETS 16384

struct include {
	int fd;
	int eof;
	size_t have, pos, line;	/* octets in buf, of them taken; number */
	char buf[INCLUDE_LINE_OCTETS];
	struct target_walk w;
	char path[TARGET_OCTETS + 1];
};

/* Open path. Returns 1, or -1 with errno; EPERM: everybody may write it. */
int include_open(struct include *in, const char *path);
void include_close(struct include *in);

/* The next target. Returns 1, 0 at the end, -1 with errno; EINVAL: what is
 * there is none, in->w.error says why, and the next call goes on. */
int include_next(struct include *in, struct target *t);

#endif
