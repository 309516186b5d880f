#ifndef SMTP_COMMAND_H
#define SMTP_COMMAND_H

#include <stddef.h>
#include <stdint.h>

#include "mail/address.h"

/* Commands of SMTP (RFC 5321 section 4.1), as a server reads them. A line is
 * given without its line end. */

/* RFC 5321 4.5.3.1.4 (512, with CRLF), and what the parameters of MAIL that
 * we offer add: SIZE 26 (RFC 1870 section 5), BODY 17 (RFC 6152 section 2). */
#define SMTP_LINE_OCTETS (512 + 26 + 17)

#define SMTP_WORD_OCTETS 39		/* of an option that is told back */

enum smtp_verb {
	SMTP_HELO, SMTP_EHLO, SMTP_MAIL, SMTP_RCPT, SMTP_DATA, SMTP_RSET,
	SMTP_NOOP, SMTP_VRFY, SMTP_QUIT, SMTP_UNKNOWN, SMTP_HELP,
	SMTP_ABSENT,	/* known to SMTP, not offered: EXPN, TURN, AUTH, ... */
	SMTP_FOREIGN	/* of another protocol, as HTTP: GET, POST, CONNECT */
};

/* The verb that line s[0..n) begins with, without regard to case; *arg is
 * set to the offset of what follows it and the spaces behind it. */
enum smtp_verb smtp_verb_scan(const char *s, size_t n, size_t *arg);

/* Errors of the arguments of MAIL and RCPT, beside enum address_error. */
enum smtp_arg_error {
	SMTP_ARG_SYNTAX = -10,		/* no FROM: or TO:, or no address */
	SMTP_ARG_OPTION = -11,		/* a parameter that is not offered */
	SMTP_ARG_SIZE = -12,		/* SIZE is not a number */
	SMTP_ARG_BODY = -13		/* BODY is neither 7BIT nor 8BITMIME */
};

struct smtp_path {
	struct address addr;
	uint64_t size;			/* of SIZE=; 0 if absent */
	const char *body;		/* "7BIT", "8BITMIME", 0 if absent */
	char word[SMTP_WORD_OCTETS + 1];	/* the parameter at fault,
					 * printable; "" if none */
};

/* Parse the arguments of MAIL ("FROM:<path> SIZE=1000", mail not 0) or RCPT
 * ("TO:<path>", mail 0). Spaces behind the colon are taken, and an address
 * without <>. Returns 1 or an error of either kind. */
int smtp_path_scan(struct smtp_path *p, int mail, const char *s, size_t n);

#endif
