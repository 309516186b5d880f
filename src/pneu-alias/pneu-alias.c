#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/iopause.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "conf/conf.h"
#include "decide.h"
#include "mail/address.h"
#include "run/log.h"
#include "run/own.h"
#include "run/service.h"
#include "run/stream.h"
#include "users.h"
#include "wire/route.h"

#define CLIENTS 128		/* connections: smtpd_processes and pneu-send */

struct alias {
	struct conf conf;
	struct users users;
	struct facts facts;
	struct decision decision;
	genalloc own;		/* addresses of this host: ip46 */
	uint64_t now;		/* seconds since the start */
	tain began;
	int listen, signals;
	size_t n;
	struct stream clients[CLIENTS];
	iopause_fd x[2 + CLIENTS];
};

/* The list has the domain, or ".parent" for a domain above it. */
static int
inlist(const struct conf *c, enum conf_key k, const char *domain, size_t n)
{
	const char *p = domain, *end = domain + n;

	if (conf_has(c, k, domain, n))
		return 1;
	while (p < end && (p = memchr(p + 1, '.', (size_t)(end - p - 1))))
		if (conf_has(c, k, p, (size_t)(end - p)))
			return 1;
	return 0;
}

/* Is it [one of our addresses]? Of 0.0.0.0 only connect(2) thinks so. */
static int
isown(const struct alias *a, const char *domain, size_t n)
{
	char s[16];
	ip46 ip;

	memset(&ip, 0, sizeof ip);
	switch (address_literal_scan(s, domain, n)) {
	case 4: ip46_from_ip4(&ip, s); break;
	case 16: ip46_from_ip6(&ip, s); break;
	default: return 0;
	}
	return memcmp(s, IP4_ANY, 4) && own_has(&a->own, &ip);
}

static char
domain_class(void *x, const char *domain, size_t n)
{
	const struct conf *c = &((struct alias *)x)->conf;

	if (*domain == '[')
		return isown(x, domain, n) ||
		    conf_has(c, CONF_mydestination, domain, n) ?
		    ROUTE_LOCAL : ROUTE_OTHER;
	if (inlist(c, CONF_mydestination, domain, n))
		return ROUTE_LOCAL;
	if (inlist(c, CONF_virtual_mailbox_domains, domain, n))
		return ROUTE_VIRTUAL;
	if (inlist(c, CONF_relay_domains, domain, n))
		return ROUTE_RELAY;
	return ROUTE_OTHER;
}

static int
user_exists(void *x, const char *name)
{
	struct alias *a = x;
	int r = users_find(&a->users, name, a->now);

	if (r < 0)
		log_warnsys("unable to look up user ", name);
	return r;
}

static int
table_lookup(void *x, const char *table, const char *key, size_t keylen,
    const char **v, size_t *n)
{
	struct alias *a = x;
	int r = conf_lookup(&a->conf, table, key, keylen, v, n);

	if (r < 0)
		log_warnsys("unable to look into table ", table);
	return r;
}

/* Take over the settings in force. */
static void
settle(struct alias *a)
{
	const struct conf *c = &a->conf;

	a->facts.origin = conf_str(c, myorigin);
	a->facts.delimiters = conf_str(c, recipient_delimiter);
	a->facts.relayhost = conf_str(c, relayhost);
	a->facts.admin = conf_str(c, admin_mailbox);
	a->facts.domain = domain_class;
	a->facts.user = user_exists;
	a->facts.lookup = table_lookup;
	a->facts.x = a;
	users_reset(&a->users, conf_num(c, min_uid));
}

/* Answer one question. Returns 1, or 0 to end the connection. */
static int
answer(struct alias *a, struct stream *s, const struct frame *f)
{
	ssize_t at;

	if (f->type != 'Q') {
		log_warn("a frame of unknown type");
		return 0;
	}
	decide(&a->decision, f->s, f->n, &a->facts);
	at = frame_begin(&s->out, 'R', f->tag);
	return at >= 0 && route_put(&s->out, &a->decision.route) &&
	    frame_end(&s->out, at);
}

/* All questions that are there, then the answers in one write. Returns 0
 * when the connection is over. */
static int
serve(struct alias *a, struct stream *s, short revents)
{
	struct frame f;
	int r = 0;

	if (revents & (IOPAUSE_READ | IOPAUSE_EXCEPT)) {
		if (stream_fill(s) < 0)
			return 0;
		while ((r = stream_next(s, &f)) > 0)
			if (!answer(a, s, &f))
				return 0;
		if (r < 0)
			return 0;
	}
	return stream_flush(s) >= 0;
}

static void
knock(struct alias *a)
{
	uid_t uid;
	int fd;

	while (a->n < CLIENTS && (fd = run_accept(a->listen)) >= 0) {
		if (run_peer(fd, &uid) < 0 ||
		    (!run_isuser(&a->conf, uid, "pneud") &&
		    !run_isuser(&a->conf, uid, "pneus"))) {
			log_warn("connection refused: not one of our users");
			close(fd);
		} else
			stream_open(&a->clients[a->n++], fd);
	}
}

static void
drop(struct alias *a, size_t i)
{
	struct stream last = a->clients[--a->n];

	stream_close(&a->clients[i]);
	if (i != a->n) {
		a->clients[a->n] = a->clients[i];
		a->clients[i] = last;
	}
}

/* Returns 0 when it is time to go. */
static int
on_signal(struct alias *a)
{
	int c;

	while ((c = selfpipe_read()) > 0) {
		if (c == SIGTERM)
			return 0;
		if (c == SIGHUP && run_reload(&a->conf))
			settle(a);
	}
	return 1;
}

static void
wait_for(struct alias *a)
{
	size_t i;

	a->x[0].fd = a->signals;
	a->x[0].events = IOPAUSE_READ;
	a->x[1].fd = a->n < CLIENTS ? a->listen : -1;
	a->x[1].events = IOPAUSE_READ;
	for (i = 0; i < a->n; i++) {
		a->x[2 + i].fd = a->clients[i].fd;
		a->x[2 + i].events = stream_events(&a->clients[i]);
	}
	if (iopause_g(a->x, 2 + (unsigned int)a->n, 0) < 0)
		strerr_diefusys(111, "iopause");
}

static void
loop(struct alias *a)
{
	tain t;
	size_t i;

	for (;;) {
		wait_for(a);
		tain_sub(&t, &STAMP, &a->began);
		a->now = tai_sec(tain_secp(&t));
		if (a->x[0].revents && !on_signal(a))
			return;
		/* From the last to the first: drop puts the last, which has
		 * been served, in the place of the one that is gone. */
		for (i = a->n; i--;)
			if (a->x[2 + i].revents &&
			    !serve(a, &a->clients[i], a->x[2 + i].revents))
				drop(a, i);
		if (a->x[1].fd >= 0 && a->x[1].revents)
			knock(a);
	}
}

static void
listen_signals(struct alias *a)
{
	a->signals = selfpipe_init();
	if (a->signals < 0 || !selfpipe_trap(SIGTERM) ||
	    !selfpipe_trap(SIGHUP))
		strerr_diefusys(111, "trap signals");
}

int
main(void)
{
	static struct alias a;
	const struct stream zero = STREAM_ZERO;
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		a.clients[i] = zero;
	run_init("pneu-alias", &a.conf);
	a.listen = run_bind(&a.conf, "alias", "alias", "pneua");
	listen_signals(&a);
	if (!users_init(&a.users, "root"))
		strerr_diefusys(111, "allocate");
	/* Nobody is called that: so the system asks all its sources, and what
	 * it needs for it is loaded before the jail. */
	users_find(&a.users, "no-such-user", 0);
	tain_now_set_stopwatch_g();
	a.began = STAMP;
	settle(&a);
	if (own_read(&a.own) < 0)
		log_warnsys("unable to read this host's addresses");
	run_become(&a.conf, "pneu-alias");
	run_ready();
	loop(&a);
	return 0;
}
