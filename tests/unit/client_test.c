/* The SMTP client's machine against a small scripted server: each kind of
 * reply at each point, with and without PIPELINING, the replies whole and
 * octet by octet; then what only happens in one place. */
#include "pneu-remote/client.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

enum point { GREET, EHLO, HELO, RSET, MAIL, RCPT1, RCPT2, DATA, DOT, QUIT,
    POINTS };
static const char *const point_names[] = { "greeting", "EHLO", "HELO", "RSET",
    "MAIL", "RCPT 1", "RCPT 2", "DATA", "dot", "QUIT" };

#define END "\001"		/* instead of a reply: the connection ends */
#define SILENCE "\002"		/* nothing comes any more */

/* One run: the server's replies, and what became of it. */
struct run {
	const char *reply[POINTS];
	const char *starttls, *again;	/* its reply; EHLO's after it */
	const char *const *auth;	/* replies to AUTH, one after another */
	int octets;		/* replies come octet by octet */
	struct client c;
	struct client_letter l;
	struct order o;
	unsigned char rcpt[8];
	char verdict[8];	/* of each recipient: D L N, or T: none */
	char text[600], code[16];	/* of the last verdict */
	uint32_t seconds;
	int site;
	char hello[100];
	stralloc out, said, in;
	int mailed, rcpts, taken, indata, transactions, writes;
	uint64_t now;
};

static const struct client_opts opts = { "me.test", "me.test", 300, 301, 302,
    303, 304, 305 };

static void
settle(void *arg, size_t lo, size_t hi, unsigned char mark,
    const struct verdict *v, int site)
{
	struct run *r = arg;
	size_t i;

	for (i = lo; i < hi; i++)
		if (r->l.rcpt[i] == mark)
			r->verdict[i] = r->verdict[i] == 'T' ? v->kind : '!';
	memcpy(r->text, v->text, v->textlen);
	r->text[v->textlen] = 0;
	strcpy(r->code, v->code);
	r->seconds = v->seconds;
	r->site = site;
}

static void
setup(struct run *r, size_t nrcpts)
{
	static const char *const addr[] = { "a@x", "b@x", "c@x", "d@x" };
	size_t i;

	memset(r, 0, sizeof *r);
	r->reply[GREET] = "220 mx.test\r\n";
	r->reply[EHLO] = "250-mx.test\r\n250-pipelining\r\n250 SIZE 1000\r\n";
	r->reply[HELO] = r->reply[RSET] = "250 ok\r\n";
	r->reply[MAIL] = r->reply[RCPT1] = r->reply[RCPT2] = "250 2.1.0 ok\r\n";
	r->reply[DATA] = "354 go\r\n";
	r->reply[DOT] = "250 2.0.0 queued\r\n";
	r->reply[QUIT] = "221 bye\r\n";
	r->o.sender = "s@y";
	for (i = 0; i < nrcpts; i++) {
		order_add(&r->o, (uint32_t)i, addr[i]);
		r->verdict[i] = 'T';
	}
	r->l.o = &r->o;
	r->l.n = nrcpts;
	r->l.rcpt = r->rcpt;
	r->l.size = 100;
	r->l.settle = settle;
	r->l.arg = r;
	r->now = 1000;
	client_init(&r->c, &opts, "mx.test[192.0.2.1]", r->now);
}

static void
reply(struct run *r, const char *s)
{
	stralloc_cats(&r->in, s);
}

/* A command has come. */
static void
serve(struct run *r, const char *line, size_t n)
{
	stralloc_catb(&r->said, line, n);
	if (line[0] == 'A' || (r->c.state == CLIENT_AUTH && r->auth)) {
		reply(r, *r->auth++);
		return;
	}
	if (r->indata) {
		if (n == 3 && !memcmp(line, ".\r\n", 3)) {
			r->indata = 0;
			reply(r, r->reply[DOT]);
		}
		return;
	}
	switch (line[0]) {
	case 'E': case 'L': reply(r, r->reply[EHLO]); break;
	case 'S':
		reply(r, r->starttls);
		r->reply[EHLO] = r->again;
		break;
	case 'H': reply(r, r->reply[HELO]); break;
	case 'Q': reply(r, r->reply[QUIT]); break;
	case 'M':
		r->transactions++;
		r->rcpts = r->taken = 0;
		r->mailed = r->reply[MAIL][0] == '2';
		reply(r, r->reply[MAIL]);
		break;
	case 'R':
		if (line[1] == 'S')
			reply(r, r->reply[RSET]);
		else {
			const char *s = r->reply[r->rcpts++ ? RCPT2 : RCPT1];

			if (!r->mailed)
				s = "503 5.5.1 MAIL first\r\n";
			r->taken += s[0] == '2';
			reply(r, s);
		}
		break;
	case 'D':
		reply(r, r->taken ?
		    r->reply[DATA] : "554 5.5.1 no valid recipients\r\n");
		r->indata = r->reply[DATA][0] == '3' && r->taken;
		break;
	}
}

/* What the client has written goes to the server. */
static void
exchange(struct run *r)
{
	size_t at = 0;

	r->in.len = 0;
	r->writes += r->out.len > 0;
	while (at < r->out.len) {
		char *nl = memchr(r->out.s + at, '\n', r->out.len - at);
		size_t n = (size_t)(nl + 1 - (r->out.s + at));

		serve(r, r->out.s + at, n);
		at += n;
	}
	r->out.len = 0;
	client_wrote(&r->c, 1, ++r->now);
}

static void
hear(struct run *r, const char *s, size_t n)
{
	size_t i, part;

	for (i = 0; i < n && r->c.state != CLIENT_CLOSED; i += part) {
		part = r->octets ? 1 : n - i;
		if (s[i] == END[0])
			client_eof(&r->c);
		else if (s[i] == SILENCE[0])
			client_timeout(&r->c);
		else {
			size_t k;

			for (k = 0; k < part && (unsigned char)s[i + k] > 2; )
				k++;
			part = k;
			client_input(&r->c, &r->out, s + i, part, ++r->now);
		}
	}
}

/* Run to the end: recipients are all settled, or the session is over. */
static void
go(struct run *r)
{
	stralloc heard = STRALLOC_ZERO;
	int turns;

	hear(r, r->reply[GREET], strlen(r->reply[GREET]));
	for (turns = 0; turns < 50; turns++) {
		if (r->c.state == CLIENT_CLOSED)
			break;
		if (r->c.state == CLIENT_READY) {
			if (!memchr(r->rcpt, CLIENT_TODO, r->l.n))
				break;
			client_begin(&r->c, &r->out, &r->l, r->now);
		}
		if (r->c.state == CLIENT_TLS)
			client_secured(&r->c, &r->out, r->now);
		if (r->c.state == CLIENT_BODY && !r->indata)
			break;
		if (r->c.state == CLIENT_BODY) {
			stralloc_cats(&r->out, "text\r\n.\r\n");
			client_dot(&r->c);
		}
		exchange(r);
		heard.len = 0;
		stralloc_catb(&heard, r->in.s, r->in.len);
		hear(r, heard.s, heard.len);
	}
	stralloc_free(&heard);
}

/* "DN R": verdicts, and how the session stands: R ready, Z ended orderly,
 * L or N failed, s: which is the site's. */
static const char *
outcome(const struct run *r)
{
	static char s[16];
	size_t n = r->l.n;

	memcpy(s, r->verdict, n);
	s[n] = ' ';
	s[n + 1] = r->c.state == CLIENT_READY ? 'R' :
	    r->c.state != CLIENT_CLOSED ? '?' : r->c.kind ? r->c.kind : 'Z';
	s[n + 2] = r->c.state == CLIENT_CLOSED && r->c.site ? 's' : 0;
	s[n + 3] = 0;
	return s;
}

static void
teardown(struct run *r)
{
	stralloc_free(&r->out);
	stralloc_free(&r->said);
	stralloc_free(&r->in);
	order_free(&r->o);
}

#define KINDS 9
static const char *const kind_names[] = { "2xx", "3xx", "4xx", "5xx", "421",
    "garbage", "binary", "end", "silence" };
static const char *const kinds[] = { "250 2.0.0 yes\r\n", "354 go\r\n",
    "451 4.7.1 not now\r\n", "550-5.1.1 no\r\n550 5.1.1 never\r\n",
    "421 4.3.2 closing\r\n", "what?\r\n", "\377\376\r\n", END, SILENCE };

/* What must come of each kind at each point; "" is not tried. */
static const char *const matrix[POINTS][KINDS] = {
	/*	    2xx     3xx      4xx      5xx      421 */
	[GREET] = { "DD R", "TT Ls", "TT Ls", "TT Ls", "TT Ls",
	    "TT Ls", "TT Ls", "TT Ls", "TT Ls" },
	[EHLO] = {  "DD R", "DD R", "DD R", "DD R", "TT Ls",
	    "TT Ls", "TT Ls", "TT Ls", "TT Ls" },
	[HELO] = {  "DD R", "TT Ls", "TT Ls", "TT N", "TT Ls",
	    "TT Ls", "TT Ls", "TT Ls", "TT Ls" },
	[MAIL] = {  "DD R", "TT Ls", "LL R", "NN R", "TT Ls",
	    "TT Ls", "TT Ls", "TT Ls", "TT Ls" },
	[RCPT1] = { "DD R", "TT Ls", "LD R", "ND R", "TT Ls",
	    "TT Ls", "TT Ls", "TT Ls", "TT Ls" },
	[RCPT2] = { "DD R", "TT Ls", "DL R", "DN R", "TT Ls",
	    "TT Ls", "TT Ls", "TT Ls", "TT Ls" },
	[DATA] = {  "TT Ls", "DD R", "LL R", "NN R", "TT Ls",
	    "TT Ls", "TT Ls", "TT Ls", "TT Ls" },
	[DOT] = {   "DD R", "LL Z", "LL R", "NN R", "TT Ls",
	    "LL Z", "LL Z", "LL Z", "LL Z" },
};

static void
try_matrix(void)
{
	int p, k, lines, octets;
	struct run r;

	for (p = GREET; p < QUIT; p++)
	for (k = 0; k < KINDS; k++)
	for (lines = 0; lines < 2; lines++)
	for (octets = 0; octets < 2; octets++) {
		if (!matrix[p][k])
			continue;
		setup(&r, 2);
		r.octets = octets;
		if (lines)
			r.reply[EHLO] = "250 mx.test\r\n";
		if (p == HELO)
			r.reply[EHLO] = "502 what?\r\n";
		r.reply[p] = kinds[k];
		go(&r);
		ok(!strcmp(outcome(&r), matrix[p][k]),
		    "%s: %s (%s, %s): %s, wanted %s", point_names[p],
		    kind_names[k], lines ? "one by one" : "pipelined", octets ? "octets" :
		    "whole", outcome(&r), matrix[p][k]);
		teardown(&r);
	}
}

static void
try_texts(void)
{
	struct run r;

	setup(&r, 1);
	r.reply[RCPT1] = "550 no such user\r\n";
	go(&r);
	ok(!strcmp(r.text, "host mx.test[192.0.2.1] said: 550 no such user "
	    "(in reply to RCPT TO command)") && !strcmp(r.code, "5.0.0"),
	    "RCPT's text: %s", r.text);
	teardown(&r);

	setup(&r, 1);
	go(&r);
	ok(!strcmp(r.text, "250 2.0.0 queued") && !strcmp(r.code, "2.0.0"),
	    "done: %s", r.text);
	ok(!strcmp(r.said.s ? (stralloc_0(&r.said), r.said.s) : "",
	    "EHLO me.test\r\nMAIL FROM:<s@y> SIZE=100\r\nRCPT TO:<a@x>\r\n"
	    "DATA\r\ntext\r\n.\r\n"), "what is said");
	ok(r.writes == 3, "in three writes");
	teardown(&r);

	setup(&r, 1);
	r.reply[MAIL] = "450 4.7.1 Greylisted, try again in 5 minutes\r\n";
	go(&r);
	ok(r.seconds == 300, "asked to wait 5 minutes");
	teardown(&r);

	setup(&r, 1);
	r.reply[DOT] = END;
	go(&r);
	ok(!strcmp(r.text, "lost connection with mx.test[192.0.2.1] while "
	    "sending end of data -- message may be sent more than once") &&
	    !strcmp(r.code, "4.4.2") && r.site, "broken after the dot: %s",
	    r.text);
	teardown(&r);

	setup(&r, 1);
	r.reply[GREET] = "554 5.7.1 go away\r\n";
	go(&r);
	ok(!strcmp(r.c.text, "host mx.test[192.0.2.1] refused to talk to me: "
	    "554 5.7.1 go away") && !strcmp(r.c.code, "4.7.1"),
	    "greeting refused: %s", r.c.text);
	teardown(&r);

	setup(&r, 1);
	r.reply[RCPT1] = SILENCE;
	go(&r);
	ok(!strcmp(r.c.text, "conversation with mx.test[192.0.2.1] timed out "
	    "while sending RCPT TO"), "timed out: %s", r.c.text);
	teardown(&r);
}

static void
try_recipients(void)
{
	struct run r;

	setup(&r, 2);
	r.reply[RCPT1] = r.reply[RCPT2] = "550 no\r\n";
	r.reply[DATA] = "354 go\r\n";
	go(&r);
	ok(!strcmp(outcome(&r), "NN R"), "all refused: %s", outcome(&r));
	teardown(&r);

	/* RFC 2920 3.1: DATA is accepted all the same: a lone dot */
	setup(&r, 1);
	r.c.ext = CLIENT_PIPELINING;
	r.c.state = CLIENT_READY;
	client_begin(&r.c, &r.out, &r.l, r.now);
	r.out.len = 0;
	client_input(&r.c, &r.out, "250 ok\r\n550 no\r\n354 go\r\n", 24, 1);
	ok(r.out.len == 3 && !memcmp(r.out.s, ".\r\n", 3) &&
	    r.verdict[0] == 'N', "a lone dot");
	client_input(&r.c, &r.out, "554 nobody\r\n", 12, 1);
	ok(r.c.state == CLIENT_READY, "and the session goes on");
	teardown(&r);

	/* MAIL refused, yet a recipient accepted: no dot */
	setup(&r, 1);
	r.c.ext = CLIENT_PIPELINING;
	r.c.state = CLIENT_READY;
	client_begin(&r.c, &r.out, &r.l, r.now);
	r.out.len = 0;
	client_input(&r.c, &r.out, "550 no\r\n250 ok\r\n354 go\r\n", 24, 1);
	ok(!r.out.len && !strcmp(outcome(&r), "N Z"), "an odd server: %s",
	    outcome(&r));
	teardown(&r);

	setup(&r, 3);
	r.reply[RCPT2] = "452 4.5.3 too many\r\n";
	go(&r);
	ok(!strcmp(outcome(&r), "DDD R") && r.transactions == 3,
	    "too many recipients: %d transactions, %s", r.transactions,
	    outcome(&r));
	teardown(&r);

	setup(&r, 3);
	r.reply[EHLO] = "250 mx.test\r\n";
	r.reply[RCPT2] = "452 too many\r\n";
	go(&r);
	ok(!strcmp(outcome(&r), "DDD R") && r.transactions == 3,
	    "the same one by one");
	teardown(&r);

	setup(&r, 2);
	r.reply[RCPT2] = "452 4.2.2 full\r\n";
	go(&r);
	ok(!strcmp(outcome(&r), "DL R"), "452 of another kind");
	teardown(&r);

	setup(&r, 2);
	r.reply[RCPT1] = "452 4.5.3 too many\r\n";
	go(&r);
	ok(!strcmp(outcome(&r), "LD R"), "too many before the first");
	teardown(&r);
}

#define PLAIN "250 mx.test\r\n"
#define OFFER "250-mx.test\r\n250-SIZE 50\r\n250-PIPELINING\r\n" \
	"250 starttls\r\n"
#define READY "220 2.0.0 go\r\n"

static const struct {
	enum client_tls tls;
	const char *ehlo, *starttls, *again;
	const char *want;	/* outcome, code of the failure if there is
				 * one, +: under TLS */
} tlss[] = {
	{ CLIENT_CLEAR, PLAIN, "", "", "D R" },
	{ CLIENT_CLEAR, "250-mx.test\r\n250 STARTTLS\r\n", READY, PLAIN,
	    "D R" },
	{ CLIENT_MAYTLS, PLAIN, "", "", "D R" },
	{ CLIENT_MAYTLS, "502 what?\r\n", "", "", "D R" },
	{ CLIENT_MUSTTLS, PLAIN, "", "", "T Ls 4.7.4" },
	{ CLIENT_MUSTTLS, "502 what?\r\n", "", "", "T Ls 4.7.4" },
	{ CLIENT_MAYTLS, OFFER, READY, PLAIN, "D R+" },
	{ CLIENT_MUSTTLS, OFFER, READY, PLAIN, "D R+" },
	{ CLIENT_MUSTTLS, OFFER, READY, OFFER, "N R+" },	/* SIZE 50 */
	{ CLIENT_MUSTTLS, OFFER, READY, "250-mx.test\r\n250 STARTTLS\r\n",
	    "D R+" },
	/* refused though offered */
	{ CLIENT_MAYTLS, "250-mx.test\r\n250 STARTTLS\r\n",
	    "454 4.7.0 not now\r\n", "", "D R" },
	{ CLIENT_MAYTLS, "250-mx.test\r\n250 STARTTLS\r\n",
	    "501 5.5.4 no\r\n", "", "D R" },
	{ CLIENT_MUSTTLS, OFFER, "454 4.7.0 not now\r\n", "",
	    "T Ls 4.7.0" },
	{ CLIENT_MUSTTLS, OFFER, "554 5.7.8 no\r\n", "", "T Ls 4.7.8" },
	{ CLIENT_MUSTTLS, OFFER, "354 go\r\n", "", "T Ls 4.5.0" },
	{ CLIENT_MAYTLS, OFFER, "421 4.3.2 bye\r\n", "", "T Ls 4.3.2" },
	{ CLIENT_MAYTLS, OFFER, "what?\r\n", "", "T Ls 4.5.0" },
	{ CLIENT_MAYTLS, OFFER, END, "", "T Ls 4.4.2" },
	{ CLIENT_MUSTTLS, OFFER, SILENCE, "", "T Ls 4.4.2" },
	/* said in clear behind the 220: never used */
	{ CLIENT_MAYTLS, OFFER, READY "250 mx.test\r\n", PLAIN,
	    "T Ls 4.5.0" },
	{ CLIENT_MUSTTLS, OFFER, READY "250-mx.test\r\n250 AUTH PLAIN\r\n"
	    "250 ok\r\n", PLAIN, "T Ls 4.5.0" },
	{ CLIENT_MUSTTLS, OFFER, READY "2", PLAIN, "T Ls 4.5.0" },
	{ CLIENT_MUSTTLS, OFFER "220 early\r\n", READY, PLAIN,
	    "T Ls 4.5.0" },
};

#define CF "biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8="
#define SF "cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQW" "Z1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2" "Z1E9PSxpPTQwOTY="
#define CL "Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVW" "EyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGpV" "aE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ=="
#define SV "dj02cnJpVFJCaTIzV3BSUi93dHVwK21NaFVaVW4vZEI1bkxUSl" "Jzamw5NUc0PQ=="
#define BAD "dj03cnJpVFJCaTIzV3BSUi93dHVwK21NaFVaVW4vZEI1bkxUSl" "Jzamw5NUc0PQ=="
#define OK235 "235 2.7.0 in\r\n"
#define ALL "250-mx.test\r\n250 AUTH LOGIN PLAIN SCRAM-SHA-256 XOAUTH2\r\n"
#define T50 "tttttttttttttttttttttttttttttttttttttttttttttttttt"

/* user's password is pencil, as in RFC 7677 section 3. */
static const struct {
	const char *what;
	int tls;
	const char *pass, *ehlo, *replies[5];
	const char *said;	/* between EHLO and MAIL, or the end */
	const char *want;	/* outcome, code; D: denied, N: no login */
} auths[] = {
	{ "SCRAM in clear", 0, "pencil", ALL, { "334 " SF "\r\n",
	    "334 " SV "\r\n", OK235 }, "AUTH SCRAM-SHA-256 " CF "\r\n" CL
	    "\r\n\r\n", "D R" },
	{ "a server that does not know the password", 0, "pencil", ALL,
	    { "334 " SF "\r\n", "334 " BAD "\r\n", "501 5.7.0 so\r\n" },
	    "AUTH SCRAM-SHA-256 " CF "\r\n" CL "\r\n*\r\n", "T Ls 4.7.0 N" },
	{ "one that says yes too early", 0, "pencil", ALL,
	    { OK235 }, "AUTH SCRAM-SHA-256 " CF "\r\n", "T Ls 4.7.0 N" },
	{ "a wrong password", 0, "x", ALL, { "334 " SF "\r\n",
	    "535 5.7.8 no\r\n" }, 0, "T Ls 4.7.8 D" },
	{ "no base 64", 0, "pencil", ALL, { "334 r=*\r\n",
	    "501 5.5.2 so\r\n" }, "AUTH SCRAM-SHA-256 " CF "\r\n*\r\n",
	    "T Ls 4.7.0 N" },
	{ "PLAIN under TLS", 1, "pencil", "250 AUTH PLAIN LOGIN\r\n",
	    { OK235 }, "AUTH PLAIN AHVzZXIAcGVuY2ls\r\n", "D R" },
	{ "not in clear", 0, "pencil", "250 AUTH PLAIN LOGIN\r\n",
	    { "" }, "", "T Ls 4.7.0 N" },
	{ "AUTH=", 1, "pencil", "250-h\r\n250 AUTH=PLAIN\r\n",
	    { OK235 }, "AUTH PLAIN AHVzZXIAcGVuY2ls\r\n", "D R" },
	{ "LOGIN, by any words", 1, "pencil", "250-h\r\n250 AUTH LOGIN\r\n",
	    { "334 VXNlcm5hbWU6\r\n", "334 Password:\r\n", OK235 },
	    "AUTH LOGIN\r\ndXNlcg==\r\ncGVuY2ls\r\n", "D R" },
	{ "LOGIN without end", 1, "pencil", "250-h\r\n250 AUTH LOGIN\r\n",
	    { "334 \r\n", "334 \r\n", "334 \r\n", "501 so\r\n" },
	    "AUTH LOGIN\r\ndXNlcg==\r\ncGVuY2ls\r\n*\r\n", "T Ls 4.7.0 N" },
	{ "OAUTHBEARER", 1, "oauth:tok",
	    "250-h\r\n250 AUTH PLAIN XOAUTH2 OAUTHBEARER\r\n", { OK235 },
	    "AUTH OAUTHBEARER "
	    "bixhPXVzZXIsAWhvc3Q9bXgudGVzdAFwb3J0PTU4NwFhdXRoPU" "JlYXJlciB0b2sBAQ==" "\r\n",
	    "D R" },
	{ "XOAUTH2", 1, "oauth:tok", ALL, { OK235 },
	    "AUTH XOAUTH2 dXNlcj11c2VyAWF1dGg9QmVhcmVyIHRvawEB\r\n", "D R" },
	{ "a token that is no good", 1, "oauth:tok", ALL,
	    { "334 eyJzdGF0dXMiOiI0MDAifQ==\r\n", "535-5.7.8 no\r\n"
	    "535 5.7.8 see there\r\n" },
	    "AUTH XOAUTH2 dXNlcj11c2VyAWF1dGg9QmVhcmVyIHRvawEB\r\n\r\n",
	    "T Ls 4.7.8 D" },
	{ "a token not in clear", 0, "oauth:tok", ALL, { "" }, "",
	    "T Ls 4.7.0 N" },
	{ "a long token: not in the command", 1, "oauth:" T50 T50 T50 T50 T50
	    T50 T50 T50, ALL, { "334\r\n", OK235 }, "AUTH XOAUTH2\r\n"
	    "dXNlcj11c2VyAWF1dGg9QmVhcmVyIHR0dHR0dHR0dHR0dHR0dH" "R0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0" "dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dH" "R0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0" "dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dH" "R0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0" "dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dH" "R0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0" "dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dH" "R0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0" "dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dH" "R0dHR0dHR0dHQBAQ=="
	    "\r\n", "D R" },
	{ "later", 1, "pencil", "250 AUTH PLAIN\r\n",
	    { "454 4.7.0 not now\r\n" }, 0, "T Ls 4.7.0 N" },
	{ "535 without more", 1, "pencil", "250 AUTH PLAIN\r\n",
	    { "535 no\r\n" }, 0, "T Ls 4.7.8 D" },
	{ "534", 1, "pencil", "250 AUTH PLAIN\r\n",
	    { "534 5.7.9 too weak\r\n" }, 0, "T Ls 4.7.9 D" },
	{ "421", 1, "pencil", "250 AUTH PLAIN\r\n",
	    { "421 4.7.0 bye\r\n" }, 0, "T Ls 4.7.0" },
	{ "the end", 1, "pencil", "250 AUTH PLAIN\r\n", { END }, 0,
	    "T Ls 4.4.2" },
	{ "an answer too early", 1, "pencil", "250 AUTH LOGIN\r\n",
	    { "334 \r\n334 \r\n" }, 0, "T Ls 4.5.0" },
	{ "HELO only", 1, "pencil", "502 what?\r\n", { "" }, 0,
	    "T Ls 4.7.0 N" },
	{ "no AUTH", 1, "pencil", "250 h\r\n", { "" }, 0, "T Ls 4.7.0 N" },
	{ "none that is known", 1, "pencil", "250 AUTH NTLM CRAM-MD5\r\n",
	    { "" }, 0, "T Ls 4.7.0 N" },
};

static void
try_auth(void)
{
	struct client_login l = { "user", "", "mx.test", 587,
	    "rOprNGfwEbeRWgbNEkqO" };
	char got[32];
	const char *s, *mail;
	struct run r;
	size_t i, n;
	int octets;

	for (i = 0; i < sizeof auths / sizeof auths[0]; i++)
	for (octets = 0; octets < 2; octets++) {
		if (octets && strstr(auths[i].what, "early"))
			continue;
		setup(&r, 1);
		r.octets = octets;
		l.pass = auths[i].pass;
		r.c.login = &l;
		r.c.secured = auths[i].tls;
		r.reply[EHLO] = auths[i].ehlo;
		if (auths[i].ehlo[3] == ' ' && auths[i].ehlo[4] == 'A') {
			/* its first line is its name */
			n = (size_t)snprintf(r.hello, sizeof r.hello,
			    "250-h\r\n%s", auths[i].ehlo);
			ok(n < sizeof r.hello, "room");
			r.reply[EHLO] = r.hello;
		}
		r.auth = auths[i].replies;
		go(&r);
		snprintf(got, sizeof got, "%s%s%s%s", outcome(&r), r.c.kind ?
		    " " : "", r.c.kind ? r.c.code : "", r.c.nologin ==
		    CLIENT_DENIED ? " D" : r.c.nologin == CLIENT_NOLOGIN ?
		    " N" : "");
		stralloc_0(&r.said);
		s = strchr(r.said.s, '\n') + 1;
		mail = strstr(s, "MAIL FROM");
		n = mail ? (size_t)(mail - s) : strlen(s);
		ok(!strcmp(got, auths[i].want) && (!auths[i].said ||
		    (n == strlen(auths[i].said) &&
		    !memcmp(s, auths[i].said, n))) &&
		    !strstr(r.c.text, "pencil"), "%s: %s %s", auths[i].what,
		    got, r.c.text);
		if (auths[i].said && (n != strlen(auths[i].said) ||
		    memcmp(s, auths[i].said, n)))
			printf("# said %s\n", s);
		client_eof(&r.c);
		teardown(&r);
	}
	/* RFC 4954 section 5: only for who offers AUTH */
	for (i = 0; i < 2; i++) {
		setup(&r, 1);
		r.o.auth = "a+2Bb@y";
		if (i)
			r.reply[EHLO] = "250-h\r\n250 AUTH PLAIN\r\n";
		go(&r);
		stralloc_0(&r.said);
		ok(!strstr(r.said.s, " AUTH=a+2Bb@y\r\n") == !i &&
		    !strcmp(outcome(&r), "D R"), "AUTH=");
		teardown(&r);
	}
}

static void
try_tls(void)
{
	char got[40];
	struct run r;
	size_t i;

	for (i = 0; i < sizeof tlss / sizeof tlss[0]; i++) {
		setup(&r, 1);
		r.c.tls = tlss[i].tls;
		r.reply[EHLO] = tlss[i].ehlo;
		r.starttls = tlss[i].starttls;
		r.again = tlss[i].again;
		go(&r);
		snprintf(got, sizeof got, "%s%s%s", outcome(&r),
		    r.c.secured ? "+" : r.c.kind ? " " : "",
		    r.c.kind ? r.c.code : "");
		ok(!strcmp(got, tlss[i].want), "TLS %zu: %s, wanted %s: %s",
		    i, got, tlss[i].want, r.c.text);
		teardown(&r);
	}
	/* octets that come later, before TLS has begun */
	setup(&r, 1);
	r.c.tls = CLIENT_MAYTLS;
	client_input(&r.c, &r.out, "220 x\r\n", 7, 1);
	client_input(&r.c, &r.out, "250-x\r\n250 STARTTLS\r\n", 21, 1);
	client_input(&r.c, &r.out, "220 x\r\n", 7, 1);
	ok(r.c.state == CLIENT_TLS && r.c.deadline > 1000, "TLS may begin");
	client_input(&r.c, &r.out, "250 x\r\n", 7, 1);
	ok(r.c.state == CLIENT_CLOSED && !strcmp(r.c.text, "Protocol error: host "
	    "mx.test[192.0.2.1] sent a reply in clear after its reply to "
	    "STARTTLS"), "then: %s", r.c.text);
	teardown(&r);
}

static void
try_letters(void)
{
	struct run r;

	setup(&r, 1);
	r.l.size = 1001;
	go(&r);
	ok(!strcmp(outcome(&r), "N R") && !strcmp(r.code, "5.3.4") &&
	    !r.transactions, "too large: %s", r.text);
	teardown(&r);

	setup(&r, 1);
	r.reply[EHLO] = "250-mx.test\r\n250-SIZE 0\r\n250 8BITMIME\r\n";
	r.l.size = 100000;
	r.l.body8 = 1;
	go(&r);
	ok(!strcmp(outcome(&r), "D R"), "SIZE 0 is no limit");
	stralloc_0(&r.said);
	ok(strstr(r.said.s, "SIZE=100000 BODY=8BITMIME\r\n") != 0, "8BITMIME");
	teardown(&r);

	setup(&r, 2);
	r.o.ret = "HDRS";
	r.o.envid = "a+2B";
	order_rcpt(&r.o, 0)->notify = "SUCCESS,DELAY";
	order_rcpt(&r.o, 0)->orcpt = "rfc822;o+2B@x";
	order_rcpt(&r.o, 0)->orig = "other@x";
	order_rcpt(&r.o, 1)->orig = "l+=i@x";
	go(&r);
	stralloc_0(&r.said);
	ok(strstr(r.said.s, "MAIL FROM:<s@y> SIZE=100\r\nRCPT TO:<a@x>\r\n"
	    "RCPT TO:<b@x>\r\n") && !(r.c.ext & CLIENT_DSN),
	    "DSN parameters are not for a host without DSN");
	teardown(&r);

	setup(&r, 2);
	r.o.ret = "HDRS";
	r.o.envid = "a+2B";
	order_rcpt(&r.o, 0)->notify = "SUCCESS,DELAY";
	order_rcpt(&r.o, 0)->orcpt = "rfc822;o+2B@x";
	order_rcpt(&r.o, 0)->orig = "other@x";
	order_rcpt(&r.o, 1)->orig = "l+=i@x";
	r.reply[EHLO] = "250-mx.test\r\n250 DSN\r\n";
	go(&r);
	stralloc_0(&r.said);
	ok(strstr(r.said.s, "MAIL FROM:<s@y> RET=HDRS ENVID=a+2B\r\n"
	    "RCPT TO:<a@x> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;o+2B@x\r\n"
	    "RCPT TO:<b@x> ORCPT=rfc822;l+2B+3Di@x\r\n") &&
	    r.c.ext & CLIENT_DSN, "they are for one with it");
	teardown(&r);

	setup(&r, 1);
	r.o.envid = "a\r\nDATA";
	order_rcpt(&r.o, 0)->notify = "NEVER X=Y";
	order_rcpt(&r.o, 0)->orcpt = "rfc822;a\nb";
	r.reply[EHLO] = "250-mx.test\r\n250 DSN\r\n";
	go(&r);
	stralloc_0(&r.said);
	ok(strstr(r.said.s, "MAIL FROM:<s@y>\r\nRCPT TO:<a@x>\r\n") != 0,
	    "none can hold a command");
	teardown(&r);

	setup(&r, 4);
	r.reply[EHLO] = "250-mx.test\r\n250-PIPELINING\r\n"
	    "250 LIMITS X=1 RCPTMAX=3 MAILMAX=0 RCPTDOMAINMAX=x\r\n";
	go(&r);
	stralloc_0(&r.said);
	ok(!strcmp(outcome(&r), "DDDD R") && strstr(r.said.s, "RCPT TO:<c@x>"
	    "\r\nDATA\r\n") && strstr(r.said.s, "MAIL FROM:<s@y>\r\n"
	    "RCPT TO:<d@x>\r\nDATA\r\n") && !client_isspent(&r.c),
	    "RCPTMAX: %s", outcome(&r));
	teardown(&r);

	setup(&r, 4);
	order_rcpt(&r.o, 1)->addr = "b@z";
	order_rcpt(&r.o, 3)->addr = "d@X";
	r.reply[EHLO] = "250-mx.test\r\n"
	    "250 LIMITS RCPTDOMAINMAX=1 MAILMAX=2\r\n";
	go(&r);
	stralloc_0(&r.said);
	ok(!strcmp(outcome(&r), "DDDD R") && strstr(r.said.s, "RCPT TO:<a@x>"
	    "\r\nRCPT TO:<c@x>\r\nRCPT TO:<d@X>\r\nDATA\r\n") &&
	    strstr(r.said.s, "MAIL FROM:<s@y>\r\nRCPT TO:<b@z>\r\nDATA\r\n")
	    && client_isspent(&r.c), "RCPTDOMAINMAX: %s", outcome(&r));
	teardown(&r);

	setup(&r, 1);
	r.l.utf8 = 1;
	go(&r);
	ok(!strcmp(outcome(&r), "N R") && !strcmp(r.code, "5.6.7"),
	    "SMTPUTF8 is needed");
	teardown(&r);

	setup(&r, 3);
	order_rcpt(&r.o, 1)->addr = "\346\235\216@x";
	go(&r);
	ok(!strcmp(outcome(&r), "DND R"), "by one recipient: %s", outcome(&r));
	teardown(&r);

	setup(&r, 2);
	r.o.sender = "\346\235\216@x";
	go(&r);
	ok(!strcmp(outcome(&r), "NN R") && !strcmp(r.code, "5.6.7"),
	    "by the sender");
	teardown(&r);

	setup(&r, 2);
	order_rcpt(&r.o, 0)->addr = "\346\235\216@x";
	order_rcpt(&r.o, 0)->orcpt = "utf-8;\346\235\216+@y";
	order_rcpt(&r.o, 1)->orig = "\346\235\216@z";
	r.reply[EHLO] = "250-mx.test\r\n250-DSN\r\n250 SMTPUTF8\r\n";
	go(&r);
	stralloc_0(&r.said);
	ok(!strcmp(outcome(&r), "DD R") && strstr(r.said.s,
	    "MAIL FROM:<s@y> SMTPUTF8\r\n"
	    "RCPT TO:<\346\235\216@x> ORCPT=utf-8;\346\235\216+@y\r\n"
	    "RCPT TO:<b@x> ORCPT=utf-8;\\x{674E}@z\r\n"), "and offered");
	teardown(&r);

	setup(&r, 1);
	order_rcpt(&r.o, 0)->orcpt = "utf-8;\346\235\216@y";
	r.reply[EHLO] = "250-mx.test\r\n250-DSN\r\n250 SMTPUTF8\r\n";
	go(&r);
	stralloc_0(&r.said);
	ok(strstr(r.said.s, "MAIL FROM:<s@y>\r\n"
	    "RCPT TO:<a@x> ORCPT=utf-8;\\x{674E}@y\r\n") != 0,
	    "not said where it is not needed");
	teardown(&r);

	setup(&r, 2);
	order_rcpt(&r.o, 1)->addr = "b@x>\r\nDATA";
	go(&r);
	ok(!strcmp(outcome(&r), "DN R") && !strcmp(r.code, "2.0.0"),
	    "an address cannot hold a command");
	teardown(&r);

	setup(&r, 1);
	r.o.sender = "b@x>\nDATA";
	go(&r);
	ok(!strcmp(outcome(&r), "N R") && !strcmp(r.code, "5.1.7"),
	    "nor a sender");
	teardown(&r);
}

static void
try_session(void)
{
	struct run r;
	stralloc big = STRALLOC_ZERO;
	int i;

	/* a kept connection that has died: nobody has heard of MAIL */
	setup(&r, 1);
	go(&r);
	r.rcpt[0] = CLIENT_TODO;
	r.reply[GREET] = "";
	r.reply[MAIL] = "421 4.4.2 idle too long\r\n";
	go(&r);
	ok(r.c.state == CLIENT_CLOSED && !r.c.answered && r.c.kind == 'L',
	    "421 instead of an answer to MAIL");
	teardown(&r);

	/* RSET before the next, when the last was left in the middle */
	setup(&r, 1);
	r.reply[EHLO] = "250 mx.test\r\n";
	r.reply[RCPT1] = "550 no\r\n";
	go(&r);
	r.rcpt[0] = CLIENT_TODO;
	r.verdict[0] = 'T';
	r.said.len = 0;
	r.reply[RCPT1] = "250 ok\r\n";
	r.reply[GREET] = "";
	go(&r);
	ok(r.verdict[0] == 'D' && !memcmp(r.said.s, "RSET\r\nMAIL", 10),
	    "RSET, then the next letter");
	client_quit(&r.c, &r.out, r.now);
	exchange(&r);
	hear(&r, r.in.s, r.in.len);
	ok(r.c.state == CLIENT_CLOSED && !r.c.kind, "QUIT");
	teardown(&r);

	for (i = 0; i < 10000; i++)
		stralloc_cats(&big, "250-X-LINE with some text in it\r\n");
	stralloc_cats(&big, "250 PIPELINING\r\n");
	stralloc_0(&big);
	setup(&r, 1);
	r.reply[EHLO] = big.s;
	r.reply[RCPT1] = "250 ok\r\n";
	go(&r);
	ok(r.c.ext & CLIENT_PIPELINING, "10000 lines: pipelining");
	teardown(&r);
	for (i = 0; i < 10000; i++)
		memcpy(big.s + i * 33, "550-", 4);
	memcpy(big.s + 330000, "550 ", 4);
	setup(&r, 1);
	r.reply[RCPT1] = big.s;
	go(&r);
	ok(!strcmp(outcome(&r), "N R") && strlen(r.text) <= 512,
	    "10000 lines refuse a recipient");
	teardown(&r);
	stralloc_free(&big);

	setup(&r, 1);
	r.reply[RCPT1] = "550 \033[2J\177\377\r\n";
	go(&r);
	ok(strstr(r.text, "550 ?[2J??") != 0, "control characters: %s",
	    r.text);
	teardown(&r);

	setup(&r, 1);
	r.c.loopcheck = 1;
	r.reply[GREET] = "220 ME.test ESMTP\r\n";
	go(&r);
	ok(!strcmp(outcome(&r), "T N") && !strcmp(r.c.code, "5.4.6"),
	    "greeted by ourselves: %s", r.c.text);
	teardown(&r);

	setup(&r, 1);
	r.c.loopcheck = 1;
	r.reply[EHLO] = "250-me.test\r\n250 SIZE\r\n";
	go(&r);
	ok(!strcmp(outcome(&r), "T N"), "EHLO answered by ourselves");
	teardown(&r);
}

static void
try_early(void)
{
	struct run r;

	setup(&r, 1);
	r.reply[GREET] = "220 mx\r\n250 mx\r\n";
	go(&r);
	ok(!strcmp(outcome(&r), "T Ls"), "EHLO answered before it is asked");
	teardown(&r);

	setup(&r, 1);
	r.reply[DATA] = "354 go\r\n250 ok\r\n";
	go(&r);
	ok(!strcmp(outcome(&r), "T Ls"), "250 before the message");
	teardown(&r);

	setup(&r, 1);
	r.reply[DOT] = "250 ok\r\n250 ok\r\n";
	go(&r);
	ok(!strcmp(outcome(&r), "D Z"), "two replies to one dot");
	teardown(&r);

	/* while the message is leaving */
	setup(&r, 1);
	go(&r);
	r.rcpt[0] = CLIENT_TODO;
	r.verdict[0] = 'T';
	client_begin(&r.c, &r.out, &r.l, r.now);
	client_input(&r.c, &r.out, "250 a\r\n250 b\r\n354 c\r\n", 21, 1);
	ok(r.c.state == CLIENT_BODY, "in the body");
	client_wrote(&r.c, 0, 2);
	ok(r.c.deadline == 2 + opts.xfer_ms, "each part has its time");
	client_input(&r.c, &r.out, "552 5.3.4 too much\r\n", 20, 1);
	ok(!strcmp(outcome(&r), "N Z"), "refused in its middle");
	teardown(&r);
}

static void
try_deadlines(void)
{
	struct run r;

	setup(&r, 1);
	ok(r.c.deadline == 1000 + opts.helo_ms, "greeting's time");
	client_input(&r.c, &r.out, "220-mx\r\n", 8, 1100);
	ok(r.c.deadline == 1000 + opts.helo_ms, "a line is no reply");
	client_input(&r.c, &r.out, "220 mx\r\n", 8, 1100);
	ok(r.c.deadline == 1100 + opts.helo_ms, "EHLO's");
	client_input(&r.c, &r.out, "250 mx\r\n", 8, 1100);
	client_begin(&r.c, &r.out, &r.l, 1200);
	ok(r.c.deadline == 1200 + opts.mail_ms, "MAIL's");
	client_input(&r.c, &r.out, "250 mx\r\n", 8, 1300);
	ok(r.c.deadline == 1300 + opts.rcpt_ms, "RCPT's");
	client_input(&r.c, &r.out, "250 mx\r\n", 8, 1400);
	ok(r.c.deadline == 1400 + opts.data_ms, "DATA's");
	client_input(&r.c, &r.out, "354 mx\r\n", 8, 1500);
	ok(r.c.deadline == 1500 + opts.xfer_ms, "the message's");
	client_dot(&r.c);
	client_wrote(&r.c, 1, 1600);
	ok(r.c.deadline == 1600 + opts.done_ms, "the dot's");
	teardown(&r);
}

/* RFC 2033: LHLO, and behind the dot a reply for each who was taken. */
static void
try_lmtp(void)
{
	static const struct {
		const char *rcpt1, *dot, *want;
	} t[] = {
		{ "250 ok\r\n", "250 ok\r\n452 4.2.2 full\r\n550 no\r\n",
		    "DLN R" },
		{ "550 5.1.1 no\r\n", "250-a\r\n250 b\r\n552 5.2.2 full\r\n",
		    "NDN R" },
		{ "250 ok\r\n", "250 ok\r\n250 ok\r\n" END, "DDL Z" },
		{ "250 ok\r\n", "250 ok\r\n" SILENCE, "DLL Z" },
		{ "250 ok\r\n", "250 ok\r\n421 4.3.2 bye\r\n", "DTT Ls" },
		{ "250 ok\r\n", "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n",
		    "DDD Z" },
	};
	size_t i;
	int octets;

	for (i = 0; i < sizeof t / sizeof t[0]; i++)
		for (octets = 0; octets < 2; octets++) {
			struct run r;

			setup(&r, 3);
			r.octets = octets;
			r.c.lmtp = 1;
			r.reply[RCPT1] = t[i].rcpt1;
			r.reply[DOT] = t[i].dot;
			go(&r);
			ok(!strcmp(outcome(&r), t[i].want) &&
			    !strncmp(r.said.s, "LHLO me.test\r\n", 14),
			    "LMTP %u: %s, wanted %s", (unsigned int)i,
			    outcome(&r), t[i].want);
			teardown(&r);
		}
}

/* LHLO refused is not HELO; with nobody taken there is no dot. */
static void
try_lmtp_edges(void)
{
	struct run r;

	setup(&r, 1);
	r.c.lmtp = 1;
	r.reply[EHLO] = "500 5.5.1 what?\r\n";
	go(&r);
	stralloc_0(&r.said);
	ok(!strcmp(outcome(&r), "T N") && !strstr(r.said.s, "HELO me"),
	    "no LMTP: %s", outcome(&r));
	teardown(&r);
	setup(&r, 1);
	r.c.lmtp = 1;
	r.reply[RCPT1] = "550 5.1.1 no\r\n";
	go(&r);
	ok(!strcmp(outcome(&r), "N R"), "nobody taken: %s", outcome(&r));
	teardown(&r);
}

/* TLS from the first octet: RFC 8314. */
static void
try_wrapped(void)
{
	stralloc out = STRALLOC_ZERO;
	struct client c;

	client_init(&c, &opts, "mx.test[192.0.2.1]", 1000);
	c.tls = CLIENT_MUSTTLS;
	client_wrap(&c, 1000);
	ok(c.state == CLIENT_TLS && c.deadline == 1000 + CLIENT_TLS_MS,
	    "TLS at once");
	client_secured(&c, &out, 1100);
	ok(c.state == CLIENT_GREET && !out.len &&
	    c.deadline == 1100 + opts.helo_ms, "then the greeting");
	client_input(&c, &out, "220 mx.test\r\n", 13, 1200);
	ok(c.state == CLIENT_EHLO && out.len > 4 && !memcmp(out.s, "EHLO", 4),
	    "EHLO behind it");
	client_input(&c, &out, "250 mx.test\r\n", 13, 1300);
	ok(c.state == CLIENT_READY && c.secured, "and no STARTTLS");
	client_init(&c, &opts, "mx.test[192.0.2.1]", 1000);
	c.tls = CLIENT_MUSTTLS;
	client_wrap(&c, 1000);
	out.len = 0;
	client_input(&c, &out, "220 mx.test\r\n", 13, 1200);
	ok(c.state == CLIENT_CLOSED && !out.len && !strcmp(c.code, "4.5.0"),
	    "a greeting in clear: %s", c.text);
	client_init(&c, &opts, "mx.test[192.0.2.1]", 1000);
	client_wrap(&c, 1000);
	client_timeout(&c);
	ok(strstr(c.text, "performing the TLS handshake") != 0, "%s", c.text);
	stralloc_free(&out);
}

int
main(void)
{
	try_wrapped();
	try_lmtp();
	try_lmtp_edges();
	try_matrix();
	try_texts();
	try_recipients();
	try_tls();
	try_auth();
	try_letters();
	try_session();
	try_early();
	try_deadlines();
	ok(client_wait("try again in 90 seconds") == 90 &&
	    client_wait("come back in 1 minute") == 60 &&
	    client_wait("4.7.1 error 17") == 0 && client_wait("") == 0 &&
	    client_wait("in 99999999999999999999 seconds") <= 86400 &&
	    client_wait("12") == 0, "how long to wait");
	return tap_end();
}
