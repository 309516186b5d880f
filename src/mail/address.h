#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include <stddef.h>
#include <skalibs/stralloc.h>

/* Addresses as SMTP has them (RFC 5321 section 4.1.2), and their one
 * canonical spelling, by which all of pneu knows them: no <>, no source
 * route, the local part quoted only where it must be. In it the last '@'
 * always divides local part and domain. Upper and lower case stay.
 *
 * Local parts over 64 octets (4.5.3.1.1) are taken: VERP and SRS make them.
 * Those with dots at odd places (a..b@, a.@) are too: doc/VIOLATIONS. */

#define ADDRESS_PATH_OCTETS 256		/* with <>: RFC 5321 4.5.3.1.3 */
#define ADDRESS_DOMAIN_OCTETS 255	/* RFC 5321 4.5.3.1.2 */
#define ADDRESS_LABEL_OCTETS 63		/* RFC 1035 2.3.4 */

enum address_error {
	ADDRESS_SYNTAX = -1,		/* 5.1.7 of a sender, 5.1.3 */
	ADDRESS_LONG = -2,		/* over ADDRESS_PATH_OCTETS */
	ADDRESS_ASCII = -3		/* octets over 127: 5.6.7, RFC 6531 */
};

struct address {
	char s[ADDRESS_PATH_OCTETS + 1];	/* canonical, with a NUL */
	size_t len;			/* 0: the null path <> */
	size_t at;			/* offset of the last '@'; len if the
					 * address has no domain */
};

/* Parse the path at the beginning of s[0..n): "<...>", or without <> up to
 * a space or the end. Returns octets used, or an enum address_error. That
 * it is null, or has no domain, is for the caller to judge. */
int address_path_scan(struct address *a, const char *s, size_t n);

/* The same for a bare address that is the whole of s[0..n) ("a@b", as users
 * write it in tables and on command lines). Returns 1 or an error. */
int address_scan(struct address *a, const char *s, size_t n);

/* The same two, of addresses that may be internationalized (RFC 6531): UTF-8
 * in the local part, U-labels in the domain, which become A-labels (RFC 5890):
 * that is their canonical spelling. */
int address_path_scan8(struct address *a, const char *s, size_t n);
int address_scan8(struct address *a, const char *s, size_t n);

/* Offset of the '@' that divides the canonical address s[0..n), n if it has
 * no domain. */
size_t address_at(const char *s, size_t n);

/* Append the canonical address s; U-labels of its domain, if they are such,
 * become A-labels. Returns 1, or 0 with ENOMEM. */
int address_cat8(stralloc *sa, const char *s);

/* Append the canonical address of a local part, given as it is meant,
 * without quotes, and a domain (n2 0: none). Returns 1, 0 with ENOMEM, or
 * -1 if the local part has control characters. */
int address_put(stralloc *sa, const char *local, size_t n1,
    const char *domain, size_t n2);

/* Append the local part of the canonical address s[0..at) as it is meant,
 * without quotes. Returns 1, or 0 with ENOMEM. */
int address_local(stralloc *sa, const char *s, size_t at);

/* 1 if s[0..n) is a domain name (letters, digits, '-', '_'; labels of 1 to
 * 63; at most 255) or an address literal; 0 if not. */
int address_isdomain(const char *s, size_t n);

/* Parse an address literal, "[192.0.2.1]" or "[IPv6:2001:db8::1]": its
 * address goes to ip, 4 or 16 octets. Returns 4 or 16, 0 if it is none. */
int address_literal_scan(char ip[16], const char *s, size_t n);

#endif
