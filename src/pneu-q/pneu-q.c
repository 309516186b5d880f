/* pneu-q: list the queue, show a letter, change what is there. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "pneu-q/ctl.h"
#include "pneu-q/list.h"
#include "pneu-q/q.h"
#include "pneu-q/show.h"
#include "run/service.h"
#include "run/sysexits.h"
#include "wire/field.h"

#define USAGE "pneu-q [-S] list [--json] [ID] | show ID | " \
	"retry [ID | site DOMAIN | match [!]FIELD=TEXT ...] | count | " \
	"hold ID|ALL | release ID|ALL | delete ID|ALL"
#define OUT_OCTETS 65536	/* collected before they are written */
#define WHY_OCTETS (VERDICT_TEXT_OCTETS + 1)

void
q_die(const struct q *q, enum trouble t, const char *a, const char *b,
    const char *c)
{
	static const int codes[][2] = { { 100, EX_USAGE },
		{ 111, EX_UNAVAILABLE }, { 111, EX_TEMPFAIL },
		{ 100, EX_UNAVAILABLE } };

	strerr_dief(codes[t][q->sysexits != 0], a, b, c);
}

void
q_die_sys(const struct q *q, const char *what)
{
	q_die(q, LATER, what, strerror(errno), "");
}

/* Who reads no more has seen enough. */
void
q_flush(struct q *q)
{
	size_t done = 0;
	ssize_t r;

	while (done < q->out.len) {
		r = write(1, q->out.s + done, q->out.len - done);
		if (r < 0 && errno == EPIPE)
			_exit(0);
		if (r < 0 && errno != EINTR)
			q_die_sys(q, "unable to write: ");
		done += r > 0 ? (size_t)r : 0;
	}
	q->out.len = 0;
}

static int
print_one(void *ctx, const struct item *i)
{
	struct q *q = ctx;

	if (!(q->json ? print_json(&q->out, i) :
	    print_mailq(&q->out, &q->print, i)))
		q_die_sys(q, "");
	q->print.letters += q->json != 0;
	if (q->out.len >= OUT_OCTETS)
		q_flush(q);
	return 1;
}

/* From pneu-send; if it is not there, from the files, for those who may. */
static void
list_any(struct q *q, const char *id, list_fn *fn)
{
	char why[WHY_OCTETS];
	int r = list_ctl(id, fn, q, why, sizeof why);

	if (!r && (r = list_disk(id, fn, q)) == 0)
		q_die(q, DOWN, "Queue report unavailable - ",
		    "mail system is down", "");
	q_flush(q);
	if (r == -2)
		q_die(q, REFUSED, id ? id : "Queue report unavailable",
		    ": ", why);
	if (r < 0)
		q_die_sys(q, "Queue report unavailable - ");
}

static void
no_such(const struct q *q, const char *id)
{
	q_die(q, REFUSED, id, ": ", "no such letter");
}

const char *
q_id(const struct q *q, const char *id)
{
	if (!letter_isid(id, strlen(id)))
		q_die(q, WRONG, id, ": ", "not the id of a letter");
	return id;
}

static void
do_list(struct q *q, char const *const *args)
{
	const char *id;

	if (*args && !strcmp(*args, "--json")) {
		q->json = 1;
		args++;
	}
	id = *args ? q_id(q, *args) : 0;
	list_any(q, id, print_one);
	if (id && !q->print.letters)
		no_such(q, id);
	if (!q->json && !print_mailq_end(&q->out, &q->print))
		q_die_sys(q, "");
	q_flush(q);
}

static int
count_one(void *ctx, const struct item *i)
{
	struct q *q = ctx;

	if (!strcmp(i->state, "deferred"))
		q->deferred++;
	else if (!strcmp(i->state, "hold"))
		q->held++;
	else
		q->news++;
	q->print.octets += i->size;
	return 1;
}

/* The names alone tell, for those who may read them. */
static void
do_count(struct q *q, char const *const *args)
{
	char line[160];

	if (!list_names(count_one, q))
		list_any(q, 0, count_one);
	snprintf(line, sizeof line,
	    "new %llu\ndeferred %llu\nhold %llu\ntotal %llu\noctets %llu\n",
	    (unsigned long long)q->news, (unsigned long long)q->deferred,
	    (unsigned long long)q->held,
	    (unsigned long long)(q->news + q->deferred + q->held),
	    (unsigned long long)q->print.octets);
	if (!stralloc_cats(&q->out, line))
		q_die_sys(q, "");
	q_flush(q);
}

/* From the file, if we may read it. Returns 0 if not. */
static int
show_disk(struct q *q, struct show *w, const char *id)
{
	char buf[16384];
	ssize_t n;
	int fd = list_find(id, w->at, sizeof w->at);

	if (fd < 0)
		return 0;
	while ((n = read(fd, buf, sizeof buf)) > 0) {
		if (show_add(w, &q->out, buf, (size_t)n) < 0)
			q_die_sys(q, "unable to show the letter: ");
		q_flush(q);
	}
	if (n < 0)
		q_die_sys(q, "unable to read the letter: ");
	close(fd);
	return 1;
}

void
q_die_verdict(const struct q *q, const struct frame *f)
{
	struct verdict v;
	char why[WHY_OCTETS];

	if (f->type != 'V' || verdict_scan(&v, f->s, f->n) < 0)
		q_die(q, LATER, "pneu-send answers nonsense", "", "");
	if (v.kind == VERDICT_DONE)
		return;
	memcpy(why, v.text, v.textlen);
	why[v.textlen] = 0;
	q_die(q, v.kind == VERDICT_NEVER ? REFUSED : LATER, why, "", "");
}

static void
show_ctl(struct q *q, struct show *w, const char *id)
{
	struct ctl c = CTL_ZERO;
	struct item i = ITEM_ZERO;
	stralloc ask = STRALLOC_ZERO;
	struct frame f;

	if (ctl_open(&c) < 0)
		q_die(q, DOWN, "unable to read the queue, and pneu-send does ",
		    "not run: mail system is down", "");
	if (!item_clear(&i) || !field_puts(&ask, "id", id) ||
	    ctl_ask(&c, 'S', ask.s, ask.len) < 0)
		q_die_sys(q, "unable to ask pneu-send: ");
	for (;;) {
		if (ctl_next(&c, &f) < 0)
			q_die_sys(q, "unable to hear pneu-send: ");
		if (f.type == 'I') {
			if (item_add(&i, f.s, f.n) < 0)
				q_die_sys(q, "pneu-send answers nonsense: ");
			strcpy(w->at, i.at);
		} else if (f.type == 'M') {
			if (show_add(w, &q->out, f.s, f.n) < 0)
				q_die_sys(q, "unable to show the letter: ");
			q_flush(q);
		} else
			break;
	}
	q_die_verdict(q, &f);
	ctl_close(&c);
}

static void
do_show(struct q *q, char const *const *args)
{
	struct show w = SHOW_ZERO;
	const char *id = q_id(q, args[0]);

	if (!show_disk(q, &w, id)) {
		if (errno == ENOENT && !access("queue/new", R_OK | X_OK))
			no_such(q, id);
		show_ctl(q, &w, id);
	}
	if (show_end(&w, &q->out) < 0)
		q_die_sys(q, "the letter is cut short: ");
	q_flush(q);
}

/* The commands, with how many arguments each takes. */
static const struct command {
	const char *name;
	int min, max;
	void (*run)(struct q *, char const *const *);
} commands[] = {
	{ "list", 0, 2, do_list },
	{ "show", 1, 1, do_show },
	{ "retry", 0, 1 + CHANGE_MATCHES, change_retry },
	{ "count", 0, 0, do_count },
	{ "hold", 1, 1, change_hold },
	{ "release", 1, 1, change_release },
	{ "delete", 1, 1, change_delete },
};

static int
fits(const struct command *c, int n, char const *const *args)
{
	if (n < c->min || n > c->max)
		return 0;
	if (c->run == do_list && n == 2)
		return !strcmp(args[0], "--json");
	return c->run != change_retry || n < 2 || !strcmp(args[0], "match") ||
	    (n == 2 && !strcmp(args[0], "site"));
}

int
main(int argc, char const *const *argv)
{
	static struct q q = { .out = STRALLOC_ZERO };
	subgetopt l = SUBGETOPT_ZERO;
	size_t i;
	int c, n;

	PROG = "pneu-q";
	while ((c = subgetopt_r(argc, argv, "S", &l)) != -1) {
		if (c != 'S')
			strerr_dieusage(100, USAGE);
		q.sysexits = 1;
	}
	n = argc - l.ind - 1;
	for (i = 0; n >= 0 && i < sizeof commands / sizeof commands[0]; i++)
		if (!strcmp(argv[l.ind], commands[i].name) &&
		    fits(commands + i, n, argv + l.ind + 1))
			break;
	if (n < 0 || i == sizeof commands / sizeof commands[0])
		strerr_dieusage(q.sysexits ? EX_USAGE : 100, USAGE);
	if (chdir(run_home()) < 0)
		q_die(&q, DOWN, "mail system is not installed in ", run_home(),
		    "");
	commands[i].run(&q, argv + l.ind + 1);
	return 0;
}
