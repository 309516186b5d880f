#include "pneu-smtpd/session-internal.h"

#include <errno.h>
#include <stdlib.h>

/* Who may relay is one of ours, and what he writes is rewritten; a stranger's
 * header is his own. As Postfix's local_header_rewrite_clients. */
void
session_map(struct session *s)
{
	session_unmap(s);
	if (!s->trusted || !s->c->map)
		return;
	s->headmap = calloc(1, sizeof *s->headmap);
	if (s->headmap)
		headmap_init(s->headmap, s->c->map, s->c->mapx);
	else
		session_lost(s, s->now);
}

void
session_unmap(struct session *s)
{
	if (!s->headmap)
		return;
	headmap_free(s->headmap);
	free(s->headmap);
	s->headmap = 0;
}

int
session_mapped(struct session *s, size_t at, int last)
{
	stralloc sa = STRALLOC_ZERO;
	int r = headmap_feed(s->headmap, &sa, s->msg.s + at, s->msg.len - at);

	if (r > 0 && last)
		r = headmap_end(s->headmap, &sa);
	s->msg.len = at;
	if (r > 0)
		r = stralloc_catb(&s->msg, sa.s, sa.len) ? 1 : -1;
	else
		r = errno == ENOMEM ? -1 : 0;
	if (last || headmap_isbody(s->headmap))
		session_unmap(s);
	stralloc_free(&sa);
	return r;
}
