#include "pneu-forward/plan.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

static struct plan p = PLAN_ZERO;
static struct envelope e = ENVELOPE_ZERO;
static struct order o = ORDER_ZERO;

static struct order_rcpt *
begin(const char *sender, const char *addr)
{
	struct order_rcpt *r;

	plan_clear(&p);
	envelope_clear(&e);
	order_clear(&o);
	o.id = "A";
	o.sender = sender;
	o.ret = "HDRS";
	o.envid = "e";
	r = order_add(&o, 3, addr);
	r->notify = "SUCCESS,FAILURE";
	r->orcpt = "rfc822;x@y";
	return r;
}

static const char *
addr(size_t i)
{
	return envelope_rcpt(&e, i)->addr;
}

static void
test_targets(void)
{
	const struct order_rcpt *r = begin("s@x", "list@h");

	ok(plan_addlines(&p, "bob\nann@far\n\n|cat >x\nBOB@here\n\\joe\n"
	    "|cat >X\n\"a@b\"\n~joe\n") &&
	    plan_envelope(&p, &e, &o, r, 0, "here") == 1, "made");
	ok(envelope_nrcpts(&e) == 7, "nobody gets two copies: %d",
	    (int)envelope_nrcpts(&e));
	ok(!strcmp(addr(0), "bob@here") && !strcmp(addr(1), "ann@far") &&
	    !strcmp(addr(5), "\"a@b\"@here"), "addresses, with a domain");
	ok(!envelope_rcpt(&e, 0)->target && !strcmp(addr(2), "list@h") &&
	    !strcmp(envelope_rcpt(&e, 2)->target, "|cat >x") &&
	    !strcmp(envelope_rcpt(&e, 3)->target, "\\joe") &&
	    !strcmp(envelope_rcpt(&e, 4)->target, "|cat >X") &&
	    !strcmp(envelope_rcpt(&e, 6)->target, "~joe"), "targets");
	ok(!strcmp(envelope_rcpt(&e, 1)->orig, "list@h"), "what they were");
	ok(!strcmp(e.sender, "s@x") && !strcmp(e.ret, "HDRS") &&
	    !strcmp(e.envid, "e") && !strcmp(e.parent, "A") &&
	    !strcmp(envelope_rcpt(&e, 0)->notify, "FAILURE") &&
	    !strcmp(envelope_rcpt(&e, 0)->orcpt, "rfc822;x@y"),
	    "what the sender asked for is passed on, but success");
	ok(!strcmp(p.action, "expanded"), "of which he hears now");
}

static void
test_list(void)
{
	const struct order_rcpt *r = begin("s@x", "list@h");

	plan_addlines(&p, "a@b\n");
	ok(plan_envelope(&p, &e, &o, r, "owner-list@h", "h") == 1 &&
	    !strcmp(e.sender, "owner-list@h") && !e.ret && !e.envid &&
	    !envelope_rcpt(&e, 0)->notify && !envelope_rcpt(&e, 0)->orcpt &&
	    !envelope_rcpt(&e, 0)->orig,
	    "a mailing list: its owner hears of it");
	ok(!strcmp(p.action, "delivered"), "it is delivered to the list");
	r = begin("", "list@h");
	plan_addlines(&p, "a@b\n");
	ok(plan_envelope(&p, &e, &o, r, "owner-list@h", "h") == 1 &&
	    !*e.sender, "the null sender stays");
	r = begin("s@x", "list@h");
	ok(plan_envelope(&p, &e, &o, r, 0, "h") == 0, "nobody");
}

/* Of several, and of one: what is asked for and what is passed on. */
static void
test_notify(void)
{
	static const char *const all[][2] = {
		{ 0, 0 }, { "NEVER", "NEVER" }, { "SUCCESS", "NEVER" },
		{ "FAILURE", "FAILURE" }, { "DELAY", "DELAY" },
		{ "SUCCESS,FAILURE,DELAY", "FAILURE,DELAY" },
	};
	struct order_rcpt *r;
	size_t i, k;

	for (i = 0; i < sizeof all / sizeof all[0]; i++)
		for (k = 1; k < 3; k++) {
			const char *want = all[i][k == 2], *got;

			r = begin("s@x", "u@h");
			r->notify = all[i][0];
			plan_addlines(&p, k == 2 ? "a@b\nc@d\n" : "a@b\nA@b\n");
			plan_envelope(&p, &e, &o, r, 0, "h");
			got = envelope_rcpt(&e, 0)->notify;
			ok((got ? want && !strcmp(got, want) : !want) &&
			    !p.action == (k == 1), "NOTIFY=%s to %d: %s",
			    all[i][0] ? all[i][0] : "", (int)k,
			    got ? got : "");
		}
}

static void
test_many(void)
{
	const struct order_rcpt *r = begin("s@x", "list@h");
	char s[32];
	int i;

	for (i = 0; i < ENVELOPE_RCPTS; i++)
		plan_add(&p, s, (size_t)snprintf(s, sizeof s, "u%d@x", i));
	ok(plan_envelope(&p, &e, &o, r, 0, "h") == 1 &&
	    envelope_nrcpts(&e) == ENVELOPE_RCPTS, "the most");
	envelope_clear(&e);
	plan_add(&p, "more@x", 6);
	ok(plan_envelope(&p, &e, &o, r, 0, "h") == 0, "one more is refused");
}

int
main(void)
{
	test_targets();
	test_list();
	test_notify();
	test_many();
	stralloc_free(&p.targets);
	stralloc_free(&p.tmp);
	genalloc_free(struct plan_target, &p.all);
	envelope_free(&e);
	order_free(&o);
	return tap_end();
}
