#ifndef SMTP_COMMAND_H
#define SMTP_COMMAND_H

#include <stddef.h>
#include <stdint.h>

#include "mail/address.h"

/* Commands of SMTP (RFC 5321 section 4.1), as a server reads them. A line is
 * given without its line end. */

#define SMTP_ENVID_OCTETS 100		/* RFC 3461 4.4 */
#define SMTP_ORCPT_OCTETS 500		/* RFC 3461 4.2 */

#define SMTP_AUTH_OCTETS 500		/* RFC 4954 3 */

/* RFC 5321 4.5.3.1.4 (512, with CRLF), and what the parameters that we offer
 * add. To RCPT: NOTIFY 29, ORCPT 7 and its value; to MAIL, which is more: SIZE
 * 26 (RFC 1870 section 5), BODY 17 (RFC 6152 section 2), RET 9, ENVID 7 and
 * its value, AUTH. */
#define SMTP_LINE_OCTETS (512 + 26 + 17 + 9 + 7 + SMTP_ENVID_OCTETS + \
    SMTP_AUTH_OCTETS)
#define SMTP_NOTIFY_OCTETS 21		/* "SUCCESS,FAILURE,DELAY" */

#define SMTP_WORD_OCTETS 39		/* of an option that is told back */

enum smtp_verb {
	SMTP_HELO, SMTP_EHLO, SMTP_MAIL, SMTP_RCPT, SMTP_DATA, SMTP_RSET,
	SMTP_NOOP, SMTP_VRFY, SMTP_QUIT, SMTP_UNKNOWN, SMTP_HELP,
	SMTP_BDAT, SMTP_STARTTLS, SMTP_AUTH, SMTP_XCLIENT, SMTP_XFORWARD,
	SMTP_ETRN,
	SMTP_ABSENT,	/* known to SMTP, not offered: EXPN, TURN, ... */
	SMTP_FOREIGN	/* of another protocol, as HTTP: GET, POST, CONNECT */
};

/* A TAB stands for a space, as old clients have it (RFC 5321 4.1.1.1 has only
 * spaces): make one of each in line s[0..n) but within quotes, where it is an
 * octet of an address. */
void smtp_untab(char *s, size_t n);

/* The verb that line s[0..n) begins with, without regard to case; *arg is
 * set to the offset of what follows it and the spaces behind it. */
enum smtp_verb smtp_verb_scan(const char *s, size_t n, size_t *arg);

/* Errors of the arguments of MAIL and RCPT, beside enum address_error. */
enum smtp_arg_error {
	SMTP_ARG_SYNTAX = -10,		/* no FROM: or TO:, or no address */
	SMTP_ARG_OPTION = -11,		/* a parameter that is not offered */
	SMTP_ARG_SIZE = -12,		/* SIZE is not a number */
	SMTP_ARG_BODY = -13,		/* BODY is neither 7BIT nor 8BITMIME */
	SMTP_ARG_RET = -14,		/* RET, ENVID, NOTIFY, ORCPT: not as */
	SMTP_ARG_ENVID = -15,		/* RFC 3461 section 4 has them, or */
	SMTP_ARG_NOTIFY = -16,		/* twice */
	SMTP_ARG_ORCPT = -17,
	SMTP_ARG_AUTH = -18		/* AUTH: not as RFC 4954 section 5 */
};

struct smtp_path {
	struct address addr;
	int utf8;			/* MAIL said SMTPUTF8 */
	uint64_t size;			/* of SIZE=; 0 if absent */
	const char *body;		/* "7BIT", "8BITMIME", 0 if absent */
	const char *ret;		/* "FULL", "HDRS", 0 if absent */
	const char *envid;		/* xtext in s, no NUL; 0 if absent */
	size_t envidlen;
	char notify[SMTP_NOTIFY_OCTETS + 1];	/* "NEVER" or some of
					 * "SUCCESS,FAILURE,DELAY", in that
					 * order; "" if absent */
	const char *orcpt;		/* type;xtext in s, no NUL; 0 */
	size_t orcptlen;
	const char *auth;		/* xtext or "<>" in s, no NUL; 0 */
	size_t authlen;
	char word[SMTP_WORD_OCTETS + 1];	/* the parameter at fault,
					 * printable; "" if none */
};

/* 1 if s[0..n) is an xtext, not empty, of at most max octets that stands for
 * printable ASCII and spaces (RFC 3461 sections 4, 4.2 and 4.4). */
int smtp_xtext_is(const char *s, size_t n, size_t max);

/* Parse the arguments of MAIL ("FROM:<path> SIZE=1000", mail not 0) or RCPT
 * ("TO:<path> NOTIFY=NEVER", mail 0). Spaces behind the colon are taken, and an address
 * without <>. Returns 1 or an error of either kind. */
int smtp_path_scan(struct smtp_path *p, int mail, const char *s, size_t n);

/* The same where SMTPUTF8 is offered (RFC 6531 3.4; of RCPT: where MAIL has
 * said it). Beyond ASCII in the address of MAIL without it: ADDRESS_ASCII. */
int smtp_path_scan8(struct smtp_path *p, int mail, const char *s, size_t n);

/* What a server answers to error e of smtp_path_scan: the text, *code and *dsn
 * (RFC 3463). p->word belongs behind a text that ends with a space. */
const char *smtp_path_refusal(int e, int mail, unsigned int *code,
    const char **dsn);

#endif
