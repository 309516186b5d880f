#include "pneu-remote/remote.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/bytestr.h>
#include <skalibs/random.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "conf/slurp.h"
#include "run/log.h"
#include "sasl/base64.h"

/* As whom we log in, by etc/sasl_passwd (logins/logins.h). A file that cannot
 * be used leaves what was read before it; while there is nothing, mail
 * waits: it may be for a host where we have a login. */

#define LOOK_MS 1000		/* it is looked whether there is another */

static void
nomem(void)
{
	strerr_diefusys(111, "keep a login");
}

static void
tell(void *arg, unsigned int line, unsigned int col, int warn,
    const char *what)
{
	char at[2 * UINT_FMT + 1];
	size_t n = uint_fmt(at, line);

	at[n++] = ':';
	at[n + uint_fmt(at + n, col)] = 0;
	log_warn(LOGINS_FILE, ":", at, ": ", what);
}

/* What it says, if all of it can be used. */
static int
take(struct remote *r, const struct stat *st)
{
	struct logins x = LOGINS_ZERO;
	const char *why = logins_guard(st->st_mode, st->st_gid, getegid());
	int bad;

	if (why) {
		log_warn(LOGINS_FILE, " is not used: ", why);
		return 0;
	}
	if (conf_slurp(&x.text, LOGINS_FILE, LOGINS_FILE_OCTETS) < 0) {
		log_warnsys("unable to read " LOGINS_FILE);
		logins_free(&x);
		return 0;
	}
	if ((bad = logins_scan(&x, tell, 0))) {
		if (bad < 0)
			nomem();
		log_warn(LOGINS_FILE " is not used");
		logins_free(&x);
		return 0;
	}
	logins_free(&r->logins.table);
	r->logins.table = x;
	return 1;
}

static void
see(struct logintable *t, const struct stat *st)
{
	t->mtime = st->st_mtim;
	t->ctime = st->st_ctim;
	t->ino = st->st_ino;
	t->dev = st->st_dev;
	t->size = st->st_size;
}

static int
isseen(const struct logintable *t, const struct stat *st)
{
	return t->ino == st->st_ino && t->dev == st->st_dev &&
	    t->size == st->st_size &&
	    !memcmp(&t->mtime, &st->st_mtim, sizeof t->mtime) &&
	    !memcmp(&t->ctime, &st->st_ctim, sizeof t->ctime);
}

void
login_look(struct remote *r)
{
	struct logintable *t = &r->logins;
	struct stat st;
	int e;

	t->look = r->now + LOOK_MS;
	if (stat(LOGINS_FILE, &st) < 0) {
		e = errno;
		memset(&st, 0, sizeof st);
		st.st_size = -e;		/* told of once */
		if (isseen(t, &st))
			return;
		see(t, &st);
		if (e == ENOENT) {
			logins_free(&t->table);
			t->good = 1;
			t->generation++;
			return;
		}
		errno = e;
		log_warnsys("unable to see " LOGINS_FILE);
		return;
	}
	if (isseen(t, &st))
		return;
	see(t, &st);
	if (take(r, &st)) {
		t->good = 1;
		t->generation++;
	}
}

/* Behind what the key was before us: whose connections these are. */
int
login_policy(struct job *j)
{
	struct remote *r = j->r;
	struct logintable *t = &r->logins;
	const struct logins_row *row;
	char fmt[UINT_FMT + 2] = " ";

	j->row = 0;
	if (j->hop.lmtp)
		return 1;
	if (r->now >= t->look)
		login_look(r);
	if (!t->good)
		return 0;
	j->generation = t->generation;
	if (!t->table.rows.len)
		return 1;
	fmt[1 + uint_fmt(fmt + 1, t->generation)] = 0;
	row = logins_sender(&t->table, j->o->o.sender,
	    conf_str(&r->conf, recipient_delimiter));
	j->key.len--;				/* its NUL */
	if (!stralloc_cats(&j->key, fmt) || !stralloc_append(&j->key, ' ') ||
	    (row && !stralloc_cats(&j->key, row->user)) ||
	    !stralloc_0(&j->key))
		nomem();
	j->row = row;
	return 1;
}

static void
put(stralloc *sa, const char *s)
{
	if (!stralloc_cats(sa, s) || !stralloc_0(sa))
		nomem();
}

/* The words of c's login, one behind the other: its strings. */
static void
keep(struct conn *c, const struct logins_row *row, const char *host)
{
	char octets[SCRAM_NONCE_OCTETS / 4 * 3];
	size_t n = strlen(row->user) + strlen(row->pass) + strlen(host) + 3;

	if (!stralloc_ready(&c->words, n + SCRAM_NONCE_OCTETS + 2))
		nomem();			/* and it is not moved */
	c->login.user = c->words.s;
	put(&c->words, row->user);
	c->login.pass = c->words.s + c->words.len;
	put(&c->words, row->pass);
	c->login.host = c->words.s + c->words.len;
	put(&c->words, host);
	c->login.nonce = c->words.s + c->words.len;
	random_buf(octets, sizeof octets);
	if (!base64_put(&c->words, octets, sizeof octets) ||
	    !stralloc_0(&c->words))
		nomem();
	c->login.port = c->port;
}

void
login_need(struct conn *c, struct job *j, const struct mx_target *t)
{
	const struct logins_row *row;

	if (!j->hop.lmtp && j->generation != j->r->logins.generation) {
		tls_policy(j);		/* the key anew, and the row */
		login_policy(j);
	}
	row = j->row;
	c->words.len = 0;
	c->bysender = row != 0;
	if (!row && !j->hop.lmtp)
		row = logins_host(&j->r->logins.table, t->host, j->dest.s);
	if (row)
		keep(c, row, t->host);
}

void
login_forget(struct conn *c)
{
	if (c->words.a)
		byte_zzero(c->words.s, c->words.a);
	stralloc_free(&c->words);
}
