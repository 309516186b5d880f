#include "pneu-import/expand.h"

#include <string.h>

#include "pneu-import/m4.h"
#include "pneu-import/map.h"
#include "pneu-import/plan.h"
#include "pneu-import/postfix.h"
#include "pneu-import/qmail.h"
#include "pneu-import/sm.h"
#include "pneu-import/source.h"
#include "tap.h"

static const char *
lookup(void *x, const char *name)
{
	static const struct { const char *name, *value; } *p, all[] = {
		{ "mydomain", "acme.test" }, { "myhostname", "mx.$mydomain" },
		{ "empty", "" }, { "loop", "a $loop" }, { "level", "3.6" },
		{ 0, 0 }
	};

	(void)x;
	for (p = all; p->name; p++)
		if (!strcmp(p->name, name))
			return p->value;
	return 0;
}

/* postconf(5): what a value with names becomes. 0: it does not parse. */
static void
test_expand(void)
{
	static const struct { const char *s, *want; } cases[] = {
		{ "plain", "plain" },
		{ "$myhostname, localhost.$mydomain", "mx.acme.test, "
		    "localhost.acme.test" },
		{ "${mydomain}x", "acme.testx" },
		{ "$(mydomain)", "acme.test" },
		{ "$nothing.", "." },
		{ "a$$b", "a$b" },
		{ "${empty?yes}", "" },
		{ "${mydomain?yes}", "yes" },
		{ "${empty:no}", "no" },
		{ "${mydomain:no}", "acme.test" },
		{ "${empty?{yes}:{no}}", "no" },
		{ "${mydomain?{to $mydomain}:{no}}", "to acme.test" },
		{ "${{$level} < {2} ? {subnet} : {host}}", "host" },
		{ "${{$level} == {3.6} ? {a} : {b}}", "a" },
		{ "$loop", 0 },
		{ "${mydomain", 0 },
		{ "a $ b", 0 },
		{ "${}", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *got = expand(cases[i].s, lookup, 0);

		ok(got && cases[i].want ? !strcmp(got, cases[i].want) :
		    got == cases[i].want, "%s: %s (%s)", cases[i].s,
		    cases[i].want ? cases[i].want : "refused",
		    got ? got : "refused");
	}
}

/* Patterns that stand for one key, "" for any; key 0: they do not. */
static void
test_pattern(void)
{
	static const struct { const char *s, *key, *value; } cases[] = {
		{ "/^joe@a\\.test$/ ann@b.test", "joe@a.test", "ann@b.test" },
		{ "/^joe@a.test$/i x", "joe@a.test", "x" },
		{ "/@a\\.test$/ joe", "@a.test", "joe" },
		{ "/^(.*)@a\\.test$/ $1@b.test", "@a.test", "@b.test" },
		{ "/^(.+)@a\\.test$/ ${1}@b.test", "@a.test", "@b.test" },
		{ "/^.*@a\\.test$/ joe", "@a.test", "joe" },
		{ "/./ joe", "", "joe" },
		{ "/.*/ joe", "", "joe" },
		{ "!^a\\.test$! smtp:[x]", 0, 0 },
		{ "|^a\\.test$| smtp:[x]", "a.test", "smtp:[x]" },
		{ "/^joe/ x", 0, 0 },
		{ "/joe@a\\.test$/ x", 0, 0 },
		{ "/^[0-9]+@a\\.test$/ x", 0, 0 },
		{ "/^joe\\+.*@a\\.test$/ x", 0, 0 },
		{ "/^joe\\+x@a\\.test$/ x", "joe+x@a.test", "x" },
		{ "/^(.*)@a\\.test$/ $1.old@b.test", 0, 0 },
		{ "/^joe@(a|b)\\.test$/ x", 0, 0 },
		{ "/^joe@a\\.test$/x y", 0, 0 },
		{ "if /@a/", 0, 0 },
		{ "endif", 0, 0 },
		{ "/^joe@a", 0, 0 },
	};
	const char *key, *value;
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int r = map_pattern(cases[i].s, &key, &value);

		ok(!cases[i].key ? !r : r && !strcmp(key, cases[i].key) &&
		    !strcmp(value, cases[i].value), "%s", cases[i].s);
	}
}

static void
test_lines(void)
{
	static const char text[] = "# comment\n\na = b  \r\n# within\n"
	    "\tc\n   \n d\nx\n";
	struct lines x;
	struct line l;

	lines_open(&x, text, sizeof text - 1);
	ok(lines_next(&x, &l, 1) && !strcmp(l.s, "a = b\tc d") &&
	    l.number == 3, "a line and what continues it: %s", l.s);
	ok(lines_next(&x, &l, 1) && !strcmp(l.s, "x") && l.number == 8,
	    "the next one");
	ok(!lines_next(&x, &l, 1), "the end");
	lines_open(&x, text, sizeof text - 1);
	ok(lines_next(&x, &l, 0) && !strcmp(l.s, "a = b") &&
	    lines_next(&x, &l, 0) && !strcmp(l.s, "\tc") && l.number == 5,
	    "nothing continues");
}

static void
test_path(void)
{
	struct source x = { "copy/pf", "/etc/postfix", "copy" };

	ok(!strcmp(source_path(&x, "main.cf"), "copy/pf/main.cf"),
	    "a relative name");
	ok(!strcmp(source_path(&x, "/etc/postfix/virtual"),
	    "copy/pf/virtual"), "below the base");
	ok(!strcmp(source_path(&x, "/etc/postfix2/v"), "copy/etc/postfix2/v"),
	    "not below it");
	ok(!strcmp(source_path(&x, "/etc/aliases"), "copy/etc/aliases"),
	    "below the root");
}

static void
test_wrong(void)
{
	static const struct { enum plan_table t; const char *k, *v; int ok; }
	cases[] = {
		{ PLAN_ROUTES, "a.test", "[10.0.0.1]:25", 1 },
		{ PLAN_ROUTES, ".a.test", "smtp:mx.a.test", 1 },
		{ PLAN_ROUTES, "*", "smtp:", 1 },
		{ PLAN_ROUTES, "a.test", "error:5.1.2 x", 1 },
		{ PLAN_ROUTES, "joe@a.test", "[x]", 0 },
		{ PLAN_ROUTES, "a.test", "pigeon:loft", 0 },
		{ PLAN_ROUTES, "a.test", "[10.0.0.1", 0 },
		{ PLAN_ROUTES, "a.test", "mx:99999", 0 },
		{ PLAN_ROUTES, "a..test", "mx", 0 },
		{ PLAN_MAILBOXES, "joe@a.test", "a/joe/", 1 },
		{ PLAN_MAILBOXES, "joe@a.test", "../joe/", 0 },
		{ PLAN_MAILBOXES, "joe@a.test", "//", 0 },
		{ PLAN_MAILBOXES, "joe", "joe/", 0 },
		{ PLAN_RECIPIENTS, "@a.test", "", 1 },
		{ PLAN_RECIPIENTS, "\"a b\"@a.test", "", 1 },
		{ PLAN_RECIPIENTS, "a.test", "", 0 },
		{ PLAN_VIRTUAL, "joe", "ann", 1 },
		{ PLAN_VIRTUAL, "@a.test", "ann", 1 },
		{ PLAN_VIRTUAL, "joe@a.test", "", 0 },
		{ PLAN_VIRTUAL, "@", "ann", 0 },
		{ PLAN_VIRTUAL, "@.a.test", "ann, |prog", 1 },
		{ PLAN_CANONICAL, "joe", "joe.b@a.test", 1 },
		{ PLAN_CANONICAL, "@a.test", "@b.test", 1 },
		{ PLAN_CANONICAL, "joe@a.test", "a b", 0 },
		{ PLAN_BCC, "always", "joe@a.test", 1 },
		{ PLAN_BCC, "sender", "@a.test joe", 1 },
		{ PLAN_BCC, "sender", "joe@a.test", 0 },
		{ PLAN_BCC, "recipient", "a@a.test b@a.test,c@a.test", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ok((plan_wrong(cases[i].t, cases[i].k, cases[i].v) == 0) ==
		    cases[i].ok, "%s: %s %s is %s",
		    plan_tables[cases[i].t], cases[i].k, cases[i].v,
		    cases[i].ok ? "taken" : "refused");
}

static void
test_m4(void)
{
	static const char text[] = "divert(-1)dnl\n# a comment, FEATURE(`x')\n"
	    "dnl FEATURE(`no')dnl\n"
	    "define(`confA',`a, `b' (c)')dnl not define(`x')\n"
	    "DAEMON_OPTIONS(`Port=smtp, Addr=::1')dnl\n"
	    "FEATURE(`access_db', , `skip')\n"
	    "define(`two',dnl\n  `lines')\n"
	    "LOCAL_CONFIG\nKfoo hash /x dnl\n";
	static const struct { const char *name, *args[3]; int n;
	    unsigned int line; } want[] = {
		{ "divert", { "-1", "", "" }, 1, 1 },
		{ "define", { "confA", "a, `b' (c)", "" }, 2, 4 },
		{ "DAEMON_OPTIONS", { "Port=smtp, Addr=::1", "", "" }, 1, 5 },
		{ "FEATURE", { "access_db", "", "skip" }, 3, 6 },
		{ "define", { "two", "lines", "" }, 2, 7 },
		{ 0, { "LOCAL_CONFIG", "", "" }, 1, 9 },
		{ 0, { "Kfoo hash /x", "", "" }, 1, 10 },
	};
	struct m4 m = { text, 1 };
	struct m4_call c;
	size_t i;
	int k, good;

	for (i = 0; i < sizeof want / sizeof want[0]; i++) {
		good = m4_next(&m, &c) && !c.name == !want[i].name &&
		    c.n == want[i].n && c.line == want[i].line;
		if (good && c.name)
			good = !strcmp(c.name, want[i].name);
		for (k = 0; good && k < 3; k++)
			good = !strcmp(c.args[k], want[i].args[k]);
		ok(good, "m4: %s %s", want[i].name ? want[i].name : "line",
		    want[i].args[0]);
	}
	ok(!m4_next(&m, &c), "m4: the end");
}

static void
same(const char *got, const char *want, const char *what)
{
	ok(got && want ? !strcmp(got, want) : got == want, "%s: %s (%s)",
	    what, want ? want : "none", got ? got : "none");
}

static void
test_words(void)
{
	same(sm_network("10.1"), "10.1.0.0/16", "10.1");
	same(sm_network("10."), "10.0.0.0/8", "10.");
	same(sm_network("192.0.2"), "192.0.2.0/24", "192.0.2");
	same(sm_network("192.0.2.7"), "192.0.2.7", "192.0.2.7");
	same(sm_network("IPv6:2001:db8::1"), "[2001:db8::1]", "IPv6");
	same(sm_network("10.300"), 0, "10.300");
	same(sm_network("a.example"), 0, "a name");
	same(sm_route("esmtp:[h.example]"), "smtp:[h.example]", "esmtp");
	same(sm_route("h.example"), "smtp:h.example", "a host");
	same(sm_route("uucp:h"), 0, "uucp");
	same(postfix_nexthop("[h.example]:submission"), "[h.example]:587",
	    "submission");
	same(postfix_nexthop("[2001:db8::1]:25"), "[2001:db8::1]:25", "IPv6");
	same(postfix_nexthop("h:no-such-port"), 0, "no port");
}

/* dot-qmail(5) as a value of aliases(5). */
static void
test_dot(void)
{
	static const struct { const char *s, *want; int lost; } cases[] = {
		{ "# nothing\n", "", 0 },
		{ "joe\n&ann@b.test\n", "joe, ann@b.test", 0 },
		{ "./Maildir/\n/var/x\n", "/a/Maildir/, /var/x", 0 },
		{ "| prog --x=\"a b\"\n", "\"|prog --x=\\\"a b\\\"\"", 0 },
		{ "|forward joe ann@b.test\n", "joe, ann@b.test", 0 },
		{ "|forward $DEFAULT@b.test\n",
		    "\"|forward $DEFAULT@b.test\"", 1 },
		{ "|bouncesaying no\n", "\"|bouncesaying no\"", 1 },
		{ "+list\njoe\n", "joe", 1 },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct source src = { "/nowhere", "/var/qmail", "" };
		struct plan p = PLAN_ZERO;
		struct qmail q = { .src = &src, .plan = &p, .me = "b.test",
		    .origin = "b.test" };
		struct origin at = { ".qmail-x", 0, 0 };

		str_addword(&q.local, "b.test", &at);
		same(qmail_dot(&q, cases[i].s, strlen(cases[i].s), &at, "/a"),
		    cases[i].want, ".qmail");
		ok(p.lost == (size_t)cases[i].lost, "%zu told", p.lost);
	}
}

/* What is out of range, unknown or senseless is told, and never written. */
static void
test_plan(void)
{
	static const struct { const char *name, *value, *want; int lost; }
	cases[] = {
		{ "smtpd_recipient_limit", "50", "100", 1 },
		{ "smtpd_recipient_limit", "999999", "50000", 1 },
		{ "smtpd_recipient_limit", "200", "200", 0 },
		{ "smtpd_timeout", "99999999999999999999999", "1h", 1 },
		{ "smtpd_timeout", "soon", 0, 1 },
		{ "no_such_setting", "1", 0, 1 },
		{ "mynetworks", "10.0.0.0/8, nonsense 10.0.0.0/8",
		    "10.0.0.0/8", 1 },
		{ "relay_domains", "a.test .a.test a..test",
		    "a.test .a.test", 1 },
		{ "relayhost", "[a.test]:25", "[a.test]:25", 0 },
		{ "relayhost", "a b", 0, 1 },
		{ "relayhost", "", "", 0 },
		{ "home_mailbox", "$user/", 0, 1 },
		{ "smtp_helo_name", "$myhostname", "$myhostname", 0 },
		{ "mailbox_command", "/bin/x $USER", "/bin/x $USER", 0 },
		{ "smtp_bind_address", "::1 127.0.0.0/8", "::1", 1 },
	};
	struct origin at = { "main.cf", 1, "x" };
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct plan p = PLAN_ZERO;
		const struct plan_setting *s;

		plan_set(&p, cases[i].name, cases[i].value, &at);
		s = plan_find(&p, cases[i].name);
		same(s ? s->value : 0, cases[i].want, cases[i].name);
		ok(p.lost == (size_t)cases[i].lost, "%zu told", p.lost);
	}
}

static void
test_bind(void)
{
	struct origin at = { "main.cf", 1, "x" };
	struct plan p = PLAN_ZERO;

	plan_addbind(&p, "", &at);
	plan_addbind(&p, "0.0.0.0", &at);
	plan_addbind(&p, "::", &at);
	ok(!plan_find(&p, "smtp_bind_address"), "no source address");
	plan_addbind(&p, "192.0.2.1", &at);
	plan_addbind(&p, "2001:db8::1", &at);
	plan_addbind(&p, "192.0.2.2", &at);
	same(plan_find(&p, "smtp_bind_address")->value,
	    "2001:db8::1 192.0.2.2", "one of each family");
	plan_addbind(&p, "nonsense", &at);
	same(plan_find(&p, "smtp_bind_address")->value,
	    "2001:db8::1 192.0.2.2", "and no other");
	ok(p.lost == 1, "told");
}

int
main(void)
{
	test_bind();
	test_m4();
	test_words();
	test_dot();
	test_plan();
	test_expand();
	test_pattern();
	test_lines();
	test_path();
	test_wrong();
	return tap_end();
}
