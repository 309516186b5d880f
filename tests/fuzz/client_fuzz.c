/* libFuzzer entry: what an SMTP server says, to the client's machine. Octet
 * 0 says how it comes: bit 0 octet by octet, bits 1 and 2 the number of
 * recipients, bit 3 that our own name is looked for, bit 4 LMTP,
 * bits 5 and 6 whether we want TLS, bit 7 that we are to log in (with a token
 * if the octets are odd in number); then the server's octets, of which 1 ends
 * the connection and 2 is the time running out. What must hold: a recipient
 * gets one verdict at most, "done" only for a reply to the final dot, texts
 * are bounded, and in the end everybody has a verdict or the session says why
 * not; who is to log in is not ready before, and shows no password in clear. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pneu-remote/client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct run {
	struct client c;
	struct client_letter l;
	struct order o;
	unsigned char rcpt[4];
	int settled[4];
};

static const struct client_opts opts = { "me", "me", 9, 9, 9, 9, 9, 9 };

static void
settle(void *arg, size_t lo, size_t hi, unsigned char mark,
    const struct verdict *v, int site)
{
	struct run *r = arg;
	size_t i;

	if (v->textlen != strlen(v->text) || v->textlen > 1200)
		abort();
	if (v->kind == VERDICT_DONE && r->c.state != CLIENT_DOT)
		abort();
	if (v->code[0] != (v->kind == VERDICT_DONE ? '2' :
	    v->kind == VERDICT_LATER ? '4' : '5'))
		abort();
	for (i = lo; i < hi; i++)
		if (r->rcpt[i] == mark && r->settled[i]++)
			abort();
}

/* What the caller does in each state. */
static void
turn(struct run *r, stralloc *out)
{
	if ((r->c.state == CLIENT_READY && r->c.login) ||
	    (r->c.state == CLIENT_AUTH && !r->c.secured &&
	    r->c.sasl.mechanism != SASL_CLIENT_SCRAM_SHA_256) ||
	    (r->c.nologin && (r->c.state != CLIENT_CLOSED || !r->c.kind)))
		abort();
	if (r->c.state == CLIENT_TLS)
		client_secured(&r->c, out, 1);
	if (r->c.state == CLIENT_READY && memchr(r->rcpt, CLIENT_TODO, r->l.n))
		client_begin(&r->c, out, &r->l, 1);
	if (r->c.state == CLIENT_BODY && !r->c.dotted) {
		stralloc_cats(out, "x\r\n.\r\n");
		client_dot(&r->c);
	}
	client_wrote(&r->c, 1, 1);
	out->len = 0;
}

static void
run(struct run *r, const char *s, size_t n, int octets)
{
	stralloc out = STRALLOC_ZERO;
	size_t part;

	for (; n && r->c.state != CLIENT_CLOSED; s += part, n -= part) {
		part = 1;
		if (*s == 1)
			client_eof(&r->c);
		else if (*s == 2)
			client_timeout(&r->c);
		else {
			while (!octets && part < n && s[part] != 1 &&
			    s[part] != 2 && s[part - 1] != '\n')
				part++;
			client_input(&r->c, &out, s, part, 1);
		}
		turn(r, &out);
	}
	client_eof(&r->c);
	stralloc_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const addr[] = { "a@b", "c@d", "e@f", "g@h" };
	static const struct client_login logins[] = {
		{ "user", "pencil", "h", 25, "rOprNGfwEbeRWgbNEkqO" },
		{ "user", "oauth:pencil", "h", 25, "rOprNGfwEbeRWgbNEkqO" }
	};
	struct run r;
	size_t i;

	if (!n)
		return 0;
	memset(&r, 0, sizeof r);
	r.o.sender = "s";
	r.l.n = 1 + (data[0] >> 1 & 3);
	for (i = 0; i < r.l.n; i++)
		order_add(&r.o, (uint32_t)i, addr[i]);
	r.l.o = &r.o;
	r.l.rcpt = r.rcpt;
	r.l.size = 3;
	r.l.settle = settle;
	r.l.arg = &r;
	client_init(&r.c, &opts, "h[1.2.3.4]", 0);
	r.c.loopcheck = data[0] >> 3 & 1;
	r.c.lmtp = data[0] >> 4 & 1;
	if (data[0] >> 7)
		r.c.login = logins + n % 2;
	r.c.tls = (enum client_tls)((data[0] >> 5 & 3) % 3);
	run(&r, (const char *)data + 1, n - 1, data[0] & 1);
	if (r.c.state != CLIENT_CLOSED || strlen(r.c.text) >
	    VERDICT_TEXT_OCTETS)
		abort();
	if (r.c.nologin != CLIENT_LOGIN && r.c.mails)
		abort();
	for (i = 0; i < r.l.n; i++) {
		if ((r.rcpt[i] == CLIENT_SETTLED || r.rcpt[i] == CLIENT_HELD)
		    != (r.settled[i] == 1))
			abort();
		if (r.c.kind && r.rcpt[i] != CLIENT_SETTLED &&
		    r.rcpt[i] != CLIENT_HELD && r.rcpt[i] != CLIENT_TODO)
			abort();
	}
	order_free(&r.o);
	return 0;
}
