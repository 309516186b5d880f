#ifndef SPOOL_SPARE_H
#define SPOOL_SPARE_H

#include <stdint.h>

#include "spool/at.h"

/* Files that are used again (doc/INTERNALS, SPARES): making a file and
 * removing it costs more than writing it, so a small letter is written into
 * a file that stays, queue/spare/SEAT.K, and gets its name in new/G as a
 * second link. All that is known of them but their octets is in memory that
 * pneu-queue's workers share; its next start begins without any.
 *
 *	NONE	no such file
 *	FREE	no letter; durably without another name
 *	TAKEN	being written by its worker
 *	LIVE	a letter, which lies in new/G, too
 *	RETIRED	all its recipients are settled, its name in new/G is removed
 *	LOST	not to be touched before the next start
 *
 * The worker of the seat makes it FREE, TAKEN and LIVE, the orders worker
 * makes RETIRED or NONE of what is LIVE. */

#define SPARE_MAX 64		/* files of a seat */
#define SPARE_OCTETS 16384	/* a bigger letter gets a file of its own */
#define SPARE_PATH_OCTETS 11	/* "spare/00.00", hexadecimal */

enum spare_state {
	SPARE_NONE, SPARE_FREE, SPARE_TAKEN, SPARE_LIVE, SPARE_RETIRED,
	SPARE_LOST
};

struct spare {
	volatile unsigned char state;
	volatile unsigned char linked;	/* LIVE, and in new/G */
	uint32_t nrcpts;
	uint64_t g;			/* of LIVE and RETIRED */
	char id[LETTER_ID_OCTETS + 1];
};

void spare_path(char s[SPARE_PATH_OCTETS + 1], unsigned int seat,
    unsigned int k);

/* At a start, before any worker: letters in spare/ that wait for delivery
 * get their place in new/, with that name alone; all else is removed. What
 * cannot be done is logged by warn(path), with errno, and stays. Returns how
 * many letters were not in new/ before, or -1 with errno: spare/ cannot be
 * read. */
int spare_start(int queuefd, void (*warn)(const char *path));

/* A new worker of this seat, row is spares of the seat: what its predecessor
 * had not brought into new/G is removed. */
void spare_heir(struct spare *row, unsigned int seat, int queuefd);

/* For the orders worker. all: the rows of all seats. The LIVE one that is the
 * letter of this id; 0 if it has a file of its own. */
struct spare *spare_find(struct spare *all, const char *id);

/* RETIRE of such a letter, which lies at path in new/G: its recipients are
 * marked, its name is removed. 1, or -1 with errno: to be repeated. */
int spare_retire(struct spare *all, struct spare *p, int queuefd,
    const char *path, uint64_t g);

/* step_move of such a letter from new/G to another top: the file goes there
 * and is none of these any more. */
int spare_move(struct spare *all, struct spare *p, int queuefd,
    const char *path, const struct at *a, enum at_top top, uint64_t dir,
    char to[AT_PATH_OCTETS + 1]);

#endif
