#include "pneu-import/qmail.h"

#include <string.h>
#include <skalibs/stralloc.h>

#include "pneu-import/import.h"

const char *
qmail_line(struct qmail *q, const char *name, struct origin *at)
{
	genalloc v = GENALLOC_ZERO;
	const struct word *w;

	if (!qmail_lines(q, name, &v) || !genalloc_len(struct word, &v))
		return 0;
	w = genalloc_s(struct word, &v);
	*at = w->at;
	at->text = str_cat(name, ": ", w->s);
	return w->s;
}

int
qmail_lines(struct qmail *q, const char *name, genalloc *v)
{
	const char *path = source_path(q->src, str_cat("control/", name));
	stralloc sa = STRALLOC_ZERO;
	struct lines x;
	struct line l;

	if (source_read(&sa, path) <= 0)
		return 0;
	lines_open(&x, sa.s, sa.len);
	while (lines_next(&x, &l, 0)) {
		struct origin at = { path, l.number, l.s };

		str_addword(v, l.s, &at);
	}
	return 1;
}

const char *
qmail_address(struct qmail *q, const char *s)
{
	struct origin at;
	const char *host;

	if (strchr(s, '@') || str_findword(&q->local, q->origin))
		return s;
	host = qmail_line(q, "envnoathost", &at);
	return str_cat(s, "@", host ? host : q->me);
}

/* What qmail-start is told in rc, or control/defaultdelivery. */
static const char *
default_delivery(struct qmail *q, struct origin *at)
{
	const char *s = qmail_line(q, "defaultdelivery", at), *path, *p;
	stralloc sa = STRALLOC_ZERO;
	struct lines x;
	struct line l;

	if (s)
		return s;
	path = source_path(q->src, "rc");
	if (source_read(&sa, path) <= 0)
		return 0;
	lines_open(&x, sa.s, sa.len);
	while (lines_next(&x, &l, 0)) {
		if (!(p = strstr(l.s, "qmail-start ")))
			continue;
		at->file = path;
		at->line = l.number;
		at->text = l.s;
		p += strlen("qmail-start ");
		p += strspn(p, " '\"");
		return str_keepb(p, strcspn(p, " '\""));
	}
	return 0;
}

/* ./Maildir/ and ./Mailbox are the home's. */
static void
delivery(struct qmail *q)
{
	struct origin at = { "qmail's default", 0, 0 };
	const char *s = default_delivery(q, &at);
	size_t n;

	q->delivery = s;
	if (!s)
		s = "./Mailbox";
	n = strlen(s);
	if (*s == '|' || *s == '/' || strchr(s, ' ') || !n)
		plan_lost(q->plan, &at, at.text ? 0 : s,
		    "pneu's home_mailbox is a file or Maildir in the home");
	else
		plan_set(q->plan, "home_mailbox",
		    str_starts(s, "./") ? s + 2 : s, &at);
}

/* What qmail does without being told, and we would not. */
static void
defaults(struct qmail *q)
{
	struct origin at = { "qmail's default", 0, 0 };

	plan_set(q->plan, "recipient_delimiter", "-", &at);
	plan_set(q->plan, "backoff", "quadratic", &at);
	plan_set(q->plan, "forward_path", "$home/.qmail", &at);
	if (q->commands)
		plan_setuser(q->plan, "default_privs", "alias", &at);
}

int
import_qmail(struct plan *p, const struct source *src, const char *host)
{
	struct qmail q = { .src = src, .plan = p };
	struct origin at = { "control/me", 0, 0 };

	q.me = qmail_line(&q, "me", &at);
	if (!q.me) {
		genalloc v = GENALLOC_ZERO;

		if (!qmail_lines(&q, "locals", &v) &&
		    !qmail_lines(&q, "rcpthosts", &v))
			return 0;
		plan_lost(p, &at, "me", str_cat("there is none; taken for ",
		    host));
		q.me = host;
	}
	plan_set(p, "myhostname", q.me, &at);
	qmail_control(&q);
	qmail_domains(&q);
	qmail_users(&q);
	qmail_aliases(&q);
	at.file = "qmail's alias/ and users/";
	at.line = 0;
	at.text = 0;
	plan_setaliases(p, 0, &at);
	delivery(&q);
	defaults(&q);
	return 1;
}
