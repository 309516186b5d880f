#include "pneu-auth/auth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/random.h>
#include <skalibs/types.h>

#include "conf/slurp.h"
#include "run/log.h"
#include "run/service.h"
#include "sasl/base64.h"
#include "sasl/passwd.h"

static int
compare(const char *a, size_t n, const char *b, size_t m)
{
	int r = memcmp(a, b, n < m ? n : m);

	return r ? r : n < m ? -1 : n > m;
}

static int
by_user(const void *a, const void *b)
{
	const struct passwd_line *x = a, *y = b;
	int r = compare(x->user, x->userlen, y->user, y->userlen);

	return r ? r : x->user < y->user ? -1 : x->user > y->user;
}

static void
complain(unsigned int line, const char *what)
{
	char fmt[UINT_FMT];

	fmt[uint_fmt(fmt, line)] = 0;
	log_warn(PASSWD_FILE, ":", fmt, ": ", what);
}

/* By name, and of several of one name the first one only. */
static void
tidy(genalloc *users)
{
	struct passwd_line *u = genalloc_s(struct passwd_line, users);
	size_t n = genalloc_len(struct passwd_line, users), i, k = 0;

	if (n)
		qsort(u, n, sizeof *u, by_user);
	for (i = 0; i < n; i++)
		if (!k || compare(u[i].user, u[i].userlen, u[k - 1].user,
		    u[k - 1].userlen))
			u[k++] = u[i];
	genalloc_setlen(struct passwd_line, users, k);
}

static void
parse(struct own *o)
{
	struct passwd_line l;
	struct verifier v;
	size_t at = 0;
	unsigned int line = 0;
	enum passwd_kind k;

	genalloc_setlen(struct passwd_line, &o->users, 0);
	while ((k = passwd_next(&l, o->text.s, o->text.len, &at))) {
		line++;
		if (k == PASSWD_BAD)
			complain(line, "no USER:WORD");
		if (k != PASSWD_LINE)
			continue;
		if (verifier_scan(&v, l.word, l.wordlen) <= 0) {
			complain(line, "no word of " VERIFIER_SCHEME);
			continue;
		}
		if (!genalloc_append(struct passwd_line, &o->users, &l)) {
			log_warnsys("unable to read " PASSWD_FILE);
			return;
		}
		o->iterations = v.iterations;
	}
	tidy(&o->users);
}

/* Take the file if it is another one than it was. What cannot be read now
 * leaves what was read before. */
static void
look(struct own *o)
{
	struct stat st;
	stralloc text = STRALLOC_ZERO;

	if (stat(PASSWD_FILE, &st) < 0) {
		if (errno == ENOENT) {
			genalloc_setlen(struct passwd_line, &o->users, 0);
			o->sec = -1;
		} else
			log_warnsys("unable to see " PASSWD_FILE);
		return;
	}
	if (o->sec == st.st_mtim.tv_sec && o->nsec == st.st_mtim.tv_nsec &&
	    o->ino == st.st_ino && o->dev == st.st_dev &&
	    o->size == st.st_size)
		return;
	/* one that takes its place now is seen the next time */
	if (conf_slurp(&text, PASSWD_FILE, PASSWD_FILE_OCTETS) < 0) {
		log_warnsys("unable to read " PASSWD_FILE);
		stralloc_free(&text);
		return;
	}
	stralloc_free(&o->text);
	o->text = text;
	o->sec = st.st_mtim.tv_sec;
	o->nsec = st.st_mtim.tv_nsec;
	o->ino = st.st_ino;
	o->dev = st.st_dev;
	o->size = st.st_size;
	parse(o);
}

void
own_init(struct auth *a)
{
	char secret[HASH_OCTETS];

	random_buf(secret, sizeof secret);
	hmac_key(&a->own.secret, secret, sizeof secret);
	a->own.sec = -1;
	a->own.iterations = VERIFIER_ITERATIONS;
	look(&a->own);
}

/* The verifier of who calls himself that; of nobody, one that costs the same
 * and fits no password. 1, or 0 for no memory. */
static int
find(struct own *o, struct verifier *v, const char *user)
{
	const struct passwd_line *p = genalloc_s(struct passwd_line, &o->users);
	size_t lo = 0, hi = genalloc_len(struct passwd_line, &o->users), mid;
	size_t n = strlen(user);

	while (lo < hi) {
		int c;

		mid = lo + (hi - lo) / 2;
		c = compare(user, n, p[mid].user, p[mid].userlen);
		if (!c)
			return verifier_scan(v, p[mid].word,
			    p[mid].wordlen) > 0;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	verifier_none(v, &o->secret, o->iterations, user, n);
	return 1;
}

static const char *
mechanisms(struct auth *a)
{
	return "PLAIN LOGIN SCRAM-SHA-256";
}

static void
check(struct auth *a, struct exchange *x)
{
	look(&a->own);
	if (!find(&a->own, &x->verifier, x->user.s)) {
		step_memory(a, x);
		return;
	}
	verifier_hash(&x->hash, &x->verifier, x->sasl.pass.s,
	    x->sasl.pass.len - 1);
	x->state = EXCHANGE_HASH;
}

void
own_hashed(struct auth *a, struct exchange *x)
{
	if (verifier_is(&x->verifier, &x->hash))
		exchange_pass(a, x);
	else
		exchange_fail(a, x, "authentication failure");
}

void
own_verifier(struct auth *a, struct exchange *x)
{
	char octets[SCRAM_NONCE_OCTETS / 4 * 3];
	stralloc nonce = STRALLOC_ZERO;
	struct verifier v;
	enum sasl_event e = SASL_MEMORY;

	look(&a->own);
	random_buf(octets, sizeof octets);
	if (find(&a->own, &v, x->user.s) &&
	    base64_put(&nonce, octets, sizeof octets) && stralloc_0(&nonce))
		e = sasl_server_verifier(&x->sasl, &v, nonce.s, &a->tmp);
	stralloc_free(&nonce);
	if (e == SASL_CHALLENGE)
		exchange_challenge(a, x, a->tmp.s, a->tmp.len);
	else
		step_memory(a, x);
}

static void
forget(struct auth *a, struct exchange *x)
{
}

const struct source own_source = {
	mechanisms, step_begin, step_take, check, forget
};
