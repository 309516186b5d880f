#ifndef DNS_DNSMSG_H
#define DNS_DNSMSG_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/ip46.h>

/* Answers of a DNS server (RFC 1035 section 4), of which we need six
 * types. Everything in them is a stranger's: each length is checked, names
 * are expanded with pointers going backwards only. */

#define DNS_A 1
#define DNS_CNAME 5
#define DNS_SOA 6
#define DNS_MX 15
#define DNS_TXT 16
#define DNS_AAAA 28			/* RFC 3596 */
#define DNS_TLSA 52			/* RFC 6698 */

#define DNSMSG_RECORDS 64		/* taken from an answer, of one type;
					 * of MX those preferred most */
#define DNSMSG_CNAMES 16		/* followed in an answer */
#define DNSMSG_NAME_OCTETS 255		/* of a name as text; RFC 1035 2.3.4 */
#define DNSMSG_DATA_OCTETS 16384	/* of all TLSA and TXT data of an
					 * answer */
#define DNSMSG_TLSA_OCTETS 4096		/* of one record's; of a TXT, too */

struct dnsmsg_record {
	uint16_t pref;				/* MX */
	char name[DNSMSG_NAME_OCTETS + 1];	/* MX, CNAME: lower case, "" is the
						 * root; octets that no host
						 * name has are '?' */
	ip46 ip;				/* A, AAAA */
	unsigned char usage, selector, match;	/* TLSA */
	uint16_t at, len;	/* TLSA, TXT (its strings joined): its data in
				 * dnsmsg.data; len 0: too long, or there is
				 * none */
};

enum dnsmsg_kind {
	DNSMSG_FOUND,		/* n > 0 */
	DNSMSG_NODATA,		/* the name is there, no such records */
	DNSMSG_NXDOMAIN,	/* no such name */
	DNSMSG_LOOP,		/* CNAMEs that lead nowhere */
	DNSMSG_FORMERR,		/* the server did not understand us */
	DNSMSG_LATER		/* any other failure of the server */
};

struct dnsmsg {
	enum dnsmsg_kind kind;
	int ad;			/* the AD bit (RFC 4035 3.2.3) */
	uint32_t ttl;		/* s; of a negative answer RFC 2308's, 0 if
				 * the server gives none */
	size_t n;
	struct dnsmsg_record rr[DNSMSG_RECORDS];
	char owner[DNSMSG_NAME_OCTETS + 1];	/* of the records: where
						 * CNAMEs have led; lower case */
	size_t datalen;
	char data[DNSMSG_DATA_OCTETS];
};

/* What is known of a name and a type. */
struct dns_answer {
	enum dnsmsg_kind kind;
	size_t n;
	const struct dnsmsg_record *rr;
	int secure;			/* by DNSSEC, as who may say so says */
	const char *owner;		/* of the records; 0: as was asked */
	const char *data;		/* of TLSA and TXT records */
};

/* Parse s[0..n), an answer to a question for name (any case, no dot at the
 * end) and type (DNS_A, DNS_AAAA, DNS_CNAME, DNS_MX, DNS_TLSA, DNS_TXT).
 * CNAMEs in it are followed, but where they were asked for. Returns 1, or -1
 * if it is malformed or answers another question. */
int dnsmsg_scan(struct dnsmsg *m, const char *s, size_t n, const char *name,
    uint16_t type);

#endif
