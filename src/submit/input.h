#ifndef SUBMIT_INPUT_H
#define SUBMIT_INPUT_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "submit/text.h"

/* A message that comes on a descriptor. */

#define INPUT_OCTETS 65536	/* of one read */

struct input {
	int fd;
	int eof;
	struct text text;
	stralloc raw;		/* read, not yet understood */
	stralloc sa;		/* text; the caller takes from it */
};
#define INPUT_ZERO { .raw = STRALLOC_ZERO, .sa = STRALLOC_ZERO }

/* Read once and append the text to in->sa; wait at most ms milliseconds for
 * it (-1: for ever). Returns 1; 0 at the end (in->eof is set); 2 if nothing
 * came in time; -1 with errno. */
int input_read(struct input *in, int ms);

/* Read until in->sa holds a whole header: *len and *body as header_end has
 * them (mail/header.h). Returns 1, or -1 with errno (EMSGSIZE: too long). */
int input_header(struct input *in, size_t *len, size_t *body);

#endif
