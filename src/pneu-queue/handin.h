#ifndef QUEUE_HANDIN_H
#define QUEUE_HANDIN_H

#include "pneu-queue/bcc.h"
#include "pneu-queue/bell.h"
#include "pneu-queue/desk.h"
#include "pneu-queue/draft.h"
#include "pneu-queue/input.h"
#include "pneu-queue/reserve.h"
#include "rewrite/rewrite.h"

/* One connection to a door (doc/PROTOCOLS 1), one letter after another:
 *
 *	state		E		M		X		A
 *	IDLE		-> ENVELOPE	end		end		IDLE
 *	ENVELOPE	more of it	-> HELD		commit		IDLE
 *	HELD		end		-> STREAM	commit		IDLE
 *	STREAM		end		written		commit		IDLE
 *	SKIP		SKIP		SKIP		IDLE		IDLE
 *
 * "end" ends the connection; what fails is answered at once and leads to
 * SKIP. In HELD the only part of the message is still in the input buffer,
 * so a letter of one part is written in one call. An empty M does nothing. */

enum handin_state {
	HANDIN_IDLE, HANDIN_ENVELOPE, HANDIN_HELD, HANDIN_STREAM, HANDIN_SKIP
};

struct handin {
	const struct desk *desk;
	const struct door *door;
	struct seat *seat;
	struct draft draft;
	struct rewrite rewrite;
	struct address sender;	/* what it has become */
	struct bcc bcc;
	struct bell bell;
	struct reserve reserve;
	struct input in;
	uid_t uid;		/* the peer's */
	int tired;		/* to retire at the next pause */
	int over;		/* its share: the first letter ends it */
	enum handin_state state;
	int known;		/* there is or was such a letter: D at X */
	uint32_t tag;
	stralloc text;		/* the envelope; draft.env points there */
	size_t held;		/* octets of the part in HELD */
	stralloc out;
};

/* Make h, which is zero, ready for all connections of this worker. 1, or -1
 * with errno. */
int handin_init(struct handin *h, const struct desk *d, const struct door *r,
    size_t seat);

/* A new connection, fd, of this peer. */
void handin_begin(struct handin *h, int fd, uid_t uid);

/* Take the next frame. 1, or -1: the connection is to be ended. */
int handin_frame(struct handin *h, const struct frame *f);

/* The connection has ended: forget a letter that was not whole. */
void handin_end(struct handin *h);

#endif
