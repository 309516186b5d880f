#include <skalibs/nonposix.h>
#include <string.h>
#include <sys/resource.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "pneu-tls/tls.h"
#include "run/log.h"
#include "run/service.h"

#define USAGE "pneu-tls"

/* Two a session, as many as the hard limit allows. */
static void
raise_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

static void
init(struct tls *m)
{
	static const struct stream zero = STREAM_ZERO;
	size_t i;

	memset(m, 0, sizeof *m);
	m->key = zero;
	for (i = 0; i < TLS_ASKERS; i++)
		m->askers[i].s = zero;
	m->chains = chains_new();
	m->engines = engines_new();
	if (!m->chains)
		strerr_dief1sys(111, "out of memory");
	engines_anchors(m->engines, &m->anchors);
}

int
main(int argc, char *const *argv)
{
	static struct tls m;

	if (argc > 1)
		strerr_dieusage(100, USAGE);
	init(&m);
	run_init("pneu-tls", &m.conf);
	m.listens[0] = run_bind(&m.conf, "tls", "tls", "pneud");
	m.listens[1] = run_bind(&m.conf, "tlsout", "tls", "pneur");
	m.listens[2] = run_hasuser(&m.conf, "pneum") ?
	    run_bind(&m.conf, "tlssts", "tls", "pneum") : -1;
	raise_limit();
	cafile_grant(&m);
	run_become(&m.conf, "pneu-tls");
	cafile_load(&m);
	tain_now_set_stopwatch_g();
	m.now = tls_ms();
	run_ready();
	tls_loop(&m);
	return 0;
}
