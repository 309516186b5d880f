#include <skalibs/nonposix.h>

#include "pneu-auth/auth.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/random.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "run/log.h"
#include "run/now.h"
#include "run/pause.h"
#include "run/service.h"

#define SLEEP_MS 3600000	/* if nothing is due */

enum { SIGNALS, LISTEN, PROGRAM, DOVECOT, FIXED };

/* By the setting: our own file, a program, or Dovecot's socket. */
static void
choose(struct auth *a)
{
	const char *s = conf_str(&a->conf, smtpd_sasl_path);

	snprintf(a->path, sizeof a->path, "%s", s);
	a->dovecot.fd = -1;
	a->program.s = (struct stream)STREAM_ZERO;
	if (s[0] == '|') {
		a->source = &program_source;
		program_start(a, a->path + 1);
	} else if (s[0]) {
		a->source = &dovecot_source;
		dovecot_init(a, a->path + (strncmp(s, "unix:", 5) ? 0 : 5));
	} else
		a->source = &own_source;
}

static void
reload(struct auth *a)
{
	if (!run_reload(&a->conf) ||
	    !strcmp(a->path, conf_str(&a->conf, smtpd_sasl_path)))
		return;
	log_info("smtpd_sasl_path is another: starting anew");
	a->over = 1;
}

static void
on_signal(struct auth *a)
{
	int c;

	while ((c = selfpipe_read()) > 0) {
		if (c == SIGTERM)
			a->over = 1;
		if (c == SIGHUP)
			reload(a);
	}
}

static void
set(iopause_fd *x, int fd, short events)
{
	x->fd = fd;
	x->events = events;
	x->revents = 0;
}

static void
wait_for(struct auth *a, uint64_t next)
{
	size_t i;
	tain t;

	set(a->x + SIGNALS, a->signals, IOPAUSE_READ);
	set(a->x + LISTEN, a->listen, IOPAUSE_READ);
	set(a->x + PROGRAM, a->program.s.fd, a->program.s.fd < 0 ? 0 :
	    stream_events(&a->program.s));
	set(a->x + DOVECOT, a->dovecot.fd, dovecot_events(a));
	for (i = 0; i < CLIENTS; i++)
		set(a->x + FIXED + i, a->clients[i].s.fd,
		    a->clients[i].s.fd < 0 ? 0 :
		    stream_events(&a->clients[i].s));
	if (exchange_ishashing(a))
		next = a->now;
	tain_from_millisecs(&t, (int)(next - a->now));
	tain_add_g(&t, &t);
	if (run_pause(a->x, FIXED + CLIENTS, &t) < 0)
		strerr_diefusys(111, "iopause");
	a->now = now_ms();
}

static void
act(struct auth *a)
{
	size_t i;

	if (a->x[SIGNALS].revents)
		on_signal(a);
	if (a->dovecot.fd >= 0 && a->x[DOVECOT].revents)
		dovecot_io(a, a->x[DOVECOT].revents);
	if (a->program.s.fd >= 0 && a->x[PROGRAM].revents)
		program_read(a);
	for (i = 0; i < CLIENTS; i++)
		if (a->clients[i].s.fd >= 0 && a->x[FIXED + i].revents &
		    (IOPAUSE_READ | IOPAUSE_EXCEPT))
			client_read(a, a->clients + i);
	if (a->x[LISTEN].revents)
		client_knock(a);
}

static void
flush(struct auth *a)
{
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		if (a->clients[i].s.fd >= 0 &&
		    stream_pending(&a->clients[i].s) &&
		    stream_flush(&a->clients[i].s) < 0)
			client_drop(a, a->clients + i);
}

static void
loop(struct auth *a)
{
	uint64_t next;

	while (!a->over) {
		next = exchange_due(a, a->now + SLEEP_MS);
		if (a->source == &dovecot_source)
			next = dovecot_turn(a, next);
		if (a->source == &program_source)
			program_turn(a);
		flush(a);
		wait_for(a, next);
		act(a);
		exchange_hash(a);
	}
	flush(a);
}

int
main(int argc, char *const *argv)
{
	static struct auth a;
	char secret[HASH_OCTETS];
	size_t i;

	if (argc > 1)
		strerr_dieusage(100, "pneu-auth");
	run_init("pneu-auth", &a.conf);
	for (i = 0; i < CLIENTS; i++)
		a.clients[i].s = (struct stream)STREAM_ZERO;
	a.listen = run_bind(&a.conf, "auth", "auth", "pneud");
	choose(&a);
	run_become(&a.conf, "pneu-auth");
	a.signals = selfpipe_init();
	if (a.signals < 0 || !selfpipe_trap(SIGTERM) ||
	    !selfpipe_trap(SIGHUP))
		strerr_diefusys(111, "trap signals");
	random_buf(secret, sizeof secret);
	limit_init(&a.limit, secret, sizeof secret);
	own_init(&a);
	tain_now_set_stopwatch_g();
	a.now = now_ms();
	run_ready();
	loop(&a);
	return 0;
}
