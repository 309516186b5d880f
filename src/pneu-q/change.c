#include "pneu-q/q.h"

#include <poll.h>
#include <string.h>

#include "pneu-q/ctl.h"
#include "pneu-q/list.h"
#include "pneu-q/match.h"
#include "wire/field.h"

#define NOFLUSH "Cannot flush mail queue - "
#define IDS 32			/* letters retried one by one: each costs a
				 * walk over the queue. Of more, all are */
#define BUSY_TIMES 100		/* that pneu-send may say "busy", */
#define BUSY_MS 100		/* so long after one another */

static void
reach(const struct q *q, struct ctl *c, const char *what)
{
	if (ctl_open(c) < 0)
		q_die(q, DOWN, what,
		    "mail system is down", "");
}

/* Flush what name=value says, or with name 0 all. */
static void
flush(const struct q *q, struct ctl *c, const char *name, const char *value)
{
	stralloc ask = STRALLOC_ZERO;
	struct verdict v;
	struct frame f;
	int i;

	if (name && !field_puts(&ask, name, value))
		q_die_sys(q, "");
	for (i = 0; ; i++) {
		if (ctl_ask(c, 'F', ask.s, ask.len) < 0 || ctl_next(c, &f) < 0)
			q_die_sys(q, "unable to ask pneu-send: ");
		if (i == BUSY_TIMES || !f.tag || f.type != 'V' ||
		    verdict_scan(&v, f.s, f.n) < 0 || v.kind != VERDICT_LATER)
			break;
		poll(0, 0, BUSY_MS);
	}
	q_die_verdict(q, &f);
	stralloc_free(&ask);
}

struct chosen {
	struct match m[CHANGE_MATCHES];
	size_t n;
	char ids[IDS][LETTER_ID_OCTETS + 1];
	size_t nids;		/* IDS + 1: more */
};

static int
choose(void *ctx, const struct item *i)
{
	struct chosen *h = ctx;

	if (match_item(h->m, h->n, i)) {
		if (h->nids < IDS)
			memcpy(h->ids[h->nids], i->id, LETTER_ID_OCTETS + 1);
		h->nids++;
	}
	return h->nids <= IDS;
}

/* A whole id and a domain are known to pneu-send without a list. */
static int
isdirect(const struct match *m, const char **name)
{
	*name = m->what == 'i' ? "id" : "site";
	if (m->no)
		return 0;
	return m->what == 'i' ? letter_isid(m->text, strlen(m->text)) :
	    m->what == 'r' && strchr(m->text, '.') && !strchr(m->text, '@');
}

static void
retry_matches(struct q *q, char const *const *args)
{
	struct chosen h = { .n = 0 };
	struct ctl c = CTL_ZERO;
	char why[VERDICT_TEXT_OCTETS + 1];
	const char *name;
	size_t i;
	int r;

	for (; *args; args++)
		if (!match_scan(h.m + h.n++, *args))
			q_die(q, WRONG, *args,
			    ": not one of id=, sender=, rcpt=", "");
	if (h.n == 1 && isdirect(h.m, &name)) {
		reach(q, &c, NOFLUSH);
		flush(q, &c, name, h.m[0].text);
		ctl_close(&c);
		return;
	}
	r = list_ctl(0, choose, &h, why, sizeof why);
	if (r < 0)
		q_die(q, LATER, "unable to list the queue", "", "");
	reach(q, &c, NOFLUSH);
	if (h.nids > IDS)
		flush(q, &c, 0, 0);
	else
		for (i = 0; i < h.nids; i++)
			flush(q, &c, "id", h.ids[i]);
	ctl_close(&c);
}

void
change_retry(struct q *q, char const *const *args)
{
	struct ctl c = CTL_ZERO;

	if (args[0] && args[1] && !strcmp(args[0], "match")) {
		retry_matches(q, args + 1);
		return;
	}
	if (args[0] && !args[1])
		q_id(q, args[0]);
	reach(q, &c, NOFLUSH);
	flush(q, &c, !args[0] ? 0 : args[1] ? "site" : "id",
	    args[0] && args[1] ? args[1] : args[0]);
	ctl_close(&c);
}

/* As postsuper -h, -H and -d. */
static void
wish(struct q *q, char const *const *args, char type)
{
	struct ctl c = CTL_ZERO;
	stralloc ask = STRALLOC_ZERO;
	struct frame f;
	struct verdict v;

	if (!(!strcmp(args[0], "ALL") ? field_puts(&ask, "all", "1") :
	    field_puts(&ask, "id", q_id(q, args[0]))))
		q_die_sys(q, "");
	reach(q, &c, "unable to change the queue - ");
	if (ctl_ask(&c, type, ask.s, ask.len) < 0 || ctl_next(&c, &f) < 0)
		q_die_sys(q, "unable to ask pneu-send: ");
	q_die_verdict(q, &f);
	if (verdict_scan(&v, f.s, f.n) < 0 ||
	    !stralloc_copyb(&q->out, v.text, v.textlen) ||
	    !stralloc_append(&q->out, '\n'))
		q_die_sys(q, "");
	q_flush(q);
	ctl_close(&c);
}

void
change_hold(struct q *q, char const *const *args)
{
	wish(q, args, 'H');
}

void
change_release(struct q *q, char const *const *args)
{
	wish(q, args, 'U');
}

void
change_delete(struct q *q, char const *const *args)
{
	wish(q, args, 'R');
}
