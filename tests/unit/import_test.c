#include "pneu-import/expand.h"

#include <string.h>

#include "pneu-import/map.h"
#include "pneu-import/plan.h"
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
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ok((plan_wrong(cases[i].t, cases[i].k, cases[i].v) == 0) ==
		    cases[i].ok, "%s: %s %s is %s",
		    plan_tables[cases[i].t], cases[i].k, cases[i].v,
		    cases[i].ok ? "taken" : "refused");
}

int
main(void)
{
	test_expand();
	test_pattern();
	test_lines();
	test_path();
	test_wrong();
	return tap_end();
}
