/* MTA-STS: records, policies, hosts, and answers of web servers, by tables. */
#include "sts/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sts/http.h"
#include "tap.h"

#define ID32 "0123456789abcdefghijABCDEFGHIJxy"

static const struct {
	const char *s;
	int want;
	const char *id;
} records[] = {
	{ "v=STSv1; id=20160831085700Z;", 1, "20160831085700Z" },
	{ "v=STSv1; id=20160831085700Z", 1, "20160831085700Z" },
	{ "v=STSv1;id=1", 1, "1" },
	{ "v=STSv1 ; id=1 ; ", 1, "1" },
	{ "v=STSv1;\tid=1\t;\t", 1, "1" },
	{ "v=STSv1; ext=a:b,c; id=7;", 1, "7" },
	{ "v=STSv1; id=7; id=8;", 1, "7" },
	{ "v=STSv1; id=" ID32, 1, ID32 },
	{ "v=STSv1; id=" ID32 "z", -1, "" },
	{ "v=STSv1;", -1, "" },
	{ "v=STSv1; ext=1", -1, "" },
	{ "v=STSv1; id=", -1, "" },
	{ "v=STSv1; id=a-b", -1, "" },
	{ "v=STSv1; id=a b", -1, "" },
	{ "v=STSv1; ID=1", -1, "" },
	{ "v=STSv1; id=1;; x=1", -1, "" },
	{ "v=STSv1; id=1; x", -1, "" },
	{ "v=STSv1; id=1; x=", -1, "" },
	{ "v=STSv1; id=1; x=a=b", -1, "" },
	{ "v=STSv1; id=1; -x=a", -1, "" },
	{ "v=STSv1; id=1; abcdefghijabcdefghijabcdefghij012=a", -1, "" },
	{ "v=STSv1", 0, "" },
	{ "v=STSv10; id=1", 0, "" },
	{ "v=stsv1; id=1", 0, "" },
	{ " v=STSv1; id=1", 0, "" },
	{ "v=spf1 -all", 0, "" },
	{ "", 0, "" },
};

/* A copy of exactly these octets, so that ASan sees what is read behind. */
static char *
copy(const char *s, size_t n)
{
	char *c = malloc(n ? n : 1);

	memcpy(c, s, n);
	return c;
}

static void
try_records(void)
{
	char id[STS_ID_OCTETS + 1];
	size_t i;

	for (i = 0; i < sizeof records / sizeof records[0]; i++) {
		size_t n = strlen(records[i].s);
		char *s = copy(records[i].s, n);
		int r = sts_record_scan(id, s, n);

		ok(r == records[i].want && (r < 1 ||
		    !strcmp(id, records[i].id)), "record: %s", records[i].s);
		free(s);
	}
}

static const struct {
	const char *s;
	const char *want;	/* "mode max_age mx mx", or why not */
} texts[] = {
	{ "version: STSv1\nmode: enforce\nmx: mail.example.com\n"
	    "mx: *.example.net\nmx: backupmx.example.com\nmax_age: 604800\n",
	    "enforce 604800 mail.example.com *.example.net "
	    "backupmx.example.com" },
	{ "version: STSv1\r\nmode: testing\r\nmx: MX.Example.COM\r\n"
	    "max_age: 1\r\n", "testing 1 mx.example.com" },
	{ "max_age:5\nmx:a.test\nmode:enforce\nversion:STSv1",
	    "enforce 5 a.test" },
	{ "version: STSv1\nmode: none\nmax_age: 86400\n", "none 86400" },
	{ "version: STSv1 \t\nmode:  none\t\nmax_age:\t86400 \r\n\r\n\n",
	    "none 86400" },
	{ "version: STSv1\nmode: none\nmode: enforce\nmax_age: 1\n"
	    "max_age: x\nversion: 2\n", "none 1" },
	{ "version: STSv1\nmode: none\nmax_age: 9999999999\n",
	    "none 31557600" },
	{ "version: STSv1\nx-new_key.1: any: value \303\244\nmode: none\n"
	    "max_age: 0\n", "none 0" },
	{ "", "it has no version" },
	{ "<html>\n", "a line is not \"key: value\"" },
	{ "<a href=\"http://x\">\n", "a line is not \"key: value\"" },
	{ "version: STSv1\nmode: none\n", "it has no max_age" },
	{ "version: STSv1\nmax_age: 1\n", "it has no mode" },
	{ "mode: none\nmax_age: 1\n", "it has no version" },
	{ "version: STSv2\nmode: none\nmax_age: 1\n",
	    "its version is not STSv1" },
	{ "Version: STSv1\nmode: none\nmax_age: 1\n", "it has no version" },
	{ "version: STSv1\nmode: Enforce\nmx: a\nmax_age: 1\n",
	    "its mode is not none, testing or enforce" },
	{ "version: STSv1\nmode: enforce\nmax_age: 1\n", "it has no mx" },
	{ "version: STSv1\nmode: testing\nmax_age: 1\n", "it has no mx" },
	{ "version: STSv1\nmode: none\nmax_age:\n",
	    "its max_age is no number of seconds" },
	{ "version: STSv1\nmode: none\nmax_age: -1\n",
	    "its max_age is no number of seconds" },
	{ "version: STSv1\nmode: none\nmax_age: 12345678901\n",
	    "its max_age is no number of seconds" },
	{ "version: STSv1\nmode: enforce\nmx: .a.test\nmax_age: 1\n",
	    "an mx is no host name" },
	{ "version: STSv1\nmode: enforce\nmx: a.*.test\nmax_age: 1\n",
	    "an mx is no host name" },
	{ "version: STSv1\nmode: enforce\nmx: *.\nmax_age: 1\n",
	    "an mx is no host name" },
	{ "version: STSv1\nmode: enforce\nmx: *\nmax_age: 1\n",
	    "an mx is no host name" },
	{ "version: STSv1\nmode: enforce\nmx:\nmax_age: 1\n",
	    "an mx is no host name" },
	{ "version: STSv1\nmode: enforce\nmx: a.test b.test\nmax_age: 1\n",
	    "an mx is no host name" },
	{ "version: STSv1\n mode: none\nmax_age: 1\n",
	    "a line is not \"key: value\"" },
	{ "version : STSv1\nmode: none\nmax_age: 1\n",
	    "a line is not \"key: value\"" },
};

static void
say_policy(char *to, size_t max, const struct sts_policy *p)
{
	size_t i, n = (size_t)snprintf(to, max, "%s %lu",
	    sts_mode_word(p->mode), (unsigned long)p->max_age);

	for (i = 0; i < p->mx.len && n < max; i += strlen(p->mx.s + i) + 1)
		n += (size_t)snprintf(to + n, max - n, " %s", p->mx.s + i);
}

static void
try_texts(void)
{
	struct sts_policy p = STS_POLICY_ZERO;
	const char *why;
	char got[500];
	size_t i;

	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		size_t n = strlen(texts[i].s);
		char *s = copy(texts[i].s, n);

		if (sts_text_scan(&p, s, n, &why) > 0)
			say_policy(got, sizeof got, &p);
		else
			snprintf(got, sizeof got, "%s", why);
		ok(!strcmp(got, texts[i].want), "policy %zu: %s", i, got);
		free(s);
	}
	stralloc_free(&p.mx);
}

/* A policy as it is told and kept. */
static void
try_wire(void)
{
	static const char text[] = "version: STSv1\nmode: enforce\n"
	    "mx: a.test\nmx: *.b.test\nmax_age: 99\n";
	struct sts_policy p = STS_POLICY_ZERO, q = STS_POLICY_ZERO;
	stralloc sa = STRALLOC_ZERO;
	const char *why;
	char got[200];

	sts_text_scan(&p, text, sizeof text - 1, &why);
	strcpy(p.id, "x7");
	p.fetched = 1234567890123;
	ok(sts_policy_put(&sa, &p) && sts_policy_get(&q, sa.s, sa.len) > 0,
	    "put and got");
	say_policy(got, sizeof got, &q);
	ok(!strcmp(got, "enforce 99 a.test *.b.test") &&
	    !strcmp(q.id, "x7") && q.fetched == 1234567890123, "%s", got);
	sts_policy_clear(&p);
	sa.len = 0;
	ok(sts_policy_put(&sa, &p) && sts_policy_get(&q, sa.s, sa.len) > 0 &&
	    q.mode == STS_NONE && !q.id[0] && !q.mx.len, "none");
	sa.len = 0;
	stralloc_cats(&sa, "mode=maybe\n");
	ok(sts_policy_get(&q, sa.s, sa.len) < 0, "no such mode");
	sa.len = 0;
	stralloc_cats(&sa, "mode=enforce\nmx=a%00b\n");
	ok(sts_policy_get(&q, sa.s, sa.len) < 0, "a NUL");
	stralloc_free(&sa);
	stralloc_free(&p.mx);
	stralloc_free(&q.mx);
}

static const struct {
	const char *mx, *host;
	int want;
} hosts[] = {
	{ "a.test", "a.test", 1 },
	{ "a.test", "A.Test", 1 },
	{ "a.test", "b.a.test", 0 },
	{ "a.test", "b.test", 0 },
	{ "*.a.test", "b.a.test", 1 },
	{ "*.a.test", "B.A.TEST", 1 },
	{ "*.a.test", "a.test", 0 },
	{ "*.a.test", "c.b.a.test", 0 },
	{ "*.a.test", "ba.test", 0 },
	{ "*.a.test", ".a.test", 0 },
	{ "*.test", "test", 0 },
	{ "test", "test", 1 },
};

static void
try_hosts(void)
{
	struct sts_policy p = STS_POLICY_ZERO;
	size_t i;

	for (i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
		p.mx.len = 0;
		stralloc_cats(&p.mx, "other.test");
		stralloc_0(&p.mx);
		stralloc_cats(&p.mx, hosts[i].mx);
		stralloc_0(&p.mx);
		ok(sts_ismx(&p, hosts[i].host) == hosts[i].want,
		    "%s is%s of %s", hosts[i].host, hosts[i].want ? "" :
		    " not", hosts[i].mx);
	}
	p.mx.len = 0;
	ok(!sts_ismx(&p, "a.test"), "none is of no pattern");
	stralloc_free(&p.mx);
}

#define OK "HTTP/1.1 200 OK\r\n"
#define TEXT "Content-Type: text/plain\r\n"

static const struct {
	const char *s;
	int want;		/* 2: whole at the end of the connection */
	const char *text;	/* the body, or why not */
} answers[] = {
	{ OK TEXT "Content-Length: 5\r\n\r\nhello", 1, "hello" },
	{ OK TEXT "Content-Length: 5\r\n\r\nhello, world", 1, "hello" },
	{ OK TEXT "content-length:5  \r\nX-A: b\r\n\r\nhello", 1, "hello" },
	{ OK TEXT "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 1,
	    "hello" },
	{ OK TEXT "Content-Length: 0\r\n\r\n", 1, "" },
	{ "HTTP/1.0 200\n" "CONTENT-TYPE:Text/Plain; charset=utf-8\n"
	    "Content-Length: 2\n\nhi", 1, "hi" },
	{ "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 100 Go\r\n\r\n"
	    OK TEXT "Content-Length: 2\r\n\r\nhi", 1, "hi" },
	{ OK TEXT "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
	    "A;x=\"y\"\r\n0123456789\r\n0\r\n\r\n", 1, "hello0123456789" },
	{ OK TEXT "Transfer-Encoding: Chunked\r\n\r\n0001 \r\nx\r\n"
	    "00\r\nTrailer: x\r\n\r\nmore", 1, "x" },
	{ OK TEXT "Content-Encoding: identity\r\nContent-Length: 1\r\n\r\nx",
	    1, "x" },
	{ OK TEXT "Content-Length: 5\r\n\r\nhell", 0, "" },
	{ OK TEXT "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", 0,
	    "" },
	{ OK TEXT "\r\nhello", 2, "hello" },
	{ OK TEXT "Connection: close\r\n\r\n", 2, "" },
	{ OK TEXT "\r\n0123456789012345678901234567890123456789012345678901"
	    "2345678901234567890123456789012345678901234567890", -1,
	    "it is too long" },
	{ OK TEXT "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
	    -1, "two lengths" },
	{ OK TEXT "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", -1,
	    "Content-Length makes no sense" },
	{ OK TEXT "Content-Length: 5, 5\r\n\r\n", -1,
	    "Content-Length makes no sense" },
	{ OK TEXT "Content-Length: -5\r\n\r\n", -1,
	    "Content-Length makes no sense" },
	{ OK TEXT "Content-Length: 101\r\n\r\n", -1, "it is too long" },
	{ OK TEXT "Content-Length: 99999999999999999999999\r\n\r\n", -1,
	    "it is too long" },
	{ OK TEXT "Transfer-Encoding: chunked\r\n\r\n65\r\n", -1,
	    "it is too long" },
	{ OK TEXT "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n60\r\n",
	    -1, "it is too long" },
	{ OK TEXT "Transfer-Encoding: chunked\r\n\r\n"
	    "ffffffffffffffffffffff\r\n", -1, "it is too long" },
	{ OK TEXT "Transfer-Encoding: chunked\r\n\r\n\r\n", -1,
	    "a malformed chunk" },
	{ OK TEXT "Transfer-Encoding: chunked\r\n\r\n5x\r\nhello", -1,
	    "a malformed chunk" },
	{ OK TEXT "Transfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n", -1,
	    "a malformed chunk" },
	{ OK TEXT "Transfer-Encoding: gzip, chunked\r\n\r\n", -1,
	    "a transfer coding that is not chunked" },
	{ OK TEXT "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", -1,
	    "a content coding" },
	{ OK "Content-Type: text/html\r\nContent-Length: 1\r\n\r\nx", -1,
	    "it is not text/plain" },
	{ OK "Content-Type: text/plainer\r\nContent-Length: 1\r\n\r\nx", -1,
	    "it is not text/plain" },
	{ OK "Content-Type: text/html\r\n" TEXT "Content-Length: 1\r\n\r\nx",
	    -1, "it is not text/plain" },
	{ OK "Content-Length: 1\r\n\r\nx", -1, "it is not text/plain" },
	{ OK TEXT " folded\r\nContent-Length: 1\r\n\r\nx", -1,
	    "a malformed header" },
	{ OK "Content-Type : text/plain\r\n\r\n", -1, "a malformed header" },
	{ OK "nonsense\r\n\r\n", -1, "a malformed header" },
	{ "HTTP/1.1 301 Moved\r\nLocation: https://x.test/\r\n\r\n", -1,
	    "HTTP status 301" },
	{ "HTTP/1.1 404 Not Found\r\n\r\n", -1, "HTTP status 404" },
	{ "HTTP/1.1 206 Partial\r\n\r\n", -1, "HTTP status 206" },
	{ "HTTP/1.1 2000 OK\r\n\r\n", -1, "no answer in HTTP/1" },
	{ "HTTP/2 200 OK\r\n\r\n", -1, "no answer in HTTP/1" },
	{ "220 mx.test ESMTP\r\n", -1, "no answer in HTTP/1" },
	{ "\r\n", -1, "no answer in HTTP/1" },
};

/* s in pieces of so many octets. */
static int
take(struct http *h, const char *s, size_t n, size_t piece)
{
	size_t i, k;
	int r = 0;

	http_init(h, 100);
	for (i = 0; i < n && !r; i += k) {
		char *c;

		k = n - i < piece ? n - i : piece;
		c = copy(s + i, k);
		r = http_take(h, c, k);
		free(c);
	}
	return !r && http_end(h) ? 2 : r;
}

static void
try_answers(void)
{
	static struct http h;
	size_t i, piece;

	for (i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		const char *s = answers[i].s, *want = answers[i].text;
		int good = 1;

		for (piece = 1; piece < 300; piece = piece * 3 + 1) {
			int r = take(&h, s, strlen(s), piece);

			good = good && r == answers[i].want && (!r || (r < 0 ?
			    !strcmp(h.why, want) : h.body.len == strlen(want)
			    && !memcmp(h.body.s ? h.body.s : "", want,
			    h.body.len)));
		}
		ok(good, "answer %zu: %s", i, want);
	}
	{
		static char s[HTTP_HEAD_OCTETS + 100];
		size_t n;

		memcpy(s, OK "X: ", n = sizeof OK - 1 + 3);
		memset(s + n, 'a', HTTP_LINE_OCTETS);
		ok(take(&h, s, n + HTTP_LINE_OCTETS, 1000) < 0 &&
		    !strcmp(h.why, "too much of a head"), "a long header");
		for (n = sizeof OK - 1; n + 8 < sizeof s; n += 8)
			memcpy(s + n, "X: abc\r\n", 8);
		ok(take(&h, s, n, 1000) < 0 &&
		    !strcmp(h.why, "too much of a head"), "many headers");
	}
	http_free(&h);
}

int
main(void)
{
	try_records();
	try_texts();
	try_wire();
	try_hosts();
	try_answers();
	return tap_end();
}
