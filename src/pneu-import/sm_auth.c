/* Certificates and logins of Sendmail. */
#include "pneu-import/sm.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "pneu-import/map.h"

/* "U:ann" among the words: what is behind the colon, or 0. */
static const char *
part(const genalloc *w, char c)
{
	const struct word *q = genalloc_s(struct word, w);
	size_t i, n;

	for (i = 0; i < genalloc_len(struct word, w); i++) {
		const char *s = q[i].s + (*q[i].s == '"');

		n = strlen(s);
		if (n && s[n - 1] == '"')
			n--;
		if (n > 2 && *s == c && s[1] == ':')
			return str_keepb(s + 2, n - 2);
	}
	return 0;
}

/* AuthInfo:HOST "U:user" "P:password". No line that has a password is ever
 * told. */
int
sm_login(struct sm *x, const struct pair *q)
{
	static const char name[] = "AuthInfo:";
	const char *host = q->key + strlen(name), *user, *pass;
	struct origin at = q->at;
	genalloc w = GENALLOC_ZERO;

	if (strncasecmp(q->key, name, strlen(name)))
		return 0;
	at.text = 0;
	str_words(&w, q->value, &at);
	user = part(&w, 'U');
	if (!user)
		user = part(&w, 'I');
	pass = part(&w, 'P');
	if (!*host)
		plan_lost(x->plan, &at, q->key, "of any host: pneu logs in "
		    "at hosts by name (etc/sasl_passwd)");
	else if (!user || !pass)
		plan_lost(x->plan, &at, q->key, "pneu wants \"U:user\" and "
		    "\"P:password\" (not P=, in base 64)");
	else
		plan_row(x->plan, PLAN_LOGINS, host, str_cat(user, ":", pass),
		    &at, 1);
	return 1;
}

static int
isthere(const struct sm *x, const char *path)
{
	return access(source_path(x->src, path), F_OK) == 0;
}

void
sm_auth(struct sm *x)
{
	const struct sm_map *map = sm_findmap(x, "authinfo");
	const char *key = x->key.value, *cert = x->cert.value;
	genalloc v = GENALLOC_ZERO;
	size_t i;

	if (map && sm_rows(x, map, &v))
		for (i = 0; i < genalloc_len(struct pair, &v); i++)
			sm_login(x, genalloc_s(struct pair, &v) + i);
	if (!cert && !key)
		return;
	if (!cert || !key || !isthere(x, cert) || !isthere(x, key))
		plan_lost(x->plan, cert ? &x->cert.at : &x->key.at, 0,
		    "smtpd_tls_chain_files would have it, if key and "
		    "certificate are there");
	else
		plan_set(x->plan, "smtpd_tls_chain_files", strcmp(key, cert) ?
		    str_cat(key, " ", cert) : key, &x->cert.at);
}
