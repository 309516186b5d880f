#ifndef MAIL_RECEIVED_H
#define MAIL_RECEIVED_H

#include <stdint.h>
#include <skalibs/stralloc.h>

/* The trace line (RFC 5321 section 4.4) that pneu-queue puts in front of
 * each letter: only it knows the id. Formatted like Postfix's:
 *
 *	Received: from helo.example (unknown [192.0.2.1])
 *		by mx.example.org (pneu) with ESMTP id 0642E1B3F5C09A0001
 *		for <user@example.org>; Sun, 22 Nov 2026 11:10:18 +0000 (UTC)
 *
 * and between the first two of these lines, if it came by TLS,
 *		(using TLSv1.2 with cipher NAME (256/256 bits))
 *		(No client certificate requested)
 *
 *	Received: by mx.example.org (pneu, from userid 1000)
 *		id 0642E1B3F5C09A0001; Sun, 22 Nov 2026 11:10:18 +0000 (UTC)
 */

#define RECEIVED_COLUMNS 78		/* RFC 5322 2.1.1: folded there */

struct received {
	const char *client;	/* name[address] of the envelope; 0 if it came
				 * from this host */
	const char *helo;	/* 0 or "": the client gave none */
	const char *proto;	/* ESMTP, SMTP, ...; 0 is SMTP */
	const char *tls;	/* version and cipher; 0: in clear */
	const char *login;	/* authenticated as; 0 if not */
	const char *by;		/* our name */
	const char *id;
	const char *rcpt;	/* the recipient, if there is but one; else 0:
				 * others must not see him (RFC 5321 7.2) */
	uint64_t uid;		/* of the local sender, if has_uid */
	int has_uid;
	uint64_t time;		/* Unix seconds */
	int zone;		/* minutes east of UTC, and */
	const char *zonename;	/* its name, 0 or "": none (mail/date.h) */
};

/* Append the lines, each ended by LF, to sa. Octets that are not printable
 * ASCII become '?', and parentheses and the like in what the client said
 * too, so that it cannot end its comment. Returns 1, or 0 with ENOMEM. */
int received_put(stralloc *sa, const struct received *r);

#endif
