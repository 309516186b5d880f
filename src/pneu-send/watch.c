#include <string.h>

#include "pneu-send/ctl.h"
#include "wire/field.h"

#define WATCHERS 4		/* of CTLS: the others are for the admin */
#define WATCHES 2		/* of one user */

/* W: who wants to be told how the letters of one sender fare (sendmail -v).
 * It ends when he goes. */

void
watch_begin(struct send *g, struct ctl *c, const char *sender)
{
	size_t i, n = 0, his = 0;

	for (i = 0; i < CTLS; i++)
		if (g->ctls[i].s.fd >= 0 && g->ctls[i].type == 'W') {
			n++;
			his += g->ctls[i].uid == c->uid;
		}
	if (!sender || strlen(sender) >= sizeof c->sender) {
		ctl_answer(c, VERDICT_NEVER, "5.5.4", "whose letters?");
		return;
	}
	if (n > WATCHERS || his > WATCHES) {
		ctl_answer(c, VERDICT_LATER, "4.3.2", "busy");
		return;
	}
	strcpy(c->sender, sender);
	g->watched = 1;
	if (!frame_put(&c->s.out, 'I', c->tag, "", 0))
		c->s.eof = 1;
}

static void
tell(struct ctl *c, const struct mail *m, const struct rcpt *r,
    const struct verdict *v)
{
	stralloc *sa = &c->s.out, why = STRALLOC_ZERO;
	ssize_t at = frame_begin(sa, 'I', c->tag);

	if (at < 0 || !field_puts(sa, "id", m->id) ||
	    !field_puts(sa, "rcpt", mail_str(m, r->addr)) ||
	    !verdict_put(&why, v) || !field_put(sa, "why", why.s, why.len) ||
	    !frame_end(sa, at) || stream_pending(&c->s) > CTL_PENDING)
		c->s.eof = 1;
	stralloc_free(&why);
}

void
watch_tell(struct send *g, const struct mail *m, const struct rcpt *r,
    const struct verdict *v)
{
	size_t i;

	g->watched = 0;
	for (i = 0; i < CTLS; i++) {
		struct ctl *c = g->ctls + i;

		if (c->s.fd < 0 || c->type != 'W')
			continue;
		g->watched = 1;
		if (!c->s.eof && m->sender &&
		    !strcmp(c->sender, mail_str(m, m->sender)))
			tell(c, m, r, v);
	}
}
