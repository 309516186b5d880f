#ifndef PNEU_KEY_FILES_H
#define PNEU_KEY_FILES_H

#include "conf/conf.h"

/* The half of pneu-key that may open private keys, and sees none: it hands
 * their descriptors to the other half, at the start, when that one asks (an
 * H frame), and when a file has changed.
 *
 *	B	what follows are all files, anew
 *	F	path=, with its descriptor; or error=
 *	E	that was all */

#define FILES_LOOK_S 10		/* between looks whether one has changed */

/* Serve on the connected socket fd until its other end is closed; exits. */
void files_run(struct conf *c, int fd) __attribute__((noreturn));

#endif
