#ifndef TESTS_UNIT_SEND_WORLD_H
#define TESTS_UNIT_SEND_WORLD_H

#include "pneu-send/send.h"

/* pneu-send without its main: a queue in a scratch directory, the programs
 * that it talks to played by us over socket pairs, and a clock that is ours.
 * world_queue does what pneu-queue would, by the code of src/spool. */

#define WORLD_ORDERS 4096
#define WORLD_MESSAGE "Subject: x\n\nhello\n"

enum { SAID_ADDR, SAID_ORIG, SAID_TARGET, SAID_FORWARD, SAID_OWNER,
	SAID_ACTION, SAID_SENDER, WORLD_SAID };

struct world_order {		/* in the hands of a delivery program */
	int peer;
	uint32_t tag;
	char id[LETTER_ID_OCTETS + 1];
	char to[128];
	uint32_t ns[128];
	char why[128];
	char said[WORLD_SAID][64];	/* of the first recipient */
	size_t n;
};

struct world {
	struct send g;
	struct stream end[PEERS];	/* our ends */
	struct world_order orders[WORLD_ORDERS];
	size_t norders, most;
	uint32_t acked, retired, deferred, marked, pruned, bad, asked;
	int noqueue;			/* orders are not answered */
	int noalias;			/* nor are questions, until it is 0 */
	const char *forward;		/* of the next report */
	const char *action, *made, *owner;	/* the same */
	const char *target;		/* of the next letter's recipients */
	const char *notify;		/* the same */
	char mades[256];		/* ids of made= so far, a space each */
	char route[128];		/* of all, instead of smtp:DOMAIN */
	uint64_t id;
};

/* Begin anew: an empty queue at the time now (Unix seconds). */
void world_begin(struct world *w, uint64_t now);
void world_end(struct world *w);

/* A new pneu-send on the same queue, the programs as they were. */
void world_restart(struct world *w);

/* A letter from sender to the n recipients, in new/ or, due not 0, in the
 * slot for due. Returns its id; path has room for LETTER_PATH_OCTETS + 1. */
const char *world_letter(struct world *w, char *path, uint64_t due,
    const char *sender, const char *const *rcpts, size_t n);

/* Turns, with all that was said answered, until nothing happens. */
void world_run(struct world *w);
/* The same for so many milliseconds, from one deadline to the next. */
void world_pass(struct world *w, uint64_t ms);

/* Report on all of order i, which is then only to be acknowledged. */
void world_report(struct world *w, size_t i, char kind, const char *code,
    const char *text, int site);
/* The connection to peer breaks, and there is a new one. */
void world_break(struct world *w, int peer);
/* What peer says when it has nothing in hand, or has order o. */
void world_go(struct world *w, int peer);
/* The same of every delivery program, and what follows from it. */
void world_goall(struct world *w);
void world_taken(struct world *w, const struct world_order *o);

/* Files in directory sub of the queue, and below. */
size_t world_files(const char *sub);

#endif
