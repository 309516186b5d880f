#ifndef PNEU_LISTEN_ADMIT_H
#define PNEU_LISTEN_ADMIT_H

#include <stddef.h>
#include <stdint.h>

/* Who may come in: counts of the connections that are open, in all and of
 * each client network (an IPv4 address, an IPv6 /64). Pure: no I/O. */

struct admit_key {
	unsigned char s[9];	/* 4, and the address; 6, and its first 8 */
};

struct admit_net {
	struct admit_key key;
	uint32_t count;
	uint32_t next;		/* in its bucket, or among the free ones */
};

struct admit {
	size_t max;		/* connections in all */
	size_t reserve;		/* of these, kept for the trusted */
	size_t per_client;	/* 0: no limit */
	size_t n;		/* open now */
	struct admit_net *nets;
	uint32_t *buckets;
	size_t size;		/* of both; a power of two */
	uint32_t free;
};

enum admit_answer {
	ADMIT_YES,
	ADMIT_CLIENT,		/* too many of this client */
	ADMIT_BUSY		/* too many in all */
};

/* Set the limits, at the start (a zeroed) or later; those who are in stay.
 * Returns 1, or 0 with ENOMEM, a as it was. */
int admit_limits(struct admit *a, size_t max, size_t per_client);

/* The network of an address of 4 octets, or of 16 if is6. */
void admit_key(struct admit_key *k, const unsigned char *ip, int is6);

/* May one more come in? ADMIT_YES counts it; admit_end takes it back. The
 * trusted are not counted by network, and the last tenth of the places (one
 * at least, of two and more) is theirs. */
enum admit_answer admit_ask(struct admit *a, const struct admit_key *k,
    int trusted);
void admit_end(struct admit *a, const struct admit_key *k, int trusted);

/* Connections of a network. */
size_t admit_count(const struct admit *a, const struct admit_key *k);

void admit_free(struct admit *a);

#endif
