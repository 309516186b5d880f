#include "pneu-import/sm.h"

#include <string.h>
#include <strings.h>

#include "pneu-import/import.h"
#include "pneu-import/map.h"

int
sm_feature(const struct sm *x, const char *name)
{
	return str_findword(&x->features, name) != 0;
}

int
sm_has(const genalloc *v, const char *domain)
{
	return str_findword(v, domain) != 0;
}

/* Where users' mail goes: the program of mailer local. */
static void
local_mailer(struct sm *x)
{
	struct origin at = x->mailerat;
	const char *m = x->mailer ? x->mailer : "";

	if (!at.file)
		at.file = "Sendmail's default of mailer local";
	if (strstr(m, "procmail")) {
		plan_set(x->plan, "mailbox_command",
		    "/usr/bin/procmail -t -a \"$EXTENSION\"", &at);
	} else if (*m && !strstr(m, "mail.local") && !strstr(m,
	    "sensible-mda") && !strstr(m, "/bin/mail"))
		plan_lost(x->plan, &at, at.text ? 0 : m,
		    "local mail goes to mailboxes with pneu, not to this "
		    "program: see mailbox_command");
	plan_set(x->plan, "mail_spool_directory", "/var/mail", &at);
	plan_set(x->plan, "home_mailbox", "", &at);
}

static void
aliases(struct sm *x)
{
	const struct word *w = genalloc_s(struct word, &x->aliases);
	genalloc v = GENALLOC_ZERO;
	struct origin at = { "Sendmail's default", 0, 0 };
	const struct pair *q;
	const char *s;
	size_t i;
	int referred = 0;

	for (i = 0; i < genalloc_len(struct word, &x->aliases); i++) {
		/* "dbm:-o /etc/aliases", "/etc/mail/aliases" */
		s = strchr(w[i].s, ':');
		s = s && s[1] == '/' ? s + 1 : w[i].s;
		if (!i)
			at = w[i].at;
		if (*s != '/')
			plan_lost(x->plan, &w[i].at, w[i].s,
			    "not a file of aliases");
		else if (!i && source_isaliases(x->src, s))
			referred = 1;
		else
			map_read_aliases(&v, str_cat("hash:", s), &w[i].at,
			    x->src, x->plan);
	}
	q = genalloc_s(struct pair, &v);
	for (i = 0; i < genalloc_len(struct pair, &v); i++)
		plan_row(x->plan, PLAN_ALIASES, q[i].key, q[i].value,
		    &q[i].at, q[i].same);
	plan_setaliases(x->plan, referred, &at);
}

/* What Sendmail does without being told, and we would not. */
static void
defaults(struct sm *x)
{
	struct origin at = { "Sendmail's default", 0, 0 };

	plan_set(x->plan, "recipient_delimiter", "+", &at);
	if (genalloc_len(struct word, &x->nets))
		at = genalloc_s(struct word, &x->nets)[0].at;
	str_addword(&x->nets, "127.0.0.0/8", &at);
	str_addword(&x->nets, "[::1]/128", &at);
	plan_set(x->plan, "mynetworks", str_joinwords(&x->nets), &at);
	if (genalloc_len(struct word, &x->listen)) {
		at = genalloc_s(struct word, &x->listen)[0].at;
		plan_set(x->plan, "listen", str_joinwords(&x->listen), &at);
	}
}

int
import_sendmail(struct plan *p, const struct source *src, const char *host)
{
	struct sm x = { .src = src, .plan = p, .host = host };
	struct origin at = { "this host", 0, 0 };

	x.cf = sm_cf(&x);
	if (!sm_mc(&x) && !x.cf)
		return 0;
	plan_set(p, "myhostname", x.host, &at);
	if (!sm_has(&x.local, x.host))
		str_addword(&x.local, x.host, &at);
	sm_tables(&x);
	sm_access(&x);
	sm_auth(&x);
	sm_masquerade(&x);
	sm_domains(&x);
	aliases(&x);
	local_mailer(&x);
	defaults(&x);
	return 1;
}
