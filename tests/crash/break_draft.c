/* pneu-queue/draft.c with the power-cut test's control in it: PNEU_BREAK
 * "write" does not heed that writing failed. */
#define PNEU_BREAK 1
#include "../../src/pneu-queue/draft.c"
