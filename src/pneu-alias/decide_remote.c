#include "decide-internal.h"

#include <string.h>
#include <strings.h>

void
decide_nexthop(struct work *w, const char *s, size_t n)
{
	w->d->route.to = decide_keep(w, s, n);
	if (w->d->route.to)
		w->d->route.kind = ROUTE_SMTP;
}

static void
nexthop_default(struct work *w)
{
	if (*w->f->relayhost)
		decide_nexthop(w, w->f->relayhost, strlen(w->f->relayhost));
	else
		decide_nexthop(w, w->x.domain, w->x.domainlen);
}

/* "error:5.7.1 text", "error:text"; "retry:" likewise, class 4. */
static void
refuse(struct work *w, char kind, const char *v, size_t n)
{
	const char *s;
	struct verdict *x = &w->d->route.verdict, coded;
	const char *class = kind == VERDICT_NEVER ? "5" : "4";

	while (n && *v == ' ') {
		v++;
		n--;
	}
	/* What verdict_scan takes for a code is one. */
	if (n > 3 && *v == *class && (s = memchr(v, ' ', n)) &&
	    s - v <= VERDICT_CODE_OCTETS) {
		char line[4 + VERDICT_CODE_OCTETS + 4];
		size_t codelen = (size_t)(s - v), at = 0;

		line[at++] = kind;
		line[at++] = ' ';
		memcpy(line + at, v, codelen);
		memcpy(line + at + codelen, " 0 ", 3);
		if (verdict_scan(&coded, line, at + codelen + 3) > 0) {
			decide_none(w, kind, coded.code, "");
			v += codelen + 1;
			n -= codelen + 1;
			goto text;
		}
	}
	decide_none(w, kind, kind == VERDICT_NEVER ? "5.0.0" : "4.0.0", "");
text:
	if (n > VERDICT_TEXT_OCTETS)
		n = VERDICT_TEXT_OCTETS;
	x->text = n ? decide_keep(w, v, n) : "mail to this domain is not taken";
	x->textlen = strlen(x->text);
}

/* If v begins with "word:" return its length with the colon, else 0. Not a
 * word: "[...", and the host of "host:25". */
static size_t
transport(const char *v, size_t n)
{
	const char *colon = memchr(v, ':', n);
	const char *p;

	if (!colon || *v == '[')
		return 0;
	for (p = colon + 1; p < v + n && *p >= '0' && *p <= '9'; p++)
		;
	if (p == v + n && p > colon + 1)
		return 0;
	return (size_t)(colon - v) + 1;
}

static int
isword(const char *v, size_t n, const char *word)
{
	return strlen(word) == n && !strncasecmp(v, word, n);
}

/* A value of the table routes, as in Postfix's transport(5). */
static void
routed(struct work *w, const char *v, size_t n)
{
	size_t len;

	while (n && (*v == ' ' || *v == '\t')) {
		v++;
		n--;
	}
	while (n && (v[n - 1] == ' ' || v[n - 1] == '\t'))
		n--;
	if (!n || (n == 1 && *v == ':')) {
		nexthop_default(w);
		return;
	}
	len = transport(v, n);
	if (!len)
		decide_nexthop(w, v, n);
	else if (isword(v, len, "error:"))
		refuse(w, VERDICT_NEVER, v + len, n - len);
	else if (isword(v, len, "retry:"))
		refuse(w, VERDICT_LATER, v + len, n - len);
	else if (isword(v, len, "lmtp:"))
		decide_nexthop(w, v, n);
	else if (!isword(v, len, "smtp:") && !isword(v, len, "relay:"))
		decide_none(w, VERDICT_LATER, "4.3.5",
		    "unknown transport in the table routes");
	else if (n > len)
		decide_nexthop(w, v + len, n - len);
	else
		decide_nexthop(w, w->x.domain, w->x.domainlen);
}

/* The domain, then its parents, then "*". */
void
decide_remote(struct work *w)
{
	const char *v, *p = w->x.domain;
	size_t n;
	int r;

	r = decide_lookup(w, "routes", p, w->x.domainlen, &v, &n);
	if (w->x.domain[0] != '[')
		while (!r && (p = strchr(p + 1, '.')))
			r = decide_lookup(w, "routes", p, strlen(p), &v, &n);
	if (!r)
		r = decide_lookup(w, "routes", "*", 1, &v, &n);
	if (r > 0)
		routed(w, v, n);
	else if (!r)
		nexthop_default(w);
}
