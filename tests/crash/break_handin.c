/* pneu-queue/handin.c with the power-cut test's control in it: PNEU_BREAK
 * "early" answers before the flush. */
#define PNEU_BREAK 1
#include "../../src/pneu-queue/handin.c"
