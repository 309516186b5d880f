#ifndef CONF_NET_H
#define CONF_NET_H

#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"

/* Networks and addresses as they stand in settings: 192.0.2.0/24, 192.0.2.1,
 * 2001:db8::/32, [2001:db8::]/32, [::1]. */

struct net {
	unsigned char ip[16];	/* the first 4 of IPv4 */
	int is6;
	unsigned int bits;	/* 0..32 or 0..128 */
};

/* Parse all of s[0..n). An address alone is a network of one; bits of the
 * host must be 0. Returns 1, or -1 with errno EINVAL. */
int net_scan(struct net *x, const char *s, size_t n);

/* 1 if the address (4 octets, or 16 if is6) is in x. An IPv6 address that
 * maps an IPv4 one (::ffff:192.0.2.1) is taken as the latter. */
int net_has(const struct net *x, const unsigned char *ip, int is6);

/* 1 if the address is in one of the networks of list k. */
int conf_innets(const struct conf *c, enum conf_key k, const unsigned char *ip,
    int is6);

/* Parse "address:port", "[address]:port" of s[0..n); of IPv6 the brackets
 * must be there. Port 0 is taken. Returns 1, or -1 with errno EINVAL. */
int net_scanport(struct net *x, uint16_t *port, const char *s, size_t n);

#endif
