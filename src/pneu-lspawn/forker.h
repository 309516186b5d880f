#ifndef PNEU_LSPAWN_FORKER_H
#define PNEU_LSPAWN_FORKER_H

#include "conf/conf.h"

/* The part of pneu-lspawn that stays root: a process that sees no mail and
 * no orders, and so is small, cheap to fork, and has nothing in its memory
 * that its children must not know. On a socket to the rest of pneu-lspawn,
 * frames:
 *
 *	S tag	start a worker; payload: the user's name, "" for virtual
 *		mailboxes; descriptor: the worker's socket
 *	R tag	start a runner (runner.h); descriptor: its socket
 *	K tag	kill it
 *	H 0	read the settings anew
 *	E tag	(answer) it has ended. Its tag is free.
 */

#define FORKER_START 'S'
#define FORKER_RUN 'R'
#define FORKER_KILL 'K'
#define FORKER_RELOAD 'H'
#define FORKER_ENDED 'E'

/* Serve sock until it ends. devnull is /dev/null, opened for reading and
 * writing. Does not return. */
void forker_run(struct conf *c, int sock, int devnull);

#endif
