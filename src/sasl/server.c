#include "sasl/server.h"

#include <string.h>
#include <strings.h>

#include "sasl/plain.h"

const char *const sasl_names[SASL_MECHANISMS] = {
	"PLAIN", "LOGIN", "SCRAM-SHA-256"
};

int
sasl_find(const char *name)
{
	int i;

	for (i = 0; i < SASL_MECHANISMS; i++)
		if (!strcasecmp(name, sasl_names[i]))
			return i;
	return -1;
}

void
sasl_server_begin(struct sasl_server *s, enum sasl_mechanism m)
{
	const struct scram zero = SCRAM_ZERO;

	memset(s, 0, sizeof *s);
	s->scram = zero;
	s->mechanism = m;
}

static enum sasl_event
challenge(stralloc *out, const char *text)
{
	return stralloc_cats(out, text) ? SASL_CHALLENGE : SASL_MEMORY;
}

static enum sasl_event
plain(struct sasl_server *s, const char *in, size_t n)
{
	int r = plain_scan(&s->user, &s->pass, in, n);

	return r > 0 ? SASL_PASSWORD : r == -2 ? SASL_NO : r ? SASL_BAD :
	    SASL_MEMORY;
}

/* A name or password of LOGIN: no NUL within. */
static int
keep(stralloc *sa, const char *in, size_t n)
{
	if (!n || n > SASL_NAME_OCTETS || memchr(in, 0, n))
		return -1;
	return stralloc_copyb(sa, in, n) && stralloc_0(sa);
}

/* An initial response is the name. */
static enum sasl_event
login(struct sasl_server *s, const char *in, size_t n, stralloc *out)
{
	int r;

	if (s->step == 0 && !in) {
		s->step = 1;
		return challenge(out, "Username:");
	}
	r = keep(s->step < 2 ? &s->user : &s->pass, in, n);
	if (r <= 0)
		return r ? SASL_BAD : SASL_MEMORY;
	if (s->step == 2)
		return SASL_PASSWORD;
	s->step = 2;
	return challenge(out, "Password:");
}

/* Who he wants to be must be who he is. */
static int
isself(const struct scram *x)
{
	return !x->authzid.s[0] || !strcmp(x->authzid.s, x->user.s);
}

static enum sasl_event
scram(struct sasl_server *s, const char *in, size_t n, stralloc *out)
{
	int r;

	if (s->step == 2)	/* he has seen our proof, too */
		return n ? SASL_BAD : SASL_YES;
	if (s->step == 1) {
		r = scram_final(&s->scram, &s->verifier, in, n, out);
		s->step = 2;
		return r > 0 ? SASL_CHALLENGE : !r ? SASL_NO :
		    r == -1 ? SASL_BAD : SASL_MEMORY;
	}
	r = scram_first(&s->scram, in, n);
	if (r <= 0)
		return r ? SASL_BAD : SASL_MEMORY;
	if (s->scram.user.len > SASL_NAME_OCTETS + 1)
		return SASL_BAD;
	if (!stralloc_copy(&s->user, &s->scram.user))
		return SASL_MEMORY;
	return isself(&s->scram) ? SASL_VERIFIER : SASL_NO;
}

enum sasl_event
sasl_server_step(struct sasl_server *s, const char *in, size_t n,
    stralloc *out)
{
	if (n > SASL_MESSAGE_OCTETS)
		return SASL_BAD;
	if (s->mechanism == SASL_LOGIN)
		return login(s, in, n, out);
	if (!in && s->step == 0)
		return challenge(out, "");
	if (!in)
		in = "";
	return s->mechanism == SASL_PLAIN ? plain(s, in, n) :
	    scram(s, in, n, out);
}

enum sasl_event
sasl_server_verifier(struct sasl_server *s, const struct verifier *v,
    const char *nonce, stralloc *out)
{
	s->verifier = *v;
	s->step = 1;
	return scram_challenge(&s->scram, v, nonce, out) ? SASL_CHALLENGE :
	    SASL_MEMORY;
}

static void
wipe(stralloc *sa)
{
	if (sa->s)
		hash_wipe(sa->s, sa->a);
	stralloc_free(sa);
}

void
sasl_server_free(struct sasl_server *s)
{
	wipe(&s->user);
	wipe(&s->pass);
	scram_free(&s->scram);
	hash_wipe(&s->verifier, sizeof s->verifier);
}
