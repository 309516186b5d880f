#ifndef SMTP_NEXTHOP_H
#define SMTP_NEXTHOP_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/ip46.h>

/* Where a letter goes next, written as in Postfix's transport(5):
 *
 *	example.org		its mail exchangers, else its own addresses
 *	[mx.example.org]	the addresses of this host, no MX
 *	[192.0.2.1]		this address
 *	[IPv6:2001:db8::1]	this address; also [2001:db8::1]
 *
 *	lmtp:unix:/path		an LMTP server (RFC 2033) at this Unix socket
 *	lmtp:inet:HOST		at the addresses of this host, no MX, with
 *				brackets or not; also lmtp:HOST
 *
 * each but the socket with ":port" behind it. A bare address without brackets
 * is taken as one, too. At port 465 SMTP has TLS from the first octet. A host
 * name has letters, digits, '-', '_' and dots, labels of 1
 * to 63 octets (RFC 1035 2.3.4); a dot at the end is dropped. */

#define NEXTHOP_HOST_OCTETS 253		/* RFC 1035 2.3.4, as text */
#define NEXTHOP_PATH_OCTETS 100		/* of a Unix socket: sun_path */
#define NEXTHOP_LMTP_PORT 24		/* the one that is assigned */
#define NEXTHOP_TLS_PORT 465		/* TLS from the first octet: RFC 8314
					 * section 3.3 */

struct nexthop {
	char host[NEXTHOP_HOST_OCTETS + 1];	/* in lower case */
	ip46 ip;		/* if isip */
	int isip, mx;
	int lmtp;
	char path[NEXTHOP_PATH_OCTETS + 1];	/* "" if it is a host */
	uint16_t port;		/* 0 if none is given; not of LMTP */
};

/* Parse the whole of s[0..n). Returns 1, or -1 if it is malformed. */
int nexthop_scan(struct nexthop *h, const char *s, size_t n);

/* 1 if s[0..n) has the form of a host name. */
int nexthop_ishost(const char *s, size_t n);

#endif
