#include <skalibs/nonposix.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "pneu-smtpd/smtpd.h"
#include "run/service.h"

#define USAGE "pneu-smtpd"

/* 1 if descriptor 0 is what pneu-listen gives its workers: a socketpair. A
 * UCSPI server of Unix sockets says PROTO. */
static int
isworker(void)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof a;

	return !getenv("PROTO") && getsockname(0, (struct sockaddr *)&a,
	    &n) == 0 && a.ss_family == AF_UNIX;
}

static void
init(struct smtpd *m)
{
	unsigned int i;

	memset(m, 0, sizeof *m);
	m->listen = m->alias = m->tls = m->auth = m->ctl =
	    (struct stream)STREAM_ZERO;
	for (i = 0; i < SMTPD_WAYS; i++)
		m->ways[i].stream = (struct stream)STREAM_ZERO;
	m->tags = calloc(SMTPD_SLOTS, sizeof *m->tags);
	m->buf = malloc(SMTPD_READ_OCTETS);
	if (!m->tags || !m->buf)
		strerr_dief1sys(111, "out of memory");
}

int
main(int argc, char *const *argv)
{
	static struct smtpd m;
	char peer[SMTPD_PEER_OCTETS];

	if (argc > 1)
		strerr_dieusage(100, USAGE);
	init(&m);
	run_init("pneu-smtpd", &m.conf);
	smtpd_conf(&m);
	run_become(&m.conf, "pneu-smtpd");
	tain_now_set_stopwatch_g();
	m.now = smtpd_ms();
	if (isworker()) {
		stream_open(&m.listen, 0);
		run_ready();
	} else {
		peer_find(peer);
		ndelay_on(0);
		ndelay_on(1);
		if (!conn_new(&m, 0, 1, peer, smtpd_rights(&m, peer), 0))
			strerr_diefu1sys(111, "begin a session");
	}
	smtpd_loop(&m);
	return 0;
}
