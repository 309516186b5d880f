#ifndef SPOOL_NAME_H
#define SPOOL_NAME_H

#include <stddef.h>
#include <stdint.h>

/* A letter's file is named ID.HASH.SIZE: so a walk over names answers most
 * questions without opening files.
 *
 *	ID	18 upper-case hexadecimal digits: 13 of the microseconds
 *		since 1970 at which it was made, 2 of the worker that made
 *		it, 3 of the start counter. A letter that was made of another
 *		one in the queue (spool/made.h) has 5 digits of that one's,
 *		11 of a hash, and FF; others never end in FF
 *	HASH	8 lower-case hexadecimal digits: letter_hash of the domain of
 *		its recipients, 00000000 if they have several
 *	SIZE	of the message in octets, decimal
 */

#define LETTER_ID_OCTETS 18
#define LETTER_NAME_OCTETS (LETTER_ID_OCTETS + 1 + 8 + 1 + 20)
#define LETTER_PATH_OCTETS (32 + LETTER_NAME_OCTETS)	/* "defer/T/NAME" */

struct letter_name {
	char id[LETTER_ID_OCTETS + 1];
	uint32_t hash;
	uint64_t size;
};

/* Parse the whole string s. Returns 1, or -1 if it is no letter's name. */
int letter_name_scan(struct letter_name *n, const char *s);

/* Write the name with a NUL to s (LETTER_NAME_OCTETS + 1 octets). Returns
 * its length. */
size_t letter_name_fmt(char *s, const struct letter_name *n);

/* The hash of a domain, without regard to case; never 0. */
uint32_t letter_hash(const char *domain, size_t n);

/* The hash of a letter to these recipients, as its name has it. */
struct envelope;
uint32_t letter_hash_envelope(const struct envelope *e);

/* Make an id. state lasts as long as the process: a second call within a
 * microsecond, or after the clock went back, gives last + 1. */
struct letter_clock {
	uint64_t last_us;
	unsigned int worker;	/* 0..255 */
	unsigned int start;	/* the start counter; must not end in FF */
};
void letter_id_make(char id[LETTER_ID_OCTETS + 1], struct letter_clock *k,
    uint64_t now_us);

/* The id of the letter that is this step of its parent. try: 0; 1, 2, ... if
 * the one before is another letter's. */
void letter_id_derive(char id[LETTER_ID_OCTETS + 1], const char *parent,
    const char *step, unsigned int try);

/* 1 if an id is such a letter's. */
int letter_isderived(const char *id);

/* 1 if s[0..n) has the form of an id. */
int letter_isid(const char *s, size_t n);

#endif
