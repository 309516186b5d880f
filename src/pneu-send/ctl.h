#ifndef PNEU_SEND_CTL_H
#define PNEU_SEND_CTL_H

#include <sys/types.h>

#include "pneu-send/send.h"

/* A client of run/pub/ctl, and the one request of his that is being
 * answered, a little in each turn of the loop. */
struct ctl {
	struct stream s;
	uid_t uid;
	uint8_t type;			/* of the request, or 0 */
	uint8_t open, found;
	uint8_t has;			/* H, U, R: name is to be dealt with */
	uint8_t stuck;			/* it could not be, now */
	uint8_t waits;			/* for pneu-queue, at the end */
	uint32_t count;
	uint64_t active;		/* ms: since when he is waited for */
	struct letter_name name;
	uint32_t tag;
	char id[LETTER_ID_OCTETS + 1];	/* or "" */
	int top;			/* where the walk is */
	uint64_t dir;
	struct walk w;
	int fd;				/* S: the letter's file, */
	uint64_t at;			/* and how far it is sent */
	char sender[ENVELOPE_ADDRESS_OCTETS + 1];	/* W */
};

#define CTL_IDLE_MS 30000		/* without a whole request, or without
					 * taking anything of an answer */

/* ctl_room.c. Which of the n seats c a client may have who has just come: a
 * free one; or, if he has more than his share already, his own that has asked
 * nothing for the longest time, which is to be closed; -1 if none. */
int ctl_seat(const struct ctl *c, size_t n, uid_t uid, int isadmin);
/* Close those who are waited for too long (not those who watch). */
void ctl_expire(struct send *g);
uint64_t ctl_deadline(const struct send *g);

/* ctl.c. ctl_isadmin: may he see what is in letters, and touch single ones? */
void ctl_close(struct ctl *c);
int ctl_isadmin(const struct send *g, uid_t uid);

/* flush.c: F. flush_may: 1 if what is for the site may be made due because
 * somebody asks who is not of us (ETRN), which then is noted; not if it, or
 * FLUSH_ASKS others, have been asked for in the last FLUSH_ASK_MS. */
void ctl_flush(struct send *g, struct ctl *c, const char *domain);
int flush_may(struct asked *a, uint32_t hash, uint64_t now);

/* ctl_item.c: the letter at a as I frames. 1, 0 it is not there, -1. */
int ctl_item(struct send *g, struct ctl *c, const struct at *a);

/* wish.c: answer H, U or R, whose walk is over. 1, or 0: not yet. */
int wish_answer(struct send *g, struct ctl *c);

/* watch.c: W, to which say_rcpt adds as long as g->watched is set. */
void watch_begin(struct send *g, struct ctl *c, const char *sender);
void watch_tell(struct send *g, const struct mail *m, const struct rcpt *r,
    const struct verdict *v);

/* ctl_list.c: all that walk the queue, L S H U R: one slice. Returns 1 when the answer is complete. */
int ctl_list(struct send *g, struct ctl *c);

/* Answer with a verdict; the request is over. */
void ctl_answer(struct ctl *c, char kind, const char *code,
    const char *text);

#endif
