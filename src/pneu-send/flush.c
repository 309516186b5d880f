#include "pneu-send/ctl.h"

#include <string.h>

#include "run/service.h"

/* F of doc/PROTOCOLS 4: what waits is due now. */

int
flush_may(struct asked *a, uint32_t hash, uint64_t now)
{
	struct asked *free = 0;
	size_t i;

	for (i = 0; i < FLUSH_ASKS; i++)
		if (a[i].until <= now)
			free = a + i;
		else if (a[i].hash == hash)
			return 0;
	if (!free)
		return 0;
	free->hash = hash;
	free->until = now + FLUSH_ASK_MS;
	return 1;
}

/* pneu-smtpd passes ETRN on, of domains that we relay to. Returns 1, or 0:
 * answered. */
static int
maysite(struct send *g, struct ctl *c, const char *domain, uint32_t hash)
{
	if (ctl_isadmin(g, c->uid))
		return 1;
	if (!run_isuser(&g->conf, c->uid, "pneud") || !conf_has(&g->conf,
	    CONF_relay_domains, domain, strlen(domain)))
		ctl_answer(c, VERDICT_NEVER, "5.7.1",
		    "only root may flush one letter or site");
	else if (!flush_may(g->asked, hash, g->now))
		ctl_answer(c, VERDICT_LATER, "4.7.1",
		    "it, or too many others, were asked for just now");
	else
		return 1;
	return 0;
}

static int
flush_site(struct send *g, struct ctl *c, const char *domain)
{
	uint32_t hash = letter_hash(domain, strlen(domain));
	uint32_t site = scan_known(g, hash);

	if (!maysite(g, c, domain, hash))
		return 0;
	if (!scan_flush(g, hash)) {
		ctl_answer(c, VERDICT_LATER, "4.3.2", "busy");
		return 0;
	}
	sched_flush(&g->s, site);	/* not known: each */
	return 1;
}

static int
flush_letter(struct send *g, struct ctl *c)
{
	if (!ctl_isadmin(g, c->uid)) {
		ctl_answer(c, VERDICT_NEVER, "5.7.1",
		    "only root may flush one letter or site");
		return 0;
	}
	if (mail_find(g, c->id) == NONE && !scan_find(g, c->id)) {
		ctl_answer(c, VERDICT_LATER, "4.3.2", "busy");
		return 0;
	}
	sched_flush(&g->s, NONE);	/* its site is not known yet */
	return 1;
}

void
ctl_flush(struct send *g, struct ctl *c, const char *domain)
{
	if (c->id[0]) {
		if (!flush_letter(g, c))
			return;
	} else if (domain) {
		if (!flush_site(g, c, domain))
			return;
	} else {
		dirs_flush(g);
		sched_flush(&g->s, NONE);
	}
	ctl_answer(c, VERDICT_DONE, "2.0.0", "flushing");
}
