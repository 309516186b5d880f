#include <skalibs/nonposix.h>

#include "deliver/slow.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <skalibs/selfpipe.h>

#include "deliver/command.h"
#include "deliver/outcome.h"
#include "dotforward/environment.h"
#include "mail/verp.h"
#include "run/now.h"

#define VARIABLES 64

/* A command that runs, or may. */
struct slot {
	struct command c;
	struct letter *l;
	struct copy *copy;
	const char *line;		/* what runs, a target with its | */
	stralloc env, text, rest, owner;
};

struct runs {
	struct slow *s;
	struct slot slot[SLOW_COMMANDS];
	size_t i, j;			/* the next letter and copy */
	size_t n;			/* slots that are taken */
	int sig;
};

/* The next copy for a command, or 0. */
static struct copy *
next_copy(struct runs *r, struct letter **l)
{
	for (; r->i < r->s->b->n; r->i++, r->j = 0)
		while (r->j < letter_ncopies(r->s->b->l[r->i])) {
			struct copy *c = letter_copy(r->s->b->l[r->i], r->j++);

			*l = r->s->b->l[r->i];
			if (c->state == COPY_SPOOLS)
				return c;
		}
	return 0;
}

static const struct order_rcpt *
rcpt_of(const struct letter *l, const struct copy *c)
{
	return order_rcpt(&l->o, (size_t)(c - letter_copy(l, 0)));
}

/* Fill envp[0..VARIABLES] from what env says. Returns 1, or 0 with ENOMEM. */
static int
environment(struct slot *t, const struct place *p, const char **envp)
{
	const struct order_rcpt *r = rcpt_of(t->l, t->copy);
	struct environment e = { .home = p->home, .user = p->user,
	    .shell = p->shell, .tz = getenv("TZ"), .lang = getenv("LANG"),
	    .sender = t->l->o.sender, .recipient = r->addr,
	    .original = r->orig, .client = t->l->o.client,
	    .helo = t->l->o.helo, .proto = t->l->o.proto,
	    .login = t->l->o.login, .method = t->l->o.method,
	    .auth = t->l->o.auth, .ext = r->ext, .def = t->copy->def,
	    .now = time(0) };
	const char *s;
	int i, n;

	if (t->copy->plan.owner && *e.sender) {
		t->owner.len = 0;
		if (!verp_owner(&t->owner, e.recipient,
		    t->copy->plan.owner == 2) || !stralloc_0(&t->owner))
			return 0;
		e.newsender = t->owner.s;
	}
	t->env.len = 0;
	n = environment_put(&t->env, &e);
	if (n < 0 || n > VARIABLES)
		return (errno = ENOMEM, 0);
	for (i = 0, s = t->env.s; i < n; i++, s += strlen(s) + 1)
		envp[i] = s;
	envp[n] = 0;
	return 1;
}

static int
start(struct runs *r, struct slot *t)
{
	const char *envp[VARIABLES + 1];
	uint64_t limit = r->s->p->limit_ms;
	const char *line = t->line;

	if (t->copy->plan.kind == PLAN_COMMANDS)
		line++;
	line += strspn(line, " \t");
	return environment(t, r->s->p, envp) && command_start(&t->c, line,
	    t->copy->plan.qmail, (char *const *)envp, t->copy->file.fd,
	    limit ? now_ms() + limit : UINT64_MAX) == 0;
}

static int
report(struct runs *r, struct slot *t)
{
	command_close(&t->c);
	t->line = 0;
	r->n--;
	return slow_report(r->s, t->l);
}

static int
cannot_start(struct runs *r, struct slot *t)
{
	const char *why = strerror(errno);

	place_refuse(&t->copy->own, &t->text, "4.3.0",
	    "unable to start a command: ", why);
	t->copy->state = COPY_SAYS;
	return report(r, t);
}

/* Begin with the command line of copy c. */
static int
take(struct runs *r, struct slot *t, struct letter *l, struct copy *c)
{
	t->l = l;
	t->copy = c;
	t->line = c->plan.kind == PLAN_COMMANDS ?
	    plan_command(c->what, c->plan.whatlen) : c->what;
	r->n++;
	return start(r, t) ? 0 : cannot_start(r, t);
}

/* What of a .qmail file is left once its commands have run, or the one at
 * line has said 99: what is before it. */
static int
finish_all(struct slot *t, int stopped)
{
	const struct copy *c = t->copy;
	size_t n = stopped ? (size_t)(t->line - c->what) : c->plan.whatlen;

	t->rest.len = 0;
	if (!plan_put(&t->rest, c->what, n, 0) || !stralloc_0(&t->rest))
		return -1;
	if (t->rest.len == 1)
		return 0;
	t->copy->state = COPY_FORWARDS;
	t->copy->what = t->rest.s;
	return 0;
}

/* The command of t has ended. */
static int
ended(struct runs *r, struct slot *t)
{
	struct copy *c = t->copy;
	struct outcome o = { .command = t->line + (*t->line == '|'),
	    .status = t->c.status, .late = t->c.late,
	    .qmail = c->plan.qmail, .out = t->c.out.s, .n = t->c.out.len };
	int stopped = WIFEXITED(o.status) &&
	    WEXITSTATUS(o.status) == OUTCOME_STOP;
	const char *next;

	if (!outcome_verdict(&o, &c->own, &t->text))
		return -1;
	c->state = COPY_SAYS;
	if (c->plan.kind == PLAN_COMMANDS && c->own.kind == VERDICT_DONE) {
		next = t->line + strlen(t->line) + 1;
		next = plan_command(next, c->plan.whatlen -
		    (size_t)(next - c->what));
		if (next && !stopped) {
			command_close(&t->c);
			t->line = next;
			return start(r, t) ? 0 : cannot_start(r, t);
		}
		if (finish_all(t, stopped) < 0)
			return -1;
	}
	return report(r, t);
}

static int
fill(struct runs *r)
{
	struct letter *l;
	struct copy *c;
	size_t i;

	for (i = 0; i < SLOW_COMMANDS; i++)
		while (!r->slot[i].line) {
			if (!(c = next_copy(r, &l)))
				return 0;
			if (take(r, &r->slot[i], l, c) < 0)
				return -1;
		}
	return 0;
}

/* Wait for output, an end, or the time of one of them. */
static void
wait_for(struct runs *r)
{
	struct pollfd x[1 + SLOW_COMMANDS];
	uint64_t now = now_ms(), end = now + 60000;
	size_t i;

	x[0].fd = r->sig;
	x[0].events = POLLIN;
	for (i = 0; i < SLOW_COMMANDS; i++) {
		struct slot *t = r->slot + i;

		x[1 + i].fd = t->line ? t->c.fd : -1;
		x[1 + i].events = POLLIN;
		if (t->line && !t->c.late && t->c.end < end)
			end = t->c.end;
	}
	if (poll(x, 1 + SLOW_COMMANDS, end > now ? (int)(end - now) : 0) < 0)
		return;
	while (x[0].revents && selfpipe_read() > 0)
		;
	for (i = 0; i < SLOW_COMMANDS; i++)
		if (x[1 + i].fd >= 0 && x[1 + i].revents)
			command_read(&r->slot[i].c);
}

static int
turn(struct runs *r)
{
	uint64_t now;
	size_t i;

	wait_for(r);
	now = now_ms();
	for (i = 0; i < SLOW_COMMANDS; i++) {
		struct slot *t = r->slot + i;

		if (!t->line)
			continue;
		command_check(&t->c, now);
		if (t->c.ended && ended(r, t) < 0)
			return -1;
	}
	return 0;
}

static void
free_all(struct runs *r)
{
	size_t i;

	for (i = 0; i < SLOW_COMMANDS; i++) {
		struct slot *t = r->slot + i;

		if (t->line) {
			kill(-t->c.pid, SIGKILL);
			command_close(&t->c);
		}
		stralloc_free(&t->c.out);
		stralloc_free(&t->env);
		stralloc_free(&t->text);
		stralloc_free(&t->rest);
		stralloc_free(&t->owner);
	}
}

static int
run_all(struct runs *r)
{
	do {
		if (fill(r) < 0)
			return -1;
		if (r->n && turn(r) < 0)
			return -1;
	} while (r->n || r->i < r->s->b->n);
	return 0;
}

int
slow_commands(struct slow *s)
{
	static const struct command zero = COMMAND_ZERO;
	struct runs r = { .s = s };
	size_t i;
	int k, e;

	for (i = 0; i < SLOW_COMMANDS; i++)
		r.slot[i].c = zero;
	r.sig = selfpipe_init();
	if (r.sig < 0 || selfpipe_trap(SIGCHLD) < 0)
		return -1;
	k = run_all(&r);
	e = errno;
	free_all(&r);
	selfpipe_finish();
	errno = e;
	return k;
}
