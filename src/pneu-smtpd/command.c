#include "pneu-smtpd/session-internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mail/utf8.h"

#define HELP_TEXT \
	"Commands: HELO EHLO STARTTLS MAIL RCPT DATA BDAT RSET NOOP VRFY " \
	"HELP QUIT\n" \
	"SMTP is described in RFC 5321"

/* What the client calls itself, printable and without spaces. */
int
session_keephelo(struct session *s, const char *arg, size_t n)
{
	size_t i;

	if (n > SESSION_HELO_OCTETS)
		n = SESSION_HELO_OCTETS;
	s->helo.len = 0;
	if (!stralloc_catb(&s->helo, arg, n) || !stralloc_0(&s->helo))
		return 0;
	for (i = 0; i < n; i++)
		if ((unsigned char)s->helo.s[i] <= 32 || s->helo.s[i] == 127)
			s->helo.s[i] = '?';
	return 1;
}

void
session_junk(struct session *s)
{
	if (++s->junk > SESSION_JUNK)
		session_error(s);
}

static void
do_helo(struct session *s, const char *arg, size_t n)
{
	char size[64] = "SIZE", limits[40];

	if (!n) {
		refuse(s, 501, 0, s->verb == SMTP_EHLO ?
		    "Syntax: EHLO hostname" : "Syntax: HELO hostname");
		return;
	}
	session_reset(s);		/* RFC 5321 4.1.4 */
	if (!session_keephelo(s, arg, n)) {
		session_close(s);
		return;
	}
	s->proto = s->verb == SMTP_EHLO ? 'E' : 'H';
	if (s->verb == SMTP_HELO) {
		say(s, 250, 0, s->c->name);
		return;
	}
	if (s->c->size)
		snprintf(size, sizeof size, "SIZE %" PRIu64, s->c->size);
	snprintf(limits, sizeof limits, "\nLIMITS RCPTMAX=%u", s->c->rcpts);
	say(s, 250, 0, s->c->name, "\nPIPELINING\n", size,
	    session_offersetrn(s) ? "\nETRN" : "",
	    session_offerstls(s) ? "\nSTARTTLS" : "",
	    "\n8BITMIME\nENHANCEDSTATUSCODES\nDSN",
	    s->c->utf8 ? "\nSMTPUTF8" : "", "\nCHUNKING", limits,
	    session_offersauth(s) ? "\nAUTH " : "",
	    session_offersauth(s) ? s->c->mechs : "", s->xclient ? "\nXCLIENT "
	    XATTR_CLIENT "\nXFORWARD " XATTR_FORWARD : "", "\nHELP");
}

static void
do_foreign(struct session *s)
{
	s->line[s->linelen < SMTP_LINE_OCTETS ? s->linelen :
	    SMTP_LINE_OCTETS - 1] = 0;
	session_log(s, "warning: non-SMTP command after", s->line);
	say(s, 221, "2.7.0", "Error: I can break rules, too. Goodbye.");
	s->nbad[s->verb]++;
	session_close(s);
}

/* VRFY with SMTPUTF8 behind the address: RFC 6531 3.7.4.2. */
static int
isutf8(const struct session *s, const char *arg, size_t n)
{
	return s->c->utf8 && n > 9 && utf8_is(arg, n) &&
	    !strncasecmp(arg + n - 9, " SMTPUTF8", 9);
}

/* The commands that are not about a letter. */
static void
do_other(struct session *s, const char *arg, size_t n)
{
	switch (s->verb) {
	case SMTP_HELO:
	case SMTP_EHLO:
		do_helo(s, arg, n);
		session_junk(s);
		break;
	case SMTP_RSET:
		if (n) {
			refuse(s, 501, "5.5.4", "Syntax: RSET");
			break;
		}
		session_reset(s);
		say(s, 250, "2.0.0", "Ok");
		session_junk(s);
		break;
	case SMTP_NOOP:
		say(s, 250, "2.0.0", "Ok");
		session_junk(s);
		break;
	case SMTP_VRFY:
		if (!n) {
			refuse(s, 501, "5.5.4", "Syntax: VRFY address");
			break;
		}
		if (utf8_has(arg, n) && !isutf8(s, arg, n)) {
			refuse(s, 553, "5.6.7", "Address is not ASCII");
			break;
		}
		say(s, 252, "2.0.0", "Cannot VRFY user, but will accept "
		    "message and attempt delivery");
		session_junk(s);
		break;
	case SMTP_HELP:
		say(s, 214, "2.0.0", HELP_TEXT);
		session_junk(s);
		break;
	case SMTP_STARTTLS:
		session_starttls(s, n);
		break;
	case SMTP_AUTH:
		session_auth(s, arg, n);
		break;
	case SMTP_XCLIENT:
		session_xclient(s, arg, n);
		break;
	case SMTP_XFORWARD:
		session_xforward(s, arg, n);
		break;
	case SMTP_ETRN:
		session_etrn(s, arg, n);
		break;
	case SMTP_QUIT:
		say(s, 221, "2.0.0", "Bye");
		session_close(s);
		break;
	case SMTP_ABSENT:
		refuse(s, 502, "5.5.1", "Error: command not implemented");
		break;
	case SMTP_FOREIGN:
		do_foreign(s);
		break;
	default:
		refuse(s, 500, "5.5.2", "Error: command not recognized");
	}
}

int
session_command(struct session *s)
{
	const stralloc zero = STRALLOC_ZERO;
	stralloc held = s->authline;
	char *line = held.len ? held.s : s->line;
	size_t at = 0, n = held.len ? held.len : s->linelen;
	enum smtp_verb verb = SMTP_UNKNOWN;

	smtp_untab(line, n);
	while (n && line[n - 1] == ' ')
		n--;
	if (!s->skip)
		verb = smtp_verb_scan(line, n, &at);
	if (session_asking(s) && verb != SMTP_RCPT)
		return 0;
	s->authline = zero;
	s->verb = (unsigned char)verb;
	if (s->skip)
		refuse(s, 500, "5.5.2", "Error: line too long");
	else if (verb == SMTP_BDAT)
		session_bdat(s, line + at, n - at);
	else if (s->bare && s->c->forbid_lf && !session_asking(s))
		refuse(s, 550, "5.5.2", "Error: bare <LF> received");
	else if (session_needstls(s))
		;	/* said so */
	else if (verb == SMTP_RCPT) {
		if (!session_rcpt(s, line + at, n - at))
			return 0;
	} else if (verb == SMTP_MAIL)
		session_mail(s, line + at, n - at);
	else if (verb == SMTP_DATA && n > at)
		refuse(s, 501, "5.5.4", "Syntax: DATA");
	else if (verb == SMTP_DATA)
		session_data(s);
	else
		do_other(s, line + at, n - at);
	if (s->nlines[verb] < UINT16_MAX)
		s->nlines[verb]++;
	session_wipe(&held);
	return 1;
}
