#include <skalibs/nonposix.h>

#include "pneu-sts/sts.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "run/now.h"
#include "run/service.h"

#define PROGRAM "pneu-sts"

/* Where web servers listen, for tests. */
static uint16_t
port(void)
{
	const char *s = getenv("PNEU_STS_PORT");
	uint16_t u;

	return s && uint160_scan(s, &u) ? u : STS_PORT;
}

static void
signals(struct sts *m)
{
	m->signals = selfpipe_init();
	if (m->signals < 0 || !selfpipe_trap(SIGTERM) ||
	    !selfpipe_trap(SIGHUP))
		strerr_diefusys(111, "trap signals");
}

int
main(int argc, char *const *argv)
{
	static struct sts m = { .tls = STREAM_ZERO };
	const char *why;
	size_t i;

	if (argc > 1)
		strerr_dieusage(100, PROGRAM);
	run_init(PROGRAM, &m.conf);
	for (i = 0; i < STS_ASKERS; i++)
		m.askers[i].s = (struct stream)STREAM_ZERO;
	run_dir(&m.conf, STS_DIR, 0700, "pneum", "pneum");
	m.listen = run_bind(&m.conf, "sts", "sts", "pneur");
	m.port = port();
	if (dns_init(&m.dns, sts_servers(&m), &why) < 0)
		strerr_dief(111, "unable to use the DNS: ", why);
	sts_set(&m);
	run_become(&m.conf, PROGRAM);
	signals(&m);
	tain_now_set_stopwatch_g();
	m.now = now_ms();
	m.wall = (uint64_t)time(0);
	store_load(&m);
	run_ready();
	sts_loop(&m);
	return 0;
}
