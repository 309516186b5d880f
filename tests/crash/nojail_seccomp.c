/* run/seccomp.c without the filter: strace makes a call fail by making it
 * another, which the filter would refuse with an error of its own. */
#define PNEU_NO_JAIL 1
#include "../../src/run/seccomp.c"
