#ifndef DOTFORWARD_ENVIRONMENT_H
#define DOTFORWARD_ENVIRONMENT_H

#include <time.h>
#include <skalibs/stralloc.h>

/* The environment of a user's command: what Postfix's local(8) and what
 * qmail-command(8) give it. No I/O.
 *
 *	HOME USER LOGNAME SHELL PATH, TZ LANG if given
 *	SENDER		the envelope sender, empty if it is null
 *	RECIPIENT	the recipient; LOCAL @ DOMAIN or HOST its halves
 *	ORIGINAL_RECIPIENT what it was before an alias
 *	CLIENT_HOSTNAME CLIENT_ADDRESS CLIENT_HELO CLIENT_PROTOCOL
 *			of a letter that came by SMTP: from whom, and how
 *	SASL_USERNAME SASL_METHOD SASL_SENDER
 *			if that client had logged in: as whom, by which
 *			mechanism, and AUTH= of MAIL if it was given
 *	EXTENSION EXT	the extension; EXT2 EXT3 EXT4 what is behind its
 *			first, second, third "-"
 *	HOST2 HOST3 HOST4  HOST without its last, two, three last labels
 *	DEFAULT		what "default" stands for in .qmail-...-default
 *	NEWSENDER	of mail that goes on from here: as SENDER, or a list's
 *			owner (mail/verp.h)
 *	UFLINE RPLINE DTLINE  lines From_, Return-Path, Delivered-To, each
 *			with its newline
 *
 * A stranger has made up most of them. As with Postfix an octet of ASCII that
 * is no letter or digit and not one of !@%-_=+:,./ becomes "_", so that
 * nothing in them means anything to a shell. */

struct environment {
	const char *home, *user, *shell;
	const char *tz, *lang;		/* 0: not set */
	const char *sender, *recipient;
	const char *original;		/* 0: as recipient */
	/* as in wire/envelope.h; each 0 or "": not set */
	const char *client, *helo, *proto, *login, *method, *auth;
	const char *newsender;		/* 0: as sender */
	const char *ext;		/* 0 or "": none */
	const char *def;		/* DEFAULT, 0: not set */
	time_t now;
};

#define ENVIRONMENT_PATH "/usr/local/bin:/usr/bin:/bin"

/* Append the lines NAME=VALUE, each with a NUL behind it, to sa. Returns how
 * many there are, or -1 with ENOMEM. */
int environment_put(stralloc *sa, const struct environment *e);

#endif
