#ifndef PNEU_LISTEN_LOBBY_H
#define PNEU_LISTEN_LOBBY_H

#include <stddef.h>
#include <skalibs/iopause.h>
#include <skalibs/tai.h>

#include "door.h"
#include "proxy.h"

/* Connections of trusted proxies whose PROXY header is not whole yet. Not an
 * octet behind it is taken. */

#define LOBBY_GUESTS 256	/* at a time: while it is full the kernel
				 * keeps the others */
#define LOBBY_S 5		/* for the header, as Postfix has it */

struct guest {
	int fd;
	struct door_peer peer;
	unsigned char s[PROXY_OCTETS];
	size_t n;		/* of s */
	size_t skip;		/* of the header, still to come; if known */
	struct proxy proxy;
	int known;
	tain until;
};

struct lobby {
	struct guest guests[LOBBY_GUESTS];
	size_t n;
};

#define lobby_isfull(l) ((l)->n == LOBBY_GUESTS)

/* Take in the connection fd, if the lobby is not full. */
void lobby_enter(struct lobby *l, int fd, const struct door_peer *p);

/* Entries of x: one for each of the l->n guests; *t becomes the earliest end
 * of their time. */
void lobby_iopause(const struct lobby *l, iopause_fd *x, tain *t);

enum lobby_answer {
	LOBBY_WAITS,
	LOBBY_GOES,		/* the header is whole: fd and p are his */
	LOBBY_OUT		/* no header, not in time, or gone: closed */
};

/* See to guest i, who may read or not. When he goes, p is the client, as far
 * as it is known, with p->unknown set if not. Whoever is not LOBBY_WAITS has
 * left, and the last guest takes his number: go from the last to the first.
 * Those who are put out are logged. */
enum lobby_answer lobby_see(struct lobby *l, size_t i, int readable, int *fd,
    struct door_peer *p);

/* Put all of them out. */
void lobby_close(struct lobby *l);

#endif
