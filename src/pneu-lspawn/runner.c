#include <skalibs/nonposix.h>

#include "pneu-lspawn/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/strerr.h>

#include "deliver/forward.h"
#include "deliver/letter.h"
#include "pneu-lspawn/guise.h"
#include "pneu-lspawn/plain.h"
#include "pneu-lspawn/userplace.h"
#include "run/now.h"
#include "run/stream.h"
#include "run/sync.h"

/* One order. Its copy is COPY_GROWS as long as all is well. */
struct task {
	struct letter l;
	struct who who;
	int home;		/* his, to be gone into again */
	int made;		/* his new/, with the letter in it */
};

struct runner {
	const struct conf *conf;
	struct stream s;
	struct lookup lookup;
	struct maildir_namer namer;
	struct place place;	/* of all */
	struct task task[RUNNER_BATCH];
	size_t n;
	const struct task *as;	/* whose guise we have; 0: nobody's */
};

static struct copy *
copy(const struct task *t)
{
	return letter_copy(&t->l, 0);
}

/* Returns 1, or -1 if nobody is there to hear them. */
static int
send_answers(struct runner *r)
{
	struct pollfd x = { .fd = 0, .events = POLLOUT };
	int k;

	while ((k = stream_flush(&r->s)) == 0)
		poll(&x, 1, -1);
	return k;
}

static void
say(struct runner *r, char type, const struct task *t)
{
	if (!frame_put(&r->s.out, type, t->l.tag, "", 0))
		strerr_diefusys(111, "answer");
}

/* Nobody again, where nobody's files are. */
static void
rest(struct runner *r)
{
	if (guise_take(0) < 0 || chdir("/") < 0)
		strerr_diefusys(111, "become nobody again");
	r->as = 0;
}

/* Be t's user, in his home. Returns 0, or -1 with errno. */
static int
act(struct runner *r, const struct task *t)
{
	if (r->as == t)
		return 0;
	r->as = 0;
	if (guise_take(&t->who) < 0 ||
	    (t->home >= 0 && fchdir(t->home) < 0))
		return -1;
	r->as = t;
	return 0;
}

/* Into his home, if mail may be delivered there now. Returns 1, or 0. */
static int
enter(struct runner *r, struct task *t, const char *user)
{
	struct place p = r->place;
	stralloc text = STRALLOC_ZERO;
	struct verdict v;
	int good;

	p.user = user;
	p.home = t->who.home;
	p.shell = t->who.shell;
	good = place_enter(&p, &v, &text) &&
	    (t->home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0 &&
	    !forward_isthere(&p, order_rcpt(&t->l.o, 0));
	stralloc_free(&text);
	return good;
}

static int
isplain(struct runner *r, struct task *t, const char *user)
{
	return user && plain_isorder(&t->l.o) &&
	    plain_isplace(r->conf, user) &&
	    lookup_ask(&r->lookup, user, &t->who, -1) &&
	    plain_iswho(r->conf, &t->who);
}

/* The file in tmp/, with our lines and the message, which fd holds. */
static int
make(struct runner *r, struct task *t, int fd)
{
	struct maildir_file *f = &copy(t)->file;

	letter_part(&t->l, &r->namer, "", 0);
	if (copy(t)->state != COPY_GROWS ||
	    guise_copy(f->fd, fd, t->l.o.off, t->l.o.len) < 0)
		return 0;
	f->size += t->l.o.len;
	return 1;
}

static void
finish(struct task *t)
{
	if (t->home >= 0)
		close(t->home);
	t->home = -1;
}

/* Begin with an order: its letter is in tmp/, or it is not for us. */
static void
begin(struct runner *r, const struct frame *f)
{
	struct task *t = &r->task[r->n];
	int fd = stream_takefd(&r->s), good;
	const char *user;

	t->home = t->made = -1;
	if (f->type != 'O' || fd < 0 ||
	    letter_begin(&t->l, f, &r->place, 0, now_ms()) < 0)
		strerr_dief(111, "malformed request");
	user = plain_user(t->l.o.to);
	good = isplain(r, t, user) && act(r, t) == 0 && enter(r, t, user) &&
	    make(r, t, fd);
	close(fd);
	if (good) {
		r->n++;
		return;
	}
	letter_drop(&t->l);
	finish(t);
	/* the next one may have its place */
	r->as = 0;
	say(r, 'N', t);
}

/* Take the file back, and say that step has failed. */
static void
fail(struct runner *r, struct task *t, const char *step)
{
	struct maildir_file *f = &copy(t)->file;

	maildir_fail(f, step);
	if (act(r, t) == 0)
		maildir_drop(f);
	copy(t)->state = COPY_FAILED;
}

static void
publish(struct runner *r, struct task *t)
{
	struct maildir_file *f = &copy(t)->file;
	char path[MAILDIR_PATH_OCTETS];

	if (act(r, t) < 0 || maildir_publish(f) < 0)
		fail(r, t, "rename");
	else if (maildir_path(path, f->dir, "new", "") < 0 || (t->made =
	    open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		fail(r, t, "fsync new");
}

static void
settle(struct runner *r, struct task *t)
{
	if (fsync(t->made) < 0)
		fail(r, t, "fsync new");
	else
		copy(t)->state = COPY_DELIVERED;
	close(t->made);
}

/* Nobody would hear of them. */
static void
forget(struct runner *r)
{
	while (r->n)
		if (act(r, &r->task[--r->n]) == 0)
			letter_drop(&r->task[r->n].l);
	_exit(0);
}

/* As deliver/batch.h has it, for several homes. Only what must be done as
 * the user is. */
static void
commit(struct runner *r)
{
	struct task *t, *end = r->task + r->n;

	say(r, 'C', end - 1);
	if (send_answers(r) < 0)
		forget(r);
	for (t = r->task; r->n > 1 && t < end; t++)
		sync_start(copy(t)->file.fd);
	for (t = r->task; t < end; t++)
		if (maildir_sync(&copy(t)->file) < 0)
			fail(r, t, "fsync");
	for (t = r->task; t < end; t++)
		if (copy(t)->state == COPY_GROWS)
			publish(r, t);
	for (t = r->task; t < end; t++)
		if (copy(t)->state == COPY_GROWS)
			settle(r, t);
	for (t = r->task; t < end; t++)
		if (!letter_report(&t->l, &r->place, now_ms(), &r->s.out))
			strerr_diefusys(111, "report");
}

static void
take(struct runner *r)
{
	struct frame f;
	int k = 0;

	while (r->n < RUNNER_BATCH && (k = stream_next(&r->s, &f)) > 0)
		begin(r, &f);
	if (k < 0)
		strerr_dief(111, "malformed request");
}

/* All that is at hand, or, if nothing is, the next. */
static void
turn(struct runner *r)
{
	struct pollfd x = { .fd = 0, .events = POLLIN };
	ssize_t k = 1;

	take(r);
	if (!r->n && poll(&x, 1, -1) < 0)
		return;
	while (r->n < RUNNER_BATCH && (k = stream_fill(&r->s)) > 0)
		take(r);
	if (k < 0)
		forget(r);
	if (r->n)
		commit(r);
	if (send_answers(r) < 0)
		_exit(0);
	rest(r);
	while (r->n)
		finish(&r->task[--r->n]);
}

void
runner_run(const struct conf *c, int lookup)
{
	static const struct stream zero = STREAM_ZERO;
	static const struct letter none = LETTER_ZERO;
	struct runner *r = calloc(1, sizeof *r);
	size_t i;

	if (!r)
		strerr_diefusys(111, "begin");
	r->conf = c;
	r->s = zero;
	r->lookup.fd = lookup;
	for (i = 0; i < RUNNER_BATCH; i++)
		r->task[i].l = none;
	/* no user: what forwarding files say is not read here */
	r->place.maildir = conf_str(c, home_mailbox);
	r->place.relay = "local";
	r->place.host = conf_str(c, myhostname);
	r->place.forward_path = conf_str(c, forward_path);
	umask(077);
	maildir_namer_init(&r->namer, r->place.host);
	stream_open(&r->s, 0);
	rest(r);
	while (r->lookup.fd >= 0)
		turn(r);
	free(r);
}
