#include "deliver/plan.h"

#include <string.h>

#include "deliver/forward.h"

/* Append s, NUL-ended. Its offset goes to *at. */
static int
keep(stralloc *text, size_t *at, const char *s)
{
	*at = text->len;
	return stralloc_cats(text, s) && stralloc_0(text) ? 0 : -1;
}

static int
what(struct plan *pl, stralloc *text, enum plan_kind kind, const char *s)
{
	pl->kind = (char)kind;
	pl->whatlen = strlen(s);
	return keep(text, &pl->what, s);
}

static int
refuse(struct plan *pl, stralloc *text, char verdict, const char *code,
    const char *why)
{
	pl->verdict = verdict;
	pl->code = code;
	return what(pl, text, PLAN_REFUSE, why);
}

static int
mailbox(struct plan *pl, stralloc *text, const struct place *p)
{
	pl->box = 1;
	if (p->command && *p->command)
		return what(pl, text, PLAN_COMMAND, p->command);
	return p->maildir ? what(pl, text, PLAN_MAILDIR, p->maildir) :
	    what(pl, text, PLAN_MBOX, p->mbox);
}

static int
mailbox_for(struct plan *pl, stralloc *text, const struct place *p,
    const char *note, const char *of)
{
	pl->note = text->len;
	if (!stralloc_cats(text, note) || keep(text, &pl->what, of) < 0)
		return -1;
	return mailbox(pl, text, p);
}

/* A target that is no address. */
static int
special(struct plan *pl, stralloc *text, const struct place *p,
    const char *t)
{
	size_t n = strlen(t);

	switch (*t) {
	case '|': return what(pl, text, PLAN_COMMAND, t + 1);
	case '\\': return mailbox(pl, text, p);
	case '/': case '.':
		if (!strcmp(t, "/dev/null"))
			return what(pl, text, PLAN_DISCARD, t);
		return what(pl, text, t[n - 1] == '/' ? PLAN_MAILDIR :
		    PLAN_FILE, t);
	}
	return refuse(pl, text, VERDICT_LATER, "4.3.5",
	    "not a target for a user");
}

static int
isaddress(const char *t)
{
	return !strchr("|\\/", *t) && strncmp(t, "./", 2);
}

static int
has_command(const struct list *l)
{
	const char *t = 0;

	while ((t = list_next(l, t)))
		if (*t == '|')
			return 1;
	return 0;
}

/* The file holds targets. */
static int
listed(struct plan *pl, stralloc *text, const struct place *p,
    const struct forward *f)
{
	const char *first = list_next(&f->list, 0);

	pl->qmail = f->qmail;
	pl->owner = f->owner;
	if (f->qmail && f->def.len && keep(text, &pl->def, f->def.s) < 0)
		return -1;
	if (!first)
		return what(pl, text, PLAN_DISCARD, f->name.s);
	if (f->list.n == 1 && !isaddress(first))
		return special(pl, text, p, first);
	pl->kind = PLAN_FORWARD;
	pl->what = text->len;
	if (f->qmail && has_command(&f->list)) {
		pl->kind = PLAN_COMMANDS;
		if (!stralloc_cat(text, &f->list.s))
			return -1;
	} else if (!plan_put(text, f->list.s.s, f->list.s.len, 1))
		return -1;
	pl->whatlen = text->len - pl->what;
	return stralloc_0(text) ? 0 : -1;
}

static int
decide(struct plan *pl, stralloc *text, const struct place *p,
    const struct forward *f, const char *target)
{
	switch (f->kind) {
	case FORWARD_LATER:
		return refuse(pl, text, VERDICT_LATER, f->code, f->why.s);
	case FORWARD_NEVER:
		if (target)
			break;
		return refuse(pl, text, VERDICT_NEVER, f->code, f->why.s);
	case FORWARD_UNUSED:
		return mailbox_for(pl, text, p, "not forwarded: ", f->why.s);
	case FORWARD_LIST:
		if (!target)
			return listed(pl, text, p, f);
		if (list_has(&f->list, target)) {
			pl->qmail = f->qmail;
			return special(pl, text, p, target);
		}
		break;
	}
	return target ? mailbox_for(pl, text, p, "he no longer forwards to ",
	    target) : mailbox(pl, text, p);
}

int
plan_make(struct plan *pl, stralloc *text, const struct place *p,
    const struct order_rcpt *r)
{
	struct forward f = FORWARD_ZERO;
	const char *t = r->target && *r->target != '~' ? r->target : 0;
	int k;

	memset(pl, 0, sizeof *pl);
	if (p->obeys)
		return t ? special(pl, text, p, t) : refuse(pl, text,
		    VERDICT_NEVER, "5.2.1", "this user has no mailbox");
	if (!p->user || !*p->forward_path || (t && *t == '\\'))
		return mailbox(pl, text, p);
	k = forward_find(&f, p, r);
	if (k == 0)
		k = decide(pl, text, p, &f, t);
	forward_free(&f);
	return k;
}

const char *
plan_command(const char *s, size_t n)
{
	const char *end = s + n;

	for (; s < end; s += strlen(s) + 1)
		if (*s == '|')
			return s;
	return 0;
}

int
plan_put(stralloc *out, const char *s, size_t n, int all)
{
	const char *end = s + n;

	for (; s < end; s += strlen(s) + 1)
		if ((all || *s != '|') && (!stralloc_cats(out, s) ||
		    !stralloc_append(out, '\n')))
			return 0;
	return 1;
}
