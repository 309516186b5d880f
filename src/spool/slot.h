#ifndef SPOOL_SLOT_H
#define SPOOL_SLOT_H

#include <stdint.h>

/* The timing wheel on disk: defer/T/ holds letters not due before T, T in
 * decimal Unix seconds. Slots are coarser with distance: the width of the
 * slot for a time d seconds ahead is the largest power of two not above
 * d / 16 (at least 1), and T is rounded up to a multiple of it, so some 16
 * directories an octave hold any number of letters. */

#define SLOT_OCTETS 20			/* of T, without NUL */
#define SLOT_FAR_S 100000000u		/* the furthest: 3 years */

/* The slot for a letter due at due, seen at now (Unix seconds): not before
 * due, and at least 2 s after now, so that nothing is put into a slot that
 * is being emptied. */
uint64_t slot_of(uint64_t due, uint64_t now);

/* Parse a slot directory's name, the whole string. Returns 1 or -1. */
int slot_scan(const char *s, uint64_t *slot);

/* Is the slot due at now? Also when it is further ahead than longest (the
 * longest back-off in force) can have put it: the clock, or a setting, has
 * changed since. */
int slot_isdue(uint64_t slot, uint64_t now, uint64_t longest);

/* The generation of new/ that letters made at now go to: new/G/, G 8
 * lower-case hexadecimal digits of now / GENERATION_S. */
#define GENERATION_OCTETS 8
#define GENERATION_S 64
void generation_fmt(char g[GENERATION_OCTETS + 1], uint64_t now);

/* Parse a generation's name, the whole string. Returns 1 or -1. */
int generation_scan(const char *s, uint64_t *g);

#endif
