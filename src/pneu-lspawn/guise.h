#ifndef PNEU_LSPAWN_GUISE_H
#define PNEU_LSPAWN_GUISE_H

#include <stdint.h>

#include "pneu-lspawn/lookup.h"

/* To the file system, to be another for a while: what only Linux has. Its
 * setfsuid(2) changes who we are when files are looked for, opened, made,
 * removed, and whose quota they count for, and nothing else: none of those
 * whom we act as may signal or trace us. */

/* 1 if this system has it. */
int guise_ishere(void);

/* Be w, or, if w is null, nobody, with no right to any file but everybody's.
 * Returns 0, or -1 with errno: then we are not w, and nobody or who we
 * were. */
int guise_take(const struct who *w);

/* Append n octets of the file from, at off, to the file to, which is open
 * for writing, without having them in our memory. Returns 0, or -1 with
 * errno; EIO if from is shorter. */
int guise_copy(int to, int from, uint64_t off, uint64_t n);

#endif
