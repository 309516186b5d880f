#include <stdio.h>
#include <string.h>
#include <skalibs/types.h>

#include "pneu-send/ctl.h"
#include "pneu-send/send.h"
#include "run/log.h"

/* The log lines of Postfix's qmgr, and of its delivery programs. */

#define SECONDS_OCTETS 32

/* Milliseconds as Postfix writes delays: two digits that matter, no more
 * than two behind the point, no zeros at the end. */
static const char *
seconds(char s[SECONDS_OCTETS], uint64_t ms)
{
	size_t n;

	if (ms >= 10000)
		n = uint64_fmt(s, (ms + 500) / 1000);
	else {
		unsigned int cs = (unsigned int)(ms + 5) / 10;

		if (ms >= 1000)
			cs = (cs + 5) / 10 * 10;
		n = uint64_fmt(s, cs / 100);
		if (cs % 100) {
			s[n++] = '.';
			s[n++] = (char)('0' + cs / 10 % 10);
			if (cs % 10)
				s[n++] = (char)('0' + cs % 10);
		}
	}
	s[n] = 0;
	return s;
}

void
say_active(const struct send *g, const struct mail *m, uint32_t n)
{
	char size[UINT64_FMT], count[UINT32_FMT];

	size[uint64_fmt(size, m->size)] = 0;
	count[uint32_fmt(count, n)] = 0;
	log_info(m->id, ": from=<", mail_str(m, m->sender), ">, size=", size,
	    ", nrcpt=", count, " (queue active)");
}

void
say_rcpt(struct send *g, const struct mail *m, const struct rcpt *r,
    const struct job *j, const struct report *p, const struct verdict *v,
    const char *status)
{
	char all[SECONDS_OCTETS], a[SECONDS_OCTETS], b[SECONDS_OCTETS],
	    c[SECONDS_OCTETS], d[SECONDS_OCTETS];
	char text[VERDICT_TEXT_OCTETS + 1];
	uint64_t total = g->wall_us > m->us ? (g->wall_us - m->us) / 1000 : 0;
	uint64_t here = g->now - m->came, under = j ? g->now - j->sent : 0;
	uint64_t used = p ? (uint64_t)p->conn + p->xmit : 0;
	size_t n = v->textlen < sizeof text ? v->textlen : sizeof text - 1;

	memcpy(text, v->text, n);
	text[n] = 0;
	if (here > total)
		total = here;
	if (under < used)
		under = used;
	log_info(m->id, ": to=<", mail_str(m, r->addr),
	    r->orig ? ">, orig_to=<" : "",
	    r->orig ? mail_str(m, r->orig) : "", ">, relay=",
	    p && p->relay ? p->relay : "none",
	    ", delay=", seconds(all, total),
	    ", delays=", seconds(a, total - here),
	    "/", seconds(b, here > used ? here - used : 0),
	    "/", seconds(c, p ? p->conn : 0),
	    "/", seconds(d, p ? p->xmit : 0),
	    ", dsn=", v->code, ", status=", status, " (", text, ")");
	if (g->watched)
		watch_tell(g, m, r, v);
}

/* As Postfix's qmgr and postsuper say it. */
void
say_order(const struct mail *m, int type)
{
	log_info(m->id, type == 'H' ? ": placed on hold" : type == 'U' ?
	    ": released from hold" : ": removed");
}
