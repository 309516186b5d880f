#include "submit/compose.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "mail/address.h"
#include "mail/header.h"
#include "mail/utf8.h"

#define RESENT "Resent-"

enum {
	ADDRS = 1,		/* its body is an address list */
	RCPT = 2,		/* whose addresses are recipients */
	DROP = 4,		/* it does not leave */
	PATH = 8,		/* the sender */
	HOP = 16		/* another host has had it */
};

/* The fields that we know, by their names without "Resent-". */
static const struct known {
	const char *name;
	int what, seen;
} known[] = {
	{ "To", ADDRS | RCPT, 0 },
	{ "Cc", ADDRS | RCPT, 0 },
	{ "Bcc", ADDRS | RCPT | DROP, 0 },
	{ "From", ADDRS, COMPOSE_FROM },
	{ "Date", 0, COMPOSE_DATE },
	{ "Message-ID", 0, COMPOSE_MESSAGE_ID },
	{ "Sender", ADDRS, 0 },
	{ "Reply-To", ADDRS, 0 },
	{ "Apparently-To", ADDRS | RCPT, 0 },
	{ "Mail-Followup-To", ADDRS, 0 },
	{ "Mail-Reply-To", ADDRS, 0 },
	{ "Errors-To", ADDRS, 0 },
	{ "Return-Receipt-To", ADDRS, 0 },
	{ "Disposition-Notification-To", ADDRS, 0 },
	{ "Return-Path", PATH | DROP, 0 },
	{ "Content-Length", DROP, 0 },
	{ "Received", HOP, 0 },
};

static const struct known *
lookup(const struct header_field *f, int *resent)
{
	const char *name = f->s;
	size_t n = f->namelen, skip = strlen(RESENT), i;

	*resent = n > skip && !strncasecmp(name, RESENT, skip);
	if (*resent) {
		name += skip;
		n -= skip;
	}
	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strlen(known[i].name) == n &&
		    !strncasecmp(known[i].name, name, n))
			return known + i;
	return 0;
}

static int
note_bad(stralloc *bad, const char *s)
{
	return bad->len || (stralloc_copys(bad, *s ? s : "<>") &&
	    stralloc_0(bad));
}

/* Add an address; those in no domain get origin. */
static int
add(struct rcpts *r, const struct header_addr *a, const char *origin)
{
	return rcpts_add(r, a->s, a->kind == HEADER_LOCAL ? origin : 0);
}

static int
collect(struct compose *c, struct rcpts *r, const char *s, size_t n)
{
	struct header_walk w = HEADER_WALK(s, n);
	struct header_addr a;
	int step, done = 1;

	w.words = 1;
	while (done && (step = header_next(&w, &a)) > 0) {
		if (a.kind == HEADER_BAD)
			done = note_bad(&c->bad, a.s);
		else if (a.kind != HEADER_NULL)
			done = add(r, &a, c->origin);
	}
	header_walk_free(&w);
	return done && !step;
}

/* The address list s[0..n) of the field f, completed, and mapped. */
static int
put_list(struct compose *c, const struct header_field *f, const char *s,
    size_t n)
{
	enum headmap_kind k = headmap_kind(f->s, f->namelen);
	stralloc sa = STRALLOC_ZERO;
	int ok;

	if (!c->map || k == HEADMAP_NONE)
		return header_complete(&c->head, s, n, c->origin);
	ok = header_complete(&sa, s, n, c->origin) &&
	    headmap_list(&c->head, sa.s, sa.len, k, c->map, c->mapx) > 0;
	stralloc_free(&sa);
	return ok;
}

/* 1 if an address of the list, not only what stands around them, is beyond
 * ASCII; -1 without memory. */
static int
has8bit(const char *s, size_t n)
{
	struct header_walk w = HEADER_WALK(s, n);
	struct header_addr a;
	int step = 0, found = 0;

	if (!utf8_has(s, n))
		return 0;
	while (!found && (step = header_next(&w, &a)) > 0)
		found = a.kind != HEADER_BAD && utf8_has(a.s, a.n) &&
		    utf8_is(a.s, a.n);
	header_walk_free(&w);
	return step < 0 ? -1 : found;
}

static int
take_field(struct compose *c, const struct header_field *f)
{
	int resent;
	const struct known *k = lookup(f, &resent);
	const char *body = f->s + f->at;
	size_t n = f->n - f->at;

	c->resent |= resent;
	if (!k)
		return stralloc_catb(&c->head, f->s, f->n);
	c->hops += (k->what & HOP) && !resent;
	if (resent)
		c->seen_resent |= k->seen;
	else
		c->seen |= k->seen;
	if (c->collect && (k->what & RCPT) &&
	    !collect(c, resent ? &c->resent_rcpts : &c->rcpts, body, n))
		return 0;
	if ((k->what & PATH) && !resent) {
		char arg[HEADER_ADDRESS_OCTETS + 1];
		size_t len = n < sizeof arg - 1 ? n : sizeof arg - 1;

		memcpy(arg, body, len);
		arg[len] = 0;
		for (n = 0; n < len; n++)
			if (arg[n] == '\n' || arg[n] == '\r')
				arg[n] = ' ';
		if (!compose_sender(&c->path, arg, c->origin))
			return 0;
	}
	if (k->what & DROP)
		return 1;
	if ((k->what & ADDRS) && !c->utf8 && (c->utf8 = has8bit(body, n)) < 0)
		return 0;
	if (!(k->what & ADDRS) || c->keep)
		return stralloc_catb(&c->head, f->s, f->n);
	return stralloc_catb(&c->head, f->s, f->at) &&
	    put_list(c, f, body, n);
}

int
compose_fields(struct compose *c, const char *s, size_t n)
{
	struct header_field f;
	int used;

	if (!stralloc_ready(&c->head, n + 512))
		return 0;
	while (n && (used = header_scan(&f, s, n)) > 0) {
		if (!take_field(c, &f))
			return 0;
		s += used;
		n -= (size_t)used;
	}
	/* the last line of a message may lack its newline */
	return !c->head.len || c->head.s[c->head.len - 1] == '\n' ||
	    stralloc_append(&c->head, '\n');
}

const struct rcpts *
compose_rcpts(const struct compose *c)
{
	return c->resent ? &c->resent_rcpts : &c->rcpts;
}

int
compose_lacks(const struct compose *c)
{
	return c->keep ? 0 :
	    (COMPOSE_FROM | COMPOSE_DATE | COMPOSE_MESSAGE_ID) &
	    ~(c->resent ? c->seen_resent : c->seen);
}

/* A line end or the like has no place in an argument, and a header's folding
 * neither. */
static int
isclean(const char *arg)
{
	for (; *arg; arg++)
		if (((unsigned char)*arg < 32 && *arg != '\t') || *arg == 127)
			return 0;
	return 1;
}

int
compose_arg(struct rcpts *r, const char *arg, const char *origin)
{
	struct header_walk w = HEADER_WALK(arg, strlen(arg));
	struct header_addr a;
	int step = 0, done = isclean(arg) ? 1 : -1, any = 0;

	w.words = 1;
	while (done > 0 && (step = header_next(&w, &a)) > 0) {
		any = 1;
		if (a.kind == HEADER_BAD || a.kind == HEADER_NULL)
			done = -1;
		else
			done = add(r, &a, origin) > 0;
	}
	header_walk_free(&w);
	if (done > 0)
		return step < 0 ? 0 : any ? 1 : (errno = EINVAL, -1);
	return done ? (errno = EINVAL, -1) : 0;
}

int
compose_sender(stralloc *sa, const char *arg, const char *origin)
{
	struct header_walk w = HEADER_WALK(arg, strlen(arg));
	struct header_addr a;
	int r;

	sa->len = 0;
	if (!isclean(arg))
		return -1;
	r = header_next(&w, &a);
	if (r < 0)
		return 0;
	if (r > 0 && a.kind == HEADER_BAD)
		r = -1;
	else if (r > 0 && a.kind != HEADER_NULL && (!address_cat8(sa, a.s) ||
	    (a.kind == HEADER_LOCAL &&
	    (!stralloc_append(sa, '@') || !stralloc_cats(sa, origin)))))
		r = -2;
	else
		r = stralloc_0(sa) ? 1 : -2;
	if (r < 0)
		sa->len = 0;
	header_walk_free(&w);
	return r == -2 ? 0 : r;
}
