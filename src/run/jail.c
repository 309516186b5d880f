#include <skalibs/nonposix.h>

#include "run/service.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/strerr.h>

#include "run/log.h"
#include "run/run-internal.h"

#define SUPPLEMENTARY 2		/* groups of one service */

/* What each service is. A socket in run/DIR is for the group that run_bind
 * gave it: whoever knocks there has that group. */
static const struct service {
	const char *prog, *user, *group;
	const char *also[SUPPLEMENTARY];
} services[] = {
	{ "pneu-listen", "pneud", "pneud", { "pneuq", "pneua" } },
	{ "pneu-smtpd", "pneud", "pneud", { "pneuq", "pneua" } },
	{ "pneu-queue", "pneuq", "pneus", { 0, 0 } },
	{ "pneu-send", "pneus", "pneus", { "pneua", 0 } },
	{ "pneu-alias", "pneua", "pneua", { 0, 0 } },
	{ "pneu-lspawn", "root", "root", { 0, 0 } },	/* what forks */
	{ "pneu-lspawn-front", "pneus", "pneus", { 0, 0 } },	/* the rest */
	{ "pneu-remote", "pneur", "pneur", { 0, 0 } },
	{ "pneu-bounce", "pneub", "pneub", { "pneuq", 0 } },
};

static const struct service *
find(const char *prog)
{
	size_t i;

	for (i = 0; i < sizeof services / sizeof services[0]; i++)
		if (!strcmp(services[i].prog, prog))
			return services + i;
	strerr_dief(100, prog, " is not in the table of services");
}

static void
drop(const struct conf *c, const struct service *s)
{
	gid_t also[SUPPLEMENTARY], gid;
	uid_t uid;
	size_t n;

	run_user(c, s->user, &uid, &gid);
	gid = run_group(c, s->group);
	for (n = 0; n < SUPPLEMENTARY && s->also[n]; n++)
		also[n] = run_group(c, s->also[n]);
	if (setgroups(n, also) < 0 || setgid(gid) < 0 || setuid(uid) < 0)
		strerr_diefusys(111, "become ", s->user);
	if (uid && !setuid(0))
		strerr_dief(100, "root again after setuid");
}

void
run_become(const struct conf *c, const char *prog)
{
	const struct service *s = find(prog);

	tzset();	/* before the files of the zone are out of reach */
	if (geteuid() == 0)
		drop(c, s);
	if (!c->t)
		log_info("no etc/pneu.cdb: all settings have their defaults");
}
