#ifndef PNEU_REMOTE_MESSAGE_H
#define PNEU_REMOTE_MESSAGE_H

#include <skalibs/stralloc.h>

#include "mail/headmap.h"
#include "pneu-remote/scan.h"
#include "run/hand.h"
#include "smtp/data.h"

/* A letter's message on its way from its file to the wire. It is read once
 * before anything is said to a host: is it whole, does it have octets over
 * 127, lines that are too long? A small one then stays in memory; a larger
 * one is read, and its CRC-32C checked, again. */

#define MESSAGE_PART_OCTETS 65536	/* read at a time */
#define MESSAGE_SMALL_OCTETS 65536	/* kept in memory */
#define MESSAGE_BUFFERS 256		/* small ones kept, in all: 16 MiB */

/* Buffers for small messages. */
struct message_pool {
	char *spare[MESSAGE_BUFFERS];
	size_t nspare, nused;
	char part[MESSAGE_PART_OCTETS];
	stralloc mid, mapped, folded;	/* scratch: recoded; with other
					 * addresses; folded */
};

struct fold;
struct recode;

struct message {
	struct hand_order *o;
	struct hand_reader r;
	struct scan facts;
	char *small;			/* the whole of it, or 0 */
	size_t len, at;			/* of small; not used otherwise */
	struct smtp_encoder enc;
	headmap_fn *map;		/* what addresses of the header become;
					 * 0: nothing. The caller's */
	void *mapx;
	struct headmap *head;		/* at it */
	struct fold *fold;		/* 0: no line is too long */
	struct recode *recode;		/* 0: as it is */
	int all;			/* recode parts labelled 7bit too */
	int recoded;			/* it can be done: sent says */
	struct scan sent;		/* what it is recoded */
	uint64_t wire;			/* octets on the wire, without dots,
					 * nor what other addresses change */
};

/* Begin to read the message of o. */
void message_init(struct message *m, struct hand_order *o);

/* Read the next part and look at it. Returns 1 when all is read, 0 if there
 * is more, -1 with errno; EBADMSG: it is damaged. */
int message_check(struct message *m, struct message_pool *p);

/* Make ready to be sent, from the beginning: seven: to a host without
 * 8BITMIME. Returns 1; 0: more is to be done, call again; -1 with errno;
 * EILSEQ: it has octets over 127 that cannot be recoded. m->wire is the size
 * then. */
int message_start(struct message *m, struct message_pool *p, int seven);

/* Append the next part to out, as it goes on the wire, with the final dot
 * behind the last. Returns 1 if that was the last, 0 if there is more, -1
 * with errno. */
int message_send(struct message *m, struct message_pool *p, stralloc *out);

void message_free(struct message *m, struct message_pool *p);

#endif
