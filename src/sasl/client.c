#include "sasl/client.h"

#include <string.h>
#include <strings.h>
#include <skalibs/types.h>

#include "sasl/plain.h"

const char *const sasl_client_names[SASL_CLIENT_MECHANISMS] = {
	"SCRAM-SHA-256", "PLAIN", "LOGIN", "OAUTHBEARER", "XOAUTH2"
};

unsigned int
sasl_client_offered(const char *s, size_t n)
{
	unsigned int set = 0, m;
	size_t i, len;

	for (i = 0; i < n; i += len + 1) {
		for (len = 0; i + len < n && s[i + len] != ' '; len++)
			;
		for (m = 0; m < SASL_CLIENT_MECHANISMS; m++)
			if (strlen(sasl_client_names[m]) == len &&
			    !strncasecmp(s + i, sasl_client_names[m], len))
				set |= 1u << m;
	}
	return set;
}

static int
istoken(const char *pass)
{
	return !strncmp(pass, SASL_OAUTH_PREFIX,
	    sizeof SASL_OAUTH_PREFIX - 1);
}

int
sasl_client_best(unsigned int set, const char *pass)
{
	int token = istoken(pass), m;

	for (m = 0; m < SASL_CLIENT_MECHANISMS; m++)
		if (set & 1u << m && token == (m >= SASL_CLIENT_OAUTHBEARER))
			return m;
	return -1;
}

void
sasl_client_begin(struct sasl_client *c, enum sasl_client_mechanism m,
    const char *user, const char *pass, const char *host, unsigned int port,
    const char *nonce)
{
	memset(c, 0, sizeof *c);
	c->mechanism = m;
	c->user = user;
	c->pass = istoken(pass) ? pass + sizeof SASL_OAUTH_PREFIX - 1 : pass;
	c->host = host;
	c->port = port;
	c->nonce = nonce;
}

/* RFC 7628 section 3.1; the name as in SCRAM's gs2 header. */
static int
oauthbearer(const struct sasl_client *c, stralloc *out)
{
	char port[UINT_FMT];
	const char *s;

	if (!stralloc_cats(out, "n,a="))
		return 0;
	for (s = c->user; *s; s++)
		if (!(*s == ',' ? stralloc_cats(out, "=2C") :
		    *s == '=' ? stralloc_cats(out, "=3D") :
		    stralloc_append(out, *s)))
			return 0;
	return stralloc_cats(out, ",\1host=") && stralloc_cats(out, c->host) &&
	    stralloc_cats(out, "\1port=") &&
	    stralloc_catb(out, port, uint_fmt(port, c->port)) &&
	    stralloc_cats(out, "\1auth=Bearer ") &&
	    stralloc_cats(out, c->pass) && stralloc_cats(out, "\1\1");
}

static int
xoauth2(const struct sasl_client *c, stralloc *out)
{
	return stralloc_cats(out, "user=") && stralloc_cats(out, c->user) &&
	    stralloc_cats(out, "\1auth=Bearer ") &&
	    stralloc_cats(out, c->pass) && stralloc_cats(out, "\1\1");
}

int
sasl_client_initial(struct sasl_client *c, stralloc *out)
{
	c->step = 1;
	switch (c->mechanism) {
	case SASL_CLIENT_SCRAM_SHA_256:
		return scram_client_first(&c->scram, c->user, c->nonce, out);
	case SASL_CLIENT_PLAIN:
		return plain_put(out, c->user, c->pass);
	case SASL_CLIENT_OAUTHBEARER:
		return oauthbearer(c, out);
	case SASL_CLIENT_XOAUTH2:
		return xoauth2(c, out);
	default:
		return 2;
	}
}

static int
scram(struct sasl_client *c, const char *s, size_t n, stralloc *out)
{
	int r;

	if (c->step == 1)
		r = scram_client_final(&c->scram, c->pass, s, n, out);
	else
		r = c->step == 2 ? scram_client_check(&c->scram, s, n) : -1;
	if (r > 0)
		c->step++;
	return r;
}

/* Two prompts; by their words, as servers write them differently, by their
 * order. */
static int
login(struct sasl_client *c, stralloc *out)
{
	const char *s = c->step == 1 ? c->user : c->pass;

	return c->step++ > 2 ? -1 : stralloc_cats(out, s);
}

/* A server that says why a token is no good, before it says that it is not
 * (RFC 7628 section 3.2.3), wants an octet 1, or for XOAUTH2 nothing. */
static int
dummy(struct sasl_client *c, stralloc *out)
{
	if (c->step++ > 1)
		return -1;
	return c->mechanism == SASL_CLIENT_XOAUTH2 ||
	    stralloc_append(out, 1);
}

int
sasl_client_step(struct sasl_client *c, const char *s, size_t n,
    stralloc *out)
{
	switch (c->mechanism) {
	case SASL_CLIENT_SCRAM_SHA_256:
		return scram(c, s, n, out);
	case SASL_CLIENT_LOGIN:
		return login(c, out);
	case SASL_CLIENT_PLAIN:
		return -1;
	default:
		return dummy(c, out);
	}
}

int
sasl_client_isdone(const struct sasl_client *c)
{
	return c->mechanism != SASL_CLIENT_SCRAM_SHA_256 || c->step == 3;
}

void
sasl_client_free(struct sasl_client *c)
{
	scram_client_free(&c->scram);
}
