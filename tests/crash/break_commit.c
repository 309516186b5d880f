/* spool/commit.c with the power-cut test's controls in it: PNEU_BREAK in the
 * environment says what it leaves out (file, dir: their flush; write: to
 * heed that one failed). */
#define PNEU_BREAK 1
#include "../../src/spool/commit.c"
