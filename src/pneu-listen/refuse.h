#ifndef PNEU_LISTEN_REFUSE_H
#define PNEU_LISTEN_REFUSE_H

#include <stddef.h>

#include "admit.h"
#include "door.h"

/* Turning people away: one line of SMTP, never waited for, and a line in
 * the log, of which a flood may not make more than REFUSE_LINES a second. */

#define REFUSE_LINES 10
#define REFUSE_TEXT_OCTETS 400

struct refuse {
	unsigned long second;	/* of which lines and more are */
	unsigned long lines;	/* written in it */
	unsigned long more;	/* not written since the last line */
};

/* The reply: 421 4.7.0 or 421 4.3.2, with CR LF and a NUL. Returns its
 * length. myhostname is at most 255 octets. */
size_t refuse_fmt(char s[REFUSE_TEXT_OCTETS], enum admit_answer why,
    const char *myhostname, const struct door_peer *p);

/* Send it, as far as it goes, and close fd. now: seconds. count: connections
 * of that client. */
void refuse(struct refuse *r, int fd, enum admit_answer why,
    const char *myhostname, const struct door_peer *p, size_t count,
    unsigned long now);

#endif
