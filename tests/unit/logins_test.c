/* etc/sasl_passwd: what its lines say, what is wrong with them, and whose row
 * it is. */
#include "logins/logins.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tap.h"

static char told[1000];

static void
tell(void *arg, unsigned int line, unsigned int col, int warn,
    const char *what)
{
	size_t n = strlen(told);

	snprintf(told + n, sizeof told - n, "%s%u:%u ", warn ? "w" : "", line,
	    col);
	if (strstr(what, "secret"))
		strcat(told, "SECRET ");
}

/* Rows as "key=user:pass ...", then lines:columns of what is wrong. */
static const struct {
	const char *text, *rows, *wrong;
} files[] = {
	{ "", "", "" },
	{ "# only this\n\n   \n  # and this", "", "" },
	{ "[Mail.Example.NET]:587 alice:secret\n",
	    "[mail.example.net]:587=alice:secret ", "" },
	{ "a.test  u@a.test:p:w x \t\r\n", "a.test=u@a.test:p:w x ", "" },
	{ "a.test u:p", "a.test=u:p ", "" },
	{ "b.test u:p\nA.test v:q\n", "a.test=v:q b.test=u:p ", "" },
	{ "a.test:25 u:p\n[192.0.2.1] u:p\n[IPv6:2001:db8::1]:26 u:p\n",
	    "[192.0.2.1]=u:p [ipv6:2001:db8::1]:26=u:p a.test:25=u:p ", "" },
	{ "Me@A.test u:p\n@b.test u:oauth:ya29.x\n",
	    "@b.test=u:oauth:ya29.x me@a.test=u:p ", "" },
	{ "a.test\n u:p\nb.test\n# between\n\n\tv:q\n",
	    "a.test=u:p b.test=v:q ", "" },
	{ "a.test u:p\na.test v:secret\n", "a.test=u:p ", "w2:1 " },
	{ "a.test\n", "", "1:7 " },
	{ "a.test secret\n", "", "1:8 " },
	{ "a.test :secret\n", "", "1:8 " },
	{ "a.test u:\n", "", "1:10 " },
	{ "a.test u:secret\n more\nb.test u:p\n", "b.test=u:p ", "1:16 " },
	{ " a.test u:secret\n", "", "1:1 " },
	{ "a..test u:secret\n", "", "1:1 " },
	{ "lmtp:unix:/x u:secret\n", "", "1:1 " },
	{ "[a.test]:submission u:secret\n", "", "1:1 " },
	{ "x@ u:secret\n@ u:secret\n", "", "1:1 2:1 " },
	{ "a.test\n  u:sec\001ret\n", "", "2:8 " },
	{ "a.test\n#\n  secret\n", "", "3:3 " },
};

static void
rows_of(const struct logins *x, char *to, size_t n)
{
	const struct logins_row *r = genalloc_s(struct logins_row, &x->rows);
	size_t i, k = 0;

	*to = 0;
	for (i = 0; i < genalloc_len(struct logins_row, &x->rows); i++)
		k += (size_t)snprintf(to + k, n - k, "%s=%s:%s ", r[i].key,
		    r[i].user, r[i].pass);
}

static int
scan(struct logins *x, const char *s, size_t n)
{
	told[0] = 0;
	return stralloc_copyb(&x->text, s, n) ? logins_scan(x, tell, 0) : -1;
}

static void
test_files(void)
{
	struct logins x = LOGINS_ZERO;
	char rows[1000];
	size_t i;
	int r;

	for (i = 0; i < sizeof files / sizeof files[0]; i++) {
		r = scan(&x, files[i].text, strlen(files[i].text));
		rows_of(&x, rows, sizeof rows);
		ok(!strcmp(rows, files[i].rows) &&
		    !strcmp(told, files[i].wrong) && (r > 0) ==
		    (files[i].wrong[0] && files[i].wrong[0] != 'w'),
		    "file %zu: \"%s\" \"%s\"", i, rows, told);
		logins_free(&x);
	}
	scan(&x, "a.test u:p\0q\n", 13);
	ok(!x.rows.len && !strcmp(told, "1:11 "), "an octet 0");
	logins_free(&x);
}

static void
test_long(void)
{
	struct logins x = LOGINS_ZERO;
	stralloc sa = STRALLOC_ZERO;
	size_t i;

	stralloc_cats(&sa, "a.test u:");
	for (i = 0; i < LOGINS_PASS_OCTETS; i++)
		stralloc_append(&sa, 'x');
	ok(!scan(&x, sa.s, sa.len), "a long password");
	logins_free(&x);
	stralloc_append(&sa, 'x');
	ok(scan(&x, sa.s, sa.len) == 1, "too long");
	logins_free(&x);
	stralloc_copys(&sa, "a.test ");
	for (i = 0; i < LOGINS_USER_OCTETS + 1; i++)
		stralloc_append(&sa, 'x');
	stralloc_cats(&sa, ":p");
	ok(scan(&x, sa.s, sa.len) == 1, "a long name");
	logins_free(&x);
	stralloc_free(&sa);
}

static int
is(const struct logins_row *r, const char *user)
{
	return user ? r && !strcmp(r->user, user) : !r;
}

static void
test_find(void)
{
	static const char text[] = "a@x.test one:p\n@x.test two:p\n"
	    "a+b@y.test three:p\na@y.test four:p\nmx.test five:p\n"
	    "[mx2.test]:587 six:p\nz.test seven:p\n";
	struct logins x = LOGINS_ZERO;

	scan(&x, text, sizeof text - 1);
	ok(is(logins_sender(&x, "A@X.test", "+-"), "one"), "a sender");
	ok(is(logins_sender(&x, "a+q@x.test", "+-"), "one"), "his extension");
	ok(is(logins_sender(&x, "a-q@x.test", "+"), "two"), "which it is not");
	ok(is(logins_sender(&x, "b@x.test", "+-"), "two"), "his domain");
	ok(is(logins_sender(&x, "+a@x.test", "+-"), "two"), "not empty");
	ok(is(logins_sender(&x, "a+b@y.test", "+-"), "three"), "with it");
	ok(is(logins_sender(&x, "a-b@y.test", "+-"), "four"), "and without");
	ok(is(logins_sender(&x, "b@y.test", "+-"), 0), "another");
	ok(is(logins_sender(&x, "", "+-"), 0), "the null sender");
	ok(is(logins_sender(&x, "x", "+-"), 0), "no domain");
	ok(is(logins_host(&x, "mx.test", "z.test"), "five"), "host first");
	ok(is(logins_host(&x, "mx2.test", "[mx2.test]:587"), "six"),
	    "next hop");
	ok(is(logins_host(&x, "mx2.test", "[mx2.test]"), 0), "its port");
	ok(is(logins_host(&x, "mx3.test", "z.test"), "seven"), "domain");
	logins_free(&x);
	scan(&x, "mx.test u:p\n", 12);
	ok(!x.senders && is(logins_sender(&x, "a@mx.test", ""), 0),
	    "no senders");
	logins_free(&x);
}

static void
test_guard(void)
{
	ok(!logins_guard(S_IFREG | 0640, 7, 7), "0640, our group");
	ok(!logins_guard(S_IFREG | 0600, 9, 7), "0600");
	ok(logins_guard(S_IFREG | 0640, 9, 7) != 0, "another group");
	ok(logins_guard(S_IFREG | 0644, 7, 7) != 0, "everybody");
	ok(logins_guard(S_IFREG | 0660, 7, 7) != 0, "whom we are may write");
	ok(logins_guard(S_IFREG | 0602, 7, 7) != 0, "everybody writes");
}

int
main(void)
{
	test_files();
	test_long();
	test_find();
	test_guard();
	return tap_end();
}
