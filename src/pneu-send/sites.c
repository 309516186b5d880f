#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include "pneu-send/send.h"
#include "run/log.h"
#include "wire/field.h"

/* The site table on disk: state/sites, lines of wire/field.h, a record for
 * each site that is not as good as new, ended by its "site=" line:
 *
 *	window= latency= fails=		until= Unix seconds, if suspended
 *	why= its last failure		site= its name
 */
#define FILE "state/sites"
#define NEW FILE ".new"
#define FILE_OCTETS (8u << 20)

void
sites_configure(struct send *g)
{
	struct sched_conf c;

	g->retry.min = (uint32_t)conf_num(&g->conf, minimal_backoff_time);
	g->retry.max = (uint32_t)conf_num(&g->conf, maximal_backoff_time);
	g->retry.kind = conf_num(&g->conf, backoff) ? RETRY_QUADRATIC :
	    RETRY_EXPONENTIAL;
	g->retry.lifetime = (uint32_t)conf_num(&g->conf,
	    maximal_queue_lifetime);
	g->retry.bounce_lifetime = (uint32_t)conf_num(&g->conf,
	    bounce_queue_lifetime);
	g->warn = (uint32_t)conf_num(&g->conf, delay_warning_time);
	memset(&c, 0, sizeof c);
	c.retry = g->retry;
	c.core = (uint32_t)conf_num(&g->conf, qmgr_message_active_limit);
	if (c.core > g->amails)
		c.core = mail_room(g, c.core);
	c.window = (uint32_t)conf_num(&g->conf,
	    default_destination_concurrency_limit);
	c.limit[SCHED_LOCAL] = (uint32_t)conf_num(&g->conf,
	    local_concurrency);
	c.limit[SCHED_REMOTE] = (uint32_t)conf_num(&g->conf,
	    remote_concurrency);
	c.limit[SCHED_BOUNCE] = c.limit[SCHED_FORWARD] = 20;
	if (g->s.c.core)
		sched_configure(&g->s, &c, g->now);
	else
		sched_init(&g->s, &c, g->wall_us ^ (uint64_t)getpid() << 32);
}

static int
put(struct send *g, stralloc *sa, const struct site *x)
{
	uint64_t left = x->until > g->now ? (x->until - g->now) / 1000 : 0;

	return field_putu(sa, "window", x->window) &&
	    field_putu(sa, "latency", x->latency) &&
	    field_putu(sa, "fails", x->fails) &&
	    (x->state == SITE_OPEN ||
	    field_putu(sa, "until", g->wall + left)) &&
	    (!x->why || field_puts(sa, "why", x->why)) &&
	    field_puts(sa, "site", x->key);
}

void
sites_save(struct send *g)
{
	stralloc sa = STRALLOC_ZERO;
	const struct site *x;
	uint32_t at = 0;
	int fd, good = 1;

	while (good && (x = sched_each(&g->s, &at)))
		good = put(g, &sa, x);
	fd = open(NEW, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	good = good && fd >= 0 && allwrite(fd, sa.s, sa.len) == sa.len;
	if (fd >= 0 && close(fd) < 0)
		good = 0;
	if (!good || rename(NEW, FILE) < 0)
		log_warnsys("unable to write " FILE);
	stralloc_free(&sa);
}

static void
take(struct send *g, struct site *y, const struct field *f, uint64_t *until)
{
	uint64_t u = 0;
	int channel, peer;

	if (field_is(f, "why"))
		y->why = f->value;
	else if (field_is(f, "window") && field_uint(f, &u))
		y->window = (uint32_t)u;
	else if (field_is(f, "latency") && field_uint(f, &u))
		y->latency = (uint32_t)u;
	else if (field_is(f, "fails") && field_uint(f, &u))
		y->fails = (uint32_t)u;
	else if (field_is(f, "until") && field_uint(f, &u)) {
		*until = u;
		y->state = SITE_SUSPENDED;
	} else if (field_is(f, "site") && f->valuelen < SITE_KEY_OCTETS) {
		uint64_t s = *until > g->wall ? *until - g->wall : 0;

		if (s > g->retry.max)
			s = g->retry.max;
		y->until = g->now + s * 1000;
		y->key = f->value;
		peer = route_peer(g, y->key, &channel);
		sched_restore(&g->s, y, channel, GATE_OF(peer), g->now);
		memset(y, 0, sizeof *y);
		*until = 0;
	}
}

void
sites_load(struct send *g)
{
	stralloc sa = STRALLOC_ZERO;
	struct site y;
	struct field f;
	uint64_t until = 0;
	size_t at = 0;
	int used;

	memset(&y, 0, sizeof y);
	if (openslurpclose(&sa, FILE) && sa.len <= FILE_OCTETS)
		while ((used = field_scan(&f, sa.s + at, sa.len - at)) > 0) {
			take(g, &y, &f, &until);
			at += (size_t)used;
		}
	else if (errno != ENOENT)
		log_warnsys("unable to read " FILE "; starting without it");
	stralloc_free(&sa);
}
