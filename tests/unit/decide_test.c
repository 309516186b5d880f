#include "pneu-alias/decide.h"

#include <stdio.h>
#include <string.h>

#include "pneu-alias/users.h"
#include "tap.h"

/* The world of this test: here.test is local, v.test virtual, r.test and
 * q.test relay domains, q.test with a list of recipients. */
static int down;		/* nothing about users can be told */
static int damaged;		/* nor the tables */
static int nomailboxes;		/* no table virtual_mailboxes */
static int lookups;

static char
domain(void *x, const char *s, size_t n)
{
	static const struct { const char *s; char class; } *d, all[] = {
		{ "here.test", ROUTE_LOCAL }, { "localhost", ROUTE_LOCAL },
		{ "v.test", ROUTE_VIRTUAL }, { "r.test", ROUTE_RELAY },
		{ "q.test", ROUTE_RELAY }, { "[127.0.0.1]", ROUTE_LOCAL },
		{ 0, 0 },
	};

	for (d = all; d->s; d++)
		if (strlen(d->s) == n && !memcmp(d->s, s, n))
			return d->class;
	return ROUTE_OTHER;
}

static int
user(void *x, const char *name)
{
	static const char *const *s, *const all[] = {
		"joe", "joe-dash", "o", "joe+list", 0
	};

	lookups++;
	if (down)
		return -1;
	for (s = all; *s; s++)
		if (!strcmp(*s, name))
			return 1;
	return 0;
}

static int
lookup(void *x, const char *table, const char *key, size_t keylen,
    const char **v, size_t *n)
{
	static const struct { const char *t, *k, *v; } *r, rows[] = {
		{ "virtual_mailboxes", "", "" },
		{ "virtual_mailboxes", "ann@v.test", "v.test/ann/" },
		{ "virtual_mailboxes", "ann+sub@v.test", "v.test/sub/" },
		{ "virtual_mailboxes", "abs@v.test", "/v.test/abs/" },
		{ "virtual_mailboxes", "up@v.test", "../../etc/" },
		{ "virtual_mailboxes", "a b@v.test", "v.test/ab/" },
		{ "relay_recipients", "q.test", "" },
		{ "relay_recipients", "ok@q.test", "x" },
		{ "routes", "exact.test", "smtp:[mx.test]:2525" },
		{ "routes", ".exact.test", "below.test" },
		{ "routes", "r.test", "[10.0.0.1]" },
		{ "routes", "port.test", "mx.test:26" },
		{ "routes", "direct.test", "smtp:" },
		{ "routes", "dove.test", "lmtp:unix:/run/Lmtp" },
		{ "routes", "same.test", ":" },
		{ "routes", "err.test", "error:5.7.1 not for us" },
		{ "routes", "err2.test", "error:5 apples" },
		{ "routes", "err3.test", "error:" },
		{ "routes", "retry.test", "retry:4.4.1  moving" },
		{ "routes", "lmtp.test", "pigeon:loft" },
		{ "routes", "six.test", "[IPv6:2001:db8::1]:25" },
		{ "routes", "[192.0.2.7]", "lit.test" },
		{ 0, 0, 0 },
	};

	if (damaged)
		return -1;
	if (nomailboxes && !strcmp(table, "virtual_mailboxes"))
		return 0;
	for (r = rows; r->t; r++)
		if (!strcmp(r->t, table) && strlen(r->k) == keylen &&
		    !memcmp(r->k, key, keylen)) {
			*v = r->v;
			*n = strlen(r->v);
			return 1;
		}
	return 0;
}

static struct setup setup = {
	{ "here.test", "+-", domain, user, lookup, 0 }, "", "root@", "nobody",
	"", ""
};

/* The decision as one line. */
static const char *
decided(const char *addr)
{
	static struct decision d;
	static char s[2000];
	const struct route *r = &d.route;
	int n;

	decide(&d, addr, strlen(addr), &setup);
	n = sprintf(s, "%c ", r->class);
	switch (r->kind) {
	case ROUTE_USER: sprintf(s + n, "user %s %s", r->user, r->ext); break;
	case ROUTE_MAILBOX: sprintf(s + n, "box %s", r->mailbox); break;
	case ROUTE_SMTP: sprintf(s + n, "to %s%s%s", r->to,
		r->addr ? " as " : "", r->addr ? r->addr : ""); break;
	default: sprintf(s + n, "%c %s %.*s", r->verdict.kind,
		r->verdict.code, (int)r->verdict.textlen, r->verdict.text);
	}
	return s;
}

static void
check(const char *addr, const char *want)
{
	const char *got = decided(addr);

	ok(!strcmp(got, want), "<%.60s>: %s (%s)", addr, want, got);
}

#define LOCAL_UNKNOWN "l N 5.1.1 User unknown in local recipient table"
#define RELAY_UNKNOWN "r N 5.1.1 User unknown in relay recipient table"
#define VIRTUAL_UNKNOWN "v N 5.1.1 User unknown in virtual mailbox table"
#define SYNTAX "o N 5.1.3 Bad recipient address syntax"

static void
test_local(void)
{
	check("joe@here.test", "l user joe ");
	check("JOE@Here.TEST", "l user joe ");
	check("\"joe\"@here.test", "l user joe ");
	check("joe", "l user joe ");
	check("joe+a-b@localhost", "l user joe a-b");
	check("joe-a+b@here.test", "l user joe a+b");
	check("joe-dash-x@here.test", "l user joe-dash x");
	check("joe-das-x@here.test", "l user joe das-x");
	check("joe+list@here.test", "l user joe+list ");
	check("joe+list-1@here.test", "l user joe+list 1");
	check("joe+@here.test", "l user joe ");
	check("joex@here.test", LOCAL_UNKNOWN);
	check("+joe@here.test", LOCAL_UNKNOWN);
	check("joe%v.test@here.test", LOCAL_UNKNOWN);
	check("v.test!joe@here.test", LOCAL_UNKNOWN);
	check("\"joe@v.test\"@here.test", LOCAL_UNKNOWN);
	check("../joe@here.test", LOCAL_UNKNOWN);
	setup.facts.delimiters = "";
	check("joe+a@here.test", LOCAL_UNKNOWN);
	setup.facts.delimiters = "+-";
	lookups = 0;
	check("o-1-2-3-4-5-6-7-8-9-10-11-12@here.test",
	    "l user o 1-2-3-4-5-6-7-8-9-10-11-12");
	ok(lookups == 1 + STEP_SPLITS, "a bounded number of lookups");
	down = 1;
	check("joe@here.test", "l L 4.3.0 user database unavailable");
	check("postmaster", "l L 4.3.0 user database unavailable");
	check("joe@there.test", "o to there.test");
	down = 0;
	check("joe@[127.0.0.1]", "l user joe ");
	check("joex@[127.0.0.1]", LOCAL_UNKNOWN);
}

static void
test_admin(void)
{
	setup.admin = "joe";
	check("postmaster", "l user joe ");
	check("PostMaster@here.test", "l user joe ");
	check("root@here.test", "l user joe ");
	check("root+cron@here.test", "l user joe ");
	check("mailer-daemon@here.test", "l user joe ");
	check("abuse", "l user joe ");
	check("postmaster@[127.0.0.1]", "l user joe ");
	check("postmaster@v.test", "v user joe ");
	check("postmaster@there.test", "o to there.test");
	setup.admin = "postmaster";
	check("root@here.test", "l box postmaster");
	setup.admin = "admin/box/";
	lookups = 0;
	check("root@here.test", "l box admin/box/");
	ok(lookups == 1, "a path is not asked for as a user");
	setup.facts.origin = "else.test";
	check("postmaster", "l box admin/box/");
	check("joe", "o to else.test");
	setup.facts.origin = "here.test";
}

static void
test_virtual(void)
{
	check("ann@v.test", "v box v.test/ann/");
	check("Ann+Sub@V.test", "v box v.test/sub/");
	check("ann+other@v.test", "v box v.test/ann/");
	check("\"a b\"@v.test", "v box v.test/ab/");
	check("abs@v.test", "v box v.test/abs/");
	check("up@v.test", "v L 4.3.5 mailbox outside virtual_mailbox_base");
	check("joe@v.test", VIRTUAL_UNKNOWN);
	check("root@v.test", VIRTUAL_UNKNOWN);
	damaged = 1;
	check("ann@v.test", "v L 4.3.0 table lookup failure");
	check("a@there.test", "o L 4.3.0 table lookup failure");
	check("ok@q.test", "r L 4.3.0 table lookup failure");
	check("joe@here.test", "l L 4.3.0 table lookup failure");
	damaged = 0;
}

static void
test_relay(void)
{
	check("a@r.test", "r to [10.0.0.1]");
	check("ok@q.test", "r to q.test");
	check("ok+x@q.test", "r to q.test");
	check("no@q.test", RELAY_UNKNOWN);
	check("a%b.test@r.test", "o to [10.0.0.1]");
	check("b.test!a@r.test", "o to [10.0.0.1]");
	check("\"a@b.test\"@r.test", "o to [10.0.0.1]");
	check("a@sub.r.test", "o to sub.r.test");
}

static void
test_remote(void)
{
	check("a@There.Test", "o to there.test");
	check("a@exact.test", "o to [mx.test]:2525");
	check("a@x.exact.test", "o to below.test");
	check("a@y.x.exact.test", "o to below.test");
	check("a@xexact.test", "o to xexact.test");
	check("a@port.test", "o to mx.test:26");
	check("a@six.test", "o to [IPv6:2001:db8::1]:25");
	check("a@err.test", "o N 5.7.1 not for us");
	check("a@err2.test", "o N 5.0.0 5 apples");
	check("a@err3.test", "o N 5.0.0 mail to this domain is not taken");
	check("a@retry.test", "o L 4.4.1  moving");
	check("a@lmtp.test",
	    "o L 4.3.5 unknown transport in the table routes");
	check("a@[192.0.2.1]", "o to [192.0.2.1]");
	check("a@[192.0.2.7]", "o to lit.test");
	check("a@[IPv6:2001:DB8::1]", "o to [ipv6:2001:db8::1]");
	check("a@[192.0.2.300]", SYNTAX);
	check("a@[x]", SYNTAX);
	check("a@b:25", SYNTAX);
	check("a@", SYNTAX);
	check("@there.test", SYNTAX);
	check("", SYNTAX);
	check("a b@there.test", SYNTAX);
	setup.relayhost = "[smart.test]:587";
	check("a@there.test", "o to [smart.test]:587");
	check("a@[192.0.2.1]", "o to [smart.test]:587");
	check("a@same.test", "o to [smart.test]:587");
	check("a@direct.test", "o to direct.test");
	check("a@port.test", "o to mx.test:26");
	check("ok@q.test", "r to [smart.test]:587");
	setup.relayhost = "";
	check("a@dove.test", "o to lmtp:unix:/run/Lmtp");
	setup.transport = "lmtp:inet:[::1]:24";
	check("joe@here.test", "l to lmtp:inet:[::1]:24");
	check("nobody-here@here.test", LOCAL_UNKNOWN);
	setup.admin = "joe";
	check("postmaster@here.test", "l to lmtp:inet:[::1]:24 as "
	    "joe@here.test");
	check("root@here.test", "l to lmtp:inet:[::1]:24 as joe@here.test");
	setup.admin = "admins/";
	check("postmaster@here.test", "l box admins/");
	setup.admin = "joe";
	setup.transport = "";
	check("postmaster@here.test", "l user joe ");
	check("joe@here.test", "l user joe ");
	setup.admin = "admins/";

	setup.vtransport = "lmtp:unix:/run/v";
	check("ann@v.test", "v to lmtp:unix:/run/v");
	check("ann+x@v.test", "v to lmtp:unix:/run/v");
	check("nobody-here@v.test", VIRTUAL_UNKNOWN);
	check("up@v.test", "v to lmtp:unix:/run/v");
	check("postmaster@v.test", "v box admins/");
	check("joe@here.test", "l user joe ");
	nomailboxes = 1;
	check("ann@v.test", "v to lmtp:unix:/run/v");
	check("nobody-here@v.test", "v to lmtp:unix:/run/v");
	check("postmaster@v.test", "v to lmtp:unix:/run/v");
	setup.vtransport = "";
	check("ann@v.test", VIRTUAL_UNKNOWN);
	nomailboxes = 0;
}

static void
test_users(void)
{
	struct users u;
	size_t i;
	int slots = 0;

	ok(users_init(&u, "root"), "users_init");
	users_reset(&u, 1000);
	ok(users_find(&u, "root", 5) == 0, "root gets no mail");
	ok(users_find(&u, "no-such-user", 5) == 0, "no such user");
	users_reset(&u, 1);
	ok(users_find(&u, "daemon", 5) == 1, "daemon, with min_uid 1");
	for (i = 0; i < USERS_SLOTS; i++)
		slots += u.slots[i].name[0] != 0;
	ok(slots == 1, "is remembered, the others are not");
	users_reset(&u, 1000);
	ok(users_find(&u, "daemon", 5) == 0, "but not beyond a new min_uid");
	u.canary = "no-such-canary";
	ok(users_find(&u, "no-such-user", 5) == -1, "no canary: not known");
	ok(users_find(&u, "root", 5) == 0, "who is found needs no canary");
	users_free(&u);
}

int
main(void)
{
	test_local();
	test_admin();
	test_virtual();
	test_relay();
	test_remote();
	test_users();
	return tap_end();
}
