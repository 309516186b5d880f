#ifndef PNEU_LISTEN_PROXY_H
#define PNEU_LISTEN_PROXY_H

#include <stddef.h>
#include <stdint.h>

/* The PROXY header of HAProxy (doc/proxy-protocol.txt there), versions 1 and
 * 2: whose connection it is that a proxy passes on. Pure: no I/O. */

#define PROXY_V1_OCTETS 107	/* section 2.1, with CR LF */
#define PROXY_V2_OCTETS 4096	/* with TLVs; section 2.2 has up to 65551 */
#define PROXY_OCTETS 108	/* of the beginning that must be at hand to
				 * know all that we want to know */

enum proxy_kind {
	PROXY_LOCAL,		/* the proxy's own connection: LOCAL */
	PROXY_UNKNOWN,		/* somebody's, who is not told */
	PROXY_CLIENT		/* of src, who came to dst */
};

struct proxy_end {
	unsigned char ip[16];	/* the first 4 of IPv4 */
	uint16_t port;
};

struct proxy {
	enum proxy_kind kind;
	int is6;
	struct proxy_end src, dst;
	size_t len;		/* octets of the header: it may be more than
				 * there are yet, and is then TLVs, which are
				 * passed over (their CRC-32C too) */
};

/* Parse the header that s[0..n) begins with. Returns 1; 0 if more is needed,
 * all of s[0..n) being of the header; -1 if it is none. Decided when n is
 * PROXY_OCTETS. */
int proxy_scan(struct proxy *p, const unsigned char *s, size_t n);

#endif
