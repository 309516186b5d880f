#ifndef PNEU_LISTEN_DOOR_H
#define PNEU_LISTEN_DOOR_H

#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"
#include "conf/listen.h"

/* The sockets that we listen on, and the addresses of those who come. */

#define DOOR_MAX 64		/* addresses in the setting listen */
#define DOOR_TEXT_OCTETS 64	/* "ADDRESS PORT" with a NUL */

struct door {
	int fd;
	enum listen_role role;	/* what is spoken there */
	int proxy;		/* behind a PROXY header */
};

/* Bind and listen on every address of the setting listen; doors has room for
 * DOOR_MAX. Non-blocking, close-on-exec. An address family that the system
 * lacks is passed over with a warning. Returns how many; dies (100, 111) if
 * there is none or one fails. */
size_t door_open(const struct conf *c, struct door *doors);

struct door_peer {
	unsigned char ip[16];	/* the first 4 of IPv4 */
	int is6;		/* an IPv4-mapped address counts as IPv4 */
	uint16_t port;
	enum listen_role role;	/* of the door; not set here */
	int unknown;		/* a proxy's, who does not say whose */
	int hasto;		/* 4, 6: a proxy's, who says where he came to */
	unsigned char to[16];
	uint16_t toport;
};

/* Set ip, is6 and port. */
void door_peer(struct door_peer *p, const void *ip, int is6, uint16_t port);

/* accept(2), non-blocking and close-on-exec. Returns the descriptor, or -1
 * with errno. */
int door_accept(int fd, struct door_peer *p);

/* Our own end of the connected socket fd. Returns 1, or -1 with errno. */
int door_local(int fd, struct door_peer *p);

/* "192.0.2.1 25", "2001:db8::1 25". */
void door_fmt(char s[DOOR_TEXT_OCTETS], const struct door_peer *p);

#endif
