#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/selfpipe.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>
#include <skalibs/random.h>

#include "pneu-remote/remote.h"
#include "run/log.h"
#include "run/service.h"

#define USAGE "pneu-remote N"
#define PROGRAM "pneu-remote"
#define REFIND_MS 1000		/* jobs that wait for the DNS look again */

/* What poll found, and about whom: a conn may be another by then. */
struct turn {
	struct conn *c;
	uint32_t serial;
};

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int
env_get(void *arg, const char *name, uint16_t type, int local,
    struct mx_answer *a)
{
	struct remote *r = arg;

	if (local && self_hosts(&r->self, name, type, a))
		return 1;
	return dns_get(&r->dns, name, type, r->looking->found, r->now, a);
}

static int
env_isself(void *arg, const ip46 *ip, uint16_t port)
{
	struct remote *r = arg;

	return self_is(&r->self, ip, port);
}

static uint32_t
env_random(void *arg, uint32_t below)
{
	return random_uint32(below);
}

static void
set_bind(struct remote *r, int six, const char *s, const char *setting)
{
	r->isbind[six] = 0;
	if (!*s)
		return;
	if (ip46_scan(s, &r->bind[six]) != strlen(s) ||
	    ip46_is6(&r->bind[six]) != six)
		log_warn(setting, ": ", s, " is no address of that kind");
	else
		r->isbind[six] = 1;
}

#define MS(r, name) (conf_num(&(r)->conf, name) * 1000)

/* Take over what the settings say. */
static void
set(struct remote *r)
{
	const struct conf *c = &r->conf;

	r->opts.myname = conf_str(c, myhostname);
	r->opts.helo = *conf_str(c, smtp_helo_name) ?
	    conf_str(c, smtp_helo_name) : r->opts.myname;
	r->opts.helo_ms = MS(r, smtp_helo_timeout);
	r->opts.mail_ms = MS(r, smtp_mail_timeout);
	r->opts.rcpt_ms = MS(r, smtp_rcpt_timeout);
	r->opts.data_ms = MS(r, smtp_data_init_timeout);
	r->opts.xfer_ms = MS(r, smtp_data_xfer_timeout);
	r->opts.done_ms = MS(r, smtp_data_done_timeout);
	r->connect_ms = MS(r, smtp_connect_timeout);
	r->idle_ms = MS(r, smtp_idle_time);
	r->env.myname = r->opts.myname;
	r->env.port = (uint16_t)conf_num(c, smtp_port);
	r->env.v4 = strcmp(conf_str(c, inet_protocols), "ipv6") != 0;
	r->env.v6 = strcmp(conf_str(c, inet_protocols), "ipv4") != 0;
	set_bind(r, 0, conf_str(c, smtp_bind_address), "smtp_bind_address");
	set_bind(r, 1, conf_str(c, smtp_bind_address6), "smtp_bind_address6");
	if (self_listens(&r->self, c) < 0)
		log_warnsys("unable to keep the setting listen");
}

/* The servers of the DNS as c-ares wants them. */
static const char *
servers(struct remote *r)
{
	const char *s;

	r->out.len = 0;
	for (s = conf_first(&r->conf, CONF_dns_servers); s;
	    s = conf_next(&r->conf, CONF_dns_servers, s))
		if ((r->out.len && !stralloc_append(&r->out, ',')) ||
		    !stralloc_cats(&r->out, s))
			return "";
	if (!stralloc_0(&r->out))
		return "";
	r->out.len = 0;
	return r->out.s;
}

static void
set_servers(struct remote *r)
{
	int e = dns_servers(&r->dns, servers(r));

	if (e < 0)
		log_warn("dns_servers: ", servers(r), " does not parse");
	r->redns = !e;
}

/* Say goodbye on kept connections, take no orders, and let those end that
 * are with a host just now. The others were not begun: whoever comes after
 * us is given them again. */
static void
stop(struct remote *r)
{
	if (r->stopping)
		return;
	r->stopping = 1;
	r->stop = r->now + REMOTE_STOP_MS;
	hand_stop(&r->hand);
	conn_quit_idle(r, 1);
}

static void
signals(struct remote *r)
{
	int s;

	while ((s = selfpipe_read()) > 0)
		if (s == SIGTERM)
			stop(r);
		else if (run_reload(&r->conf)) {
			set(r);
			set_servers(r);
		}
}

/* 1 when nothing is under way that would be a pity to break. */
static int
isstopped(struct remote *r)
{
	struct job *j;

	if (!r->stopping)
		return 0;
	if (r->now >= r->stop)
		return 1;
	for (j = r->stage[JOB_CONN]; j; j = j->next)
		if (j->c->state == CONN_BUSY &&
		    j->c->client.state >= CLIENT_BODY)
			return 0;
	return !hand_pending(&r->hand);
}

static size_t
watch(struct remote *r, genalloc *xs, genalloc *turns, uint64_t *deadline)
{
	size_t i, n = genalloc_len(struct conn *, &r->active);
	struct conn **a = genalloc_s(struct conn *, &r->active);
	struct turn *t;
	iopause_fd *x;

	if (!genalloc_ready(iopause_fd, xs, n) ||
	    !genalloc_ready(struct turn, turns, n))
		strerr_diefusys(111, "poll");
	x = genalloc_s(iopause_fd, xs);
	t = genalloc_s(struct turn, turns);
	for (i = 0; i < n; i++) {
		uint64_t at = conn_deadline(a[i]);

		x[i].fd = a[i]->fd;
		x[i].events = a[i]->state == CONN_CONNECT ? IOPAUSE_WRITE :
		    (short)(IOPAUSE_READ | (a[i]->out.len ? IOPAUSE_WRITE :
		    0));
		x[i].revents = 0;
		t[i].c = a[i];
		t[i].serial = a[i]->serial;
		if (at < *deadline)
			*deadline = at;
	}
	if (r->oldest && r->oldest->deadline < *deadline)
		*deadline = r->oldest->deadline;
	if (r->stage[JOB_FIND] && r->refind < *deadline)
		*deadline = r->refind;
	if (r->stage[JOB_CHECK])
		*deadline = r->now;
	return n;
}

static void
conns(struct remote *r, const iopause_fd *x, const struct turn *t, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct conn *c = t[i].c;

		if (c->serial != t[i].serial || c->state == CONN_IDLE)
			continue;
		if (x[i].revents)
			conn_io(c, r, x[i].revents);
		else if (conn_deadline(c) <= r->now)
			conn_expire(c, r);
	}
	conn_quit_idle(r, 0);
}

static void
jobs(struct remote *r)
{
	struct job *j, *next;
	struct hand_order *o;

	for (j = r->stage[JOB_CHECK]; j; j = next) {
		next = j->next;
		job_check(j);
	}
	while ((o = hand_next(&r->hand)))
		job_begin(r, o);
	if (r->answers == r->dns.answers && r->now < r->refind)
		return;
	r->answers = r->dns.answers;
	r->refind = r->now + REFIND_MS;
	for (j = r->stage[JOB_FIND]; j; j = next) {
		next = j->next;
		job_find(j);
	}
}

static void
pause_(iopause_fd *x, size_t n, uint64_t now, uint64_t deadline)
{
	tain span, until;
	uint64_t ms = deadline > now ? deadline - now : 0;

	tain_from_millisecs(&span, ms > 60000 ? 60000 : (int)ms);
	tain_add_g(&until, &span);
	if (iopause_g(x, (unsigned int)n, &until) < 0 && errno != EINTR)
		strerr_diefusys(111, "poll");
}

/* Everything has one place in the array of poll: signals, pneu-send, then
 * the DNS, then the connections. */
static void
loop(struct remote *r, int sigfd)
{
	genalloc xs = GENALLOC_ZERO, all = GENALLOC_ZERO, ts = GENALLOC_ZERO;

	while (!isstopped(r)) {
		uint64_t deadline = r->now + 60000;
		size_t n, nd, head = 1 + HAND_FDS;
		iopause_fd *x;

		n = watch(r, &xs, &ts, &deadline);
		if (!genalloc_ready(iopause_fd, &all, head + DNS_FDS + n))
			strerr_diefusys(111, "poll");
		x = genalloc_s(iopause_fd, &all);
		x[0].fd = sigfd;
		x[0].events = IOPAUSE_READ;
		hand_iopause(&r->hand, x + 1);
		nd = dns_iopause(&r->dns, x + head, r->now, &deadline);
		memcpy(x + head + nd, xs.s, n * sizeof *x);
		if (r->stopping && deadline > r->now + 100)
			deadline = r->now + 100;
		pause_(x, head + nd + n, r->now, deadline);
		r->now = now_ms();
		if (x[0].revents)
			signals(r);
		hand_io(&r->hand, x + 1, &r->conf);
		dns_io(&r->dns, x + head, nd, r->now);
		if (r->redns)
			set_servers(r);
		conns(r, x + head + nd, genalloc_s(struct turn, &ts), n);
		jobs(r);
		hand_flush(&r->hand);
	}
}

static void
raise_files(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

static int
open_signals(void)
{
	int fd = selfpipe_init();

	if (fd < 0 || !selfpipe_trap(SIGTERM) || !selfpipe_trap(SIGHUP))
		strerr_diefusys(111, "trap signals");
	return fd;
}

int
main(int argc, char **argv)
{
	static struct remote r;
	const char *why;
	unsigned int n;
	int sigfd;

	PROG = PROGRAM;
	if (argc != 2 || !uint0_scan(argv[1], &n) || n < 1 || n > 4)
		strerr_dieusage(100, USAGE);
	run_init(PROGRAM, &r.conf);
	raise_files();
	tain_now_set_stopwatch_g();
	r.now = now_ms();
	hand_init(&r.hand, run_bind(&r.conf, "remote", argv[1], "pneus"));
	self_init(&r.self);
	if (dns_init(&r.dns, servers(&r), &why) < 0)
		strerr_dief(111, "unable to use the DNS: ", why);
	r.env.get = env_get;
	r.env.isself = env_isself;
	r.env.random = env_random;
	r.env.arg = &r;
	set(&r);
	run_become(&r.conf, PROGRAM);
	sigfd = open_signals();
	run_ready();
	loop(&r, sigfd);
	return 0;
}
