#include "wire/routes.h"

#include <errno.h>
#include <string.h>

#include "tap.h"

static char buf[1000];

static int
scan(struct route *r, const char *s)
{
	strcpy(buf, s);
	return route_scan(r, buf, strlen(s));
}

static int
keep(struct routes *t, const char *addr, const char *s, uint64_t now)
{
	struct route r;

	strcpy(buf, s);
	return routes_scan(t, &r, addr, strlen(addr), buf, strlen(s), now);
}

static void
kept(void)
{
	static struct routes t;
	struct route r;
	char big[ROUTES_OCTETS + 1];

	ok(!routes_find(&t, &r, "a@b", 3, 5), "nothing is known");
	keep(&t, "a@b", "class=local\nkind=user\nuser=joe\next=x%25\n", 5);
	ok(routes_find(&t, &r, "a@b", 3, 1004) && r.kind == ROUTE_USER &&
	    !strcmp(r.user, "joe") && !strcmp(r.ext, "x%"), "it is kept");
	ok(routes_find(&t, &r, "a@b", 3, 6) && !strcmp(r.ext, "x%"),
	    "and stays as it is");
	ok(!routes_find(&t, &r, "A@b", 3, 6), "another address");
	ok(!routes_find(&t, &r, "a@b", 3, 1005), "it is old");
	keep(&t, "a@b", "class=local\nkind=none\nverdict=N 5.1.1 0 no\n", 6);
	ok(!routes_find(&t, &r, "a@b", 3, 7), "refusals are not kept");
	ok(keep(&t, "c@d", "class=local\nkind=smtp\n", 6) < 0 &&
	    !routes_find(&t, &r, "c@d", 3, 7), "what is malformed is not");
	memset(big, 'x', sizeof big);
	big[sizeof big - 1] = 0;
	ok(keep(&t, big, "class=other\nkind=smtp\nto=x\n", 6) == 1 &&
	    !routes_find(&t, &r, big, strlen(big), 7), "what is too long is not");
	keep(&t, "a@b", "class=other\nkind=smtp\nto=x\n", 6);
	ok(routes_find(&t, &r, "a@b", 3, 7), "kept again");
	routes_forget(&t);
	ok(!routes_find(&t, &r, "a@b", 3, 7), "and forgotten");
}

int
main(void)
{
	static const char *const *s, *const good[] = {
		"class=local\nkind=user\nuser=joe\next=\n",
		"class=virtual\nkind=mailbox\nmailbox=v/ann/\n",
		"class=relay\nkind=smtp\nto=[mx.test]:26\n",
		"class=other\nkind=none\nverdict=N 5.1.2 0 no %25 mail\n",
		"class=local\nkind=none\nverdict=L 4.3.0 5 wait\n",
		"class=local\nkind=list\nowner=owner-l@h\n",
		"class=local\nkind=smtp\nto=x\naddr=a@x\n",
		"class=local\nkind=user\nuser=u\next=\ntarget=|cat %25\n", 0
	}, *const bad[] = {
		"", "class=local\n", "kind=user\nuser=joe\next=\n",
		"class=foreign\nkind=smtp\nto=x\n",
		"class=local\nkind=user\nuser=joe\n",
		"class=local\nkind=user\next=\n", "class=local\nkind=mailbox\n",
		"class=other\nkind=smtp\n", "class=other\nkind=none\n",
		"class=other\nkind=none\nverdict=D 2.0.0 0 fine\n",
		"class=other\nkind=none\nverdict=N 5.1.1 x\n",
		"class=local\nkind=user\nuser=jo%00e\next=\n",
		"class=local\nkind=user\nuser=joe\next=", 0
	};
	stralloc sa = STRALLOC_ZERO;
	struct route r;

	for (s = good; *s; s++) {
		sa.len = 0;
		ok(scan(&r, *s) == 1 && route_put(&sa, &r) &&
		    sa.len == strlen(*s) && !memcmp(sa.s, *s, sa.len),
		    "there and back %d", (int)(s - good));
	}
	for (s = bad; *s; s++)
		ok(scan(&r, *s) == -1 && errno == EINVAL, "malformed %d",
		    (int)(s - bad));
	ok(scan(&r, "new=x\nclass=other\nkind=smtp\nto=x\n") == 1 &&
	    r.class == ROUTE_OTHER && r.kind == ROUTE_SMTP &&
	    !strcmp(r.to, "x"), "a name that is not known is passed over");
	stralloc_free(&sa);
	kept();
	return tap_end();
}
