#ifndef QUEUE_DESK_H
#define QUEUE_DESK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf/conf.h"
#include "spool/group.h"
#include "spool/name.h"
#include "spool/spare.h"

/* What parent and workers share: made in main, before any worker. */

#define DESK_SEATS 256		/* workers; their number is 2 digits of an id */

/* A worker's entry in memory shared by all (a file mapping, MAP_SHARED). */
struct seat {
	uint64_t last_us;	/* of its last id: outlives the worker */
	volatile uid_t uid;	/* whom it serves, if busy */
	volatile char busy;	/* has a connection */
	volatile char big;	/* takes a letter of several frames */
};

/* A listening socket and the seats of its workers. */
enum door_kind { DOOR_INTAKE, DOOR_SUBMIT };

struct door {
	enum door_kind kind;
	int fd;			/* blocking: accept(2) wakes one worker */
	size_t first, n;	/* seats */
};

struct desk {
	struct conf conf;
	int queue;		/* the directory; locked */
	struct door intake, submit;
	int orders;		/* listening, non-blocking */
	uid_t self, pneud, pneub, pneuf, pneus, overflow;
	unsigned int start;	/* the start counter */
	int brought;		/* letters to new/, by the start */
	struct seat *seats;	/* DESK_SEATS */
	struct spare *spares;	/* SPARE_MAX of each seat */
	struct group *group;	/* of the workers' flushes; 0: none */
};

/* Map the seats, the spares and the group. 1, or -1 with errno. */
int desk_share(struct desk *d);

/* Whose seats of the door serve this uid (busy); take a letter of several
 * frames (big); have no connection (free)? */
size_t door_serving(const struct desk *d, const struct door *r, uid_t uid);
size_t door_big(const struct desk *d, const struct door *r);
size_t door_free(const struct desk *d, const struct door *r);

/* Make ready the queue directory, in the home (doc/INTERNALS, START): what
 * is missing in it is made, it is locked (waiting up to 10 s for the workers
 * of a parent that died), tmp/ and spare/ emptied, the start counter raised.
 * Sets queue, start and brought. Dies if that fails. */
void desk_open(struct desk *d);

/* A worker's life in a seat of this door; never returns. */
void desk_serve(struct desk *d, struct door *r, size_t seat);

/* The orders worker's life; never returns. */
void desk_orders(struct desk *d);

#endif
