#include "pneu-import/sm.h"

#include <string.h>
#include <strings.h>

#include "conf/net.h"
#include "mail/address.h"
#include "pneu-import/map.h"

const char *
sm_network(const char *s)
{
	const char *p;
	struct net n;
	int dots = 0;
	size_t len;

	if (!strncasecmp(s, "IPv6:", 5)) {
		s += 5;
		len = strlen(s);
		return net_scan(&n, s, len) > 0 && n.is6 ?
		    str_cat("[", s, "]") : 0;
	}
	for (p = s; *p; p++) {
		if ((*p < '0' || *p > '9') && *p != '.')
			return 0;
		dots += *p == '.';
	}
	len = (size_t)(p - s);
	if (!len)
		return 0;
	if (s[len - 1] == '.') {
		s = str_keepb(s, len - 1);
		dots--;
	}
	s = dots == 3 ? s : dots == 2 ? str_cat(s, ".0/24") : dots == 1 ?
	    str_cat(s, ".0.0/16") : str_cat(s, ".0.0.0/8");
	return net_scan(&n, s, strlen(s)) > 0 ? s : 0;
}

static void
relay(struct sm *x, const char *s, const struct origin *at)
{
	const char *net = sm_network(s);

	if (net) {
		str_addword(&x->nets, net, at);
		return;
	}
	if (!address_isdomain(s, strlen(s))) {
		plan_lost(x->plan, at, 0, "neither a network nor a domain");
		return;
	}
	if (!sm_has(&x->relay, s))
		str_addword(&x->relay, str_lower(s), at);
}

/* access: only who may relay has a counterpart. */
static void
access_row(struct sm *x, const struct pair *q)
{
	const char *key = q->key;
	int to = !strncasecmp(key, "To:", 3);
	int connect = !strncasecmp(key, "Connect:", 8);

	if (strncasecmp(q->value, "RELAY", 5)) {
		if (!strncasecmp(key, "GreetPause:", 11) ||
		    !strncasecmp(key, "ClientRate:", 11) ||
		    !strncasecmp(key, "ClientConn:", 11))
			plan_tell(x->plan, &q->at, 0, "pneu's door has "
			    "limits of its own: mynetworks are exempt");
		else
			plan_lost(x->plan, &q->at, 0, "pneu has no list of "
			    "what is refused, or taken nevertheless");
		return;
	}
	key += to ? 3 : connect ? 8 : 0;
	if (connect && !strcasecmp(key, "localhost"))
		return;		/* 127.0.0.0/8, which is there */
	if (connect && !sm_network(key)) {
		plan_lost(x->plan, &q->at, 0, "pneu knows clients by their "
		    "address: name it in mynetworks");
		return;
	}
	if (!sm_network(key) && strpbrk(key, "@:"))
		plan_lost(x->plan, &q->at, 0, "pneu relays by domain and by "
		    "client: see relay_recipients");
	else
		relay(x, key, &q->at);
}

void
sm_access(struct sm *x)
{
	const struct sm_map *map = sm_findmap(x, "access");
	genalloc v = GENALLOC_ZERO, all = x->relay;
	const struct word *w = genalloc_s(struct word, &all);
	size_t i, n = genalloc_len(struct word, &all);

	/* relay-domains has both domains and networks */
	x->relay.s = 0;
	x->relay.len = x->relay.a = 0;
	for (i = 0; i < n; i++)
		relay(x, w[i].s, &w[i].at);
	if (sm_feature(x, "relay_entire_domain") && strchr(x->host, '.')) {
		struct origin at = { "FEATURE relay_entire_domain", 0, 0 };

		relay(x, strchr(x->host, '.') + 1, &at);
	}
	if (!map || !sm_rows(x, map, &v))
		return;
	for (i = 0; i < genalloc_len(struct pair, &v); i++)
		if (!sm_login(x, genalloc_s(struct pair, &v) + i))
			access_row(x, genalloc_s(struct pair, &v) + i);
}
