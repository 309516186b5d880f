/* spool/commit.c and take.c with the power-cut test's controls in them:
 * PNEU_BREAK in the environment says what they leave out (file, dir: their
 * flush; again: that of a directory before a file is used again; write: to
 * heed that one failed). */
#define PNEU_BREAK 1
#include <skalibs/nonposix.h>
#include "../../src/spool/commit.c"
#include "../../src/spool/take.c"
