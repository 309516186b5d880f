#ifndef WIRE_TLS_H
#define WIRE_TLS_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "wire/verdict.h"

/* What pneu-smtpd, pneu-remote and others ask of pneu-tls, and what it
 * answers (doc/PROTOCOLS 9): lines of wire/field.h.
 *
 * A question is an S frame (we are the server) or a C frame (we are the
 * client) that carries the network's descriptor:
 *
 *	peer=	whom it is with, as logs and verdicts name it: unknown[ADDRESS]
 *		(S), HOST[ADDRESS]:PORT (C)
 * and of C
 *	host=	the name sent as SNI; absent for an address
 *	level=	may, encrypt, verify, secure, dane or fingerprint. may and
 *		encrypt are alike here: any certificate will do
 *	match=	0 or more names, one of which the certificate must have
 *		(verify, secure, and DANE-TA; of may it is only told whether it
 *		has): RFC 6125; ".x" stands for any name below x
 *	tlsa=	0 or more TLSA records (dane), "USAGE SELECTOR TYPE HEX"
 *	fingerprint=	0 or more SHA-256 (fingerprint), 64 hexadecimal digits,
 *		of the certificate or of its SubjectPublicKeyInfo
 *	session=	a name; a session that was begun under it before may
 *		be resumed. Everything that the verdict depends on belongs
 *		in it: nexthop, host, level, match, tlsa. Absent: none
 *
 * The answer is an R frame with the clear descriptor:
 *
 *	version= cipher=	TLSv1.2, ECDHE-RSA-AES256-GCM-SHA384
 *	bits= of=	of the cipher's key, used and all
 *	more=	(TLS 1.3) what Postfix says behind the bits: "key-exchange
 *		X25519 server-signature ..."
 *	sni=	(S) the name that the client asked for, printable
 *	trust=	anonymous (no certificate was seen: always of S), untrusted,
 *		trusted (the chain ends at a CA of ours), verified (and so
 *		does its name, or the fingerprint is right), dane
 *	resumed=1	a session was resumed
 *
 * or an F frame, whose payload is a verdict (wire/verdict.h). */

#define TLS_HANDSHAKE_S 30		/* an answer comes within */
#define TLS_MATCHES 16		/* names of one question */
#define TLS_TLSA 64		/* records */
#define TLS_PRINTS 64		/* fingerprints */
#define TLS_TLSA_OCTETS 4096	/* of a record's data */
#define TLS_PRINT_OCTETS 32	/* SHA-256 */

enum tls_level {
	TLS_MAY, TLS_ENCRYPT, TLS_VERIFY, TLS_SECURE, TLS_DANE,
	TLS_FINGERPRINT
};

enum tls_trust {
	TLS_ANONYMOUS, TLS_UNTRUSTED, TLS_TRUSTED, TLS_VERIFIED,
	TLS_TRUST_DANE
};

struct tls_ask {
	const char *peer;
	const char *host;		/* 0 if absent */
	const char *session;		/* the same */
	enum tls_level level;
	genalloc match, tlsa, print;	/* of const char * */
};

#define TLS_ASK_ZERO { .match = GENALLOC_ZERO, .tlsa = GENALLOC_ZERO, \
    .print = GENALLOC_ZERO }

struct tls_answer {
	const char *version, *cipher;
	const char *more, *sni;		/* 0 if absent */
	uint32_t bits, of;
	enum tls_trust trust;
	int resumed;
};

/* Empty a for use or reuse; free its storage. */
void tls_ask_clear(struct tls_ask *a);
void tls_ask_free(struct tls_ask *a);

/* Parse the whole of s[0..n), which is changed; strings point into it. A
 * level, record or fingerprint that makes no sense, or too many of them, is
 * malformed. Returns 1, or -1 with errno EINVAL or ENOMEM. */
int tls_ask_scan(struct tls_ask *a, char *s, size_t n);

/* Append a as text to sa. Returns 1, or 0 with ENOMEM. */
int tls_ask_put(stralloc *sa, const struct tls_ask *a);

/* The same of answers. One without version, cipher and trust is EINVAL. */
int tls_answer_scan(struct tls_answer *a, char *s, size_t n);
int tls_answer_put(stralloc *sa, const struct tls_answer *a);

/* Append what Postfix says of a session: "TLSv1.2 with cipher NAME (256/256
 * bits)". Returns 1, or 0 with ENOMEM. */
int tls_answer_text(stralloc *sa, const struct tls_answer *a);

/* "may", ...; "untrusted", ... */
const char *tls_level_word(enum tls_level l);
const char *tls_trust_word(enum tls_trust t);

/* The level of the word s[0..n), exactly. Returns 1, or 0. */
int tls_level_scan(enum tls_level *l, const char *s, size_t n);

/* A TLSA record (RFC 6698 2.1). */
struct tls_tlsa {
	unsigned char usage, selector, type;
	size_t n;
	unsigned char data[TLS_TLSA_OCTETS];
};

/* Parse "USAGE SELECTOR TYPE HEX", each number 0 to 255. Returns 1, or -1. */
int tls_tlsa_scan(struct tls_tlsa *t, const char *s);

/* 1 if a mailer can use it (RFC 7672 3.1): DANE-TA or DANE-EE, a selector
 * and type that are known, data of their length. */
int tls_tlsa_isusable(const struct tls_tlsa *t);

/* 64 hexadecimal digits, ':' between pairs allowed. Returns 1, or -1. */
int tls_print_scan(unsigned char print[TLS_PRINT_OCTETS], const char *s);

#endif
