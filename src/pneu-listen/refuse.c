#include <skalibs/nonposix.h>

#include "refuse.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <skalibs/types.h>

#include "run/log.h"

/* Without the port. */
static void
address(char s[DOOR_TEXT_OCTETS], const struct door_peer *p)
{
	door_fmt(s, p);
	*strchr(s, ' ') = 0;
}

size_t
refuse_fmt(char s[REFUSE_TEXT_OCTETS], enum admit_answer why,
    const char *myhostname, const struct door_peer *p)
{
	char ip[DOOR_TEXT_OCTETS];

	if (why != ADMIT_CLIENT)
		return (size_t)sprintf(s,
		    "421 4.3.2 %.255s All server ports are busy\r\n",
		    myhostname);
	address(ip, p);
	return (size_t)sprintf(s, "421 4.7.0 %.255s Error: too many "
	    "connections from %s\r\n", myhostname, ip);
}

/* In the words of Postfix's anvil(8) and postscreen(8). */
static void
note(enum admit_answer why, const struct door_peer *p, size_t count)
{
	char ip[DOOR_TEXT_OCTETS], n[SIZE_FMT];

	address(ip, p);
	n[size_fmt(n, count + 1)] = 0;
	if (why == ADMIT_CLIENT)
		log_warn("Connection concurrency limit exceeded: ", n,
		    " from unknown[", ip, "]");
	else
		log_info("NOQUEUE: reject: CONNECT from [", ip,
		    "]: all server ports busy");
}

void
refuse(struct refuse *r, int fd, enum admit_answer why,
    const char *myhostname, const struct door_peer *p, size_t count,
    unsigned long now)
{
	char text[REFUSE_TEXT_OCTETS], n[ULONG_FMT];
	size_t len = refuse_fmt(text, why, myhostname, p);

	/* Its buffer is empty: it takes the line, or is gone. Where TLS is
	 * spoken there is no line. */
	if (!listen_istls(p->role) && send(fd, text, len,
	    MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		shutdown(fd, SHUT_WR);
	close(fd);
	if (now != r->second) {
		n[ulong_fmt(n, r->more)] = 0;
		if (r->more)
			log_warn(n, " more connections refused");
		r->second = now;
		r->lines = r->more = 0;
	}
	if (r->lines++ < REFUSE_LINES)
		note(why, p, count);
	else
		r->more++;
}
