#include <skalibs/nonposix.h>

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>
#include <skalibs/random.h>

#include "conf/net.h"
#include "pneu-remote/remote.h"
#include "run/log.h"
#include "run/now.h"
#include "run/service.h"

#define USAGE "pneu-remote N"
#define PROGRAM "pneu-remote"

static int
env_get(void *arg, const char *name, uint16_t type, int local,
    struct dns_answer *a)
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
set_bind(struct remote *r, const struct conf *c)
{
	const char *s;
	struct net x;

	r->isbind[0] = r->isbind[1] = 0;
	for (s = conf_first(c, CONF_smtp_bind_address); s;
	    s = conf_next(c, CONF_smtp_bind_address, s)) {
		if (net_scan(&x, s, strlen(s)) < 0) {
			log_warn("smtp_bind_address: ", s, " is no address");
			continue;
		}
		r->isbind[x.is6] = 1;
		if (x.is6)
			ip46_from_ip6(&r->bind[1], (char *)x.ip);
		else
			ip46_from_ip4(&r->bind[0], (char *)x.ip);
	}
}

#define MS(r, name) (conf_num(&(r)->conf, name) * 1000)

/* Take over what the settings say. */
void
remote_set(struct remote *r)
{
	const struct conf *c = &r->conf;
	const char *v;
	size_t n;

	r->tlsrows = conf_lookup(c, "tls_policy", "", 0, &v, &n) > 0;
	rewrite_init(&r->rewrite, c);
	r->opts.myname = conf_str(c, myhostname);
	r->opts.helo = *conf_str(c, smtp_helo_name) ?
	    conf_str(c, smtp_helo_name) : r->opts.myname;
	r->opts.helo_ms = MS(r, smtp_helo_timeout);
	r->opts.mail_ms = r->opts.rcpt_ms = r->opts.data_ms = r->opts.xfer_ms =
	    MS(r, smtp_mail_timeout);
	r->opts.done_ms = MS(r, smtp_data_done_timeout);
	r->connect_ms = MS(r, smtp_connect_timeout);
	r->idle_ms = MS(r, smtp_idle_time);
	r->env.myname = r->opts.myname;
	r->env.port = (uint16_t)conf_num(c, smtp_port);
	r->env.v4 = strcmp(conf_str(c, inet_protocols), "ipv6") != 0;
	r->env.v6 = strcmp(conf_str(c, inet_protocols), "ipv4") != 0;
	set_bind(r, c);
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

void
remote_servers(struct remote *r)
{
	int e = dns_servers(&r->dns, servers(r));

	if (e < 0)
		log_warn("dns_servers: ", servers(r), " does not parse");
	r->redns = !e;
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
	const struct stream zero = STREAM_ZERO;
	static struct remote r;		/* 200 KiB that no file is to hold */
	const char *why;
	unsigned int n;
	int sigfd;

	PROG = PROGRAM;
	if (argc != 2 || !uint0_scan(argv[1], &n) || n < 1 || n > 4)
		strerr_dieusage(100, USAGE);
	r.tlsout.s = r.sts.s = zero;
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
	remote_set(&r);
	run_become(&r.conf, PROGRAM);
	sigfd = open_signals();
	run_ready();
	loop_run(&r, sigfd);
	return 0;
}
