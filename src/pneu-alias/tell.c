#include <errno.h>
#include <string.h>
#include <skalibs/buffer.h>
#include <skalibs/strerr.h>

#include "alias.h"
#include "alias/target.h"

#define DEPTH 20		/* lists within lists */
#define LINES 10000		/* said of one address */

/* pneu-alias ADDRESS...: to the caller, as himself, where mail would go, in
 * the words of "sendmail -bv". */
struct tell {
	struct alias *a;
	unsigned int depth, lines;
	int never, later;
};

static void
put(const char *s)
{
	for (; *s; s++) {
		char c = (unsigned char)*s < 32 || *s == 127 ? '?' : *s;

		if (buffer_put(buffer_1, &c, 1) < 0)
			strerr_diefu1sys(111, "write");
	}
}

#define say(...) say_all((const char *const[]){ __VA_ARGS__, 0 })
static void
say_all(const char *const *s)
{
	for (; *s; s++)
		put(*s);
	if (buffer_put(buffer_1, "\n", 1) < 0)
		strerr_diefu1sys(111, "write");
}

static void
say_none(struct tell *t, const char *what, const struct verdict *v)
{
	stralloc text = STRALLOC_ZERO;

	if (v->kind == VERDICT_NEVER)
		t->never = 1;
	else
		t->later = 1;
	if (!stralloc_catb(&text, v->text, v->textlen) || !stralloc_0(&text))
		strerr_dief(111, "out of memory");
	say(what, v->kind == VERDICT_NEVER ? "... undeliverable: " :
	    "... deferred: ", v->code, " ", text.s);
	stralloc_free(&text);
}

/* addr: what was asked for. */
static void
say_route(struct tell *t, const char *addr, const struct route *r)
{
	const char *to = r->target ? r->target : r->addr ? r->addr : addr;

	if (t->lines++ >= LINES)
		return;
	switch (r->kind) {
	case ROUTE_USER:
		say(to, "... deliverable: mailer ", !r->target ||
		    *r->target == TARGET_MAILBOX || *r->target == TARGET_USER ?
		    "local" : *r->target == TARGET_COMMAND ? "prog" : "*file*",
		    ", user ", r->user, r->ext && *r->ext ? ", extension " :
		    "", r->ext ? r->ext : "");
		break;
	case ROUTE_MAILBOX:
		say(to, "... deliverable: mailer virtual, user ", r->mailbox);
		break;
	case ROUTE_SMTP:
		say(to, "... deliverable: mailer smtp, host ", r->to,
		    ", user ", to);
		break;
	default:
		say_none(t, to, &r->verdict);
	}
}

static void tell(struct tell *t, const char *addr);

/* What the list consists of, kept: each may be a list, too. */
static void
tell_list(struct tell *t, const char *addr)
{
	struct alias *a = t->a;
	stralloc sa = STRALLOC_ZERO;
	const char *s;
	size_t n, at;
	int r;

	if (t->depth >= DEPTH) {
		t->never = 1;
		say(addr, "... undeliverable: 5.4.6 too many lists");
		return;
	}
	if (!expand_begin(&a->expand, &a->listing, addr, strlen(addr),
	    &a->setup)) {
		say_route(t, addr, &a->listing.route);
		return;
	}
	while ((r = expand_next(&a->expand, &s, &n)) > 0)
		if (!stralloc_catb(&sa, s, n) || !stralloc_0(&sa))
			strerr_dief(111, "out of memory");
	expand_end(&a->expand);
	if (r < 0)
		say_none(t, addr, &a->listing.route.verdict);
	t->depth++;
	for (at = 0; at < sa.len; at += strlen(sa.s + at) + 1) {
		s = sa.s + at;
		if (!strchr("\\|/.~!", *s)) {
			tell(t, s);
			continue;
		}
		decide_target(&a->decision, addr, strlen(addr), s, strlen(s),
		    1, &a->setup);
		say_route(t, addr, &a->decision.route);
	}
	t->depth--;
	stralloc_free(&sa);
}

static void
tell(struct tell *t, const char *addr)
{
	struct alias *a = t->a;

	if (t->lines >= LINES)
		return;
	decide(&a->decision, addr, strlen(addr), &a->setup);
	if (a->decision.route.kind == ROUTE_LIST)
		tell_list(t, addr);
	else
		say_route(t, addr, &a->decision.route);
}

int
tell_all(struct alias *a, char *const *addrs)
{
	struct tell t = { .a = a };

	for (; *addrs; addrs++) {
		t.lines = 0;
		tell(&t, *addrs);
	}
	if (!buffer_flush(buffer_1))
		strerr_diefu1sys(111, "write");
	return t.never ? 100 : t.later ? 111 : 0;
}
