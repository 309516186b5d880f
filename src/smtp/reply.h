#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

/* Replies of SMTP (RFC 5321 section 4.2): the client's parser, which takes
 * them in parts of any size, and the server's writer. */

#define SMTP_REPLY_TEXT_OCTETS 512	/* kept of a reply, and of one line */
#define SMTP_REPLY_OCTETS (8u << 20)	/* of a whole reply, some 16,000 lines;
					 * more is an attack */
#define SMTP_LINE_OUT_OCTETS 512	/* RFC 5321 4.5.3.1.5, with CRLF */
#define SMTP_DSN_OCTETS 11		/* "5.999.999": RFC 3463 section 2 */

enum smtp_reply_event {
	SMTP_REPLY_MORE = 0,		/* all is used, more is needed */
	SMTP_REPLY_LINE = 1,		/* a line, and others will follow */
	SMTP_REPLY_END = 2,		/* the last line: the reply is whole */
	SMTP_REPLY_BAD = -1		/* not SMTP, or without end */
};

/* All lines of a reply are joined by spaces in text, as they came behind
 * the code ("5.1.1 No such user here"). Of more than fits, the beginning
 * and the last line are kept, with " ... " between. Control characters and
 * octets over 126 are '?', tabs are spaces. A line may end in CRLF or LF. */
struct smtp_reply {
	unsigned int code;		/* 200..599, of the newest line */
	char dsn[SMTP_DSN_OCTETS + 1];	/* enhanced code, "" if none */
	char text[SMTP_REPLY_TEXT_OCTETS + 1];	/* with a NUL */
	size_t textlen;
	char line[SMTP_REPLY_TEXT_OCTETS + 1];	/* text of this line, cut; of
					 * SMTP_REPLY_BAD the whole line, as far
					 * as it came last */
	size_t linelen;
	/* private */
	size_t seen;			/* octets of this line so far */
	size_t total;			/* octets of the reply so far */
	char sep;			/* fourth octet of the line */
	char cr, ended, over;
};

/* Begin a reply: to be called before each. */
void smtp_reply_init(struct smtp_reply *r);

/* Take some of s[0..n). Returns enum smtp_reply_event and sets *used: after
 * SMTP_REPLY_LINE call again with what is left. SMTP_REPLY_LINE is for
 * those who want each line (EHLO): r->line is valid at LINE and END. After
 * SMTP_REPLY_END what is left belongs to the next reply. SMTP_REPLY_BAD:
 * text has what came; the connection is of no more use. The code of a reply
 * whose lines differ in it is the last one's, as for Postfix. */
enum smtp_reply_event smtp_reply_feed(struct smtp_reply *r, const char *s,
    size_t n, size_t *used);

/* The enhanced code at the beginning of text, if its class is that of code
 * (RFC 2034 section 4). Writes it with a NUL to dsn ("" if there is none),
 * returns its length. */
size_t smtp_dsn_scan(char dsn[SMTP_DSN_OCTETS + 1], unsigned int code,
    const char *text, size_t n);

/* Append a reply to sa: code, SP or '-', dsn and SP unless dsn is 0 or "",
 * text. A newline in text begins another line of the reply. What is not
 * printable ASCII becomes '?', a line over SMTP_LINE_OUT_OCTETS is cut.
 * Returns 1, or 0 with ENOMEM. */
int smtp_reply_put(stralloc *sa, unsigned int code, const char *dsn,
    const char *text, size_t n);

#endif
